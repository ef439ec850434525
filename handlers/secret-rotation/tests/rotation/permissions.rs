//! The role may do what the README says and needs all of it.

use crate::world::{DAILY, ON_MASTER, ON_SECRET, World};
use lambda_kit::Deadline;

/// Whether everything that the function does works.
async fn everything_works(world: &World) -> bool {
    let token = world.begin().await;
    let works = world.steps(&token).await.is_ok() && world.send(DAILY, Deadline::NONE).await.is_ok();
    let call = world.secrets.update_secret_version_stage().secret_id(&world.secret_arn);
    let call = call.version_stage("AWSPENDING").remove_from_version_id(&token);
    call.send().await.unwrap();
    works
}

#[tokio::test]
async fn every_action_of_the_role_is_needed_and_no_other_is() {
    let world = World::start().await;
    assert!(everything_works(&world).await);
    let mut unneeded = Vec::new();
    for action in ON_SECRET {
        let others: Vec<_> = ON_SECRET.into_iter().filter(|other| *other != action).collect();
        world.allow(&others, &ON_MASTER).await;
        if everything_works(&world).await {
            unneeded.push(action);
        }
    }
    world.allow(&ON_SECRET, &[]).await;
    if everything_works(&world).await {
        unneeded.push("the administrator's secret");
    }
    assert_eq!(unneeded, [""; 0]);
}
