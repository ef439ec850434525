//! Nothing personal is in S3, in answers, in metrics or in errors.

use aws_front::{Effect, Rule};
use lambda_kit::Deadline;
use pool_harness::Person;

use crate::world::World;

#[tokio::test]
async fn no_address_name_or_number_of_anybody_is_in_an_object_an_answer_a_metric_or_an_error() {
    let world = World::start().await;
    world.groups(&world.source, &["secret-group"]).await.unwrap();
    let people: Vec<_> = (0..60)
        .map(|number| Person::new(number).within(&["secret-group"]))
        .collect();
    let there = Person::new(3).with("name", "Somebody Else");
    world.fill(&world.target, [there]).await.unwrap();
    world.export(people.clone()).await;
    let quoting = "1 validation error detected: Value 'person7@people.example' at 'username' failed";
    let mut said = String::new();
    for operation in [
        "GetGroup",
        "CreateGroup",
        "AdminGetUser",
        "AdminCreateUser",
        "AdminSetUserPassword",
    ] {
        let refused = Effect::refusal(400, "NotAuthorizedException", quoting);
        world.front.script(Rule::on(operation).effect(refused));
        let failure = world.invoke(false, Deadline::NONE).await.unwrap_err();
        said += &format!("{failure:?}");
        world.front.clear();
    }
    let refused = Effect::refusal(400, "InvalidParameterException", quoting);
    world.front.script(Rule::on("AdminCreateUser").effect(refused));
    let answer = world.invoke(false, Deadline::NONE).await.unwrap();
    said += &format!("{answer:?}{}", serde_json::json!(answer));
    said += &format!("{:?}", world.metrics.lock().unwrap());
    let objects = world.objects().await.unwrap();
    assert!(objects.iter().any(|(key, _)| key.contains("/results/")));
    let everything: Vec<u8> = objects
        .iter()
        .flat_map(|(key, bytes)| [key.as_bytes(), bytes].concat())
        .collect();
    let contains = |text: &str| everything.windows(text.len()).any(|window| window == text.as_bytes());
    for person in &people {
        for name in ["email", "name", "phone_number"] {
            let value = person.attributes[name].as_str().unwrap();
            assert!(!contains(value), "{value} is in S3");
            assert!(!said.contains(value), "{value} was said");
        }
    }
    for text in ["secret-group", "user-1", "people.example", "Somebody Else"] {
        assert!(!contains(text) && !said.contains(text), "{text}");
    }
}
