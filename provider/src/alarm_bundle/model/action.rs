//! ARNs of actions: their form, where they are, and which of them act on an EC2 instance.

use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Alarm, Set, Text};

/// The dimension that an alarm with an EC2 action must have. Source: CloudWatch User Guide, UsingAlarmActions.
const INSTANCE_ID: &str = "InstanceId";

/// Longest ARN of an action. Source: API_PutMetricAlarm, `AlarmActions`.
const MAX_ARN: usize = 1024;

/// Partitions by the prefixes of their regions; every other region is in `aws`. Source: AWS General Reference, ARNs; botocore's
/// partitions.
const PARTITIONS: [(&str, &str); 7] = [
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
];

/// The parts of an ARN that decide whether it can be an action here.
struct Arn<'a> {
    partition: &'a str,
    service: &'a str,
    /// Empty in the ARNs of global resources.
    region: &'a str,
    resource: &'a str,
}

impl<'a> Arn<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let parts: Vec<&str> = text.splitn(6, ':').collect();
        let ["arn", partition, service, region, _, resource] = parts.as_slice() else {
            return None;
        };
        let is_whole = ![partition, service, resource].into_iter().any(|part| part.is_empty());
        (is_whole && text.len() <= MAX_ARN && !text.contains(char::is_whitespace)).then_some(Self {
            partition,
            service,
            region,
            resource,
        })
    }

    /// `arn:aws:automate:<region>:ec2:<verb>`, and the older `arn:aws:swf:<region>:<account>:action/actions/AWS_EC2.InstanceId.<verb>/1.0`.
    fn acts_on_an_instance(text: &'a str) -> bool {
        Self::parse(text).is_some_and(|arn| match arn.service {
            "automate" => text.contains(":ec2:"),
            "swf" => arn.resource.starts_with("action/actions/AWS_EC2."),
            _ => false,
        })
    }
}

fn partition_of(region: &str) -> &'static str {
    let known = PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix));
    known.map_or("aws", |(_, partition)| partition)
}

/// An ARN of the bundle's region and partition, as far as the region is known. An ARN may leave its region out.
pub(crate) fn check(diagnostics: &mut Diagnostics, path: &AttributePath, action: &str, region: &Text) {
    let Some(arn) = Arn::parse(action) else {
        return diagnostics::action_is_not_an_arn(diagnostics, path.clone(), action);
    };
    let Value::Value(region) = region else { return };
    let partition = partition_of(region);
    if arn.partition != partition {
        diagnostics::action_in_other_partition(diagnostics, path.clone(), action, region, partition);
    } else if !arn.region.is_empty() && arn.region != region {
        diagnostics::action_in_other_region(diagnostics, path.clone(), action, region);
    }
}

/// The action of a list that acts on an EC2 instance, if there is one.
fn of_an_instance(list: &Set) -> Option<&str> {
    let Value::Value(list) = list else { return None };
    list.iter()
        .filter_map(Value::as_deref_option)
        .find(|action| Arn::acts_on_an_instance(action))
}

/// Refuses EC2 actions of an alarm that is not on one metric of an instance. `paths` say where the three lists were set.
pub(crate) fn check_instance(
    diagnostics: &mut Diagnostics,
    key: &str,
    alarm: &Alarm,
    paths: impl Fn(usize) -> AttributePath,
) {
    let may_be_of_an_instance = match &alarm.dimensions {
        Value::Value(dimensions) => dimensions.contains_key(INSTANCE_ID),
        Value::Unknown => true,
        Value::Null => false,
    };
    let is_expression = alarm.expression.is_value() || alarm.metrics.is_value();
    if may_be_of_an_instance && !is_expression {
        return;
    }
    refuse_instance(
        diagnostics,
        key,
        [
            &alarm.alarm_actions,
            &alarm.ok_actions,
            &alarm.insufficient_data_actions,
        ],
        paths,
    );
}

/// Refuses EC2 actions in any of three lists.
pub(crate) fn refuse_instance(
    diagnostics: &mut Diagnostics,
    key: &str,
    lists: [&Set; 3],
    paths: impl Fn(usize) -> AttributePath,
) {
    for (index, list) in lists.into_iter().enumerate() {
        if let Some(action) = of_an_instance(list) {
            diagnostics::ec2_action_without_instance(diagnostics, paths(index), action, key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_on_instances_are_told_from_others() {
        for (action, expected) in [
            ("arn:aws:automate:eu-west-1:ec2:stop", true),
            (
                "arn:aws:swf:eu-west-1:123456789012:action/actions/AWS_EC2.InstanceId.Stop/1.0",
                true,
            ),
            ("arn:aws:sns:eu-west-1:123456789012:ec2", false),
            ("arn:aws:lambda:eu-west-1:123456789012:function:ec2:stop", false),
            ("automate:ec2:", false),
        ] {
            assert_eq!(Arn::acts_on_an_instance(action), expected, "{action}");
        }
    }

    #[test]
    fn a_region_is_in_one_partition() {
        for (region, partition) in [
            ("eu-central-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("eusc-de-east-1", "aws-eusc"),
        ] {
            assert_eq!(partition_of(region), partition, "{region}");
        }
    }
}
