//! GetResources of the Resource Groups Tagging API, for alarms by ARN (API reference, GetResources).

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::model::{StoredAlarm, Tag};
use crate::operations::Context;
use crate::protocol::{Input, Reply, reply};

const MAX_ARNS: usize = 100;
const MAX_ARN: usize = 1011;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    #[serde(rename = "ResourceARNList", default)]
    resource_arn_list: Vec<String>,
    pagination_token: Option<String>,
    resources_per_page: Option<i64>,
    tags_per_page: Option<i64>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    pagination_token: String,
    resource_tag_mapping_list: Vec<Mapping>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Mapping {
    #[serde(rename = "ResourceARN")]
    resource_arn: String,
    tags: Vec<Tag>,
}

/// ARNs that are not known, of another account or of a resource without tags are passed over.
pub(super) fn run(context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let arns = &request.resource_arn_list;
    if arns.is_empty() {
        return Err(ApiError::invalid_parameter(
            "Only requests with ResourceARNList are emulated.",
        ));
    }
    if request.pagination_token.is_some() || request.resources_per_page.is_some() || request.tags_per_page.is_some() {
        return Err(ApiError::invalid_parameter(
            "ResourceARNList can't be specified together with pagination parameters.",
        ));
    }
    if arns.len() > MAX_ARNS || arns.iter().any(|arn| arn.is_empty() || arn.len() > MAX_ARN) {
        return Err(ApiError::invalid_parameter(format!(
            "ResourceARNList takes 1 to {MAX_ARNS} ARNs of 1 to {MAX_ARN} characters."
        )));
    }
    let tagged = context
        .store
        .alarms(context.scope)
        .filter(|alarm| arns.contains(&alarm.arn) && !alarm.tags.is_empty());
    reply(&Answer {
        pagination_token: String::new(),
        resource_tag_mapping_list: tagged.map(mapping).collect(),
    })
}

fn mapping(alarm: &StoredAlarm) -> Mapping {
    let tags = alarm.tags.iter().map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    });
    Mapping {
        resource_arn: alarm.arn.clone(),
        tags: tags.collect(),
    }
}
