//! The cloud's Atlas is open to who uses what the cloud exports, and works as fast as somebody who plays by hand can wait.

use atlas_client::{AtlasApi as _, AtlasConfig, AtlasRegion, ClusterName, Credentials, HttpAtlas, ProjectId, Secret};
use atlas_emulator::DEFAULT_PROJECT;
use local_cloud::{LocalCloud, Options};
use tokio::runtime::Runtime;

use crate::support::eventually;

/// A client that knows only the cloud's environment.
fn client(cloud: &LocalCloud) -> HttpAtlas {
    let environment = cloud.environment();
    let exported = |name: &str| {
        let found = environment.iter().find(|(key, _)| key == name);
        found.unwrap_or_else(|| panic!("{name} is not exported")).1.clone()
    };
    let credentials = Credentials::ApiKey {
        public_key: exported("MONGODB_ATLAS_PUBLIC_API_KEY"),
        private_key: Secret::new(exported("MONGODB_ATLAS_PRIVATE_API_KEY")),
    };
    let config = AtlasConfig::new(&exported("MONGODB_ATLAS_BASE_URL"), credentials, "local-cloud-test").unwrap();
    HttpAtlas::new(config).unwrap()
}

#[test]
fn a_private_link_is_built_and_removed_within_a_minute() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let runtime = Runtime::new().unwrap();
    let atlas = client(&cloud);
    let project = ProjectId::parse(DEFAULT_PROJECT).unwrap();
    let region = AtlasRegion::parse("us-east-1").unwrap();
    let made = runtime
        .block_on(atlas.create_endpoint_service(&project, &region, &[]))
        .unwrap();
    assert_eq!(
        (made.status.as_str(), &made.endpoint_service_name),
        ("INITIATING", &None),
        "it takes a while"
    );
    let read = || {
        runtime
            .block_on(atlas.get_endpoint_service(&project, &made.id))
            .unwrap()
    };
    eventually("it is available", || {
        read().is_some_and(|service| service.status.as_str() == "AVAILABLE" && service.endpoint_service_name.is_some())
    });
    runtime
        .block_on(atlas.delete_endpoint_service(&project, &made.id))
        .unwrap();
    eventually("it is gone", || read().is_none());
    assert_eq!(cloud.atlas().project(DEFAULT_PROJECT).snapshot().services, []);
}

#[test]
fn the_project_has_a_cluster_in_the_clouds_region() {
    let cloud = LocalCloud::start(Options {
        region: "eu-west-1".into(),
        ..Options::default()
    })
    .unwrap();
    let project = ProjectId::parse(DEFAULT_PROJECT).unwrap();
    let name = ClusterName::parse("main").unwrap();
    let cluster = Runtime::new()
        .unwrap()
        .block_on(client(&cloud).get_cluster(&project, &name));
    let regions = cluster.unwrap().expect("there is a cluster `main`").regions;
    assert_eq!(regions, [AtlasRegion::parse("eu-west-1").unwrap()]);
}
