//! The modules as Terraform renders them, with the policies that hashicorp/aws writes and no cloud.
//!
//! A plan with mocked providers gives the addresses of all resources and their names. An apply then overrides every resource, with the
//! ARN that AWS would give it by its name, and has the real provider write the policy documents.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir};
use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

pub(crate) const ACCOUNT: &str = "111122223333";
pub(crate) const REGION: &str = "eu-west-1";

/// What the provider works out by itself: without a call to AWS it depends on what it is given.
const REAL_DATA: [&str; 3] = ["aws_iam_policy_document", "aws_partition", "aws_region"];

/// Nobody answers there: a resource that is not overridden fails at once, and nothing leaves this machine.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ("AWS_ACCESS_KEY_ID", ACCOUNT),
    ("AWS_SECRET_ACCESS_KEY", "secret"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
    ("AWS_MAX_ATTEMPTS", "1"),
    // Terraform's own: schemas of some 300 MB, looked over by its garbage collector again and again, are a third of its CPU time.
    ("GOGC", "400"),
];

/// A resource of the state.
#[derive(Debug)]
pub(crate) struct Resource {
    pub(crate) address: String,
    pub(crate) kind: String,
    pub(crate) values: Value,
}

impl Resource {
    /// An attribute that is a text; empty where it is not there.
    pub(crate) fn text(&self, attribute: &str) -> &str {
        self.values[attribute].as_str().unwrap_or_default()
    }
}

/// All resources of the example apis and of `options.tf`, as applied.
pub(crate) fn resources(aws: &Path) -> Vec<Resource> {
    let provider = RunningProvider::start(aws, &ENVIRONMENT).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &ENVIRONMENT, &provider).unwrap();
    workdir.copy_example("apis").unwrap();
    workdir.write("options.tf", include_str!("options.tf")).unwrap();
    // A module of options.tf has a provider that the example does not name.
    let versions = std::fs::read_to_string(workdir.path().join("versions.tf")).unwrap();
    let atlas = "mongodbatlas = {\n      source = \"mongodb/mongodbatlas\"\n    }\n    lectern = {";
    let (before, after) = versions.split_once("lectern = {").unwrap();
    workdir
        .write("versions.tf", &format!("{before}{atlas}{after}"))
        .unwrap();
    for package in [
        "function",
        "upload-api",
        "upload-janitor",
        "download-api",
        "profile-api",
    ] {
        workdir.write(&format!("{package}.zip"), package).unwrap();
    }
    let secret = json!({
        "arn": format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:mongo-AbCdEf"),
        "kms_key_arn": format!("arn:aws:kms:{REGION}:{ACCOUNT}:key/5ec4e700-0000-4000-8000-000000000000"),
    });
    for (variable, value) in [
        ("packages", json!(".")),
        ("bucket", json!("edu-files")),
        ("mongo_secret", secret),
        ("manage_account_logging_role", json!(true)),
        ("dashboard", json!(false)),
        ("local_cloud", json!(true)),
        ("cors_origins", json!(["https://edu.example.com"])),
    ] {
        workdir.set(variable, value).unwrap();
    }
    std::fs::create_dir_all(workdir.path().join("tests")).unwrap();
    workdir.init().unwrap();
    let plan = tested(&workdir, &mocks(), "plan");
    let asking = asking_data(workdir.path());
    let state = tested(&workdir, &overrides(&plan["resource_changes"], &asking), "apply");
    let mut resources = Vec::new();
    collect(&state["root_module"], &mut resources);
    resources
}

/// The plan or the state of a test with one run.
fn tested(workdir: &Workdir, providers: &str, command: &str) -> Value {
    let test = format!("{providers}\nrun \"policies\" {{\n  command = {command}\n}}\n");
    workdir.write("tests/policies.tftest.hcl", &test).unwrap();
    let mut terraform = workdir.spawn(&["test", "-json", "-verbose"]).unwrap();
    let mut faults = Vec::new();
    for line in BufReader::new(terraform.stdout.take().unwrap()).lines() {
        let Ok(mut line) = serde_json::from_str::<Value>(&line.unwrap()) else {
            continue;
        };
        match line["type"].as_str() {
            Some(kind @ ("test_plan" | "test_state")) => {
                let kind = kind.to_owned();
                // What is left to do is a destroy of nothing, a third of the time. The providers that it started go with it.
                let group = Pid::from_child(&terraform);
                kill_process_group(group, Signal::KILL).unwrap();
                terraform.wait().unwrap();
                assert!(faults.is_empty(), "{command}: {faults:#?}");
                return line[kind.as_str()].take();
            }
            _ if line["@level"] == "error" => faults.push(format!("{} {}", line["@message"], line["diagnostic"])),
            _ => {}
        }
    }
    terraform.wait().unwrap();
    panic!("{command}: {faults:#?}");
}

fn collect(module: &Value, into: &mut Vec<Resource>) {
    for resource in module["resources"].as_array().into_iter().flatten() {
        into.push(Resource {
            address: resource["address"].as_str().unwrap().to_owned(),
            kind: resource["type"].as_str().unwrap().to_owned(),
            values: resource["values"].clone(),
        });
    }
    for child in module["child_modules"].as_array().into_iter().flatten() {
        collect(child, into);
    }
}

/// Data sources that ask AWS, of all modules: type and name.
fn asking_data(folder: &Path) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with(".terraform") {
            found.extend(asking_data(&path));
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            let text = std::fs::read_to_string(&path).unwrap();
            for line in text.lines().filter_map(|line| line.strip_prefix("data \"aws_")) {
                let mut parts = line.split('"');
                let (kind, name) = (
                    format!("aws_{}", parts.next().unwrap()),
                    parts.nth(1).unwrap().to_owned(),
                );
                if !REAL_DATA.contains(&kind.as_str()) {
                    found.insert((kind, name));
                }
            }
        }
    }
    found
}

/// Mocks by type. The ARNs of all resources of a type are one here, and only their form counts.
fn mocks() -> String {
    let mut text = format!("{OTHER_PROVIDERS}mock_provider \"aws\" {{\n");
    let document = ("aws_iam_policy_document", json!({ "json": ANY_POLICY }));
    let data = [
        document,
        (
            "aws_partition",
            json!({ "partition": "aws", "dns_suffix": "amazonaws.com", "reverse_dns_prefix": "com.amazonaws" }),
        ),
        ("aws_region", json!({ "region": REGION })),
    ];
    for (kind, values) in data.into_iter().chain(data_values()) {
        writeln!(text, "  mock_data \"{kind}\" {{\n    defaults = {values}\n  }}").unwrap();
    }
    for kind in KINDS {
        let values = values_of(kind, "mock", &json!({}));
        writeln!(text, "  mock_resource \"{kind}\" {{\n    defaults = {values}\n  }}").unwrap();
    }
    text + "}\n"
}

/// Atlas's principal is of the strangers' account, so that the policies are asked about a stranger who comes as Atlas does.
const OTHER_PROVIDERS: &str = r#"mock_provider "lectern" {}

mock_provider "mongodbatlas" {
  mock_resource "mongodbatlas_cloud_provider_access_setup" {
    defaults = {
      aws_config = [{
        atlas_aws_account_arn          = "arn:aws:iam::444455556666:root"
        atlas_assumed_role_external_id = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
      }]
    }
  }
}

"#;

/// What every module takes for a policy.
const ANY_POLICY: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject"],"Resource":["arn:aws:s3:::mock/*"]}]}"#;

/// What AWS would say to data sources that ask it.
fn data_values() -> [(&'static str, Value); 4] {
    [
        (
            "aws_caller_identity",
            json!({ "account_id": ACCOUNT, "arn": format!("arn:aws:iam::{ACCOUNT}:root") }),
        ),
        (
            "aws_availability_zones",
            json!({ "names": ["eu-west-1a", "eu-west-1b"], "zone_ids": ["euw1-az1", "euw1-az2"] }),
        ),
        ("aws_network_interface", json!({ "private_ip": "10.42.0.10" })),
        (
            "aws_ec2_managed_prefix_list",
            json!({ "id": "pl-6da54004", "arn": format!("arn:aws:ec2:{REGION}:aws:prefix-list/pl-6da54004") }),
        ),
    ]
}

fn overrides(changes: &Value, asking: &BTreeSet<(String, String)>) -> String {
    let mut text = format!(
        "{OTHER_PROVIDERS}provider \"aws\" {{\n  region                      = \"{REGION}\"\n  max_retries                 = 1\n  \
         skip_credentials_validation = true\n  skip_metadata_api_check     = true\n  skip_requesting_account_id  = true\n}}\n"
    );
    let mut modules = BTreeSet::new();
    for change in changes.as_array().unwrap() {
        modules.insert(change["module_address"].as_str().unwrap_or_default());
        let (address, kind) = (change["address"].as_str().unwrap(), change["type"].as_str().unwrap());
        if change["mode"] == "managed" && kind.starts_with("aws_") {
            let values = values_of(kind, address, &change["change"]["after"]);
            writeln!(
                text,
                "override_resource {{\n  target = {address}\n  values = {values}\n}}"
            )
            .unwrap();
        }
    }
    // A plan does not list what it read. A target that a module does not have is no error.
    let data: BTreeMap<_, _> = data_values().into();
    for (module, (kind, name)) in modules
        .iter()
        .flat_map(|module| asking.iter().map(move |data| (module, data)))
    {
        let values = data.get(kind.as_str());
        let values = values.unwrap_or_else(|| panic!("what would AWS say to data.{kind}.{name}?"));
        let dot = if module.is_empty() { "" } else { "." };
        writeln!(
            text,
            "override_data {{\n  target = {module}{dot}data.{kind}.{name}\n  values = {values}\n}}"
        )
        .unwrap();
    }
    text
}

/// Types whose values are given: somebody reads them. The others' are made up by Terraform.
const KINDS: [&str; 26] = [
    "aws_api_gateway_rest_api",
    "aws_api_gateway_stage",
    "aws_cloudwatch_log_group",
    "aws_cognito_user_pool",
    "aws_iam_role",
    "aws_cloudwatch_event_rule",
    "aws_kms_key",
    "aws_lambda_alias",
    "aws_lambda_function",
    "aws_lb",
    "aws_lb_target_group",
    "aws_route_table",
    "aws_s3_bucket",
    "aws_scheduler_schedule",
    "aws_security_group",
    "aws_sfn_state_machine",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_subnet",
    "aws_vpc",
    "aws_vpc_endpoint",
    "aws_cloudfront_distribution",
    "aws_cloudwatch_log_delivery_destination",
    "aws_wafv2_web_acl",
    "aws_api_gateway_deployment",
    "aws_flow_log",
];

/// What AWS gives to a resource, from its configuration. `seed` makes ids differ.
fn values_of(kind: &str, seed: &str, values: &Value) -> Value {
    let hash = seed.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let id = format!("{hash:016x}");
    let name = |attribute: &str| match values[attribute].as_str() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => format!("unnamed-{id}"),
    };
    let arn = |service: &str, rest: String| format!("arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}");
    match kind {
        "aws_api_gateway_rest_api" => {
            let id = &id[..10];
            json!({ "id": id, "root_resource_id": "root", "execution_arn": arn("execute-api", id.to_owned()) })
        }
        "aws_api_gateway_stage" => json!({
            "arn": format!("arn:aws:apigateway:{REGION}::/restapis/{}/stages/{}", name("rest_api_id"), name("stage_name")),
            "invoke_url": format!("https://{}.execute-api.{REGION}.amazonaws.com/{}", &id[..10], name("stage_name")),
        }),
        "aws_cloudwatch_log_group" => {
            json!({ "id": name("name"), "arn": arn("logs", format!("log-group:{}", name("name"))) })
        }
        "aws_cognito_user_pool" => {
            let id = format!("{REGION}_{}", &id[..9]);
            json!({
                "id": id, "arn": arn("cognito-idp", format!("userpool/{id}")),
                "endpoint": format!("cognito-idp.{REGION}.amazonaws.com/{id}"),
            })
        }
        "aws_iam_role" => json!({ "id": name("name"), "arn": format!("arn:aws:iam::{ACCOUNT}:role/{}", name("name")) }),
        "aws_kms_key" => {
            let id = format!("{}-{}-4000-8000-{}", &id[..8], &id[8..12], &id[4..]);
            json!({ "id": id, "key_id": id, "arn": arn("kms", format!("key/{id}")), "policy": DEFAULT_KEY_POLICY })
        }
        "aws_lambda_function" => {
            let arn = arn("lambda", format!("function:{}", name("function_name")));
            json!({
                "arn": arn, "version": "1", "qualified_arn": format!("{arn}:1"),
                "invoke_arn": format!("arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"),
            })
        }
        "aws_lambda_alias" => {
            let arn = arn("lambda", format!("function:{}:{}", name("function_name"), name("name")));
            json!({
                "arn": arn,
                "invoke_arn": format!("arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"),
            })
        }
        "aws_lb" => {
            let suffix = format!("net/{}/{id}", name("name"));
            json!({
                "arn": arn("elasticloadbalancing", format!("loadbalancer/{suffix}")), "arn_suffix": suffix,
                "dns_name": format!("{}.elb.{REGION}.amazonaws.com", name("name")), "zone_id": "Z2IFOLAFXWLO4F",
            })
        }
        "aws_lb_target_group" => {
            let suffix = format!("targetgroup/{}/{id}", name("name"));
            json!({ "arn": arn("elasticloadbalancing", suffix.clone()), "arn_suffix": suffix })
        }
        "aws_s3_bucket" => json!({
            "id": name("bucket"), "arn": format!("arn:aws:s3:::{}", name("bucket")),
            "bucket_regional_domain_name": format!("{}.s3.{REGION}.amazonaws.com", name("bucket")),
        }),
        "aws_scheduler_schedule" => json!({ "arn": arn("scheduler", format!("schedule/default/{}", name("name"))) }),
        "aws_sfn_state_machine" => {
            let arn = arn("states", format!("stateMachine:{}", name("name")));
            json!({ "id": arn, "arn": arn })
        }
        "aws_sns_topic" => {
            let arn = arn("sns", name("name"));
            json!({ "id": arn, "arn": arn })
        }
        "aws_cloudwatch_event_rule" => json!({ "arn": arn("events", format!("rule/{}", name("name"))) }),
        "aws_sqs_queue" => json!({ "arn": arn("sqs", name("name")) }),
        // Its id is made up by CloudFront; here it is what the modules give as the comment.
        "aws_cloudfront_distribution" => {
            json!({ "arn": format!("arn:aws:cloudfront::{ACCOUNT}:distribution/{}", name("comment")) })
        }
        "aws_cloudwatch_log_delivery_destination" => {
            json!({ "arn": arn("logs", format!("delivery-destination:{}", name("name"))) })
        }
        "aws_wafv2_web_acl" => {
            let web_acl = format!("webacl/{}/{id}", name("name"));
            match values["scope"].as_str() {
                Some("CLOUDFRONT") => json!({ "arn": format!("arn:aws:wafv2:us-east-1:{ACCOUNT}:global/{web_acl}") }),
                _ => json!({ "arn": arn("wafv2", format!("regional/{web_acl}")) }),
            }
        }
        "aws_vpc_endpoint" => json!({
            "id": format!("vpce-0{id}"), "prefix_list_id": "pl-6da54004", "network_interface_ids": [format!("eni-0{id}")],
            "policy": DEFAULT_ENDPOINT_POLICY,
        }),
        "aws_vpc" => json!({ "id": format!("vpc-0{id}") }),
        "aws_subnet" => json!({ "id": format!("subnet-0{id}") }),
        "aws_security_group" => json!({ "id": format!("sg-0{id}") }),
        "aws_route_table" => json!({ "id": format!("rtb-0{id}") }),
        _ => json!({}),
    }
}

/// "Default key policy when you create a KMS key programmatically" (KMS Developer Guide).
pub(crate) const DEFAULT_KEY_POLICY: &str = r#"{"Version":"2012-10-17","Id":"key-default-1","Statement":[{"Sid":"Enable IAM User Permissions","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"}]}"#;

/// "Default endpoint policy: The default endpoint policy grants full access to the endpoint" (AWS PrivateLink Guide).
const DEFAULT_ENDPOINT_POLICY: &str =
    r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}"#;
