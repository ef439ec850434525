//! The files role may do what the README says and needs all of it.

use std::path::Path;

use crate::client::{Form, Part};
use crate::world::{
    ON_BUCKET, ON_OBJECTS, World, announcement, bytes, complete_event, create_event, delete_event, send,
};

/// Whether everything that the function does works.
async fn everything_works(world: &World) -> bool {
    let function = world.function();
    for content in [bytes(10), bytes(1200)] {
        let event = create_event(&announcement(&content));
        let created = send(&function, &event).await;
        if created.status != 201 || send(&function, &complete_event(&created.id())).await.status != 409 {
            return false;
        }
        let uploaded = if content.len() > 1000 {
            let mut uploaded = true;
            for (part, bytes) in Part::all(&created.body).iter().zip(content.chunks(400)) {
                uploaded &= part.send(bytes).await.status == 200;
            }
            uploaded
        } else {
            Form::of(&created.body).send(&content).await.status == 204
        };
        if !uploaded || send(&function, &complete_event(&created.id())).await.status != 200 {
            return false;
        }
        if send(&function, &delete_event(&created.id())).await.status != 204 {
            return false;
        }
        let given_up = send(&function, &event).await;
        if send(&function, &delete_event(&given_up.id())).await.status != 204 {
            return false;
        }
    }
    true
}

/// Actions that S3 asks for and the emulator does not: of a form's `tagging` and of a HEAD of what is not there.
const NOT_ENFORCED: [&str; 2] = ["s3:PutObjectTagging", ON_BUCKET];

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

#[test]
fn the_readme_names_exactly_these_actions() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = std::fs::read_to_string(readme).unwrap();
    let mut named: Vec<_> = readme
        .split('`')
        .filter(|word| word.starts_with("s3:") && !word.contains(' '))
        .collect();
    named.sort_unstable();
    named.dedup();
    let mut given: Vec<_> = ON_OBJECTS.into_iter().chain([ON_BUCKET]).collect();
    given.sort_unstable();
    assert_eq!(named, given);
}
