//! Databases, collections, views and indexes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use futures::TryStreamExt as _;
use mongo_emulator::{MongoEmulator, Options, Topology};
use mongodb::IndexModel;
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;
use mongodb::results::CollectionType;
use support::{all, bytes, client, code, raw, start};

#[tokio::test]
async fn databases_and_collections_are_listed_with_what_they_were_made_with() {
    let emulator = start();
    emulator.insert_raw("b", "plain", bytes(&doc! { "_id": 1 }));
    let client = client(&emulator).await;
    let database = client.database("a");
    let options = [
        ("capped", doc! { "capped": true, "size": 4096_i64, "max": 3 }),
        (
            "clustered",
            doc! { "clusteredIndex": { "key": { "_id": 1 }, "unique": true } },
        ),
        ("folded", doc! { "collation": { "locale": "de" } }),
        (
            "readings",
            doc! { "timeseries": { "timeField": "t", "metaField": "m" } },
        ),
        (
            "view",
            doc! { "viewOn": "plain", "pipeline": [{ "$match": { "a": 1 } }] },
        ),
    ];
    for (name, options) in &options {
        let mut command = doc! { "create": *name };
        command.extend(options.clone());
        database.run_command(command).await.unwrap();
    }
    assert_eq!(client.list_database_names().await.unwrap(), ["a", "b"]);
    let listed: Vec<_> = database.list_collections().await.unwrap().try_collect().await.unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|entry| (entry.name.as_str(), entry.collection_type.clone()))
        .collect();
    assert_eq!(
        listed,
        [
            ("capped", CollectionType::Collection),
            ("clustered", CollectionType::Collection),
            ("folded", CollectionType::Collection),
            ("readings", CollectionType::Timeseries),
            ("system.buckets.readings", CollectionType::Collection),
            ("system.views", CollectionType::Collection),
            ("view", CollectionType::View),
        ]
    );
    for (name, options) in &options {
        let answer = database
            .run_command(doc! { "listCollections": 1, "filter": { "name": *name } })
            .await
            .unwrap();
        let entry = answer.get_document("cursor").unwrap().get_array("firstBatch").unwrap()[0]
            .as_document()
            .unwrap();
        assert_eq!(entry.get_document("options").unwrap(), options, "{name}");
        let info = entry.get_document("info").unwrap();
        let is_collection = !["readings", "view"].contains(name);
        assert_eq!(info.get("uuid").is_some(), is_collection, "{name}");
        assert_eq!(emulator.options("a", name).unwrap(), bytes(options), "{name}");
    }
    let taken = database.create_collection("capped").await.unwrap_err();
    assert_eq!(code(&taken), Some(48));
    database.collection::<Document>("readings").drop().await.unwrap();
    assert_eq!(
        database
            .list_collection_names()
            .filter(doc! { "name": { "$gt": "r" } })
            .await
            .unwrap(),
        ["system.views", "view"]
    );
    database.drop().await.unwrap();
    assert_eq!(client.list_database_names().await.unwrap(), ["b"]);
}

#[tokio::test]
async fn a_view_shows_what_it_looks_at_and_takes_no_writes() {
    let emulator = start();
    for (number, kind) in [(1, "x"), (2, "y"), (3, "x")] {
        emulator.insert_raw("db", "plain", bytes(&doc! { "_id": number, "kind": kind }));
    }
    let view = |on: &str, pipeline: Vec<Document>| bytes(&doc! { "viewOn": on, "pipeline": pipeline });
    emulator.create("db", "xs", view("plain", vec![doc! { "$match": { "kind": "x" } }]));
    emulator.create(
        "db",
        "last",
        view("xs", vec![doc! { "$sort": { "_id": -1 } }, doc! { "$limit": 1 }]),
    );
    emulator.create("db", "orphan", view("gone", vec![]));
    emulator.create("db", "circle", view("circle", vec![]));
    let client = client(&emulator).await;
    assert_eq!(support::ids(&raw(&client, "db", "xs"), doc! {}).await, [1, 3]);
    assert_eq!(support::ids(&raw(&client, "db", "last"), doc! {}).await, [3]);
    assert!(all(&raw(&client, "db", "orphan"), doc! {}).await.is_empty());
    let collection = client.database("db").collection::<Document>("xs");
    assert_eq!(code(&collection.insert_one(doc! {}).await.unwrap_err()), Some(166));
    assert_eq!(code(&collection.list_indexes().await.unwrap_err()), Some(166));
    let circle = client.database("db").collection::<Document>("circle");
    assert_eq!(code(&circle.find(doc! {}).await.unwrap_err()), Some(165));
}

#[tokio::test]
async fn indexes_are_kept_as_given_and_unique_ones_are_kept_unique() {
    let emulator = start();
    for (number, mail) in [(1, "a"), (2, "b"), (3, "b")] {
        emulator.insert_raw("db", "c", bytes(&doc! { "_id": number, "mail": mail, "n": number }));
    }
    let client = client(&emulator).await;
    let database = client.database("db");
    let specifications = [
        doc! { "v": 2, "key": { "n": 1, "mail": -1 }, "name": "both", "sparse": true, "hidden": true },
        doc! { "v": 2, "key": { "t": 1 }, "name": "ttl", "expireAfterSeconds": 60 },
        doc! { "v": 2, "key": { "_fts": "text", "_ftsx": 1 }, "name": "words", "weights": { "n": 1 }, "default_language": "none" },
        doc! { "v": 2, "key": { "$**": 1 }, "name": "wild", "wildcardProjection": { "a": 0 } },
        doc! { "v": 2, "key": { "p": "2dsphere" }, "name": "place", "2dsphereIndexVersion": 3 },
        doc! { "v": 2, "key": { "h": "hashed" }, "name": "hash" },
        doc! { "v": 2, "key": { "n": 1 }, "name": "part", "unique": true, "partialFilterExpression": { "n": { "$gt": 1 } } },
    ];
    let create = doc! { "createIndexes": "c", "indexes": specifications.clone() };
    let answer = database.run_command(create.clone()).await.unwrap();
    assert_eq!(
        (
            answer.get_i32("numIndexesBefore").unwrap(),
            answer.get_i32("numIndexesAfter").unwrap()
        ),
        (1, 8)
    );
    let again = database.run_command(create).await.unwrap();
    assert!(again.get_str("note").is_ok());
    let answer = database.run_command(doc! { "listIndexes": "c" }).await.unwrap();
    let listed = answer.get_document("cursor").unwrap().get_array("firstBatch").unwrap();
    let listed: Vec<_> = listed
        .iter()
        .map(|index| index.as_document().unwrap().clone())
        .collect();
    assert_eq!(listed[0], doc! { "v": 2, "key": { "_id": 1 }, "name": "_id_" });
    assert_eq!(listed[1..], specifications);

    let collection = database.collection::<Document>("c");
    let unique = |field: &str| {
        let options = IndexOptions::builder().unique(true).build();
        IndexModel::builder().keys(doc! { field: 1 }).options(options).build()
    };
    assert_eq!(
        code(&collection.create_index(unique("mail")).await.unwrap_err()),
        Some(11_000)
    );
    collection.delete_one(doc! { "_id": 3 }).await.unwrap();
    collection.create_index(unique("mail")).await.unwrap();
    let again = collection.insert_one(doc! { "_id": 4, "mail": "b" }).await.unwrap_err();
    assert_eq!(code(&again), Some(11_000));
    assert!(
        !again.to_string().contains("\"b\""),
        "a user's value is in the details alone: {again}"
    );
    collection
        .insert_one(doc! { "_id": 5, "mail": "c", "n": 1 })
        .await
        .unwrap();
    assert_eq!(
        code(
            &collection
                .insert_one(doc! { "_id": 6, "mail": "d", "n": 2 })
                .await
                .unwrap_err()
        ),
        Some(11_000)
    );
    for (case, index, expected) in [
        ("same name", doc! { "key": { "z": 1 }, "name": "ttl" }, 86),
        ("same key", doc! { "key": { "t": 1 }, "name": "other" }, 85),
    ] {
        let error = database
            .run_command(doc! { "createIndexes": "c", "indexes": [index] })
            .await
            .unwrap_err();
        assert_eq!(code(&error), Some(expected), "{case}");
    }
    collection.drop_index("ttl").await.unwrap();
    assert_eq!(emulator.indexes("db", "c").len(), 8);
}

#[tokio::test]
async fn a_validator_refuses_unless_it_is_passed_by() {
    let emulator = start();
    let client = client(&emulator).await;
    let database = client.database("db");
    for (name, validator) in [
        ("query", doc! { "age": { "$gte": 18 } }),
        ("schema", doc! { "$jsonSchema": { "required": ["age"] } }),
    ] {
        database.create_collection(name).validator(validator).await.unwrap();
        let collection = database.collection::<Document>(name);
        collection.insert_one(doc! { "_id": 1, "age": 20 }).await.unwrap();
        assert_eq!(
            code(&collection.insert_one(doc! { "_id": 2 }).await.unwrap_err()),
            Some(121),
            "{name}"
        );
        collection
            .insert_one(doc! { "_id": 2 })
            .bypass_document_validation(true)
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn a_renamed_collection_keeps_its_documents_and_indexes() {
    let emulator = start();
    emulator.insert_raw("a", "from", bytes(&doc! { "_id": 1 }));
    emulator.add_index("a", "from", bytes(&doc! { "v": 2, "key": { "n": 1 }, "name": "n_1" }));
    emulator.insert_raw("b", "to", bytes(&doc! { "_id": 2 }));
    let client = client(&emulator).await;
    let admin = client.database("admin");
    let rename = doc! { "renameCollection": "a.from", "to": "b.to" };
    assert_eq!(code(&admin.run_command(rename.clone()).await.unwrap_err()), Some(48));
    let mut rename = rename;
    rename.insert("dropTarget", true);
    admin.run_command(rename.clone()).await.unwrap();
    assert_eq!(support::ids(&raw(&client, "b", "to"), doc! {}).await, [1]);
    assert_eq!(emulator.indexes("b", "to").len(), 2);
    assert_eq!(code(&admin.run_command(rename).await.unwrap_err()), Some(26));
    assert_eq!(
        code(
            &client
                .database("a")
                .run_command(doc! { "drop": "from" })
                .await
                .unwrap_err()
        ),
        Some(26)
    );
}

#[tokio::test]
async fn each_topology_says_what_it_is() {
    for (topology, replicated) in [
        (Topology::ReplicaSet("main".into()), true),
        (Topology::Standalone, false),
        (Topology::Sharded, true),
    ] {
        let emulator = MongoEmulator::start(Options {
            topology: topology.clone(),
            ..Options::default()
        })
        .unwrap();
        let client = client(&emulator).await;
        let admin = client.database("admin");
        let hello = admin.run_command(doc! { "hello": 1 }).await.unwrap();
        assert_eq!(
            hello.get_str("setName").is_ok(),
            matches!(topology, Topology::ReplicaSet(_)),
            "{topology:?}"
        );
        assert_eq!(
            hello.get_str("msg").is_ok(),
            topology == Topology::Sharded,
            "{topology:?}"
        );
        assert_eq!(hello.get("$clusterTime").is_some(), replicated, "{topology:?}");
        let status = admin.run_command(doc! { "replSetGetStatus": 1 }).await;
        assert_eq!(
            status.is_ok(),
            matches!(topology, Topology::ReplicaSet(_)),
            "{topology:?}"
        );
        let version = admin.run_command(doc! { "buildInfo": 1 }).await.unwrap();
        assert_eq!(version.get_str("version").unwrap(), "7.0.14");
        for (command, expected) in [("hostInfo", 59), ("fsync", 59)] {
            assert_eq!(
                code(&admin.run_command(doc! { command: 1 }).await.unwrap_err()),
                Some(expected),
                "{command}"
            );
        }
        let parameters =
            doc! { "getParameter": 1, "minSnapshotHistoryWindowInSeconds": 1, "featureCompatibilityVersion": 1 };
        let parameters = admin.run_command(parameters).await.unwrap();
        assert_eq!(parameters.get_i32("minSnapshotHistoryWindowInSeconds").unwrap(), 300);
        let stats = client.database("db").run_command(doc! { "dbStats": 1 }).await.unwrap();
        assert_eq!(stats.get_i64("objects").unwrap(), 0);
    }
}

#[tokio::test]
async fn when_documents_go_can_be_changed_and_nothing_else_of_a_collection() {
    let emulator = start();
    let database = client(&emulator).await.database("a");
    let command = doc! { "create": "readings", "timeseries": { "timeField": "t" }, "expireAfterSeconds": 5 };
    database.run_command(command).await.unwrap();
    let command = doc! { "collMod": "readings", "expireAfterSeconds": 60_i64 };
    database.run_command(command).await.unwrap();
    let expected = doc! { "timeseries": { "timeField": "t" }, "expireAfterSeconds": 60_i64 };
    assert_eq!(emulator.options("a", "readings").unwrap(), bytes(&expected));
    let missing = database
        .run_command(doc! { "collMod": "none", "expireAfterSeconds": 1 })
        .await;
    assert_eq!(code(&missing.unwrap_err()), Some(26));
    let other = database
        .run_command(doc! { "collMod": "readings", "validator": {} })
        .await;
    assert!(other.unwrap_err().to_string().contains("not emulated"));
}

#[tokio::test]
async fn who_may_not_list_all_databases_gets_its_own_and_is_told_only_when_it_asks_for_all() {
    let emulator = start();
    for database in ["shop", "vault"] {
        emulator.insert_raw(database, "c", bytes(&doc! { "_id": 1 }));
    }
    let client = client(&emulator).await;
    let list = async |options: Document| {
        let mut command = doc! { "listDatabases": 1, "nameOnly": true };
        command.extend(options);
        let answer = client.database("admin").run_command(command).await?;
        let databases = answer.get_array("databases").unwrap().iter();
        let names = databases.map(|it| it.as_document().unwrap().get_str("name").unwrap().to_owned());
        Ok::<Vec<String>, mongodb::error::Error>(names.collect())
    };
    assert_eq!(
        list(doc! { "authorizedDatabases": false }).await.unwrap(),
        ["shop", "vault"]
    );
    emulator.hide("vault");
    assert_eq!(list(doc! {}).await.unwrap(), ["shop"]);
    assert_eq!(list(doc! { "authorizedDatabases": true }).await.unwrap(), ["shop"]);
    assert_eq!(
        code(&list(doc! { "authorizedDatabases": false }).await.unwrap_err()),
        Some(13)
    );
    let refused = client.database("vault").list_collection_names().await.unwrap_err();
    assert_eq!(code(&refused), Some(13));
}
