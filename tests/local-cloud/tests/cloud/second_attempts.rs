//! A call that the hashicorp/aws provider sends again, since its answer got lost, is carried out once.

use local_cloud::{LocalCloud, Options};

const AWS_PROVIDER: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/6.34.0 aws-sdk-go-v2/1.41.3";
const OTHERS: &str = "aws-sdk-rust/1.3 api/ec2/1.0";
const CREATE: &str = "Action=CreateVpc&CidrBlock=10.7.0.0%2F16&Version=2016-11-15";

/// One attempt at a call of EC2: status and answer.
async fn attempt(cloud: &LocalCloud, user_agent: &str, call: &str, number: u8, form: &str) -> (u16, String) {
    let credential = "Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0";
    let request = reqwest::Client::new()
        .post(cloud.endpoint_url())
        .header("content-type", "application/x-www-form-urlencoded")
        .header("authorization", format!("AWS4-HMAC-SHA256 {credential}"))
        .header("user-agent", user_agent)
        .header("amz-sdk-invocation-id", call)
        .header("amz-sdk-request", format!("attempt={number}; max=25"))
        .body(form.to_owned());
    let response = request.send().await.unwrap();
    (response.status().as_u16(), response.text().await.unwrap())
}

async fn networks(cloud: &LocalCloud) -> usize {
    let form = "Action=DescribeVpcs&Filter.1.Name=cidr&Filter.1.Value.1=10.7.0.0%2F16&Version=2016-11-15";
    let (_, networks) = attempt(cloud, OTHERS, "describe", 1, form).await;
    networks.matches("<vpcId>").count()
}

#[tokio::test]
async fn a_second_attempt_of_the_aws_provider_gets_the_first_ones_answer() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let first = attempt(&cloud, AWS_PROVIDER, "create-1", 1, CREATE).await;
    assert_eq!(first.0, 200, "{}", first.1);
    assert_eq!(attempt(&cloud, AWS_PROVIDER, "create-1", 2, CREATE).await, first);
    assert_eq!(networks(&cloud).await, 1);
    let another = attempt(&cloud, AWS_PROVIDER, "create-2", 1, CREATE).await;
    assert_ne!(another, first);
    assert_eq!(networks(&cloud).await, 2);
}

#[tokio::test]
async fn a_second_attempt_that_comes_during_the_first_is_not_carried_out_beside_it() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let (first, second) = tokio::join!(
        attempt(&cloud, AWS_PROVIDER, "create", 1, CREATE),
        attempt(&cloud, AWS_PROVIDER, "create", 2, CREATE)
    );
    assert_eq!(first, second);
    assert_eq!(networks(&cloud).await, 1);
}

#[tokio::test]
async fn what_was_refused_is_tried_again() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let create = "Action=CreateKeyPair&KeyName=mine&Version=2016-11-15";
    let delete = "Action=DeleteKeyPair&KeyName=mine&Version=2016-11-15";
    attempt(&cloud, OTHERS, "theirs", 1, create).await;
    let (status, refusal) = attempt(&cloud, AWS_PROVIDER, "ours", 1, create).await;
    assert_eq!(status, 400, "{refusal}");
    attempt(&cloud, OTHERS, "theirs gone", 1, delete).await;
    let (status, created) = attempt(&cloud, AWS_PROVIDER, "ours", 2, create).await;
    assert_eq!(status, 200, "{created}");
}

#[tokio::test]
async fn a_second_attempt_of_anything_else_is_carried_out() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    for number in [1, 2] {
        attempt(&cloud, OTHERS, "create", number, CREATE).await;
    }
    assert_eq!(networks(&cloud).await, 2);
}
