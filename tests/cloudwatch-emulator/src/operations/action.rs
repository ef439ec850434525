//! Which actions an alarm may have (API reference, PutMetricAlarm, PutCompositeAlarm; messages as CloudWatch answers them).

use crate::error::ApiError;
use crate::model::{Dimension, Scope};

/// Partitions by the prefixes of their regions; every other region is in `aws`.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
];

fn partition_of(region: &str) -> &'static str {
    let known = PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix));
    known.map_or("aws", |(_, partition)| partition)
}

/// The form of an ARN, and that it lies where the alarm does. An ARN may leave its region out, as those of response plans do.
pub(super) fn check(scope: &Scope, action: &str) -> Result<(), ApiError> {
    let parts: Vec<&str> = action.splitn(6, ':').collect();
    let ["arn", partition, _, region, _, resource] = parts.as_slice() else {
        return Err(malformed(action));
    };
    if resource.is_empty() || action.contains(char::is_whitespace) {
        return Err(malformed(action));
    }
    let only = partition_of(&scope.region);
    if *partition != only {
        return Err(ApiError::validation(format!(
            "Invalid partition {partition} specified. Only {only} is supported."
        )));
    }
    if !region.is_empty() && *region != scope.region {
        return Err(ApiError::validation(format!(
            "Invalid region {region} specified. Only {} is supported.",
            scope.region
        )));
    }
    Ok(())
}

fn malformed(action: &str) -> ApiError {
    ApiError::validation(format!("Invalid arn syntax: {action}"))
}

/// The verb of an action on an EC2 instance: `Stop` of `arn:aws:automate:eu-west-1:ec2:stop` and of
/// `arn:aws:swf:eu-west-1:111122223333:action/actions/AWS_EC2.InstanceId.Stop/1.0`.
fn ec2_verb(action: &str) -> Option<String> {
    let parts: Vec<&str> = action.splitn(6, ':').collect();
    let verb = match parts.as_slice() {
        [_, _, "automate", _, "ec2", verb] => *verb,
        [_, _, "swf", _, _, resource] => resource
            .strip_prefix("action/actions/AWS_EC2.InstanceId.")?
            .split('/')
            .next()?,
        _ => return None,
    };
    let (first, rest) = verb.split_at_checked(1)?;
    Some(first.to_ascii_uppercase() + rest)
}

/// An action on an instance needs an alarm on one metric of that instance. `dimensions` is `None` for every other kind of alarm.
/// CloudWatch's words behind the verb are not published.
pub(super) fn check_instance<'a>(
    actions: impl IntoIterator<Item = &'a String>,
    dimensions: Option<&[Dimension]>,
) -> Result<(), ApiError> {
    let has_instance =
        dimensions.is_some_and(|dimensions| dimensions.iter().any(|dimension| dimension.name == "InstanceId"));
    match actions.into_iter().find_map(|action| ec2_verb(action)) {
        Some(verb) if !has_instance => Err(ApiError::validation(format!(
            "Invalid use of EC2 '{verb}' action. Only metrics with the dimension 'InstanceId' are supported."
        ))),
        _ => Ok(()),
    }
}
