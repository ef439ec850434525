//! tf-provider's typed functions, erased.

use async_trait::async_trait;
use tf_provider::schema::{FunctionSchema, Parameter, StringKind};
use tf_provider::{AttributePathStep, Diagnostics, Function};
use tfplugin6::proto;

use crate::Tree;

#[async_trait]
pub(crate) trait ErasedFunction: Send + Sync {
    fn schema(&self) -> proto::Function;
    async fn call(&self, arguments: Vec<Tree>) -> Result<Tree, proto::FunctionError>;
}

pub(crate) struct Adapter<F>(pub(crate) F);

#[async_trait]
impl<F: Function> ErasedFunction for Adapter<F> {
    fn schema(&self) -> proto::Function {
        to_wire(&self.0.schema(&mut Diagnostics::default()).unwrap_or_default())
    }

    async fn call(&self, arguments: Vec<Tree>) -> Result<Tree, proto::FunctionError> {
        let failure = |text: String, argument| Err(failure(text, argument));
        let bytes = Tree::List(arguments).to_msgpack();
        let input = match rmp_serde::from_slice(&bytes) {
            Ok(input) => input,
            Err(cause) => {
                return failure(
                    format!("The arguments do not fit the function's parameters: {cause}."),
                    None,
                );
            }
        };
        let mut diagnostics = Diagnostics::default();
        let output = self.0.call(&mut diagnostics, input).await;
        if let Some(error) = diagnostics.errors.into_iter().next() {
            let argument = match error.attribute.steps.first() {
                Some(AttributePathStep::Index(index)) => Some(*index),
                _ => None,
            };
            let text = if error.detail.is_empty() {
                error.summary.into_owned()
            } else {
                format!("{} {}", error.summary, error.detail)
            };
            return failure(text, argument);
        }
        match output.as_ref().map(Tree::encode) {
            Some(Ok(tree)) => Ok(tree),
            Some(Err(cause)) => failure(
                format!("The result cannot be encoded: {cause}. Please report this."),
                None,
            ),
            None => failure(
                "The function returned nothing and gave no reason. Please report this.".to_owned(),
                None,
            ),
        }
    }
}

/// A failure without the full stop at its end: Terraform adds one of its own.
pub(crate) fn failure(mut text: String, function_argument: Option<i64>) -> proto::FunctionError {
    text.truncate(text.trim_end_matches('.').len());
    proto::FunctionError {
        text,
        function_argument,
    }
}

fn to_wire(schema: &FunctionSchema) -> proto::Function {
    let parameter = |parameter: &Parameter| proto::function::Parameter {
        name: parameter.name.clone(),
        r#type: parameter.param_type.to_string().into_bytes(),
        allow_null_value: parameter.allow_null,
        allow_unknown_values: parameter.allow_unknown,
        description: parameter.description.content.clone(),
        description_kind: kind(&parameter.description.kind),
    };
    proto::Function {
        parameters: schema.parameters.iter().map(parameter).collect(),
        variadic_parameter: schema.variadic.as_ref().map(parameter),
        r#return: Some(proto::function::Return {
            r#type: schema.return_type.to_string().into_bytes(),
        }),
        summary: schema.summary.clone(),
        description: schema.description.content.clone(),
        description_kind: kind(&schema.description.kind),
        deprecation_message: schema.deprecated.clone().unwrap_or_default(),
    }
}

pub(crate) fn kind(kind: &StringKind) -> i32 {
    match kind {
        StringKind::Plain => proto::StringKind::Plain.into(),
        StringKind::Markdown => proto::StringKind::Markdown.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::failure;

    #[test]
    fn a_failure_leaves_its_full_stop_to_terraform() {
        for (text, told) in [("Got 0. Use 1.", "Got 0. Use 1"), ("Got 0", "Got 0"), ("", "")] {
            assert_eq!(failure(text.to_owned(), None).text, told);
        }
    }
}
