//! A schedule really fires, when EventBridge Scheduler's would, and says of itself what that says.

use std::time::{Duration, Instant, SystemTime};

use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const ROLE: &str = "arn:aws:iam::000000000000:role/scheduler";

/// Makes a queue and a schedule of one name, and returns the ARN of the schedule and the message that it sent to the queue.
async fn fired(name: &str, expression: &str) -> (String, Value) {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let queues = aws_sdk_sqs::Client::new(&cloud.sdk_config());
    let queue = queues.create_queue().queue_name(name).send().await.unwrap();
    let queue = queue.queue_url().unwrap();
    let input = json!({ "arn": "<aws.scheduler.schedule-arn>", "at": "<aws.scheduler.scheduled-time>" });
    let target = Target::builder()
        .arn(format!("arn:aws:sqs:us-east-1:000000000000:{name}"))
        .role_arn(ROLE)
        .input(input.to_string())
        .build()
        .unwrap();
    let window = FlexibleTimeWindow::builder()
        .mode(FlexibleTimeWindowMode::Off)
        .build()
        .unwrap();
    let schedules = aws_sdk_scheduler::Client::new(&cloud.sdk_config());
    let schedule = schedules
        .create_schedule()
        .name(name)
        .schedule_expression(expression)
        .flexible_time_window(window)
        .target(target)
        .send()
        .await
        .unwrap();
    let started = Instant::now();
    loop {
        let answer = queues.receive_message().queue_url(queue).wait_time_seconds(5).send();
        if let Some(message) = answer.await.unwrap().messages().first() {
            let body = serde_json::from_str(message.body().unwrap()).unwrap();
            return (schedule.schedule_arn().to_owned(), body);
        }
        assert!(
            started.elapsed() < Duration::from_secs(60),
            "the schedule does not fire"
        );
    }
}

fn seconds(body: &Value) -> i64 {
    DateTime::from_str(body["at"].as_str().unwrap(), Format::DateTime)
        .unwrap()
        .secs()
}

#[test]
fn a_schedule_fires_at_its_time_and_fills_in_its_arn_and_time() {
    let at = DateTime::from(SystemTime::now() + Duration::from_secs(2));
    let expression = format!("at({})", &at.fmt(Format::DateTime).unwrap()[..19]);
    let (arn, body) = Runtime::new().unwrap().block_on(fired("once", &expression));
    assert_eq!(body["arn"], arn);
    assert!(seconds(&body) >= at.secs(), "{body}");
}

#[test]
fn a_rate_without_a_start_date_fires_at_once() {
    let before = DateTime::from(SystemTime::now());
    let (_, body) = Runtime::new().unwrap().block_on(fired("often", "rate(6 hours)"));
    assert!(seconds(&body) >= before.secs(), "{body}");
}
