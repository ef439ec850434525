//! The role may do what the README says and needs all of it.

use aws_front::{Effect, GateHandle, Rule};
use job_kit::{JobError, commit, upload};

use crate::world::{ON_BUCKET, ON_OBJECTS, World, pace};

/// A manifest, an object that is found by its version, and a killed upload whose rest is removed.
async fn everything_works(world: &World, number: usize) -> bool {
    let store = world.store().await;
    let key = format!("job/{number}");
    let part = vec![0; 6 << 20];
    let source = futures::stream::iter([Ok::<_, JobError>(part.into())]);
    let gate = GateHandle::default();
    world.front.clear();
    world
        .front
        .script(Rule::on("UploadPart").effect(Effect::HoldRequest(gate.clone())));
    let (pace, data) = (pace(), format!("{key}/data"));
    let killed = tokio::select! {
        _ = upload::stream(&store, &data, source, upload::Shape::default(), &pace) => false,
        () = gate.reached() => true,
    };
    let worked = async {
        let kept = store.put(&key, "content".into()).await?;
        let found = store.get_version(&key, kept.version_id.as_deref()).await?.is_some();
        commit::once(&store, &format!("{key}/manifest"), b"{}").await?;
        Ok::<_, JobError>(found && store.abort_leftovers("job/").await? == 1)
    };
    killed && worked.await == Ok(true)
}

#[tokio::test]
async fn every_action_of_the_role_is_needed_and_no_other_is() {
    let world = World::start().await;
    assert!(everything_works(&world, 0).await);
    let mut unneeded = Vec::new();
    for (number, action) in (1..).zip(ON_OBJECTS) {
        let others: Vec<_> = ON_OBJECTS.into_iter().filter(|other| *other != action).collect();
        world.allow(&others, &[ON_BUCKET]).await;
        if everything_works(&world, number).await {
            unneeded.push(action);
        }
        world.allow(&ON_OBJECTS, &[ON_BUCKET]).await;
        world.store().await.abort_leftovers("job/").await.unwrap();
    }
    world.allow(&ON_OBJECTS, &[]).await;
    if everything_works(&world, 9).await {
        unneeded.push(ON_BUCKET);
    }
    assert_eq!(unneeded, [""; 0]);
    let readme = include_str!("../../README.md");
    for action in ON_OBJECTS.into_iter().chain([ON_BUCKET]) {
        assert!(readme.contains(&format!("`{action}`")), "{action}");
    }
}
