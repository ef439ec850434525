//! What CloudFront refuses of a distribution, and how long a change takes.

use std::time::{Duration, Instant};

use lambda_kit::aws::AwsError;
use lambda_kit::signed::{Answer, Client, Request, Service, elements};
use local_cloud::{LocalCloud, Options};
use tokio::runtime::Runtime;

const XML: &str = "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><CallerReference>distributions</CallerReference>\
     <Origins><Quantity>1</Quantity><Items><Origin><Id>one</Id><DomainName>one.example.com</DomainName></Origin></Items></Origins>\
     <DefaultCacheBehavior><TargetOriginId>one</TargetOriginId></DefaultCacheBehavior><Comment></Comment><Enabled>true</Enabled></DistributionConfig>";

async fn send(client: &Client, method: &'static str, path: &str, etag: &str, body: &str) -> Result<Answer, AwsError> {
    let request = Request {
        operation: "CloudFront",
        method,
        target: &format!("/2020-05-31/distribution{path}"),
        headers: &[("content-type", "application/xml"), ("if-match", etag)],
        body,
    };
    client.once(&request).await
}

async fn story() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let service = Service {
        name: "cloudfront",
        endpoint_variable: "NO_SUCH_VARIABLE",
        is_global: true,
        timeout: Duration::from_secs(30),
    };
    let client = Client::new(&cloud.sdk_config(), service);
    let elsewhere = XML.replace("<TargetOriginId>one", "<TargetOriginId>two");
    let no_origin = |refused: Result<Answer, AwsError>| {
        let refused = refused.unwrap_err();
        assert_eq!((refused.code(), refused.status()), (Some("NoSuchOrigin"), Some(404)));
    };
    no_origin(send(&client, "POST", "", "*", &elsewhere).await);
    let made = send(&client, "POST", "", "*", XML).await.unwrap();
    let id = elements(&made.body, "Id").next().unwrap().to_owned();
    let (of_it, config) = (format!("/{id}"), format!("/{id}/config"));
    let etag = made.etag().unwrap();
    no_origin(send(&client, "PUT", &config, etag, &elsewhere).await);
    let stale = send(&client, "PUT", &config, "E1STALE", XML).await.unwrap_err();
    assert_eq!((stale.code(), stale.status()), (Some("PreconditionFailed"), Some(412)));
    let changed = send(&client, "PUT", &config, etag, XML).await.unwrap();
    let status = |answer: &Answer| elements(&answer.body, "Status").next().unwrap().to_owned();
    assert_eq!(status(&changed), "InProgress");
    // It can be changed again meanwhile.
    let etag = changed.etag().unwrap();
    send(&client, "PUT", &config, etag, XML).await.unwrap();
    let started = Instant::now();
    while status(&send(&client, "GET", &of_it, "*", "").await.unwrap()) != "Deployed" {
        assert!(started.elapsed() < Duration::from_secs(20), "it is never deployed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn a_behaviour_needs_an_origin_and_a_change_its_etag_and_some_time() {
    Runtime::new().unwrap().block_on(story());
}
