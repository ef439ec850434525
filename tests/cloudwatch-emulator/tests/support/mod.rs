//! Clients of an emulator.

#![allow(dead_code, reason = "every test file uses another part")]

use aws_sdk_cloudwatch::Client;
use aws_sdk_cloudwatch::config::retry::RetryConfig;
use aws_sdk_cloudwatch::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cloudwatch::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatch::operation::put_metric_alarm::builders::PutMetricAlarmFluentBuilder;
use aws_sdk_cloudwatch::types::{ComparisonOperator, Statistic};
use cloudwatch_emulator::Emulator;

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const TOPIC: &str = "arn:aws:sns:eu-west-1:111122223333:page";

/// A client that tries everything once.
pub(crate) fn client(emulator: &Emulator) -> Client {
    client_of(emulator, ACCOUNT, REGION, RetryConfig::disabled())
}

pub(crate) fn client_of(emulator: &Emulator, access_key: &str, region: &str, retries: RetryConfig) -> Client {
    let config = aws_sdk_cloudwatch::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(region.to_owned()))
        .credentials_provider(Credentials::new(access_key, "secret", None, None, "test"))
        .endpoint_url(emulator.endpoint_url())
        .retry_config(retries)
        .build();
    Client::from_conf(config)
}

/// A valid alarm on one metric.
pub(crate) fn errors_alarm(client: &Client, name: &str) -> PutMetricAlarmFluentBuilder {
    client
        .put_metric_alarm()
        .alarm_name(name)
        .namespace("AWS/Lambda")
        .metric_name("Errors")
        .statistic(Statistic::Sum)
        .period(60)
        .evaluation_periods(1)
        .threshold(0.0)
        .comparison_operator(ComparisonOperator::GreaterThanThreshold)
}

/// Code and message of a refused call.
pub(crate) fn refusal<T: std::fmt::Debug, E: ProvideErrorMetadata>(
    result: Result<T, SdkError<E>>,
    case: &str,
) -> (String, String) {
    match result {
        Err(SdkError::ServiceError(error)) => {
            let error = error.err();
            (
                error.code().unwrap_or_default().to_owned(),
                error.message().unwrap_or_default().to_owned(),
            )
        }
        Err(_) => panic!("{case}: no answer"),
        Ok(output) => panic!("{case}: accepted: {output:?}"),
    }
}
