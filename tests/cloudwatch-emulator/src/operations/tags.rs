//! ListTagsForResource, TagResource, UntagResource.

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::model::{StoredAlarm, Tag};
use crate::operations::{Context, name_in_arn};
use crate::protocol::{Input, Reply, reply};

/// Most tags of a resource, longest key and value (API reference, Tag).
pub(super) const MAX_TAGS: usize = 50;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

#[derive(Deserialize)]
struct Request {
    #[serde(rename = "ResourceARN")]
    resource_arn: Option<String>,
    #[serde(rename = "Tags", default)]
    tags: Vec<Tag>,
    #[serde(rename = "TagKeys", default)]
    tag_keys: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Tags {
    tags: Vec<Tag>,
}

#[derive(Serialize)]
struct Nothing {}

pub(super) fn list(mut context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let alarm = tagged(&mut context, &request)?;
    let tags = alarm.tags.iter().map(|(key, value)| Tag {
        key: key.clone(),
        value: value.clone(),
    });
    reply(&Tags { tags: tags.collect() })
}

/// What a tag may be.
pub(super) fn check(tags: &[Tag]) -> Result<(), ApiError> {
    for (index, Tag { key, value }) in tags.iter().enumerate() {
        let refused = |member: &str, text: &str, constraint: &str| {
            let member = format!("tags.{}.member.{member}", index + 1);
            Err(ApiError::constraint(&member, &format!("'{text}'"), constraint))
        };
        check_key(key)?;
        if key.is_empty() {
            return refused("key", key, "Member must have length greater than or equal to 1");
        }
        if key.chars().count() > MAX_KEY {
            return refused("key", key, "Member must have length less than or equal to 128");
        }
        if value.chars().count() > MAX_VALUE {
            return refused("value", value, "Member must have length less than or equal to 256");
        }
    }
    Ok(())
}

/// AWS's own tags can neither be written nor removed.
fn check_key(key: &str) -> Result<(), ApiError> {
    if key.to_ascii_lowercase().starts_with("aws:") {
        return Err(ApiError::validation(
            "aws: prefixed tag key names are not allowed for external use.",
        ));
    }
    Ok(())
}

pub(super) fn tag(mut context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    check(&request.tags)?;
    let alarm = tagged(&mut context, &request)?;
    let mut tags = alarm.tags.clone();
    tags.extend(request.tags.into_iter().map(|tag| (tag.key, tag.value)));
    if tags.len() > MAX_TAGS {
        return Err(ApiError::invalid_parameter_value(format!(
            "A resource can have at most {MAX_TAGS} tags."
        )));
    }
    alarm.tags = tags;
    reply(&Nothing {})
}

pub(super) fn untag(mut context: Context<'_>, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    request.tag_keys.iter().try_for_each(|key| check_key(key))?;
    let alarm = tagged(&mut context, &request)?;
    alarm.tags.retain(|key, _| !request.tag_keys.contains(key));
    reply(&Nothing {})
}

fn tagged<'a>(context: &'a mut Context<'_>, request: &Request) -> Result<&'a mut StoredAlarm, ApiError> {
    let arn = request
        .resource_arn
        .as_deref()
        .ok_or_else(|| ApiError::missing("resourceARN"))?;
    let Some(name) = name_in_arn(arn).filter(|name| context.scope.alarm_arn(name) == arn) else {
        return Err(ApiError::invalid_parameter_value(format!(
            "{arn} is not the ARN of an alarm of {} in {}",
            context.scope.account, context.scope.region
        )));
    };
    let alarm = context.store.get_mut(context.scope, name);
    alarm.ok_or_else(|| ApiError::tagged_resource_not_found(arn))
}
