//! Objects are replicated to another region as S3's manual says: what, with which key, by whose right, and when.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_config::{Region, SdkConfig};
use aws_sdk_cloudwatch::types::{Dimension, Metric, MetricDataQuery, MetricStat};
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    BucketLocationConstraint, BucketVersioningStatus, CreateBucketConfiguration, DeleteMarkerReplication,
    DeleteMarkerReplicationStatus, Destination, EncryptionConfiguration, Metrics, MetricsStatus, ReplicaModifications,
    ReplicaModificationsStatus, ReplicationConfiguration, ReplicationRule, ReplicationRuleFilter,
    ReplicationRuleStatus, ReplicationStatus, ServerSideEncryption, SourceSelectionCriteria, SseKmsEncryptedObjects,
    SseKmsEncryptedObjectsStatus, Tag, Tagging, VersioningConfiguration,
};
use lambda_kit::signed::{self, Request, Service};
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};

const HERE: &str = "us-east-1";
const THERE: &str = "eu-west-1";
const PATIENCE: Duration = Duration::from_secs(30);

/// Two buckets in two regions, each with a key.
struct Pair {
    cloud: Arc<LocalCloud>,
    name: &'static str,
    buckets: [String; 2],
    keys: [String; 2],
    s3: [Client; 2],
}

/// What a rule says beside its destination.
#[derive(Clone, Copy)]
struct Rule {
    kms: bool,
    delete_markers: bool,
    modifications: bool,
}

const ALL: Rule = Rule {
    kms: true,
    delete_markers: true,
    modifications: true,
};

fn config(cloud: &LocalCloud, region: &str) -> SdkConfig {
    let config = cloud.sdk_config().into_builder();
    config.region(Region::new(region.to_owned())).build()
}

fn service(name: &'static str) -> Service {
    Service {
        name,
        endpoint_variable: "NO_SUCH_VARIABLE",
        is_global: name == "iam",
        timeout: Duration::from_secs(10),
    }
}

async fn kms(cloud: &LocalCloud, region: &str, call: &str, body: Value) -> Value {
    let target = format!("TrentService.{call}");
    let request = Request {
        operation: "KMS",
        method: "POST",
        target: "/",
        headers: &[
            ("x-amz-target", target.as_str()),
            ("content-type", "application/x-amz-json-1.1"),
        ],
        body: &body.to_string(),
    };
    let client = signed::Client::new(&config(cloud, region), service("kms"));
    let answer = client.send(&request).await.unwrap().body;
    serde_json::from_str(&answer).unwrap_or_default()
}

async fn iam(cloud: &LocalCloud, parameters: &[(&str, &str)]) {
    let encoded = |text: &str| {
        let bytes = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        });
        bytes.collect::<String>()
    };
    let pairs = parameters
        .iter()
        .map(|(name, value)| format!("{name}={}", encoded(value)));
    let body = format!("Version=2010-05-08&{}", pairs.collect::<Vec<_>>().join("&"));
    let request = Request {
        operation: "IAM",
        method: "POST",
        target: "/",
        headers: &[("content-type", "application/x-www-form-urlencoded")],
        body: &body,
    };
    let client = signed::Client::new(&config(cloud, HERE), service("iam"));
    client.send(&request).await.unwrap();
}

fn shared(enforced: bool) -> Arc<LocalCloud> {
    let environment = enforced.then(|| ("AUTH".to_owned(), "true".to_owned()));
    LocalCloud::shared(Options {
        ministack_environment: environment.into_iter().collect(),
        ..Options::default()
    })
    .unwrap()
}

impl Pair {
    async fn create(cloud: Arc<LocalCloud>, name: &'static str) -> Self {
        let mut keys = Vec::new();
        let mut clients = Vec::new();
        let buckets = [format!("{name}-here"), format!("{name}-there")];
        for (bucket, region) in buckets.iter().zip([HERE, THERE]) {
            let made = kms(&cloud, region, "CreateKey", json!({})).await;
            keys.push(made["KeyMetadata"]["Arn"].as_str().unwrap().to_owned());
            let settings = aws_sdk_s3::config::Builder::from(&config(&cloud, region)).force_path_style(true);
            let s3 = Client::from_conf(settings.build());
            let place =
                CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::from(region));
            let create = s3.create_bucket().bucket(bucket);
            let place = (region != HERE).then(|| place.build());
            create.set_create_bucket_configuration(place).send().await.unwrap();
            let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
            let call = s3.put_bucket_versioning().bucket(bucket);
            call.versioning_configuration(versioning.build()).send().await.unwrap();
            clients.push(s3);
        }
        Self {
            cloud,
            name,
            buckets,
            keys: keys.try_into().unwrap(),
            s3: clients.try_into().unwrap(),
        }
    }

    fn role(&self) -> String {
        format!("arn:aws:iam::000000000000:role/{}", self.name)
    }

    /// Replicates from one side to the other, with this key.
    async fn replicate_with(&self, from: usize, key: &str, rule: Rule) {
        let mut destination = Destination::builder().bucket(format!("arn:aws:s3:::{}", self.buckets[1 - from]));
        let metrics = Metrics::builder().status(MetricsStatus::Enabled).build().unwrap();
        destination = destination.metrics(metrics);
        let modifications = if rule.modifications {
            ReplicaModificationsStatus::Enabled
        } else {
            ReplicaModificationsStatus::Disabled
        };
        let modifications = ReplicaModifications::builder().status(modifications).build().unwrap();
        let mut criteria = SourceSelectionCriteria::builder().replica_modifications(modifications);
        if rule.kms {
            let encryption = EncryptionConfiguration::builder().replica_kms_key_id(key).build();
            destination = destination.encryption_configuration(encryption);
            let selected = SseKmsEncryptedObjects::builder().status(SseKmsEncryptedObjectsStatus::Enabled);
            criteria = criteria.sse_kms_encrypted_objects(selected.build().unwrap());
        }
        let markers = if rule.delete_markers {
            DeleteMarkerReplicationStatus::Enabled
        } else {
            DeleteMarkerReplicationStatus::Disabled
        };
        let rule = ReplicationRule::builder()
            .id("files")
            .priority(1)
            .status(ReplicationRuleStatus::Enabled)
            .filter(ReplicationRuleFilter::builder().prefix("files/").build())
            .delete_marker_replication(DeleteMarkerReplication::builder().status(markers).build())
            .source_selection_criteria(criteria.build())
            .destination(destination.build().unwrap());
        let configuration = ReplicationConfiguration::builder()
            .role(self.role())
            .rules(rule.build().unwrap());
        let call = self.s3[from].put_bucket_replication().bucket(&self.buckets[from]);
        let call = call.replication_configuration(configuration.build().unwrap());
        call.send().await.unwrap();
    }

    async fn replicate(&self, from: usize, rule: Rule) {
        self.replicate_with(from, &self.keys[1 - from], rule).await;
    }

    /// The version, encrypted with the side's key.
    async fn put(&self, side: usize, key: &str) -> String {
        let call = self.s3[side].put_object().bucket(&self.buckets[side]).key(key);
        let call = call
            .server_side_encryption(ServerSideEncryption::AwsKms)
            .ssekms_key_id(&self.keys[side]);
        let call = call.metadata("course", "c1").tagging("upload=pending");
        let put = call.body(ByteStream::from_static(b"content")).send().await.unwrap();
        put.version_id.unwrap()
    }

    async fn head(&self, side: usize, key: &str) -> Option<HeadObjectOutput> {
        let call = self.s3[side].head_object().bucket(&self.buckets[side]).key(key);
        call.send().await.ok()
    }

    async fn status(&self, side: usize, key: &str) -> Option<ReplicationStatus> {
        self.head(side, key).await.unwrap().replication_status
    }

    /// The status of an object once it is not pending.
    async fn settled(&self, side: usize, key: &str) -> Option<ReplicationStatus> {
        let settled = async || {
            let status = self.status(side, key).await;
            (status != Some(ReplicationStatus::Pending)).then_some(status)
        };
        until(&format!("{key} is replicated or not"), settled).await
    }

    async fn tags(&self, side: usize, key: &str, version: &str) -> Vec<String> {
        let call = self.s3[side].get_object_tagging().bucket(&self.buckets[side]).key(key);
        let tags = call.version_id(version).send().await.unwrap().tag_set;
        tags.iter()
            .map(|tag| format!("{}={}", tag.key(), tag.value()))
            .collect()
    }

    async fn tag(&self, side: usize, key: &str, version: &str, value: &str) {
        let tag = Tag::builder().key("upload").value(value).build().unwrap();
        let call = self.s3[side].put_object_tagging().bucket(&self.buckets[side]).key(key);
        let call = call.tagging(Tagging::builder().tag_set(tag).build().unwrap());
        call.version_id(version).send().await.unwrap();
    }

    /// Sum of a metric of the rule from one side, in a region; `None` where there are no data points.
    async fn metric(&self, from: usize, region: &str, name: &str) -> Option<f64> {
        let dimension = |name: &str, value: &str| Dimension::builder().name(name).value(value).build();
        let metric = Metric::builder()
            .namespace("AWS/S3")
            .metric_name(name)
            .dimensions(dimension("SourceBucket", &self.buckets[from]))
            .dimensions(dimension("DestinationBucket", &self.buckets[1 - from]))
            .dimensions(dimension("RuleId", "files"));
        let of = MetricStat::builder()
            .metric(metric.build())
            .period(60)
            .stat("Sum")
            .build();
        let config = self.cloud.cloudwatch_sdk_config().into_builder();
        let config = config.region(Region::new(region.to_owned())).build();
        let now = SystemTime::now();
        let call = aws_sdk_cloudwatch::Client::new(&config).get_metric_data();
        let call = call
            .metric_data_queries(MetricDataQuery::builder().id("m").metric_stat(of).build())
            .start_time((now - Duration::from_secs(3600)).into())
            .end_time((now + Duration::from_secs(60)).into());
        let answer = call.send().await.unwrap();
        let values = answer.metric_data_results()[0].values();
        (!values.is_empty()).then(|| values.iter().sum())
    }
}

async fn until<T>(what: &str, look: impl AsyncFn() -> Option<T>) -> T {
    let started = std::time::Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_replica_is_the_same_version_encrypted_with_the_key_of_the_rule() {
    let pair = Pair::create(shared(false), "replica").await;
    pair.put(0, "files/before").await;
    pair.replicate(0, ALL).await;
    let version = pair.put(0, "files/a").await;
    pair.put(0, "elsewhere/a").await;
    assert_eq!(pair.settled(0, "files/a").await, Some(ReplicationStatus::Completed));
    let replica = pair.head(1, "files/a").await.unwrap();
    assert_eq!(replica.version_id(), Some(version.as_str()));
    assert_eq!(replica.replication_status(), Some(&ReplicationStatus::Replica));
    assert_eq!(replica.ssekms_key_id(), Some(pair.keys[1].as_str()));
    assert_eq!(replica.metadata().unwrap()["course"], "c1");
    assert_eq!(pair.tags(1, "files/a", &version).await, ["upload=pending"]);
    // Objects that existed before, and those that the filter does not name, have no status and no replica.
    for key in ["files/before", "elsewhere/a"] {
        assert_eq!(pair.status(0, key).await, None, "{key}");
        assert!(pair.head(1, key).await.is_none(), "{key}");
    }
    let pending = async || pair.metric(0, THERE, "OperationsPendingReplication").await;
    until("what waits is measured in the region of the destination", pending).await;
    assert_eq!(pair.metric(0, THERE, "OperationsFailedReplication").await, None);
    let failed = async || pair.metric(0, HERE, "OperationsFailedReplication").await;
    assert_eq!(
        until("failures are measured in the region of the source", failed).await,
        0.0
    );
}

#[tokio::test]
async fn later_changes_follow_as_the_rule_says_and_the_deletion_of_a_version_never_does() {
    for markers in [true, false] {
        let name = if markers { "with-markers" } else { "without-markers" };
        let pair = Pair::create(shared(false), name).await;
        let rule = Rule {
            delete_markers: markers,
            ..ALL
        };
        pair.replicate(0, rule).await;
        let version = pair.put(0, "files/a").await;
        pair.settled(0, "files/a").await;
        pair.tag(0, "files/a", &version, "deleted").await;
        let tagged = async || (pair.tags(1, "files/a", &version).await == ["upload=deleted"]).then_some(());
        until("the tag is changed", tagged).await;

        let last = pair.put(0, "files/b").await;
        pair.settled(0, "files/b").await;
        let delete = pair.s3[0].delete_object().bucket(&pair.buckets[0]).key("files/a");
        let marker = delete.send().await.unwrap().version_id.unwrap();
        let delete = pair.s3[0].delete_object().bucket(&pair.buckets[0]).key("files/b");
        delete.version_id(&last).send().await.unwrap();
        // Whatever came before has been carried out when this is.
        pair.put(0, "files/last").await;
        pair.settled(0, "files/last").await;
        let listed = pair.s3[1].list_object_versions().bucket(&pair.buckets[1]);
        let listed = listed.send().await.unwrap();
        let seen: Vec<_> = listed
            .delete_markers()
            .iter()
            .filter_map(|one| one.version_id())
            .collect();
        assert_eq!(seen, if markers { vec![marker.as_str()] } else { vec![] }, "{name}");
        assert_eq!(pair.head(1, "files/a").await.is_none(), markers, "{name}");
        let kept = pair.head(1, "files/b").await.unwrap();
        assert_eq!(kept.version_id(), Some(last.as_str()), "{name}");
    }
}

#[tokio::test]
async fn objects_with_a_kms_key_need_the_criteria_and_a_key_that_is_there() {
    let pair = Pair::create(shared(false), "criteria").await;
    pair.replicate(0, Rule { kms: false, ..ALL }).await;
    pair.put(0, "files/unselected").await;
    let plain = pair.s3[0].put_object().bucket(&pair.buckets[0]).key("files/plain");
    plain.body(ByteStream::from_static(b"content")).send().await.unwrap();
    assert_eq!(pair.settled(0, "files/plain").await, Some(ReplicationStatus::Completed));
    assert_eq!(pair.status(0, "files/unselected").await, None);

    // "The PUT Bucket replication API doesn't check the validity of KMS keys."
    let nowhere = format!("arn:aws:kms:{THERE}:000000000000:key/00000000-0000-4000-8000-000000000000");
    pair.replicate_with(0, &nowhere, ALL).await;
    pair.put(0, "files/nowhere").await;
    assert_eq!(pair.settled(0, "files/nowhere").await, Some(ReplicationStatus::Failed));
    kms(&pair.cloud, THERE, "DisableKey", json!({ "KeyId": pair.keys[1] })).await;
    pair.replicate(0, ALL).await;
    pair.put(0, "files/disabled").await;
    assert_eq!(pair.settled(0, "files/disabled").await, Some(ReplicationStatus::Failed));
    assert!(pair.head(1, "files/disabled").await.is_none());
    let failed = async || {
        let failed = pair.metric(0, HERE, "OperationsFailedReplication").await;
        (failed == Some(2.0)).then_some(())
    };
    until("both failures are counted", failed).await;
}

#[tokio::test]
async fn both_ways_replicas_stay_where_they_are_and_their_tags_come_back() {
    let pair = Pair::create(shared(false), "both-ways").await;
    pair.replicate(0, ALL).await;
    pair.replicate(1, ALL).await;
    let first = pair.put(0, "files/a").await;
    pair.settled(0, "files/a").await;
    let second = pair.put(1, "files/b").await;
    pair.settled(1, "files/b").await;
    pair.tag(1, "files/a", &first, "confirmed").await;
    let came_back = async || (pair.tags(0, "files/a", &first).await == ["upload=confirmed"]).then_some(());
    until("the tag comes back", came_back).await;
    for (side, key, version, status) in [
        (0, "files/a", &first, ReplicationStatus::Completed),
        (1, "files/a", &first, ReplicationStatus::Replica),
        (0, "files/b", &second, ReplicationStatus::Replica),
        (1, "files/b", &second, ReplicationStatus::Completed),
    ] {
        let found = pair.head(side, key).await.unwrap();
        assert_eq!(found.replication_status(), Some(&status), "{side} {key}");
        assert_eq!(found.version_id(), Some(version.as_str()), "{side} {key}");
        let listed = pair.s3[side].list_object_versions().bucket(&pair.buckets[side]);
        let listed = listed.prefix(key).send().await.unwrap();
        assert_eq!(listed.versions().len(), 1, "{side} {key}");
    }
    // Without the setting a replica's tags are its own.
    let rule = Rule {
        modifications: false,
        ..ALL
    };
    pair.replicate(1, rule).await;
    pair.tag(1, "files/a", &first, "unsynced").await;
    pair.put(1, "files/last").await;
    pair.settled(1, "files/last").await;
    assert_eq!(pair.tags(0, "files/a", &first).await, ["upload=confirmed"]);
}

#[tokio::test]
async fn a_part_that_is_held_arrives_after_what_was_written_later() {
    // A cloud of its own: the control is for all buckets.
    let cloud = tokio::task::spawn_blocking(|| LocalCloud::start(Options::default()));
    let cloud = Arc::new(cloud.await.unwrap().unwrap());
    let pair = Pair::create(Arc::clone(&cloud), "held").await;
    pair.replicate(0, ALL).await;
    let control = async |order: Value| -> Value {
        let url = format!("{}/_lectern/s3/replication", cloud.endpoint_url());
        let answer = reqwest::Client::new()
            .put(url)
            .body(order.to_string())
            .send()
            .await
            .unwrap();
        serde_json::from_str(&answer.text().await.unwrap()).unwrap()
    };
    control(json!({ "hold": ["files/*/data/*"] })).await;
    let part = pair.put(0, "files/run/data/part").await;
    pair.put(0, "files/run/manifest.json").await;
    assert_eq!(
        pair.settled(0, "files/run/manifest.json").await,
        Some(ReplicationStatus::Completed)
    );
    assert_eq!(
        pair.status(0, "files/run/data/part").await,
        Some(ReplicationStatus::Pending)
    );
    assert!(pair.head(1, "files/run/data/part").await.is_none());
    let waits = async || {
        let waits = pair.metric(0, THERE, "OperationsPendingReplication").await;
        waits.filter(|waiting| *waiting > 0.0)
    };
    until("what waits is counted", waits).await;
    let told = control(json!({ "delay_seconds": 0.2 })).await;
    assert_eq!(told["pending"], json!([]), "{told}");
    let replica = pair.head(1, "files/run/data/part").await.unwrap();
    assert_eq!(replica.version_id(), Some(part.as_str()));
    pair.put(0, "files/late").await;
    assert_eq!(pair.status(0, "files/late").await, Some(ReplicationStatus::Pending));
    assert_eq!(pair.settled(0, "files/late").await, Some(ReplicationStatus::Completed));
}

/// Everything that the manual asks of a role, each as a statement.
fn rights(pair: &Pair) -> Vec<(&'static str, Value)> {
    let bucket = |side: usize| format!("arn:aws:s3:::{}", pair.buckets[side]);
    let objects = |side: usize| format!("{}/*", bucket(side));
    let with = |side: usize, region: &str| {
        json!({
            "StringEquals": { "kms:ViaService": format!("s3.{region}.amazonaws.com") },
            "StringLike": { "kms:EncryptionContext:aws:s3:arn": objects(side) },
        })
    };
    let allow = |action: &str, on: String| json!({ "Effect": "Allow", "Action": action, "Resource": on });
    let mut decrypt = allow("kms:Decrypt", pair.keys[0].clone());
    decrypt["Condition"] = with(0, HERE);
    let mut encrypt = allow("kms:Encrypt", pair.keys[1].clone());
    encrypt["Condition"] = with(1, THERE);
    vec![
        (
            "s3:GetReplicationConfiguration",
            allow("s3:GetReplicationConfiguration", bucket(0)),
        ),
        ("s3:ListBucket", allow("s3:ListBucket", bucket(0))),
        (
            "s3:GetObjectVersionForReplication",
            allow("s3:GetObjectVersionForReplication", objects(0)),
        ),
        ("s3:GetObjectVersionAcl", allow("s3:GetObjectVersionAcl", objects(0))),
        ("s3:ReplicateObject", allow("s3:ReplicateObject", objects(1))),
        ("kms:Decrypt", decrypt),
        ("kms:Encrypt", encrypt),
    ]
}

async fn trust(pair: &Pair, call: &str, parameter: &str, service: &str) {
    let document = json!({
        "Version": "2012-10-17",
        "Statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": service } },
    });
    let parameters = [
        ("Action", call),
        ("RoleName", pair.name),
        (parameter, &document.to_string()),
    ];
    iam(&pair.cloud, &parameters).await;
}

async fn allow(pair: &Pair, statements: Vec<Value>) {
    let document = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
    let parameters = [
        ("Action", "PutRolePolicy"),
        ("RoleName", pair.name),
        ("PolicyName", "replication"),
        ("PolicyDocument", &document),
    ];
    iam(&pair.cloud, &parameters).await;
}

#[tokio::test]
async fn with_iam_the_role_needs_each_right_and_s3_needs_to_assume_it() {
    let pair = Pair::create(shared(true), "rights").await;
    trust(&pair, "CreateRole", "AssumeRolePolicyDocument", "s3.amazonaws.com").await;
    pair.replicate(0, ALL).await;
    let all = rights(&pair);
    let statements = || all.iter().map(|(_, statement)| statement.clone()).collect::<Vec<_>>();
    allow(&pair, statements()).await;
    let version = pair.put(0, "files/all").await;
    assert_eq!(pair.settled(0, "files/all").await, Some(ReplicationStatus::Completed));
    // "If Amazon S3 doesn't have these permissions, it replicates the objects, but not the object tags."
    assert_eq!(pair.tags(1, "files/all", &version).await, Vec::<String>::new());
    for (missing, _) in &all {
        let others = all.iter().filter(|(name, _)| name != missing);
        allow(&pair, others.map(|(_, statement)| statement.clone()).collect()).await;
        let key = format!("files/without-{}", missing.replace(':', "-"));
        pair.put(0, &key).await;
        assert_eq!(
            pair.settled(0, &key).await,
            Some(ReplicationStatus::Failed),
            "{missing}"
        );
        assert!(pair.head(1, &key).await.is_none(), "{missing}");
    }
    allow(&pair, statements()).await;
    trust(&pair, "UpdateAssumeRolePolicy", "PolicyDocument", "ec2.amazonaws.com").await;
    pair.put(0, "files/untrusted").await;
    assert_eq!(
        pair.settled(0, "files/untrusted").await,
        Some(ReplicationStatus::Failed)
    );
    let wanted = f64::from(u8::try_from(all.len() + 1).unwrap());
    let failed = async || {
        let failed = pair.metric(0, HERE, "OperationsFailedReplication").await;
        (failed == Some(wanted)).then_some(())
    };
    until("each failure is counted", failed).await;
}
