//! Every module under terraform/modules is valid and keeps its own tests, which need no cloud; settings of examples are refused.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use acceptance::pages;
use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use local_cloud::workspace;
use serde_json::Value;

/// Modules under test at a time: a schema of the AWS provider takes Terraform some 500 MB.
const SIDE_BY_SIDE: usize = 2;

fn modules() -> Vec<PathBuf> {
    pages::modules().unwrap()
}

/// Copies a folder with what is in it, but for what Terraform left there.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let from = entry.unwrap().path();
        let to = to.join(from.file_name().unwrap());
        if !from.is_dir() {
            fs::copy(from, to).unwrap();
        } else if !from.ends_with(".terraform") {
            copy(&from, &to);
        }
    }
}

const EXAMPLES: [&str; 2] = ["examples/minimal", "examples/complete"];

#[test]
fn every_module_has_its_files_and_describes_every_variable_and_output() {
    for module in modules() {
        for file in [
            "main.tf",
            "variables.tf",
            "outputs.tf",
            "versions.tf",
            "README.md",
            "tests",
        ] {
            assert!(module.join(file).exists(), "{} has no {file}", module.display());
        }
        let name = module.file_name().unwrap().to_str().unwrap();
        let tests = fs::read_to_string(module.join(format!("tests/{name}.tftest.hcl"))).unwrap();
        for example in EXAMPLES {
            assert!(module.join(example).join("main.tf").exists(), "{name} has no {example}");
            let planned = format!("source = \"./{example}\"");
            assert!(tests.contains(&planned), "{name}: no test plans {example}");
        }
        for file in ["variables.tf", "outputs.tf"] {
            let text = fs::read_to_string(module.join(file)).unwrap();
            let blocks = text
                .lines()
                .filter(|line| line.ends_with('{') && !line.starts_with(' '));
            let described = text.lines().filter(|line| line.starts_with("  description")).count();
            assert_eq!(described, blocks.count(), "{}/{file}", module.display());
        }
    }
}

/// A validation without a case that it refuses may as well not be there.
#[test]
fn every_validation_has_a_test_that_it_refuses() {
    for module in modules() {
        let variables = fs::read_to_string(module.join("variables.tf")).unwrap();
        let tests: String = fs::read_dir(module.join("tests"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_file())
            .map(|path| fs::read_to_string(path).unwrap())
            .collect();
        let lists = tests.split("expect_failures = [").skip(1);
        let refused: BTreeSet<_> = lists
            .flat_map(|list| list.split(']').next().unwrap().split(','))
            .filter_map(|object| object.trim().strip_prefix("var."))
            .collect();
        for block in variables.split("\nvariable \"").skip(1) {
            let name = block.split('"').next().unwrap();
            if block.contains("validation {") {
                assert!(
                    refused.contains(name),
                    "{}: nothing is refused for {name}",
                    module.display()
                );
            }
        }
    }
}

/// What Terraform reads only from a version on, by a mark in the text of a variable or a resource.
const LANGUAGE: [(u32, &str); 3] = [(10, "ephemeral "), (11, "_wo "), (12, "identity = {")];

/// The floor of every module and example is one, said in the modules' READMEs, and has all that they use.
#[test]
fn one_version_of_terraform_is_the_floor_and_reads_everything() {
    const FLOOR: u32 = 9;
    // Its signing key is written with a write-only argument, so that it is in no state.
    let floor_of = |folder: &Path| {
        if folder.ends_with("education-platform") {
            11
        } else {
            FLOOR
        }
    };
    let examples = fs::read_dir(workspace::root().join("examples")).unwrap();
    let examples = examples.map(|entry| entry.unwrap().path());
    let examples = examples.filter(|folder| folder.join("versions.tf").exists());
    for folder in modules().into_iter().chain(examples) {
        let versions = fs::read_to_string(folder.join("versions.tf")).unwrap();
        let own = floor_of(&folder);
        let floor = format!("required_version = \">= 1.{own}\"");
        assert!(versions.contains(&floor), "{}: {versions}", folder.display());
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "tf") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for (version, mark) in LANGUAGE {
                assert!(
                    version <= own || !text.contains(mark),
                    "{}: {mark} is of 1.{version}",
                    path.display()
                );
            }
        }
    }
    for module in modules() {
        let readme = fs::read_to_string(module.join("README.md")).unwrap();
        let floor = format!("Terraform 1.{FLOOR} or later");
        assert!(readme.contains(&floor), "{} does not say {floor}", module.display());
        for example in EXAMPLES {
            let text = fs::read_to_string(module.join(example).join("main.tf")).unwrap();
            let floor = format!("required_version = \">= 1.{FLOOR}\"");
            assert!(text.contains(&floor), "{}/{example}: {text}", module.display());
        }
    }
}

/// `amazonaws.com` is the host of one partition. Service principals are called so in every one, but for those that have a region in them.
#[test]
fn no_module_names_the_host_of_one_partition() {
    for module in modules() {
        for entry in fs::read_dir(&module).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "tf") {
                continue;
            }
            for line in fs::read_to_string(&path).unwrap().lines() {
                let line = line.trim_start();
                let is_text = ["#", "description", "error_message", "condition"]
                    .iter()
                    .any(|start| line.starts_with(start));
                let is_allowed = line.split('"').filter(|part| part.contains("amazonaws")).all(|part| {
                    let service = part.strip_suffix(".amazonaws.com").unwrap_or("${");
                    // S3's gateway and AWS's lists of addresses are called so in China too.
                    let called_so = ["s3", "${each.key}"].map(|name| format!("com.amazonaws.${{local.region}}.{name}"));
                    !service.contains("${") || called_so.iter().any(|called| called == part)
                });
                assert!(is_text || is_allowed, "{}: {line}", path.display());
            }
        }
    }
}

/// Whatever is encrypted with a key that the same apply makes goes before it: a destroy that stops at a bucket with objects in it would
/// otherwise have scheduled the deletion of their key.
#[test]
fn every_bucket_goes_before_the_key_of_its_objects() {
    const TEST: &str = "every_bucket_goes_before_the_key_of_its_objects";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let aws = RunningProvider::start(&binary, &[]).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
    copy(&workspace::root().join("terraform/modules"), workdir.path());
    let mut buckets = 0;
    for module in ["storage", "backup"] {
        let folder = format!("-chdir={module}");
        let init = [&folder, "init", "-no-color", "-input=false"];
        workdir.run(&init).unwrap().ok().unwrap();
        let graph = workdir.run(&[&folder, "graph"]).unwrap().ok().unwrap();
        let edges = edges(&graph);
        for from in edges
            .keys()
            .filter(|from| from.contains("aws_s3_bucket_server_side_encryption_configuration."))
        {
            let bucket = from.replace("_server_side_encryption_configuration", "");
            for key in reached(&edges, from).iter().filter(|to| to.contains("aws_kms_key.")) {
                assert!(
                    reached(&edges, &bucket).contains(key),
                    "{module}: {bucket} may go after {key}"
                );
                buckets += 1;
            }
        }
    }
    assert_eq!(buckets, 2);
}

/// What waits for what, of `terraform graph`: lines as `"a" -> "b";`.
fn edges(graph: &str) -> BTreeMap<String, Vec<String>> {
    let mut edges: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in graph.lines() {
        if let Some((from, to)) = line.trim().trim_end_matches(';').split_once(" -> ") {
            let name = |quoted: &str| quoted.trim_matches('"').to_owned();
            edges.entry(name(from)).or_default().push(name(to));
        }
    }
    edges
}

fn reached(edges: &BTreeMap<String, Vec<String>>, from: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(next) = open.pop() {
        for to in edges.get(&next).into_iter().flatten() {
            if found.insert(to.clone()) {
                open.push(to.clone());
            }
        }
    }
    found
}

/// Names that are the account's over all regions.
pub(crate) const GLOBAL: [(&str, &[&str]); 11] = [
    ("aws_cloudfront_cache_policy", &["name"]),
    ("aws_cloudfront_key_group", &["name"]),
    ("aws_cloudfront_origin_access_control", &["name"]),
    ("aws_cloudfront_public_key", &["name"]),
    ("aws_cloudfront_response_headers_policy", &["name"]),
    ("aws_iam_role", &["name"]),
    ("aws_iam_policy", &["name"]),
    ("aws_iam_service_linked_role", &["aws_service_name"]),
    ("aws_s3_bucket", &["bucket"]),
    ("aws_cloudwatch_dashboard", &["dashboard_name"]),
    ("mongodbatlas_project", &["name"]),
];

/// Names that are the account's in one region.
pub(crate) const REGIONAL: [(&str, &[&str]); 25] = [
    ("aws_api_gateway_rest_api", &["name"]),
    ("aws_cloudtrail", &["name"]),
    ("aws_cloudwatch_log_delivery_destination", &["name"]),
    ("aws_cloudwatch_log_delivery_source", &["name"]),
    ("aws_cloudwatch_log_group", &["name"]),
    ("aws_cloudwatch_log_resource_policy", &["policy_name"]),
    ("aws_codebuild_project", &["name"]),
    ("aws_codedeploy_app", &["name"]),
    ("aws_codedeploy_deployment_config", &["deployment_config_name"]),
    ("aws_codepipeline", &["name"]),
    ("aws_cognito_user_pool", &["name"]),
    ("aws_config_config_rule", &["name"]),
    // one in a region, whatever its name
    ("aws_config_configuration_recorder", &[]),
    ("aws_config_delivery_channel", &[]),
    ("aws_kms_alias", &["name"]),
    ("aws_lambda_function", &["function_name"]),
    ("aws_lambda_permission", &["function_name", "statement_id"]),
    ("aws_lb", &["name"]),
    ("aws_lb_target_group", &["name"]),
    ("aws_scheduler_schedule", &["name"]),
    ("aws_sfn_state_machine", &["name"]),
    ("aws_sns_topic", &["name"]),
    ("aws_wafv2_web_acl", &["name", "scope"]),
    ("lectern_alarm_bundle", &["name"]),
    ("lectern_mongo_dump_schedule", &["name"]),
];

#[test]
fn copies_of_the_modules_share_an_account_and_a_region() {
    const TEST: &str = "copies_of_the_modules_share_an_account_and_a_region";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let aws = RunningProvider::start(&binary, &[]).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
    copy(
        &workspace::root().join("terraform/modules"),
        &workdir.path().join("modules"),
    );
    let copies = workspace::root().join("tests/acceptance/copies");
    for file in ["main.tf", "copies.tftest.hcl"] {
        fs::copy(copies.join(file), workdir.path().join(file)).unwrap();
    }
    fs::create_dir(workdir.path().join("all")).unwrap();
    fs::copy(copies.join("all.tf"), workdir.path().join("all/main.tf")).unwrap();
    workdir.init().unwrap();
    let said = workdir.run(&["test", "-json", "-verbose"]).unwrap().ok().unwrap();
    let lines = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut plans = lines.filter(|line| line["type"] == "test_plan");
    let plan = plans.next().expect("a plan");
    let resources = plan["test_plan"]["resource_changes"].as_array().unwrap();
    let modules: BTreeSet<_> = resources
        .iter()
        .filter_map(|resource| resource["module_address"].as_str()?.split('.').nth(3))
        .collect();
    assert_eq!(modules.len(), self::modules().len(), "{modules:?}");

    let mut seen: BTreeMap<Vec<String>, String> = BTreeMap::new();
    for resource in resources {
        let (kind, after) = (resource["type"].as_str().unwrap(), &resource["change"]["after"]);
        let table = GLOBAL.iter().chain(&REGIONAL);
        let Some((_, attributes)) = table.clone().find(|(name, _)| *name == kind) else {
            continue;
        };
        let address = resource["address"].as_str().unwrap().to_owned();
        let is_global = GLOBAL.iter().any(|(name, _)| *name == kind);
        let texts: Option<Vec<_>> = attributes.iter().map(|attribute| after[*attribute].as_str()).collect();
        // Of what only the apply will tell, a part is an id of AWS' own.
        let Some(texts) = texts else {
            assert!(!is_global, "{address}: its name is not known at plan");
            continue;
        };
        let region = if is_global { None } else { after["region"].as_str() };
        let name: Vec<_> = [kind]
            .into_iter()
            .chain(texts)
            .chain(region)
            .map(str::to_owned)
            .collect();
        if let Some(other) = seen.insert(name.clone(), address.clone()) {
            panic!("{name:?} is {other} and {address}");
        }
    }
    assert!(seen.len() > 60, "{seen:?}");
}

#[test]
fn modules_keep_their_own_tests() {
    const TEST: &str = "modules_keep_their_own_tests";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    // Mocked providers are asked whether a configuration is valid, and never configured.
    let aws = RunningProvider::start(&binary, &[]).unwrap();
    let modules = Mutex::new(modules().into_iter());
    let next = || modules.lock().unwrap().next();
    thread::scope(|scope| {
        for _ in 0..SIDE_BY_SIDE {
            scope.spawn(|| {
                while let Some(module) = next() {
                    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
                    // With its neighbours, since modules call each other.
                    copy(&workspace::root().join("terraform/modules"), workdir.path());
                    let folder = format!("-chdir={}", module.file_name().unwrap().to_str().unwrap());
                    workdir
                        .run(&[&folder, "init", "-no-color", "-input=false"])
                        .unwrap()
                        .ok()
                        .unwrap();
                    workdir.run(&[&folder, "validate", "-no-color"]).unwrap().ok().unwrap();
                    let said = workdir.run(&[&folder, "test", "-no-color"]).unwrap().ok().unwrap();
                    assert!(said.contains(" 0 failed"), "{}: {said}", module.display());
                }
            });
        }
    });
}

/// What the handlers would refuse only when they are called, with 500 for everybody.
#[test]
fn settings_that_the_functions_of_the_apis_do_not_take_are_refused_before_the_apply() {
    const TEST: &str = "settings_that_the_functions_of_the_apis_do_not_take_are_refused_before_the_apply";
    let Some(binary) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let aws = RunningProvider::start(&binary, &[]).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
    workdir.copy_example("apis").unwrap();
    workdir.init().unwrap();
    let secret = r#"mongo_secret={arn="arn:aws:secretsmanager:eu-west-1:123456789012:secret:mongo-AbCdEf"}"#;
    let console = |settings: &[&str]| {
        let mut arguments = vec!["console", "-var", "bucket=edu-files"];
        arguments.extend(settings.iter().flat_map(|setting| ["-var", setting]));
        workdir.run(&arguments).unwrap()
    };
    let sound = console(&[secret, "link_seconds=60"]);
    assert_eq!(sound.code, 0, "{}", sound.text);
    let both = [secret, "mongo_host=main-pl-0.ab1cd.mongodb.net"];
    let small_and_large = [
        secret,
        "link_seconds=30",
        "upload_max_bytes=5000000001",
        r#"upload_content_types=["text/html"]"#,
    ];
    let late_and_active = [secret, "link_seconds=7200", r#"upload_content_types=["image/svg+xml"]"#];
    let pattern = [secret, r#"upload_content_types=["image/*"]"#];
    let (sign_in, links) = ("Set either mongo_secret", "link_seconds must be a whole number");
    let types = "upload_content_types must be media types";
    for (settings, messages) in [
        (&[][..], &[sign_in][..]),
        (&both, &[sign_in]),
        (
            &small_and_large,
            &[links, "upload_max_bytes must be a whole number", types],
        ),
        (&late_and_active, &[links, types]),
        (&pattern, &[types]),
    ] {
        let said = console(settings);
        for message in messages {
            assert!(said.flat().contains(message), "{settings:?}: {}", said.text);
        }
    }
}
