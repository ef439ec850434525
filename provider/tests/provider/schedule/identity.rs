//! Import by identity (Terraform and OpenTofu from 1.12 on): the same as by id.

use serde_json::json;

use crate::schedule::world::*;

#[tokio::test]
async fn a_schedule_is_imported_by_its_identity_with_and_without_the_default_group() {
    let world = World::start().await;
    let made = world.create(&world.config()).await;
    let parts: Vec<_> = world.id().split('/').map(str::to_owned).collect();
    let full = json!({ "region": parts[0], "group_name": parts[1], "name": parts[2] });
    assert_eq!(made.identity, full);
    let short = json!({ "region": parts[0], "name": parts[2] });
    let by_id = world.provider.import(TYPE, &world.id()).await.unwrap().ok().unwrap();
    for given in [full, short] {
        let by_identity = world.provider.import_identity(TYPE, given.clone()).await.unwrap();
        assert_eq!(by_identity.ok().unwrap().state, by_id.state, "{given}");
    }
}
