//! The module recovery between two regions of a local cloud that enforces IAM: objects arrive, and a role that lost its rights is an alarm.

use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir, aws_provider_or_skip};
use aws_config::{Region, SdkConfig};
use aws_sdk_cloudwatch::types::StateValue;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ReplicationStatus;
use lambda_kit::signed::{self, Request, Service};
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};

use crate::mongo_dumps::put_dump;

const PATIENCE: Duration = Duration::from_secs(60);
const REGIONS: [&str; 2] = ["us-east-1", "eu-west-1"];
const FAILED: &str = "edu/extra/files_replication_failed/critical";

/// What Region 2 sees of the dumps.
const DUMPS: &str = r#"
data "lectern_mongo_dumps" "replica" {
  bucket  = "edu-dumps-eu-west-1"
  region  = "eu-west-1"
  prefix  = "mongo"
  cluster = "main"
}

output "seen" {
  value = {
    dumps  = [for dump in data.lectern_mongo_dumps.replica.dumps : dump.status]
    latest = try(data.lectern_mongo_dumps.replica.latest.status, "none")
  }
}
"#;

struct Scene {
    cloud: LocalCloud,
    s3: [Client; 2],
}

impl Scene {
    fn config(&self, region: &str) -> SdkConfig {
        let config = self.cloud.sdk_config().into_builder();
        config.region(Region::new(region.to_owned())).build()
    }

    /// Writes to a side, as the bucket encrypts by itself, and waits until S3 has replicated it or not; the version.
    async fn put(&self, side: usize, what: &str, key: &str) -> (String, ReplicationStatus) {
        let bucket = bucket(what, side);
        let put = self.s3[side].put_object().bucket(&bucket).key(key);
        let put = put.body(ByteStream::from_static(b"content")).send().await.unwrap();
        let started = Instant::now();
        loop {
            let head = self.head(side, what, key).await.unwrap();
            match head.replication_status {
                Some(status) if status != ReplicationStatus::Pending => return (put.version_id.unwrap(), status),
                pending => assert!(started.elapsed() < PATIENCE, "{bucket}/{key} is {pending:?}"),
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn head(&self, side: usize, what: &str, key: &str) -> Option<HeadObjectOutput> {
        let call = self.s3[side].head_object().bucket(bucket(what, side)).key(key);
        call.send().await.ok()
    }

    /// Takes the role's policy away, as somebody might in the console.
    async fn break_role(&self, role: &str) {
        let service = Service {
            name: "iam",
            endpoint_variable: "NO_SUCH_VARIABLE",
            is_global: true,
            timeout: Duration::from_secs(10),
        };
        let body = format!("Action=DeleteRolePolicy&Version=2010-05-08&RoleName={role}&PolicyName=replication");
        let request = Request {
            operation: "DeleteRolePolicy",
            method: "POST",
            target: "/",
            headers: &[("content-type", "application/x-www-form-urlencoded")],
            body: &body,
        };
        let iam = signed::Client::new(&self.config(REGIONS[0]), service);
        iam.send(&request).await.unwrap();
    }

    /// A manifest that arrives before the parts of its dump is no dump yet.
    async fn a_dump_arrives_late(&self) {
        let environment = self.cloud.environment();
        let pairs = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let region_2 = Workdir::new(Engine::Terraform, &pairs.collect::<Vec<_>>()).unwrap();
        region_2.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
        region_2.write("main.tf", DUMPS).unwrap();
        region_2.init().unwrap();
        let seen = || -> Value {
            region_2.apply().unwrap().ok().unwrap();
            region_2.output("seen").unwrap()
        };
        self.cloud.hold_replication(&["mongo/main/*meta*"]).await.unwrap();
        let keys = put_dump(&self.s3[0], &bucket("dumps", 0), 1).await;
        let [part, manifest] = keys.as_slice() else {
            panic!("{keys:?}")
        };
        self.arrived(manifest).await;
        assert!(self.head(1, "dumps", part).await.is_none(), "{part}");
        assert_eq!(seen(), json!({ "dumps": ["replicating"], "latest": "none" }));
        self.cloud.hold_replication(&[]).await.unwrap();
        self.arrived(part).await;
        assert_eq!(seen(), json!({ "dumps": ["complete"], "latest": "complete" }));
    }

    async fn arrived(&self, key: &str) {
        let started = Instant::now();
        while self.head(1, "dumps", key).await.is_none() {
            assert!(started.elapsed() < PATIENCE, "{key} did not arrive");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn alarmed(&self, alarm: &str) {
        let cloudwatch = aws_sdk_cloudwatch::Client::new(&self.cloud.cloudwatch_sdk_config());
        let started = Instant::now();
        loop {
            let found = cloudwatch.describe_alarms().alarm_names(alarm).send().await.unwrap();
            let state = found.metric_alarms()[0].state_value().cloned();
            if state == Some(StateValue::Alarm) {
                return;
            }
            assert!(started.elapsed() < PATIENCE, "{alarm} is {state:?}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }
}

fn bucket(what: &str, side: usize) -> String {
    format!("edu-{what}-{}", REGIONS[side])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
async fn objects_arrive_in_the_other_region_and_a_role_that_lost_its_rights_is_an_alarm() {
    const TEST: &str = "objects_arrive_in_the_other_region_and_a_role_that_lost_its_rights_is_an_alarm";
    let Some(aws_provider) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let cloud = tokio::task::spawn_blocking(|| {
        LocalCloud::start(Options {
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        })
    });
    let cloud = cloud.await.unwrap().unwrap();
    let environment = cloud.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", include_str!("main.tf")).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();

    let client = |region: &str| {
        let config = cloud.sdk_config().into_builder();
        let config = config.region(Region::new(region.to_owned())).build();
        Client::from_conf(
            aws_sdk_s3::config::Builder::from(&config)
                .force_path_style(true)
                .build(),
        )
    };
    let scene = Scene {
        s3: REGIONS.map(client),
        cloud,
    };
    let keys = workdir.output("keys").unwrap();
    for (from, what, key) in [
        (0, "files", "files/a"),
        (1, "files", "files/b"),
        (0, "dumps", "mongo/other/a"),
    ] {
        let (version, status) = scene.put(from, what, key).await;
        assert_eq!(status, ReplicationStatus::Completed, "{what} {key}");
        let replica = scene.head(1 - from, what, key).await.unwrap();
        assert_eq!(replica.version_id(), Some(version.as_str()), "{what} {key}");
        let side = ["primary", "secondary"][1 - from];
        assert_eq!(replica.ssekms_key_id(), keys[what][side].as_str(), "{what} {key}");
    }
    scene.a_dump_arrives_late().await;
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "the second plan is empty: {}", plan.text);
    let page = workdir.output("status_page").unwrap();
    let late = "| `extra/files_replication_late/critical` | AWS/S3 ReplicationLatency |";
    assert!(page.as_str().unwrap().contains(late), "{page}");

    scene.break_role("edu-crr-files-us-east-1").await;
    let (_, status) = scene.put(0, "files", "files/lost").await;
    assert_eq!(status, ReplicationStatus::Failed);
    assert!(scene.head(1, "files", "files/lost").await.is_none());
    scene.alarmed(FAILED).await;
    // Roles of other buckets are others.
    let (_, status) = scene.put(0, "dumps", "mongo/other/b").await;
    assert_eq!(status, ReplicationStatus::Completed);
    workdir.apply().unwrap().ok().unwrap();
    let (_, status) = scene.put(0, "files", "files/again").await;
    assert_eq!(
        status,
        ReplicationStatus::Completed,
        "the next apply gives the role its rights back"
    );

    workdir.destroy().unwrap().ok().unwrap();
    let left = scene.s3[0].list_buckets().send().await.unwrap();
    assert!(left.buckets().is_empty(), "{left:?}");
}
