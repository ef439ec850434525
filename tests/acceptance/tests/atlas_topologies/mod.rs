//! Both ways to MongoDB of the module network, applied beside each other (B2, B7): an endpoint in two subnets, and two endpoints behind a
//! load balancer. The local cloud has no network: what passes them is configuration only.

use std::thread::sleep;
use std::time::{Duration, Instant};

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use cloudwatch_emulator::DEFAULT_ACCOUNT;
use local_cloud::{LocalCloud, Options, toolchain};
use serde_json::{Value, json};

/// A project for each, as each Region of a platform has.
const PROJECTS: [&str; 2] = ["0123456789abcdef0b701001", "0123456789abcdef0b701002"];

/// A critical alarm of a load balancer whose targets do not answer (C2).
const UNHEALTHY: &str = "two/nlb/mongo_1024/unhealthy_hosts/critical";

const ALARM_WITHIN: Duration = Duration::from_secs(60);

/// What there is of a VPC, after an endpoint was deleted if one is named.
fn seen(cloud: &LocalCloud, region: &str, vpc: &Value, deleted: Option<&str>) -> Value {
    let mut script = toolchain::python("tests/acceptance/python/topologies.py").unwrap();
    script
        .args([cloud.endpoint_url().as_str(), region, vpc.as_str().unwrap()])
        .args(deleted)
        .envs(cloud.environment());
    serde_json::from_slice(&toolchain::printed(&mut script).unwrap()).unwrap()
}

fn sorted(values: &Value) -> Vec<String> {
    let mut values: Vec<_> = values
        .as_array()
        .unwrap()
        .iter()
        .map(|value| value.as_str().unwrap().to_owned())
        .collect();
    values.sort();
    values
}

#[test]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
fn one_endpoint_in_two_subnets_and_two_endpoints_behind_a_load_balancer_are_applied_beside_each_other() {
    const TEST: &str =
        "one_endpoint_in_two_subnets_and_two_endpoints_behind_a_load_balancer_are_applied_beside_each_other";
    let Some(aws_provider) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    // Its own: the clock of its alarms is moved on.
    let cloud = LocalCloud::start(Options::default()).unwrap();
    for (project, region) in PROJECTS.into_iter().zip(["EU_WEST_1", "EU_CENTRAL_1"]) {
        cloud.atlas().project(project).add_cluster("main", &[region]);
    }
    let environment = cloud.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", include_str!("main.tf")).unwrap();
    let projects = json!({ "endpoint": PROJECTS[0], "nlb": PROJECTS[1] });
    workdir.set("project_ids", projects).unwrap();
    workdir.init().unwrap();
    workdir.apply().unwrap().ok().unwrap();
    let plan = workdir.plan().unwrap();
    assert_eq!(plan.code, 0, "{}", plan.text);

    let [one, two] = ["endpoint", "nlb"].map(|name| workdir.output(name).unwrap());
    let first = seen(&cloud, "eu-west-1", &one["vpc_id"], None);
    assert_eq!(first["balancers"], json!([]));
    let [endpoint] = first["endpoints"].as_array().unwrap().as_slice() else {
        panic!("{first:#}");
    };
    assert_eq!(endpoint["id"], one["mongodb_endpoint_ids"]["all"]);
    assert_eq!(sorted(&endpoint["subnets"]), sorted(&one["subnet_ids"]));
    assert_eq!(endpoint["subnets"].as_array().unwrap().len(), 2);

    let second = seen(&cloud, "eu-central-1", &two["vpc_id"], None);
    let endpoints = second["endpoints"].as_array().unwrap();
    assert_eq!(endpoints.len(), 2);
    let mut addresses = Vec::new();
    for endpoint in endpoints {
        let [interface] = endpoint["interfaces"].as_array().unwrap().as_slice() else {
            panic!("{endpoint:#}");
        };
        assert_eq!(endpoint["subnets"], json!([interface["subnet"]]));
        addresses.push(interface["address"].as_str().unwrap());
    }
    addresses.sort_unstable();
    let [balancer] = second["balancers"].as_array().unwrap().as_slice() else {
        panic!("{second:#}");
    };
    assert_eq!(
        json!([balancer["scheme"], balancer["type"], balancer["cross_zone"]]),
        json!(["internal", "network", "true"])
    );
    assert_eq!(balancer["dns_name"], two["nlb_dns_name"]);
    assert_eq!(balancer["listeners"].as_object().unwrap().len(), 3);
    for port in [1024, 1025, 1026] {
        let targets: Vec<_> = addresses.iter().map(|address| json!([address, port])).collect();
        let expected = json!({
            "protocol": "TCP", "health_check": "TCP", "preserve_client_ip": "false", "targets": targets,
        });
        assert_eq!(balancer["listeners"][port.to_string()], expected);
    }
    let zone = &second["zones"]["pl-0-eu-central-1.abcde.mongodb.net."];
    assert_eq!(zone["is_private"], true);
    let alias = zone["aliases"][0].as_str().unwrap();
    assert_eq!(alias.trim_end_matches('.'), balancer["dns_name"].as_str().unwrap());

    // An endpoint that goes takes its address with it, and the load balancer's targets there are unhealthy: 3 of 3 minutes.
    let becomes = |expected: &str| {
        let until = Instant::now() + ALARM_WITHIN;
        loop {
            let alarm = cloud
                .cloudwatch()
                .alarm(DEFAULT_ACCOUNT, "eu-central-1", UNHEALTHY)
                .unwrap();
            let state = alarm.state.value.as_str();
            if state == expected {
                return;
            }
            assert!(Instant::now() < until, "{UNHEALTHY} is {state}");
            // A minute of the alarms, in which the targets are looked at once or more.
            sleep(Duration::from_secs(6));
            cloud.cloudwatch().advance(Duration::from_secs(60));
        }
    };
    becomes("OK");
    let gone = endpoints[0]["id"].as_str().unwrap();
    let left = seen(&cloud, "eu-central-1", &two["vpc_id"], Some(gone));
    assert_eq!(left["endpoints"].as_array().unwrap().len(), 1, "{left:#}");
    becomes("ALARM");

    let destroyed = workdir.destroy().unwrap();
    assert_eq!(destroyed.code, 0, "{}", destroyed.text);
    for (region, vpc) in [("eu-west-1", &one["vpc_id"]), ("eu-central-1", &two["vpc_id"])] {
        let left = seen(&cloud, region, vpc, None);
        assert_eq!([&left["endpoints"], &left["balancers"]], [&json!([]), &json!([])]);
    }
}
