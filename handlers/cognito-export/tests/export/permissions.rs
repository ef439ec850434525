//! The roles may do what the README says and need all of it.

use lambda_kit::Deadline;
use pool_harness::Person;

use crate::world::{ON_KEY, ON_OBJECTS, ON_POOL, World};

/// Whether an export works that needs everything: it is begun in one invocation and ended in another.
async fn everything_works(world: &World, hour: u32) -> bool {
    let lost = aws_front::Rule::on("ListUsersInGroup").effect(aws_front::Effect::denied());
    world.front.script(lost);
    world.invoke(hour, Deadline::NONE).await.unwrap_err();
    world.front.clear();
    world.invoke(hour, Deadline::NONE).await.is_ok()
}

#[tokio::test]
async fn every_action_of_the_roles_is_needed_and_no_other_is() {
    let world = World::start().await;
    world.groups(&world.pool, &["a"]).await.unwrap();
    world.fill(&world.pool, [Person::new(1).within(&["a"])]).await.unwrap();
    assert!(everything_works(&world, 1).await);
    let mut unneeded = Vec::new();
    let all: Vec<_> = ON_POOL.into_iter().chain(ON_KEY).chain(ON_OBJECTS).collect();
    for (hour, action) in (2..).zip(all) {
        let without =
            |actions: &[&'static str]| -> Vec<_> { actions.iter().copied().filter(|other| *other != action).collect() };
        world
            .rights(&without(&ON_POOL), &without(&ON_KEY), &without(&ON_OBJECTS))
            .await;
        if everything_works(&world, hour).await {
            unneeded.push(action);
        }
    }
    assert!(unneeded.is_empty(), "{unneeded:?}");
}
