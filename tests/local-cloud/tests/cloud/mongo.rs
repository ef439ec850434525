//! The cloud's MongoDB keeps what it is given and goes with the cloud.

use std::net::TcpStream;

use local_cloud::{LocalCloud, Options};
use mongodb::Client;
use mongodb::bson::{Document, doc};
use tokio::runtime::Runtime;

use crate::support::eventually;

#[test]
fn mongo_keeps_documents_and_ends_with_the_cloud() {
    let options = Options {
        mongo: true,
        ..Options::default()
    };
    let cloud = LocalCloud::start(options).unwrap();
    let uri = cloud.mongo_uri().unwrap().to_owned();
    let exported = cloud
        .environment()
        .into_iter()
        .find(|(name, _)| name == "LECTERN_MONGO_URI");
    assert_eq!(exported.map(|(_, value)| value), Some(uri.clone()));
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let client = Client::with_uri_str(&uri).await.unwrap();
        let courses = client.database("school").collection::<Document>("courses");
        let course = doc! { "_id": 1, "title": "Rust" };
        courses.insert_one(&course).await.unwrap();
        assert_eq!(courses.find_one(doc! {}).await.unwrap(), Some(course));
        client.shutdown().await;
    });
    drop(cloud);
    let address = uri.trim_start_matches("mongodb://").trim_end_matches('/');
    eventually("FerretDB is gone", || TcpStream::connect(address).is_err());
}

#[test]
fn no_mongo_is_there_unless_it_is_asked_for() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    assert_eq!(cloud.mongo_uri(), None);
    assert!(cloud.environment().iter().all(|(name, _)| name != "LECTERN_MONGO_URI"));
}
