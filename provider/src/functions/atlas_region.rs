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
                    "AWS Region, for example `ap-southeast-1`. The spelling of Atlas is accepted too.",
                ),
            }],
            variadic: None,
            return_type: Type::String,
            summary: "Converts an AWS Region to the spelling of MongoDB Atlas".to_owned(),
            description: Description::markdown(
                "Converts an AWS Region, for example `ap-southeast-1`, to the spelling that the Atlas API and the \
                 `mongodbatlas` provider use, for example `AP_SOUTHEAST_1`. A value that is not a Region is an error.",
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
