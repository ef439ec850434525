//! A distribution, a zone, a parameter, a topic and a bus of one test, two alarms, and the function before them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_front::Front;
use aws_sdk_cloudwatch::config::{Credentials, SharedCredentialsProvider};
use aws_sdk_cloudwatch::types::{ComparisonOperator, StateValue, Statistic};
use aws_sdk_eventbridge::types::Target;
use aws_sdk_sqs::types::QueueAttributeName;
use cloudwatch_emulator::{Clock, Emulator, ManualClock};
use lambda_kit::emf::Metrics;
use lambda_kit::signed::{Answer as Signed, Client, Request, Service};
use lambda_kit::{Deadline, Environment, Failure};
use local_cloud::{LocalCloud, Options};
use origin_failover::{Answer, OriginFailover, Position, Reason, Region as Side, Settings, handle};
use serde_json::{Value, json};

pub(crate) const SCHEDULE: &str = include_str!("../../events/schedule.json");
pub(crate) const WHOLE_EVENT: &str = include_str!("../../events/whole_alarm.json");
pub(crate) const PRIMARY_ALARM: &str = "edu/primary";
pub(crate) const SECONDARY_ALARM: &str = "edu/secondary";
pub(crate) const HOLD: Duration = Duration::from_secs(900);
pub(crate) const RECORD: &str = "write.example.com";
const PATIENCE: Duration = Duration::from_secs(30);

/// Three behaviours of which two are of APIs, and a member that no version of an SDK knows.
const DISTRIBUTION: &str = include_str!("distribution.xml");

pub(crate) struct World {
    pub(crate) front: Front,
    pub(crate) cloudwatch: Emulator,
    pub(crate) clock: ManualClock,
    pub(crate) name: String,
    pub(crate) distribution: String,
    pub(crate) zone: String,
    pub(crate) variables: BTreeMap<String, String>,
    pub(crate) metrics: Arc<Mutex<Vec<Metrics>>>,
    pub(crate) cloud: Arc<LocalCloud>,
    pub(crate) aws: SdkConfig,
    alarms: aws_sdk_cloudwatch::Client,
    cloudfront: Client,
    route53: Client,
    ssm: Client,
    sqs: aws_sdk_sqs::Client,
    topic_queue: String,
    bus_queue: String,
}

fn client(config: &SdkConfig, name: &'static str, is_global: bool) -> Client {
    let service = Service {
        name,
        endpoint_variable: "NO_SUCH_VARIABLE",
        is_global,
        timeout: Duration::from_secs(30),
    };
    Client::new(config, service)
}

impl World {
    pub(crate) async fn start() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let options = Options {
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        };
        let cloud = tokio::task::spawn_blocking(|| LocalCloud::shared(options));
        let cloud = cloud.await.unwrap().unwrap();
        let name = format!("failover-{}", NEXT.fetch_add(1, Ordering::SeqCst));
        let direct = cloud.sdk_config();
        let front = Front::start(&cloud.endpoint_url()).await.unwrap();
        let aws = direct.to_builder().endpoint_url(front.url()).build();
        // CloudWatch's times are whole milliseconds.
        let now = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let clock = ManualClock::new(SystemTime::UNIX_EPOCH + Duration::from_secs(now));
        let cloudwatch = Emulator::start(cloudwatch_emulator::Options {
            clock: Clock::Manual(clock.clone()),
            ..Default::default()
        });
        let cloudwatch = cloudwatch.await.unwrap();
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
        let pattern = json!({ "source": ["lectern.origin-failover"] }).to_string();
        rule.event_pattern(pattern).send().await.unwrap();
        let target = Target::builder().id("queue").arn(bus_queue_arn).build().unwrap();
        let targets = events.put_targets().rule(&name).event_bus_name(&name);
        targets.targets(target).send().await.unwrap();
        let mut world = Self {
            alarms: aws_sdk_cloudwatch::Client::new(&cloudwatch_config(&cloudwatch)),
            cloudfront: client(&direct, "cloudfront", true),
            route53: client(&direct, "route53", true),
            ssm: client(&direct, "ssm", false),
            front,
            cloudwatch,
            clock,
            distribution: String::new(),
            zone: String::new(),
            variables: BTreeMap::new(),
            metrics: Arc::default(),
            aws,
            sqs,
            topic_queue,
            bus_queue,
            name,
            cloud,
        };
        world.distribution = world.create_distribution().await;
        for alarm in [PRIMARY_ALARM, SECONDARY_ALARM] {
            world.put_alarm(alarm).await;
            world.set_alarm(alarm, StateValue::Ok).await;
        }
        world.clock.advance(HOLD);
        world.order("auto").await;
        for (variable, value) in [
            ("AWS_REGION", "us-east-1"),
            ("LECTERN_PRIMARY_ALARM", PRIMARY_ALARM),
            ("LECTERN_SECONDARY_ALARM", SECONDARY_ALARM),
            ("LECTERN_DISTRIBUTION_ID", &world.distribution.clone()),
            ("LECTERN_PRIMARY_ORIGIN_ID", "api-1"),
            ("LECTERN_SECONDARY_ORIGIN_ID", "api-2 & co"),
            ("LECTERN_OVERRIDE_PARAMETER", &world.parameter()),
            ("LECTERN_FAILBACK", "automatic"),
            ("LECTERN_TOPIC_ARN", &topic_arn),
            ("LECTERN_EVENT_BUS", &world.name.clone()),
        ] {
            world.set(variable, value);
        }
        world
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn parameter(&self) -> String {
        format!("/{}/write-path", self.name)
    }

    /// The function as it is after a cold start, with the credentials of `aws`.
    pub(crate) fn function_as(&self, aws: &SdkConfig) -> OriginFailover {
        let mut environment = Environment::new(|name| self.variables.get(name).cloned());
        let settings = Settings::of(&mut environment);
        environment.finish().unwrap();
        let (metrics, clock) = (Arc::clone(&self.metrics), self.clock.clone());
        OriginFailover::new(settings, aws)
            .with_cloudwatch(&cloudwatch_config(&self.cloudwatch))
            .with_metrics(Arc::new(move |line| metrics.lock().unwrap().push(line.clone())))
            .with_clock(Arc::new(move || clock.now()))
    }

    pub(crate) fn function(&self) -> OriginFailover {
        self.function_as(&self.aws)
    }

    /// What a process needs to work here.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let mut environment = self.cloud.environment();
        environment.extend(self.variables.clone());
        environment.push(("AWS_ENDPOINT_URL".to_owned(), self.front.url()));
        environment.push(("AWS_ENDPOINT_URL_CLOUDWATCH".to_owned(), self.cloudwatch.endpoint_url()));
        environment
    }

    async fn put_alarm(&self, name: &str) {
        let alarm = self.alarms.put_metric_alarm().alarm_name(name).namespace("AWS/Route53");
        let alarm = alarm.metric_name("HealthCheckStatus").statistic(Statistic::Minimum);
        let alarm = alarm.period(60).evaluation_periods(1).threshold(1.0);
        let alarm = alarm.comparison_operator(ComparisonOperator::LessThanThreshold);
        alarm.send().await.unwrap();
    }

    pub(crate) async fn set_alarm(&self, name: &str, state: StateValue) {
        let call = self.alarms.set_alarm_state().alarm_name(name).state_value(state);
        call.state_reason("by hand").send().await.unwrap();
    }

    /// Sets the override parameter.
    pub(crate) async fn order(&self, value: &str) {
        let body = json!({ "Name": self.parameter(), "Value": value, "Type": "String", "Overwrite": true });
        self.ssm("PutParameter", &body).await;
    }

    pub(crate) async fn forget_order(&self) {
        self.ssm("DeleteParameter", &json!({ "Name": self.parameter() })).await;
    }

    async fn ssm(&self, operation: &'static str, body: &Value) {
        let request = Request {
            operation,
            method: "POST",
            target: "/",
            headers: &[
                ("content-type", "application/x-amz-json-1.1"),
                ("x-amz-target", &format!("AmazonSSM.{operation}")),
            ],
            body: &body.to_string(),
        };
        self.ssm.once(&request).await.unwrap();
    }

    async fn create_distribution(&self) -> String {
        let request = Request {
            operation: "CreateDistribution",
            method: "POST",
            target: "/2020-05-31/distribution",
            headers: &[("content-type", "application/xml")],
            body: &DISTRIBUTION.replace("REFERENCE", &self.name),
        };
        let made = self.cloudfront.once(&request).await.unwrap();
        lambda_kit::signed::elements(&made.body, "Id")
            .next()
            .unwrap()
            .to_owned()
    }

    /// The configuration of the distribution, and its ETag.
    pub(crate) async fn configuration(&self) -> (String, String) {
        let answer = self.configure("GetDistributionConfig", "GET", &[], "").await;
        (answer.body.clone(), answer.etag().unwrap().to_owned())
    }

    /// Somebody else's change.
    pub(crate) async fn reconfigure(&self, from: &str, to: &str) {
        let (body, etag) = self.configuration().await;
        assert!(body.contains(from), "{body}");
        let headers = [("content-type", "application/xml"), ("if-match", etag.as_str())];
        self.configure("UpdateDistribution", "PUT", &headers, &body.replace(from, to))
            .await;
    }

    async fn configure(
        &self,
        operation: &'static str,
        method: &'static str,
        headers: &[(&'static str, &str)],
        body: &str,
    ) -> Signed {
        let request = Request {
            operation,
            method,
            target: &format!("/2020-05-31/distribution/{}/config", self.distribution),
            headers,
            body,
        };
        self.cloudfront.once(&request).await.unwrap()
    }

    /// `InProgress` or `Deployed`.
    pub(crate) async fn status(&self) -> String {
        let request = Request {
            operation: "GetDistribution",
            method: "GET",
            target: &format!("/2020-05-31/distribution/{}", self.distribution),
            headers: &[],
            body: "",
        };
        let answer = self.cloudfront.once(&request).await.unwrap();
        lambda_kit::signed::elements(&answer.body, "Status")
            .next()
            .unwrap()
            .to_owned()
    }

    /// Where the cache behaviours go.
    pub(crate) async fn targets(&self) -> Vec<String> {
        let (body, _) = self.configuration().await;
        let targets = lambda_kit::signed::elements(&body, "TargetOriginId");
        targets.map(|target| target.replace("&amp;", "&")).collect()
    }

    /// Switches to a record of a zone, made as this XML has it.
    pub(crate) async fn use_record(&mut self, record: &str) {
        let namespace = "xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"";
        let body = format!(
            "<CreateHostedZoneRequest {namespace}><Name>example.com</Name><CallerReference>{}</CallerReference></CreateHostedZoneRequest>",
            self.name
        );
        let made = self
            .route53("CreateHostedZone", "POST", "/2013-04-01/hostedzone", &body)
            .await;
        let id = lambda_kit::signed::elements(&made, "Id").next().unwrap().to_owned();
        self.zone = id.trim_start_matches("/hostedzone/").to_owned();
        self.change_record("CREATE", record).await;
        let zone = self.zone.clone();
        self.variables
            .retain(|name, _| !name.contains("DISTRIBUTION") && !name.contains("ORIGIN"));
        self.set("LECTERN_HOSTED_ZONE_ID", &zone);
        self.set("LECTERN_RECORD_NAME", RECORD);
    }

    pub(crate) async fn change_record(&self, action: &str, record: &str) {
        let body = format!(
            "<ChangeResourceRecordSetsRequest xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Changes><Change>\
             <Action>{action}</Action>{record}</Change></Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
        );
        let path = format!("/2013-04-01/hostedzone/{}/rrset/", self.zone);
        self.route53("ChangeResourceRecordSets", "POST", &path, &body).await;
    }

    /// The record as Route 53 writes it.
    pub(crate) async fn record(&self) -> String {
        let path = format!("/2013-04-01/hostedzone/{}/rrset", self.zone);
        let all = self.route53("ListResourceRecordSets", "GET", &path, "").await;
        let sets = lambda_kit::signed::elements(&all, "ResourceRecordSet");
        let mut of_it = sets.filter(|set| set.contains(RECORD));
        of_it.next().unwrap().to_owned()
    }

    async fn route53(&self, operation: &'static str, method: &'static str, target: &str, body: &str) -> String {
        let request = Request {
            operation,
            method,
            target,
            headers: &[("content-type", "application/xml")],
            body,
        };
        self.route53.once(&request).await.unwrap().body
    }

    /// The values of a metric, one for each time that it was written.
    pub(crate) fn metric(&self, name: &str) -> Vec<f64> {
        let metrics = self.metrics.lock().unwrap();
        metrics.iter().filter_map(|metrics| metrics.get(name)).collect()
    }

    /// The last value of a metric, if the last invocation wrote it.
    pub(crate) fn last(&self, name: &str) -> Option<f64> {
        self.metrics.lock().unwrap().last().unwrap().get(name)
    }

    /// The next notices, which topic and bus have both, and no more; their bodies.
    pub(crate) async fn heard(&self, number: usize) -> Vec<Value> {
        self.told(number, number).await
    }

    /// The next notices of the topic, whose last ones the bus has too.
    pub(crate) async fn told(&self, on_topic: usize, on_bus: usize) -> Vec<Value> {
        let told = self.messages(&self.topic_queue, on_topic).await;
        let put = self.messages(&self.bus_queue, on_bus).await;
        let told = told.into_iter().map(|message| {
            let body: Value = serde_json::from_str(message["Message"].as_str().unwrap()).unwrap();
            assert_eq!(message["MessageAttributes"]["kind"]["Value"], body["kind"]);
            body
        });
        let told: Vec<_> = told.collect();
        let put: Vec<_> = put.iter().map(|event| event["detail"].clone()).collect();
        assert_eq!(told[told.len() - put.len()..], put);
        told
    }

    /// Waits for `number` messages, and then checks that there are no more.
    async fn messages(&self, queue: &str, number: usize) -> Vec<Value> {
        let started = Instant::now();
        let mut found = Vec::new();
        loop {
            let call = self.sqs.receive_message().queue_url(queue).max_number_of_messages(10);
            let answer = call.send().await.unwrap();
            for message in answer.messages() {
                found.push(serde_json::from_str(message.body().unwrap()).unwrap());
                let delete = self.sqs.delete_message().queue_url(queue);
                let delete = delete.set_receipt_handle(message.receipt_handle.clone());
                delete.send().await.unwrap();
            }
            if answer.messages().is_empty() && found.len() >= number {
                break;
            }
            let seen = found.len();
            assert!(started.elapsed() < PATIENCE, "{seen} of {number} messages: {found:#?}");
            if answer.messages().is_empty() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        assert_eq!(found.len(), number, "{found:#?}");
        found
    }
}

fn cloudwatch_config(cloudwatch: &Emulator) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("us-east-1"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .endpoint_url(cloudwatch.endpoint_url())
        .build()
}

async fn queue(sqs: &aws_sdk_sqs::Client, name: &str) -> (String, String) {
    let made = sqs.create_queue().queue_name(name).send().await.unwrap();
    let url = made.queue_url().unwrap().to_owned();
    let attributes = sqs.get_queue_attributes().queue_url(&url);
    let attributes = attributes.attribute_names(QueueAttributeName::QueueArn);
    let attributes = attributes.send().await.unwrap();
    let arn = attributes.attributes().unwrap()[&QueueAttributeName::QueueArn].clone();
    // With IAM enforced, a queue hears whom its policy lets speak.
    let policy = json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": ["sns.amazonaws.com", "events.amazonaws.com"] },
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }],
    });
    let call = sqs.set_queue_attributes().queue_url(&url);
    let call = call.attributes(QueueAttributeName::Policy, policy.to_string());
    call.send().await.unwrap();
    (url, arn)
}

/// A state change of an alarm at this time, as the module's rule hands it on.
pub(crate) fn event(alarm: &str, state: &str, at: SystemTime) -> String {
    let at = aws_sdk_cloudwatch::primitives::DateTime::from(at);
    let at = at
        .fmt(aws_sdk_cloudwatch::primitives::DateTimeFormat::DateTime)
        .unwrap();
    let at = at.replace('Z', "+0000");
    json!({
        "source": "aws.cloudwatch", "detail-type": "CloudWatch Alarm State Change",
        "detail": { "alarmName": alarm, "state": { "value": state, "timestamp": at } },
    })
    .to_string()
}

/// One invocation by the schedule, with all the time that it wants.
pub(crate) async fn look(function: &OriginFailover) -> Result<Answer, Failure> {
    handle(function, SCHEDULE, Deadline::NONE).await
}

pub(crate) fn kept(at: Side, reason: Reason) -> Answer {
    Answer::Kept {
        position: Position::At(at),
        reason,
    }
}

pub(crate) fn switched(to: Side, reason: Reason) -> Answer {
    Answer::Switched {
        from: Position::At(to.other()),
        to,
        reason,
    }
}

pub(crate) fn refused(at: Side, reason: Reason) -> Answer {
    Answer::Refused {
        position: Position::At(at),
        reason,
    }
}
