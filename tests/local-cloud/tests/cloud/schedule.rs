//! A schedule really fires, and says of itself what EventBridge Scheduler says.

use std::time::{Duration, SystemTime};

use aws_sdk_scheduler::types::{FlexibleTimeWindow, FlexibleTimeWindowMode, Target};
use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

const ROLE: &str = "arn:aws:iam::000000000000:role/scheduler";

#[test]
fn a_schedule_fires_and_fills_in_its_arn_and_time() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    Runtime::new().unwrap().block_on(async {
        let queues = aws_sdk_sqs::Client::new(&cloud.sdk_config());
        let queue = queues.create_queue().queue_name("runs").send().await.unwrap();
        let queue = queue.queue_url().unwrap();
        let before = SystemTime::now();
        let at = DateTime::from(before + Duration::from_secs(1))
            .fmt(Format::DateTime)
            .unwrap();
        let input = json!({ "arn": "<aws.scheduler.schedule-arn>", "at": "<aws.scheduler.scheduled-time>" });
        let target = Target::builder()
            .arn("arn:aws:sqs:us-east-1:000000000000:runs")
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
            .name("once")
            .schedule_expression(format!("at({})", &at[..19]))
            .flexible_time_window(window)
            .target(target)
            .send()
            .await
            .unwrap();
        let body = loop {
            let answer = queues.receive_message().queue_url(queue).wait_time_seconds(20).send();
            if let Some(message) = answer.await.unwrap().messages().first() {
                break message.body().unwrap().to_owned();
            }
            assert!(
                before.elapsed().unwrap() < Duration::from_secs(60),
                "the schedule does not fire"
            );
        };
        let body: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(body["arn"], schedule.schedule_arn());
        let fired = DateTime::from_str(body["at"].as_str().unwrap(), Format::DateTime).unwrap();
        assert!(fired.secs() > DateTime::from(before).secs(), "{body}");
    });
}
