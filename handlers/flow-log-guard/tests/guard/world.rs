//! A topic and an event bus of one test, each with a queue that hears everything, and the function before them.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aws_config::SdkConfig;
use aws_front::{Effect, Front, Rule};
use aws_sdk_eventbridge::types::Target;
use aws_sdk_sqs::types::QueueAttributeName;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use flow_log_guard::{Answer, FlowLogGuard, Settings, handle};
use lambda_kit::emf::Metrics;
use lambda_kit::{Environment, Failure};
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};

pub(crate) const DEFAULT_FORMAT: &str = include_str!("../../events/default_format.json");
pub(crate) const PACKET_ADDRESSES: &str = include_str!("../../events/packet_addresses.json");
pub(crate) const CONTROL: &str = include_str!("../../events/control.json");
/// Of `packet_addresses.json`, as the module network had it.
pub(crate) const PACKET_FORMAT: &str = "${version} ${account-id} ${interface-id} ${pkt-srcaddr} ${pkt-dstaddr} ${pkt-src-aws-service} \
     ${pkt-dst-aws-service} ${flow-direction} ${traffic-path} ${action} ${log-status}";
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct World {
    pub(crate) front: Front,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) metrics: Arc<Mutex<Vec<Metrics>>>,
    pub(crate) now: Arc<Mutex<SystemTime>>,
    aws: SdkConfig,
    sqs: aws_sdk_sqs::Client,
    topic_queue: String,
    bus_queue: String,
    cloud: Arc<LocalCloud>,
}

impl World {
    pub(crate) async fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let cloud = tokio::task::spawn_blocking(|| LocalCloud::shared(Options::default()));
        let cloud = cloud.await.unwrap().unwrap();
        let name = format!("guard-{}", NEXT.fetch_add(1, Ordering::SeqCst));
        let direct = cloud.sdk_config();
        let front = Front::start(&cloud.endpoint_url()).await.unwrap();
        let aws = direct.to_builder().endpoint_url(front.url()).build();
        let sqs = aws_sdk_sqs::Client::new(&direct);
        let (topic_queue, topic_queue_arn) = queue(&sqs, &format!("{name}-topic")).await;
        let (bus_queue, bus_queue_arn) = queue(&sqs, &format!("{name}-bus")).await;
        let sns = aws_sdk_sns::Client::new(&direct);
        let topic = sns.create_topic().name(&name).send().await.unwrap();
        let topic_arn = topic.topic_arn().unwrap().to_owned();
        let subscribe = sns.subscribe().topic_arn(&topic_arn).protocol("sqs");
        subscribe.endpoint(topic_queue_arn).send().await.unwrap();
        let events = aws_sdk_eventbridge::Client::new(&direct);
        events.create_event_bus().name(&name).send().await.unwrap();
        let rule = events.put_rule().name(&name).event_bus_name(&name);
        let pattern = json!({ "source": ["lectern.flow-log-guard"] }).to_string();
        rule.event_pattern(pattern).send().await.unwrap();
        let target = Target::builder().id("queue").arn(bus_queue_arn).build().unwrap();
        let targets = events.put_targets().rule(&name).event_bus_name(&name);
        targets.targets(target).send().await.unwrap();
        let variables = [
            ("AWS_REGION", "us-east-1"),
            ("LECTERN_FINDINGS_TOPIC_ARN", &topic_arn),
            ("LECTERN_EVENT_BUS", &name),
        ];
        Self {
            front,
            variables: variables
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .into(),
            metrics: Arc::default(),
            now: Arc::new(Mutex::new(SystemTime::now())),
            aws,
            sqs,
            topic_queue,
            bus_queue,
            cloud,
        }
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// The function as it is after a cold start.
    pub(crate) fn function(&self) -> FlowLogGuard {
        let mut environment = Environment::new(|name| self.variables.get(name).cloned());
        let settings = Settings::of(&mut environment);
        environment.finish().unwrap();
        let (metrics, now) = (Arc::clone(&self.metrics), Arc::clone(&self.now));
        FlowLogGuard::new(settings, &self.aws)
            .with_metrics(Arc::new(move |line| metrics.lock().unwrap().push(line.clone())))
            .with_clock(Arc::new(move || *now.lock().unwrap()))
    }

    /// What a process needs to work here.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.cloud.environment();
        environment.extend(self.variables.clone());
        environment.push(("AWS_ENDPOINT_URL".to_owned(), self.front.url()));
        environment
    }

    pub(crate) fn pass(&self, time: Duration) {
        *self.now.lock().unwrap() += time;
    }

    /// The values of a metric, one for each time that it was written.
    pub(crate) fn metric(&self, name: &str) -> Vec<f64> {
        let metrics = self.metrics.lock().unwrap();
        metrics.iter().filter_map(|metrics| metrics.get(name)).collect()
    }

    /// The next messages of the topic: their bodies, and the attributes `kind` and `action`.
    pub(crate) async fn heard_on_topic(&self, number: usize) -> Vec<(Value, Value)> {
        let messages = self.messages(&self.topic_queue, number).await;
        let read = messages.into_iter().map(|message| {
            let body = serde_json::from_str(message["Message"].as_str().unwrap()).unwrap();
            (body, message["MessageAttributes"].clone())
        });
        read.collect()
    }

    /// The next events of the bus, as a rule sees them.
    pub(crate) async fn heard_on_bus(&self, number: usize) -> Vec<Value> {
        self.messages(&self.bus_queue, number).await
    }

    /// Waits for `number` messages, and then checks that there are no more.
    async fn messages(&self, queue: &str, number: usize) -> Vec<Value> {
        let started = Instant::now();
        let mut found = Vec::new();
        loop {
            let answer = self
                .sqs
                .receive_message()
                .queue_url(queue)
                .max_number_of_messages(10)
                .send()
                .await
                .unwrap();
            for message in answer.messages() {
                found.push(serde_json::from_str(message.body().unwrap()).unwrap());
                let delete = self
                    .sqs
                    .delete_message()
                    .queue_url(queue)
                    .set_receipt_handle(message.receipt_handle.clone());
                delete.send().await.unwrap();
            }
            if answer.messages().is_empty() && found.len() >= number {
                break;
            }
            assert!(
                started.elapsed() < PATIENCE,
                "{} of {number} messages: {found:#?}",
                found.len()
            );
            if answer.messages().is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        assert_eq!(found.len(), number, "{found:#?}");
        found
    }

    /// EC2 answers for a prefix list as in its API reference, for `times` calls.
    pub(crate) fn prefix_list(&self, cidrs: &[&str], times: u32) {
        let items: String = cidrs
            .iter()
            .map(|cidr| format!("<item><cidr>{cidr}</cidr></item>"))
            .collect();
        let body = format!(
            "<GetManagedPrefixListEntriesResponse xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>1</requestId>\
             <entrySet>{items}</entrySet></GetManagedPrefixListEntriesResponse>"
        );
        let answer = Effect::Answer { status: 200, body };
        self.front
            .script(Rule::on("GetManagedPrefixListEntries").times(times).effect(answer));
    }
}

async fn queue(sqs: &aws_sdk_sqs::Client, name: &str) -> (String, String) {
    let made = sqs.create_queue().queue_name(name).send().await.unwrap();
    let url = made.queue_url().unwrap().to_owned();
    let attributes = sqs
        .get_queue_attributes()
        .queue_url(&url)
        .attribute_names(QueueAttributeName::QueueArn);
    let attributes = attributes.send().await.unwrap();
    let arn = attributes.attributes().unwrap()[&QueueAttributeName::QueueArn].clone();
    (url, arn)
}

/// An event with these lines of one stream, whose ids begin with `first`.
pub(crate) fn event(first: usize, lines: &[&str]) -> String {
    let events = lines.iter().enumerate().map(|(number, line)| {
        json!({ "id": format!("{}", first + number), "timestamp": 1_700_000_041_000_u64, "message": line })
    });
    let delivery = json!({
        "messageType": "DATA_MESSAGE", "owner": "123456789012", "logGroup": "flow-logs", "logStream": "eni-1-all",
        "subscriptionFilters": ["guard"], "logEvents": events.collect::<Vec<_>>(),
    });
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    packed.write_all(delivery.to_string().as_bytes()).unwrap();
    json!({ "awslogs": { "data": STANDARD.encode(packed.finish().unwrap()) } }).to_string()
}

/// A line of the default format.
pub(crate) fn line(source: &str, destination: &str, action: &str) -> String {
    format!("2 123456789012 eni-1 {source} {destination} 40000 443 6 10 1000 1700000041 1700000091 {action} OK")
}

pub(crate) async fn scanned(function: &FlowLogGuard, event: &str) -> (usize, usize, usize) {
    match handle(function, event).await.unwrap() {
        Answer::Scanned {
            accepted,
            rejected,
            notices,
            ..
        } => (accepted, rejected, notices),
        other => panic!("{other:?}"),
    }
}

pub(crate) async fn failed(function: &FlowLogGuard, event: &str) -> Failure {
    handle(function, event).await.unwrap_err()
}
