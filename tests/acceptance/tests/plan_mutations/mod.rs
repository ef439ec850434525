//! Changes of one line in the configuration of examples/education-platform and its modules: planned by Terraform, each is found by the
//! rule for it and by no other one, and nothing is found in what was not changed.
//!
//! A plan of the platform takes a minute, so that many changes are in one plan. Two that concern the same resource and rule are in
//! different ones.

mod table;

use std::collections::BTreeSet;
use std::fs;

use acceptance::platform::{Packages, Platform};
use acceptance::terraform::aws_provider_or_skip;
use local_cloud::Options;
use serde_json::json;

use crate::plan_rules::{findings_with, opa_or_skip};

/// One change of the text of a file.
struct Change {
    /// The first plan or the second one.
    plan: u8,
    /// The rule that finds it.
    rule: &'static str,
    /// At which resources, by type and name, in all modules and with all keys.
    resource: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

/// An address without modules and keys.
fn resource(address: &str) -> String {
    let mut bare = String::new();
    let (mut is_key, mut is_quoted) = (false, false);
    for c in address.chars() {
        match c {
            '"' => is_quoted = !is_quoted,
            '[' if !is_quoted => is_key = true,
            ']' if !is_quoted => is_key = false,
            _ if is_key => {}
            _ => bare.push(c),
        }
    }
    let parts: Vec<_> = bare.split('.').collect();
    parts[parts.len() - 2..].join(".")
}

#[test]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
fn one_changed_line_of_the_platform_is_found_by_the_rule_for_it_and_nothing_else_is_found() {
    const TEST: &str = "one_changed_line_of_the_platform_is_found_by_the_rule_for_it_and_nothing_else_is_found";
    let (Some(opa), Some(_)) = (opa_or_skip(TEST), aws_provider_or_skip(TEST).unwrap()) else {
        return;
    };
    assert!(table::CHANGES.len() >= 60, "{}", table::CHANGES.len());
    let platform = Platform::start(Options::default(), Packages::Placeholders).unwrap();
    let folder = platform.workdir.path();
    // The settings of the local cloud make the platform less safe than it is.
    fs::remove_file(folder.join("local.auto.tfvars")).unwrap();
    let mut variables = platform.variables_for_plans();
    variables["name"] = json!("edu");
    variables["atlas"] = json!({ "org_id": "0123456789abcdef01234567" });
    variables["topology"] = json!("nlb");
    platform.init(&variables).unwrap();

    let mut problems = Vec::new();
    for plan in [1, 2] {
        let changes: Vec<_> = table::CHANGES.iter().filter(|change| change.plan == plan).collect();
        let mut originals = Vec::new();
        for change in &changes {
            let file = folder.join(change.file);
            let text = fs::read_to_string(&file).unwrap();
            let occurrences = text.matches(change.from).count();
            assert_eq!(
                occurrences, 1,
                "{} has {occurrences} times\n{}",
                change.file, change.from
            );
            fs::write(&file, text.replace(change.from, change.to)).unwrap();
            originals.push((file, text));
        }
        let said = platform.workdir.plan().unwrap();
        assert_eq!(said.code, 2, "{}", said.text);

        let settings = folder.join("lectern-policy.yaml");
        let found: BTreeSet<_> = findings_with(&opa, &platform.workdir, &[&settings])
            .iter()
            // Before the first apply, some values are unknown, changed or not: that is reported, and decides nothing.
            .filter(|finding| finding["severity"] != "unknown")
            .map(|finding| {
                let [rule, address] = ["rule", "address"].map(|name| finding[name].as_str().unwrap());
                (rule.to_owned(), resource(address))
            })
            .collect();
        let expected: BTreeSet<_> = changes
            .iter()
            .map(|change| (change.rule.to_owned(), change.resource.to_owned()))
            .collect();
        let [missed, surplus] = [(&expected, &found), (&found, &expected)].map(|(one, other)| {
            let only: Vec<_> = one.difference(other).cloned().collect();
            only
        });
        if !missed.is_empty() || !surplus.is_empty() {
            problems.push(format!("plan {plan}: missed {missed:#?}, found besides {surplus:#?}"));
        }
        for (file, text) in originals.into_iter().rev() {
            fs::write(file, text).unwrap();
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
