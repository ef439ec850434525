//! Who and what the policies are about, by the names that people use.

use std::collections::BTreeMap;

use policy_kit::{Decision, Policies, Policy, Principal, Request};
use serde_json::{Value, json};

use super::rendered::{ACCOUNT, DEFAULT_KEY_POLICY, REGION, Resource};

pub(crate) const STRANGERS: &str = "444455556666";

const EVERYTHING: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}"#;

const OPEN: &str =
    r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}"#;

/// Policies of AWS that roles have attached, as AWS publishes them ("AWS Managed Policy Reference").
const MANAGED: [(&str, &str); 3] = [
    (
        "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["logs:CreateLogGroup", "logs:CreateLogStream",
        "logs:DescribeLogGroups", "logs:DescribeLogStreams", "logs:PutLogEvents", "logs:GetLogEvents", "logs:FilterLogEvents"],
        "Resource": "*"}]}"#,
    ),
    // Of some thousand actions those that the table asks about.
    (
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["dynamodb:BatchGet*", "dynamodb:Get*",
        "dynamodb:Query", "dynamodb:Scan", "logs:FilterLogEvents", "logs:Get*", "logs:StartQuery", "s3:Get*", "s3:List*",
        "sqs:ReceiveMessage", "ssm:Get*", "kms:Describe*", "lambda:Get*", "iam:Get*"], "Resource": "*"}]}"#,
    ),
    // The user's own: more than it should have, so that the delivery's denials count.
    (
        "arn:aws:iam::111122223333:policy/edu-apply",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["iam:AttachRolePolicy", "iam:CreateRole",
        "iam:DeleteRolePermissionsBoundary", "iam:PutRolePolicy"], "Resource": "*"}, {"Effect": "Allow", "Action": "iam:CreatePolicyVersion",
        "Resource": "arn:aws:iam::111122223333:policy/*"}, {"Effect": "Allow", "Action": "iam:CreateAccessKey", "Resource":
        "arn:aws:iam::111122223333:user/*"}]}"#,
    ),
];

/// Types with a policy in them that the world knows.
const KNOWN: [&str; 13] = [
    "aws_api_gateway_rest_api_policy",
    "aws_cloudwatch_log_resource_policy",
    "aws_iam_role",
    "aws_iam_role_policy",
    "aws_kms_key",
    "aws_kms_key_policy",
    "aws_lambda_permission",
    "aws_s3_bucket_policy",
    "aws_sns_topic_policy",
    "aws_sqs_queue_policy",
    "aws_vpc_endpoint",
    // the topic's and the bucket's own attribute, which the provider only reads
    "aws_sns_topic",
    "aws_s3_bucket",
];

#[derive(Debug)]
pub(crate) struct Role {
    pub(crate) arn: String,
    pub(crate) policies: Vec<Policy>,
}

/// A function's permission for somebody who is no identity of the account.
#[derive(Debug)]
pub(crate) struct Permission {
    pub(crate) address: String,
    /// `function/name:alias`.
    pub(crate) function: String,
    pub(crate) service: String,
    pub(crate) source_arn: String,
}

/// All that has a policy.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) roles: BTreeMap<String, Role>,
    pub(crate) permissions: Vec<Permission>,
    /// Of what a policy can stand on, by `bucket/name`, `key/alias` and so on: its ARN and its policy.
    pub(crate) resources: BTreeMap<String, (String, Option<Policy>)>,
    /// Policies of VPC endpoints, by service.
    pub(crate) endpoints: BTreeMap<String, Policy>,
    /// The key of a bucket or topic, both as in `resources`.
    pub(crate) keys: BTreeMap<String, String>,
    everything: Policy,
    /// What a stranger who wants our data puts on a resource.
    open: Policy,
    /// Of keys that are made elsewhere.
    default_key: Policy,
}

impl World {
    pub(crate) fn new(rendered: &[Resource]) -> Self {
        let of = |kind: &'static str| rendered.iter().filter(move |resource| resource.kind == kind);
        for resource in rendered
            .iter()
            .filter(|resource| !resource.kind.starts_with("aws_iam_policy_document"))
        {
            let has_policy = ["policy", "policy_document", "assume_role_policy", "access_policies"];
            let has_policy = has_policy
                .iter()
                .any(|attribute| resource.text(attribute).contains("Statement"));
            assert!(
                !has_policy || KNOWN.contains(&resource.kind.as_str()),
                "{} has a policy, and nothing here tests it",
                resource.address
            );
        }
        let mut resources = BTreeMap::new();

        let mut aliases: BTreeMap<String, String> = BTreeMap::new();
        for alias in of("aws_kms_alias") {
            let name = alias.text("name").trim_start_matches("alias/");
            aliases.insert(alias.text("target_key_id").to_owned(), format!("key/{name}"));
        }
        let mut key_names = BTreeMap::new();
        for key in of("aws_kms_key") {
            let name = aliases.get(key.text("key_id"));
            let name = name.unwrap_or_else(|| panic!("{} has no alias", key.address));
            let separate = of("aws_kms_key_policy").find(|policy| policy.text("key_id") == key.text("key_id"));
            let json = separate.unwrap_or(key).text("policy");
            resources.insert(
                name.clone(),
                (key.text("arn").to_owned(), Some(Policy::resource(name, json).unwrap())),
            );
            key_names.insert(key.text("arn").to_owned(), name.clone());
        }
        let mut keys = BTreeMap::new();
        for (kind, policies, name_attribute, policy_of, prefix) in [
            ("aws_s3_bucket", "aws_s3_bucket_policy", "bucket", "bucket", "bucket"),
            ("aws_sns_topic", "aws_sns_topic_policy", "name", "arn", "topic"),
            ("aws_sqs_queue", "aws_sqs_queue_policy", "name", "queue_url", "queue"),
        ] {
            for resource in of(kind) {
                let name = format!("{prefix}/{}", resource.text(name_attribute));
                let policy = of(policies)
                    .find(|policy| [resource.text("id"), resource.text("arn")].contains(&policy.text(policy_of)));
                let policy = policy.map(|policy| Policy::resource(&name, policy.text("policy")).unwrap());
                if let Some(key) = key_names.get(resource.text("kms_master_key_id")) {
                    keys.insert(name.clone(), key.clone());
                }
                resources.insert(name, (resource.text("arn").to_owned(), policy));
            }
        }
        for encryption in of("aws_s3_bucket_server_side_encryption_configuration") {
            let rule = &encryption.values["rule"][0]["apply_server_side_encryption_by_default"][0];
            if let Some(key) = key_names.get(rule["kms_master_key_id"].as_str().unwrap_or_default()) {
                keys.insert(format!("bucket/{}", encryption.text("bucket")), key.clone());
            }
        }
        for machine in of("aws_sfn_state_machine") {
            resources.insert(
                format!("machine/{}", machine.text("name")),
                (machine.text("arn").to_owned(), None),
            );
        }
        for group in of("aws_cloudwatch_log_group") {
            let name = format!("log-group/{}", group.text("name"));
            // It is the region's; what it says of one group counts for that group.
            let about_it = format!("\"{}:*\"", group.text("arn"));
            let mut policies = of("aws_cloudwatch_log_resource_policy").map(|policy| policy.text("policy_document"));
            let policy = policies.find(|policy| policy.contains(&about_it));
            let policy = policy.map(|policy| Policy::resource(&name, policy).unwrap());
            resources.insert(name, (group.text("arn").to_owned(), policy));
        }
        for api in of("aws_api_gateway_rest_api") {
            let name = format!("api/{}", api.text("name"));
            let policy =
                of("aws_api_gateway_rest_api_policy").find(|policy| policy.text("rest_api_id") == api.text("id"));
            let policy = policy.map(|policy| Policy::resource(&name, policy.text("policy")).unwrap());
            resources.insert(name, (api.text("execution_arn").to_owned(), policy));
        }

        let mut permissions = Vec::new();
        for alias in of("aws_lambda_alias") {
            let function = of("aws_lambda_function").find(|function| {
                [function.text("arn"), function.text("function_name")].contains(&alias.text("function_name"))
            });
            let function = function.unwrap_or_else(|| panic!("{} is of no function", alias.address));
            let (name, arn) = (function.text("function_name"), function.text("arn"));
            let mut statements = Vec::new();
            for permission in of("aws_lambda_permission") {
                let is_of_it = [name, arn].contains(&permission.text("function_name"));
                if is_of_it && permission.text("qualifier") == alias.text("name") {
                    statements.push(statement(permission, alias.text("arn")));
                    permissions.push(Permission {
                        address: permission.address.clone(),
                        function: format!("function/{name}:{}", alias.text("name")),
                        service: permission.text("principal").to_owned(),
                        source_arn: permission.text("source_arn").to_owned(),
                    });
                }
            }
            let key = format!("function/{name}:{}", alias.text("name"));
            let json = json!({ "Version": "2012-10-17", "Statement": statements }).to_string();
            let policy = (!statements.is_empty()).then(|| Policy::resource(&key, &json).unwrap());
            resources.insert(key, (alias.text("arn").to_owned(), policy));
            // without an alias it is another resource, with a policy of its own
            resources.insert(format!("function/{name}"), (arn.to_owned(), None));
        }
        assert_eq!(
            permissions.len(),
            of("aws_lambda_permission").count(),
            "a permission is of no alias"
        );

        let mut roles = BTreeMap::new();
        for role in of("aws_iam_role") {
            let name = role.text("name");
            let inline = of("aws_iam_role_policy").filter(|policy| policy.text("role") == name);
            let inline = inline.map(|policy| {
                Policy::identity(&format!("{name}/{}", policy.text("name")), policy.text("policy")).unwrap()
            });
            let attached = of("aws_iam_role_policy_attachment").filter(|attached| attached.text("role") == name);
            let attached = attached.map(|attached| {
                let arn = attached.text("policy_arn");
                let json = MANAGED.iter().find(|(managed, _)| *managed == arn);
                let (_, json) = json.unwrap_or_else(|| panic!("{}: what is in {arn}?", attached.address));
                Policy::identity(arn, json).unwrap()
            });
            let trust = Policy::trust(&format!("trust of {name}"), role.text("assume_role_policy")).unwrap();
            roles.insert(
                name.to_owned(),
                Role {
                    arn: role.text("arn").to_owned(),
                    policies: inline.chain(attached).collect(),
                },
            );
            resources.insert(format!("role/{name}"), (role.text("arn").to_owned(), Some(trust)));
        }

        let mut endpoints = BTreeMap::new();
        for endpoint in of("aws_vpc_endpoint") {
            let service = endpoint.text("service_name").rsplit('.').next().unwrap().to_owned();
            let policy = Policy::resource(&endpoint.address, endpoint.text("policy")).unwrap();
            endpoints.insert(service, policy);
        }
        Self {
            roles,
            permissions,
            resources,
            endpoints,
            keys,
            everything: Policy::identity("AdministratorAccess", EVERYTHING).unwrap(),
            open: Policy::resource("a stranger's resource", OPEN).unwrap(),
            default_key: Policy::resource("a key made elsewhere", DEFAULT_KEY_POLICY).unwrap(),
        }
    }

    /// Decides a request.
    ///
    /// - `who`: `role/name`; `service/name`; `admin`, who may everything by own policies, `stranger`, the same in another account, `root`
    ///   or `anonymous`;
    /// - `on`: an ARN, of another account's resource that lets everybody in; `*`; or `bucket/name/key`, `key/alias`, `topic/name`, `function/name:alias`, `role/name`, `machine/name`,
    ///   `log-group/name`, `api/name/stage/METHOD/path`;
    /// - `with`: context keys, several values with `|` between them; `endpoint` is the VPC endpoint that the request goes through.
    pub(crate) fn decide(&self, who: &str, action: &str, on: &str, with: &[(&str, &str)]) -> Decision {
        let (principal, identity): (_, Vec<&Policy>) = match who.split_once('/') {
            Some(("role", name)) => {
                let role = self
                    .roles
                    .get(name)
                    .unwrap_or_else(|| panic!("there is no role {name}: {:?}", self.roles.keys()));
                (Principal::role(&role.arn).unwrap(), role.policies.iter().collect())
            }
            Some(("service", name)) => (Principal::service(name), vec![]),
            None if who == "admin" => {
                let admin = format!("arn:aws:iam::{ACCOUNT}:user/admin");
                (Principal::user(&admin).unwrap(), vec![&self.everything])
            }
            None if who == "stranger" => {
                let stranger = format!("arn:aws:iam::{STRANGERS}:role/stranger");
                (Principal::role(&stranger).unwrap(), vec![&self.everything])
            }
            None if who == "root" => (Principal::root(ACCOUNT), vec![]),
            None if who == "anonymous" => (Principal::Anonymous, vec![]),
            _ => panic!("who is {who}?"),
        };
        let (resource, policy) = self.resource(on);
        let mut request = Request::new(&principal, action, &resource);
        if resource.starts_with("arn:aws:s3:::") {
            request = request.owned_by(if self.is_known(on) { ACCOUNT } else { STRANGERS });
        } else if !resource.starts_with("arn:") || resource.starts_with("arn:aws:route53:::") {
            request = request.owned_by(ACCOUNT);
        }
        // always there: "aws:SecureTransport", and S3's version of TLS
        request = request.with("aws:SecureTransport", "true").with("s3:TlsVersion", "1.3");
        let mut endpoint = None;
        for (key, values) in with {
            if *key == "endpoint" {
                endpoint = Some(
                    self.endpoints
                        .get(*values)
                        .unwrap_or_else(|| panic!("there is no endpoint of {values}")),
                );
            } else {
                request = request.with_all(key, &values.split('|').collect::<Vec<_>>());
            }
        }
        let policies = Policies {
            identity,
            resource: policy,
            endpoint,
            ..Policies::default()
        };
        policies
            .decide(&request)
            .unwrap_or_else(|error| panic!("{who} {action} {on}: {error}"))
    }

    fn is_known(&self, on: &str) -> bool {
        !on.starts_with("arn:")
    }

    /// ARN and policy.
    fn resource(&self, on: &str) -> (String, Option<&Policy>) {
        if on == "*" || on.starts_with("arn:") || on.starts_with('+') {
            // AWS's own prefix lists are open to everybody whose policies let them read them.
            let is_strange =
                on.contains(STRANGERS) || on.starts_with("arn:aws:s3:::") || on.contains(":aws:prefix-list/");
            let is_key = on.starts_with("arn:aws:kms:");
            let policy = if is_strange {
                Some(&self.open)
            } else {
                is_key.then_some(&self.default_key)
            };
            return (on.to_owned(), policy);
        }
        // the longest name that there is, then what is in it
        let found = self.resources.iter().filter(|(name, _)| {
            on.strip_prefix(name.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', ':']))
        });
        let (name, (arn, policy)) = found
            .max_by_key(|(name, _)| name.len())
            .unwrap_or_else(|| panic!("there is no {on}: {:#?}", self.resources.keys()));
        (format!("{arn}{}", &on[name.len()..]), policy.as_ref())
    }

    /// The names of all resources of a kind.
    pub(crate) fn named(&self, prefix: &str) -> Vec<&str> {
        self.resources
            .keys()
            .map(String::as_str)
            .filter(|name| name.starts_with(prefix))
            .collect()
    }
}

/// What Lambda adds to a function's policy for a permission (Lambda Developer Guide, "Using resource-based policies").
fn statement(permission: &Resource, function: &str) -> Value {
    let principal = permission.text("principal");
    let named = if principal.contains('.') {
        json!({ "Service": principal })
    } else {
        json!({ "AWS": principal })
    };
    let mut statement = json!({
        "Sid": permission.text("statement_id"),
        "Effect": "Allow",
        "Principal": named,
        "Action": permission.text("action"),
        "Resource": function,
    });
    for (attribute, operator, key) in [
        ("source_arn", "ArnLike", "AWS:SourceArn"),
        ("source_account", "StringEquals", "AWS:SourceAccount"),
    ] {
        if !permission.text(attribute).is_empty() {
            statement["Condition"][operator][key] = json!(permission.text(attribute));
        }
    }
    statement
}

/// The service's name in `kms:ViaService`.
pub(crate) fn via(service: &str) -> String {
    format!("{service}.{REGION}.amazonaws.com")
}
