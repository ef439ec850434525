//! Private endpoints of dedicated clusters, from the first call to the last.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod support;

use atlas_emulator::{AtlasEmulator, FailedEndpointMessage, Options, Pace};
use serde_json::{Value, json};
use support::{ACCEPT, CREATE, Client, G, LIST, V, exchange, parameter, start, start_with};

const OTHER: &str = "vpce-0fedcba9876543210";

fn create_body() -> Value {
    json!({ "providerName": "AWS", "region": "EU_WEST_1" })
}

#[tokio::test]
async fn a_call_that_proves_nothing_is_challenged() {
    let emulator = start();
    let target = format!("/api/atlas/v2/groups/{G}{LIST}");
    let answer = exchange(&emulator.base_url(), "GET", &target, &[("accept", ACCEPT)], "")
        .await
        .unwrap();
    assert_eq!((answer.status, answer.json()["error"].clone()), (401, json!(401)));
    let challenge = answer.header("www-authenticate").unwrap();
    let nonce = parameter(challenge, "nonce").unwrap();
    assert_eq!(
        challenge,
        format!(
            "Digest realm=\"MMS Public API\", domain=\"\", nonce=\"{nonce}\", algorithm=MD5, qop=\"auth\", stale=false"
        )
    );
    let calls = emulator.calls();
    assert_eq!(
        (calls.len(), calls[0].authenticated, calls[0].outcome.as_str()),
        (1, false, "challenge")
    );
}

#[tokio::test]
async fn a_service_is_created_once_per_region_and_built_meanwhile() {
    let emulator = start();
    let client = Client::new(&emulator);
    assert_eq!(client.get(LIST).await.body, "[]");
    let created = client.post(CREATE, create_body()).await;
    let id = created.json()["id"].as_str().unwrap().to_owned();
    let building = format!(
        "{{\"cloudProvider\":\"AWS\",\"endpointServiceName\":null,\"errorMessage\":null,\"id\":\"{id}\",\
         \"interfaceEndpoints\":[],\"regionName\":\"EU_WEST_1\",\"status\":\"INITIATING\",\"supportedRemoteRegions\":null}}"
    );
    assert_eq!((created.status, &created.body), (201, &building));
    assert!(
        id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()),
        "{id}"
    );
    assert_eq!(
        created.header("content-type").unwrap(),
        "application/vnd.atlas.2023-01-01+json;charset=utf-8"
    );
    assert_eq!(created.header("ratelimit-limit").unwrap(), "4000");
    assert!(created.header("ratelimit-remaining").unwrap().parse::<u32>().unwrap() < 4000);

    let path = format!("{LIST}/{id}");
    assert_eq!(client.get(&path).await.body, building);
    let built = client.get(&path).await.json();
    assert_eq!(built["status"], "AVAILABLE");
    let name = built["endpointServiceName"].as_str().unwrap();
    let digits = name.strip_prefix("com.amazonaws.vpce.eu-west-1.vpce-svc-").unwrap();
    assert_eq!(digits.len(), 17);
    assert_eq!(client.get(LIST).await.json(), json!([built]));
    assert_eq!(client.get("/privateEndpoint/GCP/endpointService").await.body, "[]");

    // AWS' name of the region is the same region.
    for region in ["EU_WEST_1", "eu-west-1"] {
        let again = client
            .post(CREATE, json!({ "providerName": "AWS", "region": region }))
            .await;
        assert_eq!(
            (again.status, again.body.as_str()),
            (
                409,
                "{\"detail\":\"A private endpoint service already exists for AWS region EU_WEST_1.\",\"error\":409,\
                 \"errorCode\":\"PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION\",\
                 \"parameters\":[\"AWS\",\"EU_WEST_1\"],\"reason\":\"Conflict\"}"
            )
        );
        assert_eq!(again.header("content-type").unwrap(), "application/json");
    }
    assert_eq!(
        client
            .post(CREATE, json!({ "providerName": "AWS", "region": "us-east-1" }))
            .await
            .status,
        201
    );
}

#[tokio::test]
async fn a_service_that_is_going_away_still_takes_its_region() {
    let emulator = start();
    let client = Client::new(&emulator);
    let path = client.ready_service("EU_WEST_1").await;
    let deleted = client.delete(&path).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (202, "{}"));
    assert_eq!(client.post(CREATE, create_body()).await.status, 409);
    // The refusal was a look: the service is gone now.
    let gone = client.get(&path).await;
    assert_eq!(
        (gone.status, gone.error_code().as_str()),
        (404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    );
    assert_eq!(gone.json()["reason"], "Not Found");
    assert_eq!(client.post(CREATE, create_body()).await.status, 201);
}

#[tokio::test]
async fn an_endpoint_is_accepted_connected_and_listed() {
    let emulator = start();
    let client = Client::new(&emulator);
    let service = client.service("EU_WEST_1").await;
    let register = format!("{service}/endpoint");
    let early = client.post(&register, json!({ "id": V })).await;
    assert_eq!(
        (early.status, early.error_code().as_str()),
        (409, "PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS")
    );
    client.until(&service, "status", "AVAILABLE").await;

    let registered = client.post(&register, json!({ "id": V })).await;
    let pending = format!(
        "{{\"cloudProvider\":\"AWS\",\"connectionStatus\":\"PENDING_ACCEPTANCE\",\"deleteRequested\":false,\
         \"errorMessage\":null,\"interfaceEndpointId\":\"{V}\"}}"
    );
    assert_eq!((registered.status, &registered.body), (201, &pending));
    let endpoint = format!("{register}/{V}");
    for status in ["PENDING_ACCEPTANCE", "PENDING", "AVAILABLE", "AVAILABLE"] {
        assert_eq!(client.member(&endpoint, "connectionStatus").await, status);
    }
    assert_eq!(client.member(&service, "interfaceEndpoints").await, json!([V]));

    let again = client.post(&register, json!({ "id": V })).await;
    assert_eq!(
        (again.status, again.error_code().as_str()),
        (409, "PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS")
    );
    let malformed = client.post(&register, json!({ "id": "vpce-1" })).await;
    assert_eq!(
        (malformed.status, malformed.error_code().as_str()),
        (400, "PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED")
    );
    let elsewhere = format!("{LIST}/{}/endpoint", "0".repeat(24));
    assert_eq!(client.post(&elsewhere, json!({ "id": OTHER })).await.status, 404);
    assert_eq!(client.get(&format!("{register}/{OTHER}")).await.status, 404);
}

#[tokio::test]
async fn deletion_begins_with_the_endpoint_and_ends_with_nothing() {
    let emulator = start();
    let client = Client::new(&emulator);
    let (service, endpoint) = client.ready_endpoint("EU_WEST_1", V).await;
    let refused = client.delete(&service).await;
    assert_eq!(
        (refused.status, refused.error_code().as_str()),
        (409, "CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS")
    );

    let deleted = client.delete(&endpoint).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (202, "{}"));
    let going = client.get(&endpoint).await.json();
    assert_eq!(
        (&going["connectionStatus"], &going["deleteRequested"]),
        (&json!("DELETING"), &json!(true))
    );
    let gone = client.get(&endpoint).await;
    assert_eq!(
        (gone.status, gone.error_code().as_str()),
        (404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND")
    );
    assert_eq!(client.member(&service, "interfaceEndpoints").await, json!([]));
    assert_eq!(client.member(&service, "status").await, "AVAILABLE");

    assert_eq!(client.delete(&service).await.status, 202);
    assert_eq!(client.member(&service, "status").await, "DELETING");
    assert_eq!(client.get(&service).await.status, 404);
    assert_eq!(client.delete(&service).await.status, 404);
    assert!(emulator.project(G).snapshot().services.is_empty());
}

#[tokio::test]
async fn a_service_that_is_refused_its_deletion_loses_its_endpoints_meanwhile() {
    let emulator = start();
    let client = Client::new(&emulator);
    let (service, endpoint) = client.ready_endpoint("EU_WEST_1", V).await;
    client.delete(&endpoint).await;
    assert_eq!(client.delete(&service).await.status, 409);
    assert_eq!(client.delete(&service).await.status, 202);
}

#[tokio::test]
async fn connection_strings_come_later_than_the_endpoint() {
    let emulator = start();
    emulator.project(G).add_cluster("Main", &["EU_WEST_1"]);
    let client = Client::new(&emulator);
    let quiet = client.get("/clusters/Main").await;
    assert_eq!(
        quiet.header("content-type").unwrap(),
        "application/vnd.atlas.2024-08-05+json;charset=utf-8"
    );
    assert_eq!(quiet.json()["stateName"], "IDLE");
    assert_eq!(quiet.json()["connectionStrings"].get("privateEndpoint"), None);
    let (_, endpoint) = client.ready_endpoint("EU_WEST_1", V).await;
    for state in ["IDLE", "UPDATING"] {
        let cluster = client.get("/clusters/Main").await.json();
        assert_eq!(cluster["stateName"], state);
        assert_eq!(cluster["connectionStrings"].get("privateEndpoint"), None, "{state}");
    }
    let cluster = client.get("/clusters/Main").await.json();
    assert_eq!(cluster["stateName"], "IDLE");
    let strings = &cluster["connectionStrings"];
    let private = &strings["privateEndpoint"][0];
    assert_eq!(
        private["endpoints"],
        json!([{ "endpointId": V, "providerName": "AWS", "region": "EU_WEST_1" }])
    );
    assert_eq!(private["type"], "MONGOD");
    let srv = private["srvConnectionString"].as_str().unwrap();
    assert!(
        srv.starts_with("mongodb+srv://main-pl-0.") && srv.ends_with(".mongodb.net"),
        "{srv}"
    );
    let string = private["connectionString"].as_str().unwrap();
    assert!(
        string.starts_with("mongodb://pl-0-eu-west-1.") && string.contains(":1026/?"),
        "{string}"
    );
    assert_eq!(strings["awsPrivateLinkSrv"][V], srv);

    client.delete(&endpoint).await;
    client.until_gone(&endpoint).await;
    for _ in 0..2 {
        client.get("/clusters/Main").await;
    }
    assert_eq!(
        client
            .member("/clusters/Main", "connectionStrings")
            .await
            .get("privateEndpoint"),
        None
    );
}

#[tokio::test]
async fn every_region_of_a_cluster_needs_an_endpoint_and_every_endpoint_has_a_string() {
    let emulator = start();
    let project = emulator.project(G);
    project.add_cluster("far", &["EU_WEST_1", "US_EAST_1"]);
    project.add_cluster("near", &["eu-west-1"]);
    let client = Client::new(&emulator);
    let (service, _) = client.ready_endpoint("EU_WEST_1", V).await;
    client
        .post(&format!("{service}/endpoint"), json!({ "id": OTHER }))
        .await;
    client
        .until(&format!("{service}/endpoint/{OTHER}"), "connectionStatus", "AVAILABLE")
        .await;
    for _ in 0..4 {
        client.get("/clusters").await;
    }
    let strings = || -> Vec<_> {
        let clusters = emulator.project(G).snapshot().clusters;
        clusters.into_iter().map(|cluster| cluster.private_endpoints).collect()
    };
    assert_eq!(strings(), [vec![], vec![vec![V.to_owned()], vec![OTHER.to_owned()]]]);
    let third = "vpce-00000000000000003";
    client.ready_endpoint("US_EAST_1", third).await;
    for _ in 0..4 {
        client.get("/clusters").await;
    }
    let pair = |first: &str| vec![first.to_owned(), third.to_owned()];
    assert_eq!(strings()[0], [pair(V), pair(OTHER)]);
}

#[tokio::test]
async fn clusters_are_listed_in_pages_and_unknown_ones_are_not_found() {
    let emulator = start();
    emulator.project(G).add_sharded_cluster("a", &["EU_WEST_1"]);
    emulator.project(G).add_cluster("b", &["EU_WEST_1"]);
    let client = Client::new(&emulator);
    let page = client.get("/clusters").await.json();
    assert_eq!(
        (&page["totalCount"], &page["results"][0]["clusterType"]),
        (&json!(2), &json!("SHARDED"))
    );
    assert_eq!(page["results"][1]["name"], "b");
    let unknown = client.get("/clusters/c").await;
    assert_eq!(
        (unknown.status, unknown.error_code().as_str()),
        (404, "CLUSTER_NOT_FOUND")
    );
    assert_eq!(unknown.json()["parameters"], json!(["c", G]));
    let old = [("accept", "application/vnd.atlas.2023-02-01+json")];
    let target = format!("/api/atlas/v2/groups/{G}/clusters");
    let outdated = client.try_raw("GET", &target, &old, Value::Null).await.unwrap();
    assert_eq!(
        outdated.header("content-type").unwrap(),
        "application/vnd.atlas.2023-02-01+json;charset=utf-8"
    );
    assert!(outdated.header("sunset").unwrap().contains("2027") && outdated.header("deprecation").is_some());
}

#[tokio::test]
async fn malformed_ids_unknown_projects_and_unknown_paths_are_refused() {
    let emulator = start();
    let client = Client::new(&emulator);
    for (method, target, status, code) in [
        (
            "GET",
            format!("/groups/{G}{LIST}/nothex"),
            400,
            "PATH_PARAM_PARSE_ERROR",
        ),
        ("GET", format!("/groups/nothex{LIST}"), 400, "PATH_PARAM_PARSE_ERROR"),
        (
            "GET",
            format!("/groups/{}{LIST}", "f".repeat(24)),
            404,
            "GROUP_NOT_FOUND",
        ),
        ("GET", format!("/groups/{G}/nowhere"), 404, "RESOURCE_NOT_FOUND"),
        ("GET", "/nowhere".to_owned(), 404, "RESOURCE_NOT_FOUND"),
        ("PUT", format!("/groups/{G}/clusters"), 405, "METHOD_NOT_ALLOWED"),
        (
            "GET",
            format!("/groups/{G}/privateEndpoint/serverless/instance/i/endpoint"),
            410,
            "VERSION_GONE",
        ),
        (
            "POST",
            format!("/groups/{G}/privateEndpoint/serverless/instance/i/endpoint"),
            410,
            "VERSION_GONE",
        ),
    ] {
        let target = format!("/api/atlas/v2{target}");
        let answer = client
            .try_raw(method, &target, &[("accept", ACCEPT)], Value::Null)
            .await
            .unwrap();
        assert_eq!(
            (answer.status, answer.error_code().as_str()),
            (status, code),
            "{method} {target}"
        );
        if status == 410 {
            let path = target.trim_start_matches('/');
            assert_eq!(answer.json()["parameters"], json!(["2023-01-01", path]));
        }
    }
}

#[tokio::test]
async fn bodies_are_read_strictly() {
    let emulator = start();
    let client = Client::new(&emulator);
    for (body, code) in [
        (json!([]), "MALFORMED_JSON"),
        (json!({}), "MISSING_ATTRIBUTE"),
        (json!({ "providerName": "AWS" }), "MISSING_ATTRIBUTE"),
        (
            json!({ "providerName": "GCP", "region": "EU_WEST_1" }),
            "INVALID_ATTRIBUTE",
        ),
        (
            json!({ "providerName": "AWS", "region": "Ireland" }),
            "INVALID_ATTRIBUTE",
        ),
    ] {
        let answer = client.post(CREATE, body.clone()).await;
        assert_eq!((answer.status, answer.error_code().as_str()), (400, code), "{body}");
    }
    let target = format!("/api/atlas/v2/groups/{G}{CREATE}");
    let headers = [("accept", ACCEPT), ("content-type", "text/plain")];
    assert_eq!(
        client
            .try_raw("POST", &target, &headers, create_body())
            .await
            .unwrap()
            .status,
        415
    );
    assert!(emulator.project(G).snapshot().services.is_empty());
}

#[tokio::test]
async fn remote_regions_are_changed_and_never_the_own_one() {
    let emulator = start();
    let client = Client::new(&emulator);
    let service = client.ready_service("EU_WEST_1").await;
    let id = service.rsplit('/').next().unwrap();
    let modify = format!("{CREATE}/{id}");
    let body = json!({ "cloudProvider": "AWS", "supportedRemoteRegions": ["US_EAST_1", "ap-southeast-1"] });
    let modified = client.patch(&modify, body).await;
    let regions = json!(["US_EAST_1", "AP_SOUTHEAST_1"]);
    assert_eq!(
        (modified.status, &modified.json()["supportedRemoteRegions"]),
        (200, &regions)
    );
    assert_eq!(client.member(&service, "supportedRemoteRegions").await, regions);
    let own = json!({ "cloudProvider": "AWS", "supportedRemoteRegions": ["EU_WEST_1"] });
    assert_eq!(client.patch(&modify, own).await.status, 400);
    let none = json!({ "cloudProvider": "AWS", "supportedRemoteRegions": null });
    assert_eq!(
        client.patch(&modify, none).await.json()["supportedRemoteRegions"],
        Value::Null
    );
}

#[tokio::test]
async fn regional_mode_allows_more_services_and_ends_only_without_their_endpoints() {
    const MODE: &str = "/privateEndpoint/regionalMode";
    let emulator = start();
    emulator
        .project(G)
        .add_sharded_cluster("s", &["EU_WEST_1", "US_EAST_1"]);
    let client = Client::new(&emulator);
    assert_eq!(client.get(MODE).await.body, "{\"enabled\":false}");
    let on = client.patch(MODE, json!({ "enabled": true })).await;
    assert_eq!((on.status, on.body.as_str()), (202, "{\"enabled\":true}"));
    let (service, endpoint) = client.ready_endpoint("EU_WEST_1", V).await;
    assert_ne!(client.ready_service("EU_WEST_1").await, service);
    let (_, far) = client.ready_endpoint("US_EAST_1", OTHER).await;
    for _ in 0..3 {
        client.get("/clusters/s").await;
    }
    let snapshot = emulator.project(G).snapshot();
    assert_eq!(snapshot.clusters[0].private_endpoints, [[V], [OTHER]]);
    let strings = client.member("/clusters/s", "connectionStrings").await;
    assert_eq!(strings["privateEndpoint"][0]["type"], "MONGOS");
    assert!(strings["privateEndpoint"][0]["srvShardOptimizedConnectionString"].is_string());
    assert_eq!(client.patch(MODE, json!({ "enabled": false })).await.status, 409);
    for path in [endpoint, far] {
        client.delete(&path).await;
        client.until_gone(&path).await;
    }
    assert_eq!(client.patch(MODE, json!({ "enabled": false })).await.status, 202);
    emulator.project(G).add_cluster("r", &["EU_WEST_1"]);
    assert_eq!(client.patch(MODE, json!({ "enabled": true })).await.status, 409);
    assert_eq!(client.patch(MODE, json!({})).await.status, 400);
}

#[tokio::test]
async fn an_interface_endpoint_unknown_to_aws_fails_in_either_wording() {
    for (message, text) in [
        (
            FailedEndpointMessage::NotFound,
            format!("Interface endpoint {OTHER} was not found."),
        ),
        (
            FailedEndpointMessage::VerifyEndpointId,
            "Verify endpoint ID and accepted regions, then retry your connection.".to_owned(),
        ),
    ] {
        let emulator = start_with(|profile| {
            profile.known_interface_endpoints = Some(vec![V.to_owned()]);
            profile.failed_endpoint_message = message;
        });
        let client = Client::new(&emulator);
        let (service, _) = client.ready_endpoint("EU_WEST_1", V).await;
        let registered = client
            .post(&format!("{service}/endpoint"), json!({ "id": OTHER }))
            .await;
        assert_eq!(
            (registered.status, &registered.json()["errorMessage"]),
            (201, &Value::Null)
        );
        let endpoint = format!("{service}/endpoint/{OTHER}");
        client.until(&endpoint, "connectionStatus", "FAILED").await;
        assert_eq!(client.member(&endpoint, "errorMessage").await, text);
        // The way out: delete it and register it again.
        client.delete(&endpoint).await;
        client.until_gone(&endpoint).await;
    }
}

#[tokio::test]
async fn profiles_show_what_else_was_observed_or_described() {
    let emulator = start_with(|profile| {
        profile.ready_status = "WAITING_FOR_USER".to_owned();
        profile.first_connection_status = "NONE".to_owned();
        profile.described_statuses = true;
        profile.remove_service_with_last_endpoint = true;
        profile.unknown_members = true;
    });
    let client = Client::new(&emulator);
    let created = client.post(CREATE, create_body()).await;
    assert_eq!(created.status, 200);
    assert!(created.json().get("memberOfTomorrow").is_some());
    let service = format!("{LIST}/{}", created.json()["id"].as_str().unwrap());
    client.until(&service, "status", "WAITING_FOR_USER").await;
    let registered = client.post(&format!("{service}/endpoint"), json!({ "id": V })).await;
    assert_eq!(
        (registered.status, &registered.json()["connectionStatus"]),
        (200, &json!("NONE"))
    );
    let endpoint = format!("{service}/endpoint/{V}");
    client.until(&endpoint, "connectionStatus", "AVAILABLE").await;
    assert!(client.get(LIST).await.json()[0].get("memberOfTomorrow").is_some());
    let deleted = client.delete(&endpoint).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (204, ""));
    assert_eq!(
        deleted.header("content-type").unwrap(),
        "application/vnd.atlas.2023-01-01+json;charset=utf-8"
    );
    client.until_gone(&endpoint).await;
    client.until_gone(&service).await;
}

#[tokio::test]
async fn states_follow_the_pace() {
    let start = |pace| {
        AtlasEmulator::start(Options {
            pace,
            ..Options::default()
        })
        .unwrap()
    };
    for (case, pace) in [("at once", Pace::Looks(0)), ("no time", Pace::TimeFactor(0.0))] {
        let emulator = start(pace);
        emulator.project(G).add_cluster("c", &["EU_WEST_1"]);
        let client = Client::new(&emulator);
        let service = client.service("EU_WEST_1").await;
        assert_eq!(client.member(&service, "status").await, "AVAILABLE", "{case}");
        client.post(&format!("{service}/endpoint"), json!({ "id": V })).await;
        assert!(
            client
                .member("/clusters/c", "connectionStrings")
                .await
                .get("privateEndpoint")
                .is_some(),
            "{case}"
        );
    }
    let emulator = start(Pace::Looks(3));
    let client = Client::new(&emulator);
    let service = client.service("EU_WEST_1").await;
    for status in ["INITIATING", "INITIATING", "INITIATING", "AVAILABLE"] {
        assert_eq!(client.member(&service, "status").await, status);
    }
    let emulator = start(Pace::TimeFactor(1.0));
    let client = Client::new(&emulator);
    let service = client.service("EU_WEST_1").await;
    for _ in 0..10 {
        assert_eq!(client.member(&service, "status").await, "INITIATING");
    }
}

#[tokio::test]
async fn what_others_do_in_between_shows() {
    let emulator = start();
    let client = Client::new(&emulator);
    let (service, endpoint) = client.ready_endpoint("EU_WEST_1", V).await;
    let id = service.rsplit('/').next().unwrap();
    let project = emulator.project(G);
    assert!(project.add_endpoint(id, OTHER));
    assert_eq!(client.member(&service, "interfaceEndpoints").await, json!([V, OTHER]));
    assert!(project.remove_endpoint(id, V) && !project.remove_endpoint(id, V));
    assert_eq!(client.get(&endpoint).await.status, 404);
    project.set_regional_mode(true);
    assert_eq!(
        client.get("/privateEndpoint/regionalMode").await.body,
        "{\"enabled\":true}"
    );
    assert!(project.remove_service(id) && !project.remove_service(id));
    assert_eq!(client.get(&service).await.status, 404);
    project.set_regional_mode(false);
    let foreign = project.add_service("eu-west-1");
    let refused = client.post(CREATE, create_body()).await;
    assert_eq!(refused.status, 409);
    assert_eq!(client.get(LIST).await.json()[0]["id"], foreign.as_str());
    let members = json!({ "status": "FAILED", "errorMessage": "broken" });
    assert!(project.show_service(&foreign, members.as_object().unwrap().clone()));
    let failed = client.get(&format!("{LIST}/{foreign}")).await.json();
    assert_eq!(
        (&failed["status"], &failed["errorMessage"]),
        (&json!("FAILED"), &json!("broken"))
    );
    assert_eq!(project.snapshot().services[0].status, "FAILED");
    client.delete(&format!("{LIST}/{foreign}")).await;
    assert_eq!(client.member(&format!("{LIST}/{foreign}"), "status").await, "DELETING");
}
