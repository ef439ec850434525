//! What an interrupted apply of examples/education-platform made is destroyed.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use acceptance::platform::{Packages, Platform};
use acceptance::terraform::aws_provider_or_skip;
use local_cloud::Options;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;

/// Of more than 700 resources.
const MADE: usize = 300;

const PATIENCE: Duration = Duration::from_secs(600);

fn made(log: &Path) -> usize {
    let said = fs::read_to_string(log).unwrap();
    said.lines()
        .filter(|line| line.contains(": Creation complete after"))
        .count()
}

#[test]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
fn what_an_interrupted_apply_of_the_platform_made_is_destroyed() {
    const TEST: &str = "what_an_interrupted_apply_of_the_platform_made_is_destroyed";
    if aws_provider_or_skip(TEST).unwrap().is_none() {
        return;
    }
    let options = Options {
        // For AWS Config.
        moto: true,
        ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
        ..Options::default()
    };
    let platform = Platform::start(options, Packages::Placeholders).unwrap();
    platform.init(&platform.variables_for_plans()).unwrap();
    let before = platform.existing().unwrap();

    // Terraform waits when nobody reads what it says into a pipe.
    let log = platform.workdir.path().join("apply.log");
    let output = File::create(&log).unwrap();
    let mut apply = platform
        .workdir
        .command(&["apply", "-auto-approve", "-no-color", "-input=false"])
        .process_group(0)
        .stdout(output.try_clone().unwrap())
        .stderr(output)
        .spawn()
        .unwrap();
    let started = Instant::now();
    while made(&log) < MADE {
        let ended = apply.try_wait().unwrap();
        assert!(ended.is_none(), "{}", fs::read_to_string(&log).unwrap());
        assert!(started.elapsed() < PATIENCE, "{}", fs::read_to_string(&log).unwrap());
        std::thread::sleep(Duration::from_millis(100));
    }
    // Terraform's process alone, not its providers': these it stops itself.
    kill_process(Pid::from_child(&apply), Signal::INT).unwrap();
    let ended = apply.wait().unwrap();
    let said = fs::read_to_string(&log).unwrap();
    assert!(!ended.success() && said.contains("Interrupt received"), "{said}");
    assert!(!said.contains("Apply complete!"), "{said}");
    let left = platform.left(&before).unwrap();
    assert!(
        left["eu-west-1"].is_object() && left["eu-central-1"].is_object(),
        "{left:#}"
    );

    let destroyed = platform.workdir.destroy().unwrap();
    assert_eq!(destroyed.code, 0, "{}", destroyed.text);
    assert_eq!(platform.left(&before).unwrap(), json!({}));
}
