//! The modules cognito-export and cognito-import on a local cloud that enforces IAM: the schedule exports the users of a pool, and an invocation
//! makes them in another.

use std::fs;
use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use aws_sdk_lambda::primitives::Blob;
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::workspace;
use pool_harness::{Person, Scene};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn the_schedule_exports_users_and_an_invocation_imports_them_into_another_pool() {
    const TEST: &str = "the_schedule_exports_users_and_an_invocation_imports_them_into_another_pool";
    let Some(aws_provider) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let scene = Scene::start().await.unwrap();
    let pool = scene.pool().await.unwrap();
    scene.groups(&pool, &["teachers"]).await.unwrap();
    let people: Vec<_> = (0..70)
        .map(|number| Person::new(number).within(&["teachers"]))
        .collect();
    scene.fill(&pool, people.clone()).await.unwrap();

    let environment = scene.cloud().environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", include_str!("main.tf")).unwrap();
    for name in ["cognito-export", "cognito-import"] {
        let zip = package::zip(&workspace::binary(name).unwrap(), BOOTSTRAP, Effort::Least).unwrap();
        fs::write(workdir.path().join(format!("{name}.zip")), zip).unwrap();
    }
    workdir.set("packages", json!(workdir.path())).unwrap();
    let endpoint = json!({ "AWS_ENDPOINT_URL": scene.cloud().endpoint_url() });
    workdir.set("environment", endpoint).unwrap();
    let exports = json!({
        "bucket": scene.bucket,
        "bucket_arn": format!("arn:aws:s3:::{}", scene.bucket),
        "kms_key_arn": scene.bucket_key_arn,
    });
    workdir.set("exports", exports).unwrap();
    workdir.set("data_key_arn", json!(scene.key_arn)).unwrap();
    let arn = format!("arn:aws:cognito-idp:us-east-1:000000000000:userpool/{pool}");
    workdir.set("user_pool", json!({ "id": pool, "arn": arn })).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();

    let latest = latest(&scene, &pool).await;
    let second = workdir
        .output("second_user_pool_id")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    let function = workdir
        .output("import_function_arn")
        .unwrap()
        .as_str()
        .unwrap()
        .to_owned();
    let import = |dry_run| {
        let event = json!({
            "version": 1, "export": "latest", "source_user_pool_id": pool, "user_pool_id": second, "dry_run": dry_run,
        });
        invoke(&scene, &function, event)
    };
    let dry = import(true).await;
    assert_eq!(
        (&dry["outcome"], &dry["counts"]["created"]),
        (&json!("complete"), &json!(70)),
        "{dry}"
    );
    assert_eq!(dry["export"], latest["run"]);
    let done = import(false).await;
    let counts = &done["counts"];
    assert_eq!(
        (&counts["created"], &counts["memberships_matched"]),
        (&json!(70), &json!(70)),
        "{done}"
    );
    let call = scene.cognito.admin_get_user().user_pool_id(&second).username("user-7");
    let found = call.send().await.unwrap();
    let attributes = found.user_attributes();
    let email = attributes.iter().find(|one| one.name() == "email").unwrap();
    assert_eq!(email.value(), Some("person7@people.example"));
    assert_eq!(import(false).await["counts"]["equal"], 70);

    nobody_is_in_plain_text(&scene, &people).await;
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "the second plan is empty: {}", plan.text);
    workdir.destroy().unwrap().ok().unwrap();
}

/// The pointer, as soon as the schedule's export is complete.
async fn latest(scene: &Scene, pool: &str) -> Value {
    let started = Instant::now();
    loop {
        let key = format!("cognito/{pool}/latest.json");
        if let Ok(object) = scene.s3.get_object().bucket(&scene.bucket).key(key).send().await {
            let bytes = object.body.collect().await.unwrap().into_bytes();
            return serde_json::from_slice(&bytes).unwrap();
        }
        assert!(started.elapsed() < PATIENCE, "no export:\n{}", log(scene));
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

async fn invoke(scene: &Scene, function: &str, event: Value) -> Value {
    let lambda = aws_sdk_lambda::Client::new(&scene.root());
    let call = lambda
        .invoke()
        .function_name(function)
        .payload(Blob::new(event.to_string()));
    let answer = call.send().await.unwrap();
    let payload = answer.payload.map(Blob::into_inner).unwrap_or_default();
    let said = String::from_utf8_lossy(&payload).into_owned();
    assert_eq!(answer.function_error, None, "{said}");
    serde_json::from_slice(&payload).unwrap()
}

async fn nobody_is_in_plain_text(scene: &Scene, people: &[Person]) {
    let listed = scene.s3.list_objects_v2().bucket(&scene.bucket).send().await.unwrap();
    let mut everything = log(scene).into_bytes();
    for object in listed.contents() {
        let key = object.key().unwrap();
        everything.extend_from_slice(key.as_bytes());
        let object = scene
            .s3
            .get_object()
            .bucket(&scene.bucket)
            .key(key)
            .send()
            .await
            .unwrap();
        everything.extend(object.body.collect().await.unwrap().into_bytes());
    }
    for person in people {
        let email = person.attributes["email"].as_str().unwrap().as_bytes();
        assert!(
            !everything.windows(email.len()).any(|window| window == email),
            "{}",
            person.username
        );
    }
}

fn log(scene: &Scene) -> String {
    fs::read_to_string(scene.cloud().folder().join("ministack.log")).unwrap_or_default()
}
