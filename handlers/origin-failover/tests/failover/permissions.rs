//! The role may do what the README says and needs all of it.

use aws_config::SdkConfig;
use aws_sdk_cloudwatch::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_cloudwatch::types::StateValue;
use serde_json::json;

use crate::world::{PRIMARY_ALARM, World, look};

/// What the emulators enforce, with what it is for.
pub(crate) const ON_DISTRIBUTION: [&str; 2] = ["cloudfront:GetDistributionConfig", "cloudfront:UpdateDistribution"];
pub(crate) const ON_ZONE: [&str; 2] = ["route53:ListResourceRecordSets", "route53:ChangeResourceRecordSets"];
pub(crate) const ON_BOTH: [&str; 3] = ["ssm:GetParameter", "sns:Publish", "events:PutEvents"];

/// A user of the account who may do so much and no more.
async fn allowed(world: &World, user: &str, actions: &[&str]) -> SdkConfig {
    let iam = aws_sdk_iam::Client::new(&world.cloud.sdk_config());
    iam.create_user().user_name(user).send().await.unwrap();
    let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    let policy = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let put = iam.put_user_policy().user_name(user).policy_name("it");
    put.policy_document(policy.to_string()).send().await.unwrap();
    let key = iam.create_access_key().user_name(user).send().await.unwrap();
    let key = key.access_key.unwrap();
    let credentials = Credentials::new(key.access_key_id, key.secret_access_key, None, None, "test");
    let credentials = SharedCredentialsProvider::new(credentials);
    world.aws.to_builder().credentials_provider(credentials).build()
}

async fn needed(world: &World, of_the_write_path: &[&'static str]) -> Vec<&'static str> {
    let all: Vec<_> = ON_BOTH.iter().chain(of_the_write_path).copied().collect();
    let mut needed = Vec::new();
    world.set_alarm(PRIMARY_ALARM, StateValue::Alarm).await;
    for (number, action) in all.iter().enumerate() {
        let others: Vec<_> = all.iter().filter(|other| *other != action).copied().collect();
        let user = allowed(world, &format!("{}-{number}", world.name), &others).await;
        world.order(if number % 2 == 0 { "secondary" } else { "primary" }).await;
        if look(&world.function_as(&user)).await.is_err() {
            needed.push(*action);
        }
        // Whatever it did, the next one has something to do.
        world.order(if number % 2 == 0 { "secondary" } else { "primary" }).await;
        look(&world.function()).await.unwrap();
    }
    let user = allowed(world, &format!("{}-all", world.name), &all).await;
    world.order("primary").await;
    look(&world.function()).await.unwrap();
    world.order("secondary").await;
    look(&world.function_as(&user)).await.unwrap();
    needed
}

#[tokio::test]
async fn every_action_on_a_distribution_is_needed_and_no_other_is() {
    let world = World::start().await;
    let expected: Vec<_> = ON_BOTH.iter().chain(&ON_DISTRIBUTION).copied().collect();
    assert_eq!(needed(&world, &ON_DISTRIBUTION).await, expected);
}

#[tokio::test]
async fn every_action_on_a_record_is_needed_and_no_other_is() {
    let mut world = World::start().await;
    let record = "<ResourceRecordSet><Name>write.example.com</Name><Type>CNAME</Type><TTL>60</TTL><ResourceRecords><ResourceRecord>\
         <Value>api-1.example.com</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>";
    world.use_record(record).await;
    world.set("LECTERN_PRIMARY_TARGET", "api-1.example.com");
    world.set("LECTERN_SECONDARY_TARGET", "api-2.example.com");
    let expected: Vec<_> = ON_BOTH.iter().chain(&ON_ZONE).copied().collect();
    assert_eq!(needed(&world, &ON_ZONE).await, expected);
}
