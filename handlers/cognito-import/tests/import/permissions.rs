//! The roles may do what the README says and need all of it.

use lambda_kit::Deadline;
use pool_harness::Person;

use crate::world::{ON_EXPORTS, ON_IMPORTS, ON_KEY, ON_POOL, World};

/// Whether an import works that needs everything: one that is begun in one invocation and ended in another, and one of users who are there.
async fn everything_works(world: &World) -> bool {
    let lost = aws_front::Rule::on("AdminDisableUser").effect(aws_front::Effect::denied());
    world.front.script(lost);
    world.invoke(false, Deadline::NONE).await.unwrap_err();
    world.front.clear();
    let made = world.invoke(false, Deadline::NONE).await.is_ok();
    made && world.invoke(false, Deadline::NONE).await.is_ok()
}

#[tokio::test]
async fn every_action_of_the_roles_is_needed_and_no_other_is() {
    let mut world = World::start().await;
    world.groups(&world.source, &["a"]).await.unwrap();
    world.export([Person::new(1).within(&["a"]).disabled()]).await;
    assert!(everything_works(&world).await);
    let sets = [&ON_POOL[..], &ON_KEY, &ON_EXPORTS, &ON_IMPORTS];
    let mut unneeded = Vec::new();
    for (number, set) in sets.iter().enumerate() {
        for action in *set {
            world.target = world.pool().await.unwrap();
            let without = |other: usize| -> Vec<_> {
                let kept = sets[other].iter().copied();
                kept.filter(|kept| other != number || kept != action).collect()
            };
            world.rights(&without(0), &without(1), &without(2), &without(3)).await;
            if everything_works(&world).await {
                unneeded.push(*action);
            }
        }
    }
    assert!(unneeded.is_empty(), "{unneeded:?}");
}
