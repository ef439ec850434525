//! `provider::lectern::atlas_region`: a region as Atlas writes it.

use async_trait::async_trait;
use atlas_client::AtlasRegion;
use tf_provider::schema::{Description, FunctionSchema, Parameter, Type};
use tf_provider::{AttributePath, Diagnostic, Diagnostics, Function};

/// The function as Terraform calls it.
pub(crate) struct AtlasRegionName;

#[async_trait]
impl Function for AtlasRegionName {
    type Input<'a> = (String,);
    type Output<'a> = String;

    fn schema(&self, _: &mut Diagnostics) -> Option<FunctionSchema> {
        Some(FunctionSchema {
            parameters: vec![Parameter {
                name: "region".to_owned(),
                param_type: Type::String,
                allow_null: false,
                allow_unknown: false,
                description: Description::markdown(
                    "An AWS region such as `ap-southeast-1`; Atlas's own spelling is accepted too.",
                ),
            }],
            variadic: None,
            return_type: Type::String,
            summary: "Writes a region as MongoDB Atlas does".to_owned(),
            description: Description::markdown(
                "`ap-southeast-1` becomes `AP_SOUTHEAST_1`, the form that Atlas's API and the `mongodbatlas` provider use. A text \
                 that is not a region is an error.",
            ),
            deprecated: None,
        })
    }

    async fn call<'a>(&self, diagnostics: &mut Diagnostics, (region,): (String,)) -> Option<String> {
        match AtlasRegion::parse(&region) {
            Ok(region) => Some(region.atlas_name().to_owned()),
            Err(cause) => {
                diagnostics.errors.push(Diagnostic {
                    summary: format!("Got {cause}.").into(),
                    detail: "".into(),
                    attribute: AttributePath::function_argument(0),
                });
                None
            }
        }
    }
}
