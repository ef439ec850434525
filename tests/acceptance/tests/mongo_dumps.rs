//! The registry's example of the dumps under real Terraform and OpenTofu: its check warns when the newest dump is old (C8).

use std::collections::BTreeMap;
use std::time::SystemTime;

use acceptance::terraform::{Engine, REQUIRED_PROVIDERS, Workdir};
use aws_sdk_s3::Client;
use dump_format::UtcSeconds;
use dump_format::key::{Key, Location, Object, RunId};
use dump_format::manifest::{Asked, ClusterTime, Collection, Consistency, Header, Kind, Manifest, Server, Topology};
use dump_format::names::{ClusterName, KmsKeyArn, Namespace, Prefix, ScheduleArn};
use dump_format::payload::{Compression, ReadConcern, Trigger};
use local_cloud::{LocalCloud, Options, workspace};

const BUCKET: &str = "edu-prod-mongo-dumps";

/// What the check of the example says.
const OLD: &str = "No complete dump of the last seven hours.";

/// A dump of one view, some hours old: the keys of its objects, the manifest last.
pub(crate) async fn put_dump(s3: &Client, bucket: &str, hours: i64) -> Vec<String> {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let unix = i64::try_from(now.as_secs()).unwrap() - hours * 3_600;
    let time = UtcSeconds::from_unix(unix).unwrap();
    let trigger = Trigger {
        schedule_arn: ScheduleArn::parse("arn:aws:scheduler:us-east-1:000000000000:schedule/default/Six").unwrap(),
        scheduled_time: time,
    };
    let location = Location {
        prefix: Prefix::parse("mongo").unwrap(),
        cluster: ClusterName::parse("main").unwrap(),
    };
    let run = RunId::of(&trigger);
    let header = Header {
        tool: "mongo-dump 0.1.0".to_owned(),
        run,
        schedule_arn: trigger.schedule_arn,
        cluster: location.cluster.clone(),
        started: time,
        finished: time,
        asked: Asked {
            include: vec!["*".to_owned()],
            exclude: Vec::new(),
            compression: Compression::Zstd,
            read_concern: ReadConcern::Snapshot,
        },
        server: Server {
            version: "7.0.14".to_owned(),
            topology: Topology::ReplicaSet,
        },
        consistency: Consistency::Snapshot {
            cluster_time: ClusterTime {
                t: unix.try_into().unwrap(),
                i: 1,
            },
        },
        kms_key_arn: KmsKeyArn::parse("arn:aws:kms:us-east-1:000000000000:key/1234").unwrap(),
    };
    let view = Namespace::new("shop", "open_orders").unwrap();
    let collection = Collection::new(view.clone(), Kind::View, BTreeMap::new(), Vec::new());
    let manifest = Manifest::new(header, vec![collection], Vec::new()).unwrap().render();
    let mut keys = Vec::new();
    for (object, bytes) in [(Object::Meta(view), b"{}".to_vec()), (Object::Manifest, manifest)] {
        let key = location.render(&Key::Run(run, object));
        let put = s3.put_object().bucket(bucket).key(&key);
        put.body(bytes.into()).send().await.unwrap();
        keys.push(key);
    }
    keys
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_warns_while_the_newest_dump_is_old() {
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let config = aws_sdk_s3::config::Builder::from(&cloud.sdk_config()).force_path_style(true);
    let s3 = Client::from_conf(config.build());
    s3.create_bucket().bucket(BUCKET).send().await.unwrap();
    let file = workspace::root().join("examples/data-sources/lectern_mongo_dumps/data-source.tf");
    let example = std::fs::read_to_string(file).unwrap();
    let endpoint = cloud.endpoint_url();
    let environment = [
        ("AWS_ENDPOINT_URL", endpoint.as_str()),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", "us-east-1"),
    ];
    let workdirs = [Engine::Terraform, Engine::OpenTofu].map(|engine| {
        let workdir = Workdir::new(engine, &environment).unwrap();
        workdir.write("versions.tf", REQUIRED_PROVIDERS).unwrap();
        workdir.write("example.tf", &example).unwrap();
        workdir.init().unwrap();
        workdir
    });
    for (hours, is_old) in [(None, true), (Some(8), true), (Some(6), false)] {
        if let Some(hours) = hours {
            put_dump(&s3, BUCKET, hours).await;
        }
        for workdir in &workdirs {
            let said = workdir.apply().unwrap();
            assert_eq!(said.code, 0, "{}", said.text);
            let flat = said.flat();
            assert_eq!(flat.contains(OLD), is_old, "{hours:?}: {flat}");
            // An output that is null is not in the state.
            let uri = workdir.run(&["output", "-json", "latest_dump"]).unwrap();
            assert_eq!(
                uri.text.contains("s3://edu-prod-mongo-dumps/mongo/main/"),
                hours.is_some(),
                "{}",
                uri.text
            );
        }
    }
}
