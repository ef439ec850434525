//! A local cloud leaves nothing behind, however it ends, and is alone with itself (G6).

use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use crate::support::{Function, eventually, processes_that_name};
use local_cloud::{LocalCloud, Options};

/// Where a cloud can be seen from outside.
struct Traces {
    folder: PathBuf,
    addresses: Vec<String>,
}

impl Traces {
    fn of(cloud: &LocalCloud) -> Self {
        let addresses = [
            Some(cloud.endpoint_url()),
            Some(cloud.cloudwatch().endpoint_url()),
            Some(cloud.atlas().base_url()),
            cloud.moto_url(),
        ];
        let addresses = addresses
            .into_iter()
            .flatten()
            .map(|url| url.replace("http://", ""))
            .collect();
        Self {
            folder: cloud.folder().to_owned(),
            addresses,
        }
    }

    fn expect_there(&self) {
        assert!(self.folder.exists());
        assert!(!processes_that_name(&self.folder).is_empty());
        for address in &self.addresses {
            TcpStream::connect(address).unwrap();
        }
    }

    fn expect_gone(&self) {
        eventually("the folder is gone", || !self.folder.exists());
        eventually("no process names the folder", || {
            processes_that_name(&self.folder).is_empty()
        });
        for address in &self.addresses {
            eventually(&format!("nothing listens at {address}"), || {
                TcpStream::connect(address).is_err()
            });
        }
    }
}

#[test]
fn a_panic_ends_the_emulators_the_functions_and_the_files() {
    let mut traces = None;
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        let cloud = LocalCloud::start(Options {
            moto: true,
            ..Options::default()
        })
        .unwrap();
        Function::create(&cloud, "fn").invoke("{}");
        let seen = Traces::of(&cloud);
        seen.expect_there();
        let is_function = |command: &String| command.contains("bootstrap");
        assert!(
            processes_that_name(&seen.folder).iter().any(is_function),
            "the function's process is one of them"
        );
        traces = Some(seen);
        panic!("on purpose");
    }));
    assert!(panicked.is_err());
    traces.expect("the cloud ran before the panic").expect_gone();
}

#[test]
fn a_cloud_can_start_inside_an_async_runtime() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let traces = runtime.block_on(async { Traces::of(&LocalCloud::start(Options::default()).unwrap()) });
    traces.expect_gone();
}

#[test]
fn two_clouds_at_once_do_not_see_each_other() {
    let clouds = [(); 2].map(|()| LocalCloud::start(Options::default()).unwrap());
    assert_ne!(clouds[0].endpoint_url(), clouds[1].endpoint_url());
    assert_ne!(
        clouds[0].cloudwatch().endpoint_url(),
        clouds[1].cloudwatch().endpoint_url()
    );
    assert_ne!(clouds[0].atlas().base_url(), clouds[1].atlas().base_url());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let topics = |cloud: &LocalCloud| {
        let client = aws_sdk_sns::Client::new(&cloud.sdk_config());
        runtime.block_on(async { client.list_topics().send().await.unwrap().topics().len() })
    };
    let client = aws_sdk_sns::Client::new(&clouds[0].sdk_config());
    runtime.block_on(async { client.create_topic().name("mine").send().await.unwrap() });
    assert_eq!(clouds.each_ref().map(topics), [1, 0]);
}

#[test]
fn nothing_listens_beyond_this_machine() {
    let cloud = LocalCloud::start(Options {
        moto: true,
        ..Options::default()
    })
    .unwrap();
    for url in [
        cloud.endpoint_url(),
        cloud.cloudwatch().endpoint_url(),
        cloud.atlas().base_url(),
        cloud.moto_url().unwrap(),
    ] {
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    }
    // Every listening socket of the emulators' processes, not only the ones with a name.
    for socket in crate::support::listening_sockets(&cloud) {
        assert_eq!(
            socket, "0100007F",
            "a socket listens on an address other than 127.0.0.1"
        );
    }
}
