//! An apply of examples/education-platform that is interrupted halfway, and the destroy of what it made.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use acceptance::platform::{Packages, Platform};
use acceptance::terraform::aws_provider_or_skip;
use local_cloud::Options;
use serde_json::json;

/// Until both Regions have a part of what belongs there.
const HALFWAY: Duration = Duration::from_secs(240);

/// 300 resources and more are made and destroyed.
#[test]
#[ignore = "takes five minutes alone: start it by hand"]
fn what_an_interrupted_apply_of_the_platform_made_is_destroyed() {
    const TEST: &str = "what_an_interrupted_apply_of_the_platform_made_is_destroyed";
    if aws_provider_or_skip(TEST).unwrap().is_none() {
        return;
    }
    let options = Options {
        moto: true,
        ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
        ..Options::default()
    };
    let platform = Platform::start(options, Packages::Placeholders).unwrap();
    platform.init(&platform.variables_for_plans()).unwrap();
    let before = platform.existing().unwrap();
    // Into a file: a pipe that nobody reads holds it up.
    let log = platform.workdir.path().join("apply.log");
    let said = || fs::read_to_string(&log).unwrap();
    let mut apply = platform
        .workdir
        .command(&["apply", "-no-color", "-input=false", "-auto-approve"]);
    apply.process_group(0).stdout(File::create(&log).unwrap());
    let mut apply = apply.spawn().unwrap();
    let started = Instant::now();
    loop {
        sleep(Duration::from_secs(5));
        let made = platform.left(&before).unwrap();
        if ["eu-west-1", "eu-central-1"]
            .iter()
            .all(|region| made[region]["functions"].is_array())
        {
            break;
        }
        if apply.try_wait().unwrap().is_some() || started.elapsed() > HALFWAY {
            apply.kill().unwrap();
            let output = apply.wait_with_output().unwrap();
            panic!(
                "nothing to interrupt: {made:#}\n{}",
                String::from_utf8_lossy(&output.stdout)
            );
        }
    }
    // To the group, as Ctrl-C in a shell: Terraform ends what is on its way and keeps what was made.
    let group = format!("-{}", apply.id());
    assert!(
        Command::new("kill")
            .args(["-INT", "--", &group])
            .status()
            .unwrap()
            .success()
    );
    let status = apply.wait().unwrap();
    assert_eq!(status.code(), Some(1), "{}", said());
    assert!(said().contains("Stopping operation..."), "{}", said());
    let listed = platform.workdir.run(&["state", "list"]).unwrap().ok().unwrap();
    let resources = listed
        .lines()
        .filter(|line| !line.contains(".data.") && !line.starts_with("data."))
        .count();
    assert!(
        (50..700).contains(&resources),
        "{resources} resources are not half of the platform"
    );

    // Without the packages, as on another machine.
    fs::remove_dir_all(&platform.packages).unwrap();
    let destroyed = platform.workdir.destroy().unwrap();
    assert_eq!(destroyed.code, 0, "{}", destroyed.text);
    let left = platform.left(&before).unwrap();
    assert_eq!(left, json!({}), "{resources} resources were destroyed");
}
