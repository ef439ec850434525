//! The manifest, last, and its pointer.

use aws_front::{Effect, GateHandle, Rule};
use job_kit::commit;

use crate::world::{World, name};

const MANIFEST: &str = "job/manifest.json";
const LATEST: &str = "job/latest.json";

/// A pointer is a number; what is no number is not understood.
fn stays(wanted: u32) -> impl Fn(&[u8]) -> Result<bool, String> {
    move |there| {
        let there: u32 = std::str::from_utf8(there)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or("no number")?;
        Ok(there > wanted)
    }
}

#[tokio::test]
async fn a_manifest_is_written_once() {
    let world = World::start().await;
    let store = world.store().await;
    let stored = commit::once(&store, MANIFEST, b"one").await.unwrap();
    assert!(stored.version_id.is_some());
    // A doubled event.
    commit::once(&store, MANIFEST, b"one").await.unwrap();
    assert_eq!(name(commit::once(&store, MANIFEST, b"two").await), "ControlForeign");
    assert_eq!(world.get(MANIFEST).await.unwrap(), b"one");
}

#[tokio::test]
async fn a_pointer_moves_forwards_only_whoever_moves_it_at_the_same_moment() {
    let world = World::start().await;
    let store = world.store().await;
    let to = |number: u32| {
        let store = &store;
        async move { commit::advance(store, LATEST, number.to_string().as_bytes(), stays(number)).await }
    };
    assert_eq!(to(3).await, Ok(true));
    assert_eq!(to(3).await, Ok(false));
    assert_eq!(to(2).await, Ok(false));
    let gate = GateHandle::default();
    world.front.script(
        Rule::on("PutObject")
            .path(LATEST)
            .effect(Effect::HoldRequest(gate.clone())),
    );
    let other = async {
        gate.reached().await;
        let moved = to(9).await;
        gate.open();
        moved
    };
    let (slower, faster) = tokio::join!(to(5), other);
    assert_eq!((slower, faster), (Ok(false), Ok(true)));
    assert_eq!(world.get(LATEST).await.unwrap(), b"9");

    let refused = Effect::refusal(412, "PreconditionFailed", "changed");
    world
        .front
        .script(Rule::on("PutObject").path(LATEST).always().effect(refused));
    assert_eq!(name(to(10).await), "ControlForeign");
    world.put(LATEST, b"latest").await;
    assert!(to(10).await.unwrap_err().to_string().contains("no number"));
}
