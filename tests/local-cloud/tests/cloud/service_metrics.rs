//! What services publish of the requests that they answer, as boto3 reads it from CloudWatch.

use local_cloud::{LocalCloud, Options, toolchain};
use serde_json::{Value, json};

fn seen() -> Value {
    let cloud = LocalCloud::start(Options {
        region: "eu-west-1".to_owned(),
        ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
        ..Options::default()
    })
    .unwrap();
    let mut script = toolchain::python("tests/local-cloud/tests/python/service_metrics.py").unwrap();
    script
        .args([cloud.endpoint_url(), cloud.cloudwatch().endpoint_url()])
        .envs(cloud.environment());
    serde_json::from_slice(&toolchain::printed(&mut script).unwrap()).unwrap()
}

#[test]
fn requests_are_counted_as_the_services_count_them() {
    let seen = seen();
    // What was answered, in the order of python/service_metrics.py.
    let told = json!({
        "stage": [200, 200, 403, 500, 200],
        "bucket": ["NoSuchKey", "NoSuchKey", "AccessDenied"],
        "pool": ["NotAuthorizedException", "NotAuthorizedException", "UsernameExistsException"],
        "distribution": [200, 403],
        "balancer": ["healthy", "healthy", "unhealthy", "healthy", "healthy"],
    });
    assert_eq!(seen["told"], told, "{seen:#}");
    let metrics = seen["metrics"].as_object().unwrap();
    let of = |place: &str, names: &[(&str, Value)], dimensions: &str| {
        for (name, expected) in names {
            let metric = format!("{place} {name} {dimensions}");
            assert_eq!(metrics.get(&metric), Some(expected), "{metric} in {seen:#}");
        }
    };
    // Sum and number of samples. A stage that is not there has no metrics, and without detailed metrics no method has.
    let stage = [
        ("Count", json!([4.0, 4.0])),
        ("4XXError", json!([1.0, 4.0])),
        ("5XXError", json!([1.0, 4.0])),
        ("Latency", json!([true, 4.0])),
        ("IntegrationLatency", json!([true, 1.0])),
    ];
    of("eu-west-1 AWS/ApiGateway", &stage, "ApiName=metered");
    of("eu-west-1 AWS/ApiGateway", &stage, "ApiName=metered,Stage=v1");
    assert!(metrics.keys().all(|name| !name.contains("Resource=")), "{seen:#}");
    // A put, three reads of which one finds nothing and one is refused, and two by CloudFront: all below files/.
    let bucket = [
        ("AllRequests", json!([6.0, 6.0])),
        ("GetRequests", json!([5.0, 5.0])),
        ("PutRequests", json!([1.0, 1.0])),
        ("4xxErrors", json!([3.0, 6.0])),
        ("5xxErrors", json!([0.0, 6.0])),
        ("BytesUploaded", json!([5.0, 6.0])),
    ];
    of("eu-west-1 AWS/S3", &bucket, "BucketName=metered,FilterId=files");
    let pool = [
        ("SignInSuccesses", json!([1.0, 2.0])),
        ("TokenRefreshSuccesses", json!([1.0, 2.0])),
        ("SignUpSuccesses", json!([1.0, 2.0])),
    ];
    of("eu-west-1 AWS/Cognito", &pool, "UserPool=POOL,UserPoolClient=CLIENT");
    let distribution = [
        ("Requests", json!([2.0, 2.0])),
        ("4xxErrorRate", json!([100.0, 2.0])),
        ("5xxErrorRate", json!([0.0, 2.0])),
        ("TotalErrorRate", json!([100.0, 2.0])),
    ];
    of(
        "us-east-1 AWS/CloudFront",
        &distribution,
        "DistributionId=DISTRIBUTION,Region=Global",
    );
    let targets = [("HealthyHostCount", json!(1.0)), ("UnHealthyHostCount", json!(1.0))];
    of(
        "eu-west-1 AWS/NetworkELB",
        &targets,
        "LoadBalancer=BALANCER,TargetGroup=GROUP",
    );
}
