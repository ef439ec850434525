//! Each call: what is sent and what is made of a good answer.

use crate::support::{ENDPOINT, PROJECT, SERVICE, Server, client, json, project, refusal};
use atlas_client::{
    AtlasApi, AtlasError, AtlasRegion, ClusterName, ConnectionStatus, EndpointServiceId, InterfaceEndpointId,
    ServiceStatus,
};

const VERSION: &str = "application/vnd.atlas.2023-01-01+json";
const NAME: &str = "com.amazonaws.vpce.eu-west-1.vpce-svc-0a1b2c3d4e5f60718";

fn service() -> EndpointServiceId {
    EndpointServiceId::parse(SERVICE).unwrap()
}

fn endpoint() -> InterfaceEndpointId {
    InterfaceEndpointId::parse(ENDPOINT).unwrap()
}

fn region(name: &str) -> AtlasRegion {
    AtlasRegion::parse(name).unwrap()
}

fn built() -> String {
    format!(
        r#"{{"cloudProvider":"AWS","endpointServiceName":"{NAME}","errorMessage":null,"id":"{SERVICE}","interfaceEndpoints":["{ENDPOINT}"],
            "regionName":"EU_WEST_1","status":"AVAILABLE","supportedRemoteRegions":["US_EAST_1"],"aFieldOfTomorrow":{{"x":[1]}}}}"#
    )
}

#[tokio::test]
async fn endpoint_services_are_listed_from_a_bare_array() {
    let server = Server::scripted([json(200, &format!("[{}]", built())), json(200, "[]")]).await;
    let client = client(&server);
    let services = client.list_endpoint_services(&project()).await.unwrap();
    assert_eq!(services.len(), 1);
    assert_eq!(services[0].id, service());
    assert_eq!(services[0].region, Some(region("eu-west-1")));
    assert_eq!(services[0].endpoint_service_name.as_deref(), Some(NAME));
    assert_eq!(services[0].status, ServiceStatus::Available);
    assert_eq!(services[0].error_message, None);
    assert_eq!(services[0].interface_endpoints, [endpoint()]);
    assert_eq!(services[0].supported_remote_regions, [region("us-east-1")]);
    assert_eq!(client.list_endpoint_services(&project()).await.unwrap(), []);
    let seen = &server.seen()[0];
    assert_eq!(
        seen.line(),
        format!("GET /api/atlas/v2/groups/{PROJECT}/privateEndpoint/AWS/endpointService")
    );
    assert_eq!(seen.header("accept"), Some(VERSION));
    assert_eq!(seen.header("user-agent"), Some("lectern/test"));
    assert_eq!((seen.header("content-type"), seen.body.as_str()), (None, ""));
}

#[tokio::test]
async fn an_endpoint_service_is_read_also_when_optional_fields_are_missing() {
    let server = Server::scripted([json(200, &built()), json(200, &format!(r#"{{"id":"{SERVICE}"}}"#))]).await;
    let client = client(&server);
    assert_eq!(
        client
            .get_endpoint_service(&project(), &service())
            .await
            .unwrap()
            .unwrap()
            .id,
        service()
    );
    let bare = client
        .get_endpoint_service(&project(), &service())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (bare.region, bare.endpoint_service_name, bare.status),
        (None, None, ServiceStatus::Other(String::new()))
    );
    assert!(bare.interface_endpoints.is_empty() && bare.supported_remote_regions.is_empty());
    let path = format!("GET /api/atlas/v2/groups/{PROJECT}/privateEndpoint/AWS/endpointService/{SERVICE}");
    assert_eq!(server.lines(), [path.clone(), path]);
}

#[tokio::test]
async fn an_endpoint_service_is_created_with_201_or_200() {
    let initiating = format!(
        r#"{{"cloudProvider":"AWS","endpointServiceName":null,"errorMessage":null,"id":"{SERVICE}","interfaceEndpoints":[],
            "regionName":"EU_WEST_1","status":"INITIATING","supportedRemoteRegions":null}}"#
    );
    let server = Server::scripted([json(201, &initiating), json(200, &initiating)]).await;
    let client = client(&server);
    let created = client
        .create_endpoint_service(&project(), &region("eu-west-1"), &[])
        .await
        .unwrap();
    assert_eq!(
        (created.status, created.endpoint_service_name),
        (ServiceStatus::Initiating, None)
    );
    client
        .create_endpoint_service(&project(), &region("eu-west-1"), &[region("us-east-1")])
        .await
        .unwrap();
    let seen = server.seen();
    assert_eq!(
        seen[0].line(),
        format!("POST /api/atlas/v2/groups/{PROJECT}/privateEndpoint/endpointService")
    );
    assert_eq!(
        (seen[0].header("accept"), seen[0].header("content-type")),
        (Some(VERSION), Some(VERSION))
    );
    assert_eq!(seen[0].body, r#"{"providerName":"AWS","region":"EU_WEST_1"}"#);
    let body = r#"{"providerName":"AWS","region":"EU_WEST_1","supportedRemoteRegions":["US_EAST_1"]}"#;
    assert_eq!(seen[1].body, body);
}

#[tokio::test]
async fn remote_regions_are_replaced_and_an_empty_set_is_sent() {
    let server = Server::scripted([json(200, &built()), json(202, &built())]).await;
    let client = client(&server);
    client
        .set_supported_remote_regions(&project(), &service(), &[region("us-east-1")])
        .await
        .unwrap();
    client
        .set_supported_remote_regions(&project(), &service(), &[])
        .await
        .unwrap();
    let seen = server.seen();
    let line = format!("PATCH /api/atlas/v2/groups/{PROJECT}/privateEndpoint/endpointService/{SERVICE}");
    assert_eq!(seen[0].line(), line);
    assert_eq!(
        seen[0].body,
        r#"{"cloudProvider":"AWS","supportedRemoteRegions":["US_EAST_1"]}"#
    );
    assert_eq!(seen[1].body, r#"{"cloudProvider":"AWS","supportedRemoteRegions":[]}"#);
}

#[tokio::test]
async fn an_interface_endpoint_is_added_read_and_removed() {
    let pending = format!(
        r#"{{"cloudProvider":"AWS","connectionStatus":"PENDING_ACCEPTANCE","deleteRequested":false,"errorMessage":null,"interfaceEndpointId":"{ENDPOINT}"}}"#
    );
    let failed = format!(
        r#"{{"connectionStatus":"VERIFIED","deleteRequested":true,"errorMessage":"Not found.","interfaceEndpointId":"{ENDPOINT}"}}"#
    );
    let replies = [
        json(201, &pending),
        json(200, &failed),
        json(200, "{}"),
        json(202, "{}"),
        json(204, ""),
    ];
    let server = Server::scripted(replies).await;
    let client = client(&server);
    let added = client
        .add_interface_endpoint(&project(), &service(), &endpoint())
        .await
        .unwrap();
    assert_eq!(
        (&added.id, &added.connection_status),
        (&endpoint(), &ConnectionStatus::PendingAcceptance)
    );
    let read = client
        .get_interface_endpoint(&project(), &service(), &endpoint())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(read.connection_status, ConnectionStatus::Other("VERIFIED".into()));
    assert_eq!(
        (read.delete_requested, read.error_message.as_deref()),
        (true, Some("Not found."))
    );
    let bare = client
        .get_interface_endpoint(&project(), &service(), &endpoint())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((bare.id, bare.delete_requested), (endpoint(), false));
    client
        .remove_interface_endpoint(&project(), &service(), &endpoint())
        .await
        .unwrap();
    client
        .remove_interface_endpoint(&project(), &service(), &endpoint())
        .await
        .unwrap();
    let path = format!("/api/atlas/v2/groups/{PROJECT}/privateEndpoint/AWS/endpointService/{SERVICE}/endpoint");
    let (get, delete) = (format!("GET {path}/{ENDPOINT}"), format!("DELETE {path}/{ENDPOINT}"));
    assert_eq!(
        server.lines(),
        [format!("POST {path}"), get.clone(), get, delete.clone(), delete]
    );
    assert_eq!(server.seen()[0].body, format!(r#"{{"id":"{ENDPOINT}"}}"#));
}

#[tokio::test]
async fn a_cluster_gives_its_aws_regions_and_its_strings_in_its_own_api_version() {
    let body = format!(
        r#"{{"name":"main","stateName":"IDLE","replicationSpecs":[
            {{"regionConfigs":[{{"providerName":"AWS","regionName":"US_EAST_1"}},{{"providerName":"AZURE","regionName":"EUROPE_NORTH"}}]}},
            {{"regionConfigs":[{{"providerName":"AWS","regionName":"EU_WEST_1"}},{{"providerName":"AWS","regionName":"US_EAST_1"}}]}}],
          "connectionStrings":{{"standard":"mongodb://x","privateEndpoint":[{{"type":"MONGOD","connectionString":"mongodb://pl-0","srvConnectionString":"mongodb+srv://pl-0",
            "endpoints":[{{"endpointId":"{ENDPOINT}","providerName":"AWS","region":"EU_WEST_1"}},{{"endpointId":"/subscriptions/1"}}]}},{{}}]}}}}"#
    );
    let server = Server::scripted([json(200, &body), json(200, r#"{"connectionStrings":{}}"#)]).await;
    let client = client(&server);
    let name = ClusterName::parse("main").unwrap();
    let cluster = client.get_cluster(&project(), &name).await.unwrap().unwrap();
    assert_eq!((cluster.name.as_str(), cluster.state_name.as_str()), ("main", "IDLE"));
    assert_eq!(cluster.regions, [region("eu-west-1"), region("us-east-1")]);
    let [strings, bare] = cluster.private_endpoints.as_slice() else {
        panic!("{cluster:?}")
    };
    assert_eq!(strings.kind, "MONGOD");
    assert_eq!(strings.connection_string.as_deref(), Some("mongodb://pl-0"));
    assert_eq!(strings.srv_connection_string.as_deref(), Some("mongodb+srv://pl-0"));
    assert!(strings.leads_through(&endpoint()) && !bare.leads_through(&endpoint()));
    let without_strings = client.get_cluster(&project(), &name).await.unwrap().unwrap();
    assert!(without_strings.regions.is_empty() && without_strings.private_endpoints.is_empty());
    assert_eq!(
        server.seen()[0].line(),
        format!("GET /api/atlas/v2/groups/{PROJECT}/clusters/main")
    );
    assert_eq!(
        server.seen()[0].header("accept"),
        Some("application/vnd.atlas.2024-08-05+json")
    );
}

#[tokio::test]
async fn what_is_not_there_is_none_to_read_and_done_to_remove() {
    // The project is known: what one object's 404 means is asked of its list.
    let server = Server::new(|seen, _| {
        if seen.line().starts_with("GET") && seen.line().ends_with("/endpointService") {
            json(200, "[]")
        } else {
            refusal(404, "PRIVATE_ENDPOINT_SERVICE_NOT_FOUND", "gone")
        }
    })
    .await;
    let client = client(&server);
    assert_eq!(client.get_endpoint_service(&project(), &service()).await.unwrap(), None);
    assert_eq!(
        client
            .get_interface_endpoint(&project(), &service(), &endpoint())
            .await
            .unwrap(),
        None
    );
    assert_eq!(
        client
            .get_cluster(&project(), &ClusterName::parse("main").unwrap())
            .await
            .unwrap(),
        None
    );
    client.delete_endpoint_service(&project(), &service()).await.unwrap();
    client
        .remove_interface_endpoint(&project(), &service(), &endpoint())
        .await
        .unwrap();
    for error in [
        client
            .create_endpoint_service(&project(), &region("eu-west-1"), &[])
            .await
            .unwrap_err(),
        client
            .add_interface_endpoint(&project(), &service(), &endpoint())
            .await
            .unwrap_err(),
        client.list_access_list(&project()).await.unwrap_err(),
    ] {
        assert!(matches!(error, AtlasError::NotFound { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_cluster_that_the_api_refuses_to_show_is_an_error_and_not_an_absence() {
    let code = "CANNOT_USE_FLEX_CLUSTER_IN_CLUSTER_API";
    let server = Server::scripted([refusal(400, code, "It is a Flex cluster.")]).await;
    let name = ClusterName::parse("main").unwrap();
    let error = client(&server).get_cluster(&project(), &name).await.unwrap_err();
    assert!(matches!(error, AtlasError::Refused { status: 400, .. }), "{error:?}");
    assert!(error.to_string().contains("It is a Flex cluster."), "{error}");
}

#[tokio::test]
async fn a_region_an_endpoint_and_a_status_of_tomorrow_hide_no_service() {
    let body = r#"[{"id":"6a1b2c3d4e5f60718293a4b5","regionName":"EU_WEST_1","status":"AVAILABLE"},
        {"id":"6a1b2c3d4e5f60718293a4b6","regionName":"MOON_1","status":"ORBITING","supportedRemoteRegions":["MARS_BASE"],
         "interfaceEndpoints":["vpcx-1"]}]"#;
    let server = Server::scripted([json(200, body)]).await;
    let services = client(&server).list_endpoint_services(&project()).await.unwrap();
    assert_eq!(services[0].region, Some(region("eu-west-1")));
    let other = &services[1];
    assert_eq!(
        other.region.as_ref().map(AtlasRegion::aws_name),
        Some("moon-1".to_owned())
    );
    assert_eq!(other.status.as_str(), "ORBITING");
    assert_eq!(other.supported_remote_regions[0].atlas_name(), "MARS_BASE");
    assert_eq!(other.interface_endpoints[0].as_str(), "vpcx-1");
}

#[tokio::test]
async fn a_conflict_says_whether_an_earlier_attempt_of_the_same_call_had_no_answer() {
    for (case, first, lost) in [
        ("at once", None, false),
        ("after a 500", Some(refusal(500, "UNEXPECTED_ERROR", "-")), true),
        ("after a 429", Some(refusal(429, "RATE_LIMITED", "-")), false),
    ] {
        let conflict = refusal(409, "PRIVATE_ENDPOINT_ALREADY_EXISTS", "There is one.");
        let server = Server::scripted(first.into_iter().chain([conflict])).await;
        let error = client(&server)
            .add_interface_endpoint(&project(), &service(), &endpoint())
            .await
            .unwrap_err();
        assert!(
            matches!(&error, AtlasError::Conflict { after_lost_answer, .. } if *after_lost_answer == lost),
            "{case}: {error:?}"
        );
    }
}

#[tokio::test]
async fn an_absence_is_not_believed_where_the_project_is_unknown_too() {
    let server = Server::new(|_, _| refusal(404, "RESOURCE_NOT_FOUND", "Cannot find resource.")).await;
    let client = client(&server);
    for error in [
        client.get_endpoint_service(&project(), &service()).await.unwrap_err(),
        client
            .get_interface_endpoint(&project(), &service(), &endpoint())
            .await
            .unwrap_err(),
        client.list_endpoint_services(&project()).await.unwrap_err(),
    ] {
        assert!(matches!(error, AtlasError::NotFound { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_base_url_with_a_path_is_kept_in_front() {
    let server = Server::scripted([json(200, "[]")]).await;
    let config = crate::support::config(&format!("{}/atlas/", server.url), crate::support::api_key());
    atlas_client::HttpAtlas::new(config)
        .unwrap()
        .list_endpoint_services(&project())
        .await
        .unwrap();
    assert!(
        server.lines()[0].starts_with("GET /atlas/api/atlas/v2/groups/"),
        "{:?}",
        server.lines()
    );
}
