//! A call that the hashicorp/aws provider sends again, since its answer got lost, is carried out once.

use std::time::Duration;

use local_cloud::{LocalCloud, Options};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const AWS_PROVIDER: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.11.4 terraform-provider-aws/6.34.0 aws-sdk-go-v2/1.41.3";
const OTHERS: &str = "aws-sdk-rust/1.3 api/ec2/1.0";

/// Makes a network: each test has a range of its own.
fn create(range: u8) -> String {
    format!("Action=CreateVpc&CidrBlock=10.{range}.0.0%2F16&Version=2016-11-15")
}

/// One attempt at a call of EC2, of which all is sent but the last `held_back` bytes.
async fn begin(
    cloud: &LocalCloud,
    user_agent: &str,
    call: &str,
    number: u8,
    form: &str,
    held_back: usize,
) -> TcpStream {
    let address = cloud.endpoint_url();
    let address = address.trim_start_matches("http://");
    let request = format!(
        "POST / HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\nuser-agent: {user_agent}\r\n\
         authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=0\r\n\
         amz-sdk-invocation-id: {call}\r\namz-sdk-request: attempt={number}; max=25\r\n\
         content-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
        form.len()
    );
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream
        .write_all(&request.as_bytes()[..request.len() - held_back])
        .await
        .unwrap();
    stream
}

/// The status, and what follows the headers.
async fn answer(mut stream: TcpStream) -> (u16, String) {
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    let (headers, body) = text.split_once("\r\n\r\n").unwrap();
    (headers.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

async fn attempt(cloud: &LocalCloud, user_agent: &str, call: &str, number: u8, form: &str) -> (u16, String) {
    answer(begin(cloud, user_agent, call, number, form, 0).await).await
}

async fn networks(cloud: &LocalCloud, range: u8) -> usize {
    let form = format!("Action=DescribeVpcs&Filter.1.Name=cidr&Filter.1.Value.1=10.{range}.0.0%2F16&Version=2016-11-15");
    let (_, networks) = attempt(cloud, OTHERS, "describe", 1, &form).await;
    networks.matches("<vpcId>").count()
}

#[tokio::test]
async fn a_second_attempt_of_the_aws_provider_gets_the_first_ones_answer() {
    let form = create(7);
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let first = attempt(&cloud, AWS_PROVIDER, "create-1 7", 1, &form).await;
    assert_eq!(first.0, 200, "{}", first.1);
    assert_eq!(attempt(&cloud, AWS_PROVIDER, "create-1 7", 2, &form).await, first);
    assert_eq!(networks(&cloud, 7).await, 1);
    let another = attempt(&cloud, AWS_PROVIDER, "create-2 7", 1, &form).await;
    assert_ne!(another, first);
    assert_eq!(networks(&cloud, 7).await, 2);
}

#[tokio::test]
async fn a_second_attempt_after_a_lost_answer_makes_no_second_network() {
    let form = create(8);
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    drop(begin(&cloud, AWS_PROVIDER, "create 8", 1, &form, 0).await);
    tokio::time::timeout(Duration::from_secs(30), async {
        while networks(&cloud, 8).await == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await
    .unwrap();
    let (status, network) = attempt(&cloud, AWS_PROVIDER, "create 8", 2, &form).await;
    assert_eq!((status, network.matches("<vpcId>").count()), (200, 1), "{network}");
    assert_eq!(networks(&cloud, 8).await, 1);
}

#[tokio::test]
async fn a_second_attempt_that_comes_during_the_first_waits_for_its_answer() {
    let form = create(9);
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let mut first = begin(&cloud, AWS_PROVIDER, "create 9", 1, &form, 1).await;
    let second = attempt(&cloud, AWS_PROVIDER, "create 9", 2, &form);
    tokio::pin!(second);
    let early = tokio::time::timeout(Duration::from_millis(500), &mut second).await;
    assert!(early.is_err(), "{early:?}");
    first.write_all(&form.as_bytes()[form.len() - 1..]).await.unwrap();
    let (first, second) = tokio::join!(answer(first), second);
    assert_eq!(first, second);
    assert_eq!(networks(&cloud, 9).await, 1);
}

#[tokio::test]
async fn what_was_refused_is_tried_again() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let create = "Action=CreateKeyPair&KeyName=mine&Version=2016-11-15";
    let delete = "Action=DeleteKeyPair&KeyName=mine&Version=2016-11-15";
    attempt(&cloud, OTHERS, "theirs 10", 1, create).await;
    let (status, refusal) = attempt(&cloud, AWS_PROVIDER, "ours 10", 1, create).await;
    assert_eq!(status, 400, "{refusal}");
    attempt(&cloud, OTHERS, "theirs gone 10", 1, delete).await;
    let (status, created) = attempt(&cloud, AWS_PROVIDER, "ours 10", 2, create).await;
    assert_eq!(status, 200, "{created}");
}

#[tokio::test]
async fn a_second_attempt_of_anything_else_is_carried_out() {
    let form = create(11);
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    for number in [1, 2] {
        attempt(&cloud, OTHERS, "create 11", number, &form).await;
    }
    assert_eq!(networks(&cloud, 11).await, 2);
}
