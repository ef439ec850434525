//! Secrets Manager rotates a secret as AWS's does: the words in quotes are its API reference's.

use std::path::Path;

use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata;
use aws_sdk_secretsmanager::types::RotationRulesType;
use local_cloud::{LocalCloud, Options};
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::support::{Function, eventually};

/// A rotation function. It writes each step and its token to a file, and fails where a file named after the step exists. The other steps do
/// the rotation. What testSecret receives of the pending value is written to the file, too.
const ROTATOR: &str = r#"#!/usr/bin/env python3
import json, os, pathlib, urllib.error, urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
folder = pathlib.Path(os.environ["FOLDER"])

def call(action, **body):
    headers = {
        "X-Amz-Target": f"secretsmanager.{action}",
        "Content-Type": "application/x-amz-json-1.1",
        "Authorization": "AWS4-HMAC-SHA256 Credential=test/20261130/us-east-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
    }
    request = urllib.request.Request(os.environ["AWS_ENDPOINT_URL"], json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as refused:
        return json.load(refused)

while True:
    with urllib.request.urlopen(f"{api}/next") as request:
        identity, event = request.headers["Lambda-Runtime-Aws-Request-Id"], json.load(request)
    step, secret, token = event["Step"], event["SecretId"], event["ClientRequestToken"]
    value = call("GetSecretValue", SecretId=secret, VersionId=token, VersionStage="AWSPENDING")
    with open(folder / "steps", "a") as steps:
        print(json.dumps({"step": step, "token": token, "value": value.get("SecretString", value.get("__type"))}), file=steps)
    failed = (folder / step).exists()
    if step == "createSecret" and not failed and "SecretString" not in value:
        call("PutSecretValue", SecretId=secret, ClientRequestToken=token, SecretString="new", VersionStages=["AWSPENDING"])
    if step == "finishSecret" and not failed:
        versions = call("DescribeSecret", SecretId=secret)["VersionIdsToStages"]
        current = next(version for version, labels in versions.items() if "AWSCURRENT" in labels)
        call("UpdateSecretVersionStage", SecretId=secret, VersionStage="AWSCURRENT", MoveToVersionId=token, RemoveFromVersionId=current)
    answer = {"errorMessage": "on purpose", "errorType": "OnPurpose"} if failed else {}
    data = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(f"{api}/{identity}/{'error' if failed else 'response'}", data=data)).close()
"#;

const SECRETS_MANAGER: &str = "secretsmanager.amazonaws.com";
const HERE: &str = "000000000000";

struct Scene {
    client: Client,
    runtime: Runtime,
    function: Function,
    folder: TempDir,
    secret: String,
}

impl Scene {
    /// A secret with the value `old`, and a function that is not yet allowed to anybody.
    fn start(name: &str) -> Self {
        let cloud = LocalCloud::shared(Options::default()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().to_str().unwrap();
        let function = Function::with_program(&cloud, name, ROTATOR, &[("FOLDER", path)]);
        let runtime = Runtime::new().unwrap();
        let client = Client::new(&cloud.sdk_config());
        let made = runtime.block_on(client.create_secret().name(name).secret_string("old").send());
        Self {
            secret: made.unwrap().arn.unwrap(),
            client,
            runtime,
            function,
            folder,
        }
    }

    fn permitted(name: &str) -> Self {
        let scene = Self::start(name);
        scene.function.permit(SECRETS_MANAGER, HERE);
        scene
    }

    fn rotate(&self, immediately: bool) -> Result<String, (String, String)> {
        let rules = RotationRulesType::builder().automatically_after_days(30).build();
        self.send(|call| {
            call.rotation_lambda_arn(self.function.arn())
                .rotation_rules(rules)
                .rotate_immediately(immediately)
        })
    }

    /// The version that the answer names, or code and message of the refusal.
    fn send(&self, with: impl FnOnce(Rotate) -> Rotate) -> Result<String, (String, String)> {
        let call = with(self.client.rotate_secret().secret_id(&self.secret));
        match self.runtime.block_on(call.send()) {
            Ok(answer) => Ok(answer.version_id.unwrap()),
            Err(error) => Err((
                error.code().unwrap().to_owned(),
                error.message().unwrap_or_default().to_owned(),
            )),
        }
    }

    fn steps(&self) -> Vec<Value> {
        let steps = std::fs::read_to_string(self.folder.path().join("steps")).unwrap_or_default();
        // The last line may still be written.
        steps
            .lines()
            .filter_map(|line| serde_json::from_str(line).ok())
            .collect()
    }

    /// Names of the steps so far, all with this token.
    fn names(&self, token: &str) -> Vec<String> {
        let steps = self.steps();
        assert!(steps.iter().all(|step| step["token"] == token), "{steps:?}");
        steps
            .iter()
            .map(|step| step["step"].as_str().unwrap().to_owned())
            .collect()
    }

    fn labels(&self, version: &str) -> Vec<String> {
        let call = self.client.describe_secret().secret_id(&self.secret).send();
        let described = self.runtime.block_on(call).unwrap();
        let labels = described.version_ids_to_stages.unwrap_or_default().remove(version);
        let mut labels = labels.unwrap_or_default();
        labels.sort();
        labels
    }

    fn current(&self) -> String {
        let call = self.client.get_secret_value().secret_id(&self.secret).send();
        self.runtime.block_on(call).unwrap().secret_string.unwrap()
    }

    fn fail(&self, step: &str) {
        std::fs::write(self.folder.path().join(step), "").unwrap();
    }

    fn succeed(&self, step: &str) {
        std::fs::remove_file(self.folder.path().join(step)).unwrap();
    }
}

type Rotate = aws_sdk_secretsmanager::operation::rotate_secret::builders::RotateSecretFluentBuilder;

const ALL: [&str; 4] = ["createSecret", "setSecret", "testSecret", "finishSecret"];

#[test]
fn a_rotation_is_four_calls_of_the_function_and_the_last_moves_the_label() {
    let scene = Scene::permitted("rotates");
    let token = scene.rotate(true).unwrap();
    eventually("the rotation is over", || scene.current() == "new");
    assert_eq!(scene.names(&token), ALL);
    // It begins with an empty version.
    assert_eq!(scene.steps()[0]["value"], "ResourceNotFoundException");
    assert_eq!(scene.steps()[1]["value"], "new");
    assert_eq!(scene.labels(&token), ["AWSCURRENT", "AWSPENDING"]);
    let rotated = || {
        let call = scene.client.describe_secret().secret_id(&scene.secret).send();
        scene.runtime.block_on(call).unwrap()
    };
    eventually("it is a rotation", || rotated().last_rotated_date.is_some());
    assert_eq!(rotated().rotation_enabled, Some(true));
    // "AWSPENDING ... attached to the same version as AWSCURRENT" is no rotation in progress.
    let next = scene.send(|call| call).unwrap();
    assert_ne!(next, token);
    eventually("another rotation", || {
        scene.labels(&next).contains(&"AWSCURRENT".to_owned())
    });
    assert_eq!(scene.labels(&token), ["AWSPREVIOUS"]);
}

#[test]
fn the_first_step_that_fails_ends_it_and_the_next_call_goes_on_with_the_same_version() {
    let scene = Scene::permitted("fails");
    scene.fail("testSecret");
    let token = scene.rotate(true).unwrap();
    eventually("three steps", || scene.steps().len() == 3);
    let refused = |result: Result<String, (String, String)>| {
        let (code, message) = result.unwrap_err();
        assert_eq!(code, "InvalidRequestException");
        assert_eq!(
            message,
            "A previous rotation isn't complete. That rotation will be reattempted."
        );
    };
    // A call while the first attempt still ends begins none.
    eventually("three more", || {
        scene.steps().len() >= 6 || {
            refused(scene.send(|call| call));
            false
        }
    });
    assert_eq!(scene.names(&token), [&ALL[..3], &ALL[..3]].concat());
    assert_eq!(
        (scene.current(), scene.labels(&token)),
        ("old".to_owned(), vec!["AWSPENDING".to_owned()])
    );
    scene.succeed("testSecret");
    eventually("the same rotation is finished", || {
        scene.current() == "new" || {
            scene.send(|call| call).ok();
            false
        }
    });
}

#[test]
fn set_up_without_a_rotation_only_the_test_is_called_with_the_current_value() {
    let scene = Scene::permitted("tests");
    let token = scene.rotate(false).unwrap();
    eventually("the test", || !scene.steps().is_empty());
    eventually("its version is gone", || scene.labels(&token).is_empty());
    assert_eq!(scene.names(&token), ["testSecret"]);
    assert_eq!(
        (&scene.steps()[0]["value"], scene.current()),
        (&"old".into(), "old".to_owned())
    );
}

#[test]
fn what_aws_refuses_is_refused() {
    let scene = Scene::start("refuses");
    let code = |result: Result<String, (String, String)>| result.unwrap_err();
    let (no_function, said) = code(scene.send(|call| call));
    assert_eq!(no_function, "InvalidRequestException");
    assert_eq!(said, "No Lambda rotation function ARN is associated with this secret.");
    let (not_permitted, said) = code(scene.rotate(true));
    assert_eq!(not_permitted, "AccessDeniedException");
    assert!(said.contains("secretsmanager.amazonaws.com"), "{said}");
    // Another service, and Secrets Manager for another account.
    scene.function.permit("events.amazonaws.com", HERE);
    scene.function.permit(SECRETS_MANAGER, "111122223333");
    assert_eq!(code(scene.rotate(true)).0, "AccessDeniedException");
    scene.function.permit(SECRETS_MANAGER, HERE);
    let nobody = "arn:aws:lambda:us-east-1:000000000000:function:nobody";
    assert_eq!(
        code(scene.send(|call| call.rotation_lambda_arn(nobody))).0,
        "ResourceNotFoundException"
    );
    for rules in [
        RotationRulesType::builder().automatically_after_days(0).build(),
        RotationRulesType::builder().automatically_after_days(1001).build(),
        RotationRulesType::builder().build(),
        RotationRulesType::builder()
            .automatically_after_days(30)
            .schedule_expression("rate(10 days)")
            .build(),
    ] {
        let refused = scene.send(|call| {
            call.rotation_lambda_arn(scene.function.arn())
                .rotation_rules(rules.clone())
        });
        assert_eq!(code(refused).0, "InvalidParameterException", "{rules:?}");
    }
    assert!(scene.steps().is_empty() && scene.current() == "old");
}

#[test]
fn a_rotation_that_is_turned_off_calls_nothing_more() {
    let scene = Scene::permitted("stops");
    scene.fail("createSecret");
    scene.rotate(true).unwrap();
    eventually("one step", || scene.steps().len() == 1);
    let cancel = scene.client.cancel_rotate_secret().secret_id(&scene.secret).send();
    scene.runtime.block_on(cancel).unwrap();
    let call = scene.client.describe_secret().secret_id(&scene.secret).send();
    assert_eq!(scene.runtime.block_on(call).unwrap().rotation_enabled, Some(false));
    assert!(Path::new(scene.folder.path()).join("steps").exists() && scene.current() == "old");
}

#[test]
fn a_version_keeps_its_value_and_a_label_is_on_one_version() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let client = Client::new(&cloud.sdk_config());
    Runtime::new().unwrap().block_on(async {
        let secret = client.create_secret().name("versions").secret_string("first").send();
        let secret = secret.await.unwrap().arn.unwrap();
        let (one, other) = ("1".repeat(32), "2".repeat(32));
        let put = |token: &str, value: &str| {
            let call = client.put_secret_value().secret_id(&secret).client_request_token(token);
            call.secret_string(value).version_stages("AWSPENDING").send()
        };
        put(&one, "a").await.unwrap();
        // "the request is ignored" with the same value, and "fails" with another
        put(&one, "a").await.unwrap();
        let error = put(&one, "b").await.unwrap_err();
        assert_eq!(error.code(), Some("ResourceExistsException"));
        put(&other, "b").await.unwrap();
        let get = client.get_secret_value().secret_id(&secret);
        let pending = get.clone().version_stage("AWSPENDING").send().await.unwrap();
        assert_eq!(pending.version_id, Some(other));
        let error = get
            .version_id(one)
            .version_stage("AWSPENDING")
            .send()
            .await
            .unwrap_err();
        assert_eq!(error.code(), Some("InvalidRequestException"));
    });
}
