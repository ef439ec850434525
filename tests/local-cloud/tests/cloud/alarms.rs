//! A change of an alarm's state is an event of EventBridge, and nobody else puts one.

use std::time::{Duration, Instant};

use aws_sdk_cloudwatch::types::{ComparisonOperator, StateValue, Statistic};
use aws_sdk_eventbridge::types::{PutEventsRequestEntry, Target};
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const NAME: &str = "alarm-events";

async fn change() -> Value {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let queues = aws_sdk_sqs::Client::new(&cloud.sdk_config());
    let queue = queues.create_queue().queue_name(NAME).send().await.unwrap();
    let queue = queue.queue_url().unwrap();
    let events = aws_sdk_eventbridge::Client::new(&cloud.sdk_config());
    let pattern = json!({ "source": ["aws.cloudwatch"], "detail": { "alarmName": [NAME] } });
    let rule = events.put_rule().name(NAME).event_pattern(pattern.to_string());
    rule.send().await.unwrap();
    let target = Target::builder().id("queue");
    let target = target.arn(format!("arn:aws:sqs:us-east-1:000000000000:{NAME}"));
    let targets = events.put_targets().rule(NAME).targets(target.build().unwrap());
    targets.send().await.unwrap();

    // "NotAuthorizedForSourceException: you do not have permissions to publish events onto this event bus with this source"
    // (API reference, PutEvents): sources of AWS are AWS's.
    let detail = json!({ "alarmName": NAME, "state": { "value": "ALARM" } }).to_string();
    let entry = PutEventsRequestEntry::builder().source("aws.cloudwatch");
    let entry = entry
        .detail_type("CloudWatch Alarm State Change")
        .detail(detail)
        .build();
    let forged = events.put_events().entries(entry).send().await.unwrap();
    assert_eq!(
        forged.entries()[0].error_code(),
        Some("NotAuthorizedForSourceException")
    );

    let cloudwatch = aws_sdk_cloudwatch::Client::new(&cloud.cloudwatch_sdk_config());
    let alarm = cloudwatch.put_metric_alarm().alarm_name(NAME).namespace("Edu");
    let alarm = alarm.metric_name("Up").statistic(Statistic::Minimum).period(60);
    let alarm = alarm.evaluation_periods(1).threshold(1.0).treat_missing_data("ignore");
    let alarm = alarm.comparison_operator(ComparisonOperator::LessThanThreshold);
    alarm.actions_enabled(false).send().await.unwrap();
    let state = cloudwatch.set_alarm_state().alarm_name(NAME).state_reason("by hand");
    state.state_value(StateValue::Alarm).send().await.unwrap();
    let started = Instant::now();
    loop {
        let received = queues.receive_message().queue_url(queue).send().await.unwrap();
        if let Some(message) = received.messages().first() {
            return serde_json::from_str(message.body().unwrap()).unwrap();
        }
        assert!(started.elapsed() < Duration::from_secs(20), "no event");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn a_change_of_an_alarms_state_is_an_event_and_nobody_else_puts_one() {
    let event = Runtime::new().unwrap().block_on(change());
    assert_eq!(
        (
            &event["source"],
            &event["detail-type"],
            &event["region"],
            &event["account"]
        ),
        (
            &json!("aws.cloudwatch"),
            &json!("CloudWatch Alarm State Change"),
            &json!("us-east-1"),
            &json!("000000000000")
        )
    );
    let arn = format!("arn:aws:cloudwatch:us-east-1:000000000000:alarm:{NAME}");
    assert_eq!(event["resources"], json!([arn]));
    assert_eq!(event["detail"]["state"]["value"], "ALARM");
    assert_eq!(event["detail"]["previousState"]["value"], "INSUFFICIENT_DATA");
}
