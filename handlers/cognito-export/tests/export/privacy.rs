//! Nothing personal is in S3, in the log, in metrics or in errors.

use std::io;
use std::sync::{Arc, Mutex};

use aws_front::{Effect, Rule};
use lambda_kit::Deadline;
use pool_harness::Person;
use user_export::{EXPORT, Kind, User};

use crate::world::{World, invocation};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test]
async fn no_address_name_or_number_of_anybody_is_in_an_object_a_log_a_metric_or_an_error() {
    let mut world = World::start().await;
    world.limits.part_pages = 1;
    world.take_events();
    world.groups(&world.pool, &["secret-group"]).await.unwrap();
    let people: Vec<_> = (0..200)
        .map(|number| Person::new(number).within(&["secret-group"]))
        .collect();
    world.fill(&world.pool, people.clone()).await.unwrap();
    let log = Log::default();
    let writer = log.clone();
    // With one subscriber alone, what another thread logs first decides by that thread, which has none, whether a line of the source is
    // ever logged. With two, all of them are asked.
    let _other = tracing::Dispatch::new(tracing::subscriber::NoSubscriber::default());
    let subscriber = tracing_subscriber::fmt()
        .json()
        .with_env_filter("trace,aws_=info,hyper=info,h2=info")
        .with_writer(move || writer.clone())
        .finish();
    let _logging = tracing::subscriber::set_default(subscriber);
    // A failure at each step, whose message quotes a user; then the export resumes.
    let quoting = "1 validation error detected: Value 'person7@people.example' at 'username' failed";
    let mut said = String::new();
    for operation in ["ListUsers", "ListGroups", "ListUsersInGroup"] {
        let refused = Effect::refusal(400, "InvalidParameterException", quoting);
        world.front.script(Rule::on(operation).after(1).effect(refused.clone()));
        world.front.script(Rule::on(operation).effect(refused));
        let failure = world.invoke(6, Deadline::NONE).await.unwrap_err();
        said += &format!("{failure:?}");
        world.front.clear();
    }
    let answer = cognito_export::handle(&invocation(6, Deadline::NONE), &world.function().await)
        .await
        .unwrap();
    said += &format!("{answer:?}{}", serde_json::json!(answer));
    said += &format!("{:?}", world.metrics.lock().unwrap());
    said += &String::from_utf8_lossy(&log.0.lock().unwrap());
    assert!(said.contains("begun"), "there is a log");
    let objects = world.objects().await.unwrap();
    assert!(objects.len() > 10);
    let everything: Vec<u8> = objects
        .iter()
        .flat_map(|(key, bytes)| [key.as_bytes(), bytes].concat())
        .collect();
    for person in &people {
        for name in ["email", "name", "phone_number"] {
            let value = person.attributes[name].as_str().unwrap();
            assert!(!contains(&everything, value), "{value} is in S3");
            assert!(!said.contains(value), "{value} was said");
        }
    }
    for text in ["secret-group", "user-1", "people.example"] {
        assert!(!contains(&everything, text) && !said.contains(text), "{text}");
    }
}

#[tokio::test]
async fn a_part_opens_in_its_own_place_and_with_the_export_s_key_alone() {
    let world = World::start().await;
    world.fill(&world.pool, (0..300).map(Person::new)).await.unwrap();
    let manifest = world.manifest(&world.export(6).await).await;
    let parts: Vec<_> = manifest.parts.iter().filter(|part| part.kind == Kind::Users).collect();
    assert!(parts.len() > 1);
    // Somebody who can write the bucket exchanges two parts.
    let mut exchanged = manifest.clone();
    exchanged.parts = vec![user_export::Part {
        number: parts[1].number,
        ..parts[0].clone()
    }];
    let (store, key) = world.reader(&manifest).await;
    let from = (EXPORT, manifest.run.as_str());
    let error = user_export::read::<User>(&store, from, &exchanged.parts[0], &key)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not open"), "{error}");
    // Or brings one from another export.
    let error = user_export::read::<User>(&store, (EXPORT, "another"), parts[0], &key)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("does not open"), "{error}");
    // Or replaces it.
    let forged = user_export::Part {
        sha256: "00".repeat(32),
        ..parts[0].clone()
    };
    let error = user_export::read::<User>(&store, from, &forged, &key)
        .await
        .unwrap_err();
    assert!(error.to_string().contains("another SHA-256"), "{error}");
    // And KMS unwraps the key for this export alone.
    use base64::Engine as _;
    let wrapped = base64::engine::general_purpose::STANDARD
        .decode(&manifest.data_key)
        .unwrap();
    let keys = envelope::DataKeys::new(&world.root(), manifest.kms_key_arn.clone(), EXPORT);
    assert!(keys.unwrap("20261130T070000Z-000000", &wrapped).await.is_err());
}
