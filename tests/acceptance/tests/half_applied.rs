//! An apply of examples/education-platform that is interrupted halfway, and the destroy of what it made.

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
#[ignore = "takes five minutes alone: .ci/run starts it"]
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
    let apply = ["apply", "-no-color", "-input=false", "-auto-approve"];
    let apply = platform.workdir.spawn(&apply).unwrap();
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
        assert!(started.elapsed() < HALFWAY, "nothing to interrupt: {made:#}");
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
    let output = apply.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("Stopping operation..."), "{said}");
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
    std::fs::remove_dir_all(&platform.packages).unwrap();
    let destroyed = platform.workdir.destroy().unwrap();
    assert_eq!(destroyed.code, 0, "{}", destroyed.text);
    let left = platform.left(&before).unwrap();
    assert_eq!(left, json!({}), "{resources} resources were destroyed");
}
