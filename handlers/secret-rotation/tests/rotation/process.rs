//! The real binary, as Lambda runs it.

use std::process::{Command, Stdio};
use std::time::Duration;

use lambda_emulator::{Ended, LambdaEmulator};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::process::Child;

use crate::world::{DAILY, REGION, STEPS, World};

const FUNCTION: &str = "arn:aws:lambda:us-east-1:000000000000:function:edu-secret-rotation:live";
const PATIENCE: Duration = Duration::from_secs(60);

/// Killed when it is dropped.
fn start(lambda: &LambdaEmulator, variables: &[(&str, String)]) -> Child {
    tokio::process::Command::new(env!("CARGO_BIN_EXE_secret-rotation"))
        .env_clear()
        .envs(lambda.environment())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_REGION", REGION)
        .env("AWS_CONFIG_FILE", "/nonexistent")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
        .env("LECTERN_LOG", "trace")
        .envs(variables.iter().cloned())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn the_function_rotates_and_its_log_has_metrics_and_no_secret() {
    for world in [World::start().await, World::on_atlas().await] {
        rotates_and_tells_no_secret(&world).await;
    }
}

async fn rotates_and_tells_no_secret(world: &World) {
    let token = world.begin().await;
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(60)).await.unwrap();
    let mut process = start(
        &lambda,
        &[world.variables.as_slice(), &[("AWS_ENDPOINT_URL", world.front.url())]].concat(),
    );
    let mut passwords = vec![world.current().await.0["password"].as_str().unwrap().to_owned()];
    passwords.extend([
        "Bearer ".to_owned(),
        atlas_emulator::Credentials::default().client_secret,
    ]);
    for step in STEPS {
        let ended = tokio::time::timeout(PATIENCE, lambda.invoke(world.event(step, &token))).await;
        let expected = json!({ "secret": world.name, "step": step, "was_done": false });
        assert_eq!(ended.unwrap(), Ended::Answer(expected));
    }
    let Ended::Answer(ages) = lambda.invoke(DAILY).await else {
        panic!("failed");
    };
    assert_eq!(ages["secrets"][0]["secret"], world.name.as_str());
    assert!(world.works().await);
    passwords.push(world.current().await.0["password"].as_str().unwrap().to_owned());
    process.start_kill().unwrap();
    let (mut log, mut errors) = (String::new(), String::new());
    process.stdout.take().unwrap().read_to_string(&mut log).await.unwrap();
    process
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut errors)
        .await
        .unwrap();
    for password in passwords {
        assert!(
            !log.contains(&password) && !errors.contains(&password),
            "a password is in the log"
        );
    }
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let metrics: Vec<_> = lines.filter(|line| line.get("_aws").is_some()).collect();
    let with = |name: &str| metrics.iter().filter(|line| line.get(name).is_some()).count();
    assert_eq!(
        (with("Failures"), with("Rotations"), with("AgeDays")),
        (4, 1, 1),
        "{log}"
    );
}

#[tokio::test]
async fn all_settings_that_are_wrong_are_named_at_once() {
    let lambda = LambdaEmulator::start(FUNCTION, Duration::from_secs(60)).await.unwrap();
    let wrong = [
        ("LECTERN_MASTER_SECRET_ARN", "master".to_owned()),
        (
            "LECTERN_SECRET_ARNS",
            "arn:aws:secretsmanager:eu-west-1:1:secret:a, b".to_owned(),
        ),
        ("LECTERN_ATLAS_PROJECT_ID", "school".to_owned()),
        ("LECTERN_ATLAS_SECRET_ARN", "account".to_owned()),
        ("LECTERN_ATLAS_BASE_URL", "http://cloud.mongodb.com".to_owned()),
        ("LECTERN_ATLAS_PROXY", "proxy".to_owned()),
        ("LECTERN_MONGO_HOST", "a@b".to_owned()),
    ];
    let _process = start(&lambda, &wrong);
    let ended = tokio::time::timeout(PATIENCE, lambda.invoke(DAILY)).await.unwrap();
    let Ended::Error(name, message) = ended else {
        panic!("{ended:?}");
    };
    assert_eq!(name, "Misconfigured");
    for (variable, _) in wrong {
        assert!(message.contains(variable), "{variable}: {message}");
    }
    assert!(message.contains("two ways"), "{message}");
}

#[test]
fn started_by_hand_it_says_what_it_is() {
    for (arguments, code) in [(&[][..], 2), (&["--help"][..], 0)] {
        let output = Command::new(env!("CARGO_BIN_EXE_secret-rotation"))
            .args(arguments)
            .env_remove("AWS_LAMBDA_RUNTIME_API")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}");
        let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
        assert!(text.contains("AWS Lambda function"), "{text}");
    }
}
