//! The rules on plans of people who do not use our modules: three configurations of the shapes that the documentation of AWS and the
//! modules of the registry show. What is found is true of them, and what is not about them is not found.

use std::collections::BTreeMap;

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use local_cloud::{LocalCloud, Options};

use crate::plan_rules::{findings_with, opa_or_skip};

const CONFIGURATIONS: [(&str, &str); 3] = [
    ("serverless", include_str!("serverless/main.tf")),
    ("site", include_str!("site/main.tf")),
    ("web", include_str!("web/main.tf")),
];

#[test]
fn nothing_untrue_is_said_of_configurations_of_others() {
    const TEST: &str = "nothing_untrue_is_said_of_configurations_of_others";
    let (Some(opa), Some(aws_provider)) = (opa_or_skip(TEST), aws_provider_or_skip(TEST).unwrap()) else {
        return;
    };
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let environment = cloud.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.write("main.tf", include_str!("main.tf")).unwrap();
    for (name, text) in CONFIGURATIONS {
        std::fs::create_dir(workdir.path().join(name)).unwrap();
        workdir.write(&format!("{name}/main.tf"), text).unwrap();
    }
    workdir.init().unwrap();
    let said = workdir.plan().unwrap();
    assert_eq!(said.code, 2, "{}", said.text);

    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for finding in findings_with(&opa, &workdir, &[]) {
        let text = |name: &str| finding[name].as_str().unwrap();
        let (configuration, address) = text("address")
            .strip_prefix("module.")
            .and_then(|rest| rest.split_once('.'))
            .unwrap_or(("", text("address")));
        let line = format!("{} {} {address}", text("severity"), text("rule"));
        found.entry(configuration.to_owned()).or_default().push(line);
    }
    for lines in found.values_mut() {
        lines.sort();
        lines.dedup();
    }
    // Each was compared with the configuration by hand, and is true.
    let expected = [
        (
            "serverless",
            vec![
                "deny cognito-mfa aws_cognito_user_pool.users",
                "deny cognito-recovery aws_cognito_user_pool.users",
                "deny lambda-alias aws_lambda_function.items",
                "deny lambda-alias aws_lambda_permission.items",
                "deny lambda-vpc aws_lambda_function.items",
                "unknown cognito-password aws_cognito_user_pool.users",
                "unknown iam-actions aws_iam_role_policy.table",
                "warn alarm-coverage aws_lambda_function.items",
                "warn cognito-deletion-protection aws_cognito_user_pool.users",
                "warn lambda-environment-key aws_lambda_function.items",
                "warn lambda-log-group aws_cloudwatch_log_group.items",
            ],
        ),
        (
            "site",
            vec![
                "deny cdn-web-acl aws_cloudfront_distribution.site",
                "deny s3-encryption aws_s3_bucket.site",
                "deny s3-tls-only aws_s3_bucket.logs",
                "deny s3-versioning aws_s3_bucket.logs",
                "warn cdn-failover aws_cloudfront_distribution.site",
                "warn cdn-geo aws_cloudfront_distribution.site",
                "warn s3-lifecycle aws_s3_bucket.logs",
                "warn s3-lifecycle aws_s3_bucket.site",
                "warn s3-replication aws_s3_bucket.site",
            ],
        ),
        ("web", vec!["warn lambda-log-group aws_cloudwatch_log_group.service"]),
    ];
    let expected: BTreeMap<_, _> = expected
        .into_iter()
        .map(|(name, lines)| {
            (
                name.to_owned(),
                lines.into_iter().map(str::to_owned).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(found, expected);
}
