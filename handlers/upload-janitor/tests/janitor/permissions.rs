//! The role may do what the README says and needs all of it.

use crate::world::{LONG_AGO, ON_BUCKET, ON_OBJECTS, World, report};

/// Whether everything that the function does works.
async fn everything_works(world: &World) -> bool {
    let (whole, in_parts) = (world.arrived(1).await, world.arrived(2).await);
    for id in [&whole, &in_parts] {
        world.given_up(id, LONG_AGO).await;
    }
    world.clean().await == report(2, &[], 0)
}

/// What S3 asks for a HEAD of what is not there, and the emulator does not.
const NOT_ENFORCED: [&str; 1] = [ON_BUCKET];

#[tokio::test]
async fn every_action_of_the_role_is_needed_and_no_other_is() {
    let world = World::start().await;
    assert!(everything_works(&world).await);
    let mut unneeded = Vec::new();
    for action in ON_OBJECTS {
        let others: Vec<_> = ON_OBJECTS.into_iter().filter(|other| *other != action).collect();
        world.allow(&others, &[ON_BUCKET]).await;
        if everything_works(&world).await {
            unneeded.push(action);
        }
    }
    world.allow(&ON_OBJECTS, &[]).await;
    if everything_works(&world).await {
        unneeded.push(ON_BUCKET);
    }
    assert_eq!(unneeded, NOT_ENFORCED);
}
