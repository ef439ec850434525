//! What the Markdown pages show: links lead somewhere, and blocks are what they say. Blocks of pages that a test runs from top to bottom
//! are in `recipes`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use acceptance::documents::{Block, anchors, blocks, links, pages};
use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Workdir, aws_provider_or_skip};
use local_cloud::workspace;
use serde_json::Value;

/// Every language that a block has, so that a new one is decided on here.
const LANGUAGES: [&str; 9] = [
    "hcl",
    "terraform",
    "shell",
    "json",
    "jsonl",
    "js",
    "yaml",
    "text",
    "mermaid",
];

struct Shown {
    page: PathBuf,
    block: Block,
}

impl Shown {
    fn place(&self) -> String {
        let page = self.page.strip_prefix(workspace::root()).unwrap();
        format!("{}:{}", page.display(), self.block.line)
    }

    fn is(&self, languages: &[&str]) -> bool {
        languages.iter().any(|language| self.block.language == *language)
    }
}

fn shown() -> Vec<Shown> {
    let mut found = Vec::new();
    for page in pages(&workspace::root()).unwrap() {
        let text = fs::read_to_string(&page).unwrap();
        let all = blocks(&text).unwrap_or_else(|error| panic!("{}: {error}", page.display()));
        found.extend(all.into_iter().map(|block| Shown {
            page: page.clone(),
            block,
        }));
    }
    assert!(found.len() > 150, "{} blocks", found.len());
    found
}

#[test]
fn every_block_says_what_language_it_is_in() {
    for shown in shown() {
        let language = &shown.block.language;
        assert!(
            shown.is(&LANGUAGES),
            "{}: {language:?} is none of {LANGUAGES:?}",
            shown.place()
        );
    }
}

#[test]
fn every_link_between_pages_leads_to_a_file_and_to_a_heading_of_it() {
    let mut dead = Vec::new();
    let mut seen = 0;
    let mut targets = String::new();
    for page in pages(&workspace::root()).unwrap() {
        let text = fs::read_to_string(&page).unwrap();
        for link in links(&text) {
            seen += 1;
            let target = if link.path.is_empty() {
                page.clone()
            } else {
                page.with_file_name(&link.path)
            };
            let is_there = match &link.anchor {
                _ if !target.exists() => false,
                Some(anchor) if target.extension().is_some_and(|extension| extension == "md") => {
                    anchors(&fs::read_to_string(&target).unwrap()).contains(anchor)
                }
                _ => true,
            };
            if !is_there {
                dead.push(format!("{}: {link:?}", page.display()));
            }
            targets.push_str(&format!("{}\n", target.display()));
        }
    }
    assert!(seen > 200, "{seen}");
    assert!(dead.is_empty(), "{dead:#?}");

    // A file that .gitignore keeps out is here, but in nobody else's clone.
    let mut git = Command::new("git")
        .args(["check-ignore", "--stdin"])
        .current_dir(workspace::root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin.take().unwrap().write_all(targets.as_bytes()).unwrap();
    let ignored = git.wait_with_output().unwrap().stdout;
    assert!(
        ignored.is_empty(),
        "ignored by git: {}",
        String::from_utf8_lossy(&ignored)
    );
}

#[test]
fn json_blocks_are_json() {
    for shown in shown().iter().filter(|shown| shown.is(&["json"])) {
        if let Err(error) = serde_json::from_str::<Value>(&shown.block.text) {
            panic!("{}: {error}", shown.place());
        }
    }
}

/// `terraform fmt`, which also reports what cannot be parsed.
#[test]
fn hcl_blocks_are_formatted_as_terraform_formats() {
    let folder = tempfile::tempdir().unwrap();
    let mut places = BTreeMap::new();
    for (number, shown) in shown()
        .iter()
        .filter(|shown| shown.is(&["hcl", "terraform"]))
        .enumerate()
    {
        let file = format!("{number:03}.tf");
        fs::write(folder.path().join(&file), &shown.block.text).unwrap();
        places.insert(file, shown.place());
    }
    assert!(places.len() > 70, "{places:?}");
    let output = Command::new("terraform")
        .args(["fmt", "-check", "-diff", "-no-color"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let mut said = [output.stdout, output.stderr]
        .map(|text| String::from_utf8_lossy(&text).into_owned())
        .concat();
    for (file, place) in &places {
        said = said.replace(file, place);
    }
    assert!(output.status.success(), "{said}");
}

/// In the form that a file of a public key has; Terraform only looks at that.
const PUBLIC_KEY: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n";

/// What a block leaves to the reader becomes a variable: references to what is not in the block. Attributes that it leaves out are allowed
/// where it says so with a line of `# ...`.
#[test]
fn hcl_blocks_are_valid_by_the_schemas_of_lectern_and_aws() {
    const TEST: &str = "hcl_blocks_are_valid_by_the_schemas_of_lectern_and_aws";
    let Some(aws) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let aws = RunningProvider::start(&aws, &[]).unwrap();
    let workdir = Workdir::with_running_aws(Engine::NewerTerraform, &[], &aws).unwrap();
    workdir.copy_modules().unwrap();
    let contract = fs::read_to_string(workspace::root().join("terraform/modules/api/contract.json")).unwrap();
    let own = workdir.path().join("observability");
    fs::create_dir(&own).unwrap();
    let example =
        workspace::root().join("examples/resources/lectern_alarm_bundle/module/modules/observability/main.tf");
    fs::copy(example, own.join("main.tf")).unwrap();
    let mut root = String::from(
        "terraform {\n  required_providers {\n    lectern = {\n      source = \"lectern/lectern\"\n    }\n  }\n}\n\nvariable \"undeclared\" {}\n",
    );
    let mut places = BTreeMap::new();
    for shown in shown().iter().filter(|shown| shown.is(&["hcl", "terraform"])) {
        if skips(&shown.block.text) {
            continue;
        }
        let name = format!("b{:03}", places.len());
        let folder = workdir.path().join(&name);
        fs::create_dir(&folder).unwrap();
        let block = completed(&shown.block.text, &shown.page);
        fs::write(folder.join("main.tf"), &block.text).unwrap();
        for file in block.files {
            // Relative to the block, or to where Terraform runs.
            let text = if file.ends_with(".pem") { PUBLIC_KEY } else { &contract };
            for folder in [folder.as_path(), workdir.path()] {
                fs::write(folder.join(&file), text).unwrap();
            }
        }
        root.push_str(&block.root.replace("BLOCK", &name));
        let inputs: String = block
            .inputs
            .iter()
            .map(|input| format!("  {input} = var.undeclared\n"))
            .collect();
        root.push_str(&format!(
            "\nmodule \"{name}\" {{\n  source = \"./{name}\"\n{inputs}}}\n"
        ));
        let is_shortened = shown.block.text.contains("# ...") || shown.block.text.starts_with("source");
        places.insert(name, (shown.place(), is_shortened));
    }
    assert!(places.len() > 60, "{}", places.len());
    workdir.write("main.tf", &root).unwrap();
    let init = workdir.run(&["init", "-no-color", "-input=false"]).unwrap();
    assert_eq!(init.code, 0, "{}", init.text);
    let said = workdir.run(&["validate", "-json"]).unwrap();
    let answer: Value = serde_json::from_str(&said.text).unwrap();
    let mut wrong = Vec::new();
    for diagnostic in answer["diagnostics"].as_array().unwrap() {
        let file = diagnostic["range"]["filename"].as_str().unwrap_or_default();
        let name = file.split('/').next().unwrap_or_default();
        let (place, is_shortened) = places.get(name).cloned().unwrap_or_default();
        let summary = diagnostic["summary"].as_str().unwrap_or_default();
        let is_left_out = summary == "Missing required argument" || summary.starts_with("Insufficient ");
        if diagnostic["severity"] != "error" || is_shortened && is_left_out {
            continue;
        }
        wrong.push(format!(
            "{place} ({file}:{}): {summary}: {}",
            diagnostic["range"]["start"]["line"],
            diagnostic["detail"].as_str().unwrap_or_default()
        ));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Blocks that no module can have: settings of the command line, and resources of providers that are not here.
fn skips(text: &str) -> bool {
    let others = [
        "provider_installation",
        "mongodbatlas_",
        "random_",
        "mock_provider",
        "modules/atlas",
    ];
    others.iter().any(|other| text.contains(other))
}

/// A block as a module.
struct Completed {
    text: String,
    /// What only the root module can have, with `BLOCK` for the module's name.
    root: String,
    /// Variables without a default.
    inputs: BTreeSet<String>,
    /// Files that it reads.
    files: Vec<String>,
}

fn completed(text: &str, page: &Path) -> Completed {
    let declared = declarations(text);
    let is_shortened = text.contains("# ...") || text.starts_with("source");
    let mut module = String::new();
    let mut root = String::new();
    for block in top_level(text) {
        match kind_of(&block) {
            // Only into what the block has: Terraform wants to see the resource.
            "import" => {
                let target = block.split("to = ").nth(1).and_then(|to| to.split_whitespace().next());
                let parts = target.and_then(|target| target.split_once('.'));
                if parts.is_some_and(|(kind, name)| declared.contains(&(kind.to_owned(), name.to_owned()))) {
                    root.push_str(&block.replacen("to = ", "to = module.BLOCK.", 1));
                }
            }
            "source" => module.push_str(&call(&format!("module \"shown\" {{\n{block}}}\n"), page, true)),
            "module" => module.push_str(&call(&block, page, is_shortened)),
            _ => module.push_str(&block),
        }
    }
    let files = module
        .split("file(\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next());
    let files = files.map(|file| file.replace("${path.module}/", "")).collect();
    let (module, variables) = references(&module, &declared);
    let mut inputs: BTreeSet<_> = variables.into_iter().collect();
    let mut text = module;
    for name in &inputs {
        text.push_str(&format!("\nvariable \"{name}\" {{}}\n"));
    }
    for (kind, name) in &declared {
        if kind == "variable" {
            inputs.insert(name.clone());
        }
    }
    if !text.contains("required_providers") {
        text.push_str("\nterraform {\n  required_providers {\n    lectern = {\n      source = \"lectern/lectern\"\n    }\n  }\n}\n");
    }
    Completed {
        text,
        root,
        inputs,
        files,
    }
}

/// The blocks and attributes of a text at its outermost level, each with its comments.
fn top_level(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut depth = 0_i32;
    let mut current = String::new();
    for line in text.lines() {
        current.push_str(line);
        current.push('\n');
        let code = line.split(" # ").next().unwrap_or_default();
        let code = if code.trim_start().starts_with('#') { "" } else { code };
        for character in code.chars() {
            match character {
                '{' | '[' | '(' => depth += 1,
                '}' | ']' | ')' => depth -= 1,
                _ => {}
            }
        }
        if depth == 0 && !code.trim().is_empty() {
            found.push(std::mem::take(&mut current));
        }
    }
    found.push(current);
    found
}

/// The word that a block begins with, behind its comments.
fn kind_of(block: &str) -> &str {
    let mut lines = block.lines().map(str::trim_start);
    let line = lines
        .find(|line| !line.is_empty() && !line.starts_with('#'))
        .unwrap_or_default();
    line.split_whitespace().next().unwrap_or_default()
}

/// What a block declares: kind or type, and name.
fn declarations(text: &str) -> BTreeSet<(String, String)> {
    let mut found = BTreeSet::new();
    let mut in_locals = false;
    for line in text.lines() {
        let words: Vec<_> = line.split_whitespace().map(|word| word.trim_matches('"')).collect();
        match words.as_slice() {
            [kind @ ("resource" | "data"), kind_of, name, "{", ..] => {
                let prefix = if *kind == "data" { "data." } else { "" };
                found.insert((format!("{prefix}{kind_of}"), (*name).to_owned()));
            }
            [kind @ ("variable" | "module"), name, "{", ..] => {
                found.insert(((*kind).to_owned(), (*name).to_owned()));
            }
            ["locals", "{"] => in_locals = true,
            [name, "=", ..] if in_locals && line.starts_with("  ") && !line.starts_with("   ") => {
                found.insert(("local".to_owned(), (*name).to_owned()));
            }
            _ if line.starts_with('}') => in_locals = false,
            _ => {}
        }
    }
    found
}

/// A call of a module: its source is the copy beside the block, found by its name where the block leaves it out, and a shortened call
/// gets what the module requires.
fn call(block: &str, page: &Path, is_shortened: bool) -> String {
    let mut lines: Vec<_> = block.lines().map(str::to_owned).collect();
    let begins = lines.iter().position(|line| line.starts_with("module ")).unwrap();
    let called = lines[begins].split('"').nth(1).unwrap().replace('_', "-");
    let source = lines.iter().position(|line| line.trim_start().starts_with("source "));
    let name = match source.map(|source| lines.remove(source)) {
        Some(line) if line.contains("/observability\"") => {
            lines.insert(begins + 1, "  source = \"../observability\"".to_owned());
            return lines.join("\n") + "\n";
        }
        Some(line) => line
            .split("modules/")
            .nth(1)
            .unwrap()
            .split(['?', '"'])
            .next()
            .unwrap()
            .to_owned(),
        None => module_of(&called).unwrap_or_else(|| panic!("{}: which module is {called}?", page.display())),
    };
    let variables = workspace::root()
        .join("terraform/modules")
        .join(&name)
        .join("variables.tf");
    let variables =
        fs::read_to_string(&variables).unwrap_or_else(|error| panic!("{}: {name}: {error}", page.display()));
    let mut added = vec![format!("  source = \"../modules/{name}\"")];
    for declared in format!("\n{variables}")
        .split("\nvariable \"")
        .skip(1)
        .filter(|_| is_shortened)
    {
        let variable = declared.split('"').next().unwrap();
        let is_set = lines
            .iter()
            .any(|line| line.split_whitespace().next() == Some(variable));
        if !declared.contains("\n  default ") && !is_set {
            added.push(format!("  {variable} = local.left_out"));
        }
    }
    lines.splice(begins + 1..begins + 1, added);
    lines.join("\n") + "\n"
}

/// The module that a call means by its name alone: `origin-failover`, `rotation`, `monitoring-secondary`.
fn module_of(called: &str) -> Option<String> {
    let folder = fs::read_dir(workspace::root().join("terraform/modules")).unwrap();
    let names: Vec<_> = folder
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let rules: [fn(&str, &str) -> bool; 3] = [
        |name, called| name == called,
        |name, called| name.ends_with(called),
        |name, called| called.starts_with(name),
    ];
    rules
        .iter()
        .find_map(|rule| names.iter().find(|name| rule(name, called)).cloned())
}

/// References to what is not declared become a variable; those to undeclared variables are returned.
fn references(text: &str, declared: &BTreeSet<(String, String)>) -> (String, Vec<String>) {
    let mut result = String::new();
    let mut variables = Vec::new();
    let is_part = |character: char| character.is_ascii_alphanumeric() || ['_', '-', '.'].contains(&character);
    for line in text.lines() {
        let code = line.split(" # ").next().unwrap_or_default();
        if code.trim_start().starts_with('#')
            || ["from ", "to ", "source "]
                .iter()
                .any(|word| code.trim_start().starts_with(word))
        {
            result.push_str(line);
            result.push('\n');
            continue;
        }
        let mut rest = code;
        while !rest.is_empty() {
            let end = rest.find(|character| !is_part(character)).unwrap_or(rest.len());
            if end == 0 {
                let next = rest.chars().next().map_or(1, char::len_utf8);
                result.push_str(&rest[..next]);
                rest = &rest[next..];
                continue;
            }
            let (word, after) = rest.split_at(end);
            result.push_str(&reference(word, declared, &mut variables));
            rest = after;
        }
        result.push('\n');
    }
    (result, variables)
}

/// One word of HCL, perhaps a reference.
fn reference(word: &str, declared: &BTreeSet<(String, String)>, variables: &mut Vec<String>) -> String {
    let parts: Vec<_> = word.split('.').collect();
    let is_declared = |kind: &str, name: &str| declared.contains(&(kind.to_owned(), name.to_owned()));
    let (length, is_known) = match parts.as_slice() {
        ["var", name, ..] => {
            if !is_declared("variable", name) && !variables.contains(&(*name).to_owned()) {
                variables.push((*name).to_owned());
            }
            return word.to_owned();
        }
        ["module" | "local", name, ..] => (2, is_declared(parts[0], name)),
        ["data", kind, name, ..] => (3, is_declared(&format!("data.{kind}"), name)),
        [kind, name, ..] if ["aws_", "lectern_"].iter().any(|prefix| kind.starts_with(prefix)) && !name.is_empty() => {
            (2, is_declared(kind, name))
        }
        _ => return word.to_owned(),
    };
    if is_known {
        return word.to_owned();
    }
    if !variables.contains(&"undeclared".to_owned()) {
        variables.push("undeclared".to_owned());
    }
    ["var.undeclared", &parts[length..].join(".")].join(if parts.len() > length { "." } else { "" })
}

#[test]
fn a_block_becomes_a_module_with_variables_for_what_it_leaves_out() {
    let block = "resource \"lectern_alarm_bundle\" \"a\" {\n  name = local.x\n  y    = aws_sns_topic.page.arn # aws_a.b\n  z    = lectern_alarm_bundle.a.id\n  v    = var.w\n}\n\nimport {\n  to = lectern_alarm_bundle.a\n  id = \"x\"\n}\n";
    let module = completed(block, Path::new("page.md"));
    assert!(module.text.contains("name = var.undeclared\n"), "{}", module.text);
    assert!(module.text.contains("y    = var.undeclared.arn"), "{}", module.text);
    assert!(
        module.text.contains("z    = lectern_alarm_bundle.a.id"),
        "{}",
        module.text
    );
    assert_eq!(module.inputs, BTreeSet::from(["undeclared".to_owned(), "w".to_owned()]));
    assert!(
        module.root.contains("to = module.BLOCK.lectern_alarm_bundle.a"),
        "{}",
        module.root
    );
}

/// The three sections with a configuration, as one configuration.
#[test]
fn the_configurations_in_the_readme_of_the_modules_are_planned() {
    const TEST: &str = "the_configurations_in_the_readme_of_the_modules_are_planned";
    let Some(aws) = aws_provider_or_skip(TEST).unwrap() else {
        return;
    };
    let aws = RunningProvider::start(&aws, &[]).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &[], &aws).unwrap();
    workdir.copy_modules().unwrap();
    let page = workspace::root().join("terraform/modules/README.md");
    let text = fs::read_to_string(&page).unwrap();
    let mut configuration = String::new();
    for heading in ["## Extra permission", "## Existing VPC", "## An API route of your own"] {
        let (_, section) = text.split_once(heading).unwrap();
        let section = section.split("\n## ").next().unwrap();
        for block in blocks(section).unwrap() {
            for part in top_level(&block.text) {
                let part = if kind_of(&part) == "module" {
                    call(&part, &page, false)
                } else {
                    part
                };
                configuration.push_str(&part.replace("../modules/", "./modules/"));
            }
        }
    }
    workdir.write("main.tf", &configuration).unwrap();
    workdir.write("report.zip", "a package").unwrap();
    let contract = fs::read_to_string(workspace::root().join("terraform/modules/api/contract.json")).unwrap();
    workdir.write("contract.json", &contract).unwrap();
    workdir.write("readme.tftest.hcl", MOCKED).unwrap();
    workdir.init().unwrap();
    let said = workdir.run(&["test", "-no-color"]).unwrap();
    assert!(
        said.code == 0 && said.text.contains("1 passed, 0 failed"),
        "{}",
        said.text
    );
}

const MOCKED: &str = r#"
mock_provider "aws" {
  mock_data "aws_caller_identity" {
    defaults = { account_id = "123456789012" }
  }
  mock_data "aws_partition" {
    defaults = { partition = "aws", dns_suffix = "amazonaws.com", reverse_dns_prefix = "com.amazonaws" }
  }
  mock_data "aws_region" {
    defaults = { region = "eu-west-1" }
  }
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }
}

mock_provider "lectern" {}

run "planned" {
  command = plan

  assert {
    condition     = length([for route in keys(module.api.routes) : route if endswith(route, " /reports")]) == 2
    error_message = "Both routes of the page are created."
  }
}
"#;

/// Messages that no diagnostic begins with: what a `Required input is missing.` asks for, and sentences of details.
const NO_SUMMARIES: [&str; 13] = [
    "A metric math expression over the IDs of metrics.",
    "How the metric is compared with the threshold, for example GreaterThanThreshold.",
    "IAM role to assume for all AWS calls.",
    "List of the alarms, ordered by service.",
    "Maximum number of seconds to wait for the suppressor alarm.",
    "Name or ARN of the alarm that suppresses the actions of the composite alarm.",
    "Namespace of the metric, for example AWS/SQS.",
    "Number of seconds that the actions stay suppressed after the suppressor alarm leaves the ALARM state.",
    "Statistic of the metric, for example Sum or p99.",
    "Terraform was asked to stop before Atlas had answered.",
    "The state contains the alarms that exist, and the next apply continues from there.",
    "The value to compare the metric with.",
    "To create a new one, run `terraform apply -replace` with the address of this resource.",
];

/// The summaries of diagnostics in a file of source code: sentences that are an argument, or one of several by `match`. A schema has
/// descriptions too, which do not say what is wrong.
fn summaries(path: &Path) -> BTreeSet<String> {
    let code = fs::read_to_string(path).unwrap();
    let in_schema = path.ends_with("schema.rs");
    let code = code.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = BTreeSet::new();
    for line in code.lines() {
        let line = line.trim();
        let Some((before, rest)) = line.split_once('"') else {
            continue;
        };
        let Some((sentence, after)) = rest.split_once('"') else {
            continue;
        };
        let is_one = !sentence.contains(['{', '\\']) && !sentence.contains(". ");
        let is_sentence = sentence.starts_with(char::is_alphabetic) && sentence.ends_with('.') && is_one;
        let is_sentence = is_sentence && (sentence.contains(' ') || sentence == "Interrupted.");
        let is_place = before.is_empty()
            || ["=> ", "=> ("].iter().any(|end| before.ends_with(end))
            || ["error(", "refuse(", "warning(", "warn(", "check("]
                .iter()
                .any(|call| before.contains(call))
            || before.starts_with("pub(crate) const ATLAS_CREDENTIALS_TWICE")
            || before.starts_with("const SUMMARY");
        let is_argument = after.starts_with(',') || after.is_empty() || before.contains("const ");
        let is_wrong = ["malformed.", "allowed ones."]
            .iter()
            .any(|end| sentence.ends_with(end));
        if is_sentence && is_place && is_argument && (is_wrong || !in_schema && !line.contains("Attr::")) {
            found.insert(sentence.to_owned());
        }
    }
    found
}

#[test]
fn the_guide_to_errors_has_every_message_of_the_provider_and_no_other() {
    let root = workspace::root();
    let mut sources = Vec::new();
    for folder in ["provider/src", "provider/provider-kit/src", "provider/tfplugin6/src"] {
        collect_sources(&root.join(folder), &mut sources);
    }
    let mut all = BTreeSet::new();
    for path in sources {
        all.extend(summaries(&path));
    }
    for no in NO_SUMMARIES {
        all.remove(no);
    }
    assert!(all.len() > 150, "{}", all.len());
    let page = fs::read_to_string(root.join("docs/guides/errors.md")).unwrap();
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let rows: BTreeSet<_> = rows.filter(|row| row.ends_with('.')).map(str::to_owned).collect();
    let missing: Vec<_> = all.difference(&rows).collect();
    let unknown: Vec<_> = rows.difference(&all).collect();
    assert!(missing.is_empty(), "not in docs/guides/errors.md: {missing:#?}");
    assert!(unknown.is_empty(), "only in docs/guides/errors.md: {unknown:#?}");
}

fn collect_sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("functions") {
            collect_sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Programs that the pages use beside Terraform, Cargo and those of this workspace.
const PROGRAMS: [&str; 26] = [
    "apt-get", "aws", "cat", "cd", "conftest", "cp", "curl", "echo", "eval", "exit", "export", "git", "grep", "jq",
    "mkdir", "mongosh", "mv", "opa", "openssl", "rm", "sed", "sleep", "tofu", "tr", "unset", "wait",
];

/// Checks names of commands, and names of options as the help of Terraform and of our own programs lists them. Nothing is run here, and
/// options of other programs are not checked.
#[test]
fn shell_blocks_parse_and_name_commands_and_options_that_exist() {
    let mut wrong = Vec::new();
    let mut helps = Helps::default();
    let mut commands = 0;
    for shown in shown().iter().filter(|shown| shown.is(&["shell"])) {
        let mut bash = Command::new("bash");
        let parsed = bash
            .args(["-n", "-c", &placeholders(&shown.block.text)])
            .output()
            .unwrap();
        if !parsed.status.success() {
            wrong.push(format!(
                "{}: {}",
                shown.place(),
                String::from_utf8_lossy(&parsed.stderr)
            ));
        }
        for command in simple_commands(&shown.block.text) {
            commands += 1;
            if let Err(why) = helps.check(&command) {
                wrong.push(format!("{}: {}: {why}", shown.place(), command.join(" ")));
            }
        }
    }
    assert!(commands > 100, "{commands}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What a reader replaces, as one word.
fn placeholders(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        result.push_str(before);
        let name = after.split('>').next().unwrap_or_default();
        let is_name = !name.is_empty()
            && name.len() < 40
            && name.chars().all(|c| c.is_ascii_lowercase() || " _-".contains(c))
            && after.len() > name.len();
        if is_name {
            result.push_str("placeholder");
            rest = &after[name.len() + 1..];
        } else {
            result.push('<');
            rest = after;
        }
    }
    result.push_str(rest);
    result
}

/// The commands of a script, each as words. Documents that it writes, comments and what is quoted are left out.
fn simple_commands(script: &str) -> Vec<Vec<String>> {
    let script = placeholders(script).replace("\\\n", " ");
    let mut bare = String::new();
    let mut end: Option<String> = None;
    let mut quote: Option<char> = None;
    for line in script.lines() {
        if let Some(mark) = &end {
            if line.trim() == mark {
                end = None;
            }
            continue;
        }
        let mut previous = ' ';
        for character in line.chars() {
            if previous == '\\' && quote != Some('\'') {
                previous = ' ';
                continue;
            }
            match quote {
                Some(open) if character == open => {
                    quote = None;
                    bare.push('Q');
                }
                Some(_) => {}
                None if character == '#' && previous.is_whitespace() => break,
                None if character == '\'' || character == '"' => quote = Some(character),
                None => bare.push(character),
            }
            previous = character;
        }
        if quote.is_none() {
            bare.push('\n');
            if let Some((_, mark)) = line.split_once("<<") {
                let mark = mark.trim_start_matches(['-', '<']).trim();
                if !line.contains("<<<") {
                    end = mark
                        .split_whitespace()
                        .next()
                        .map(|mark| mark.trim_matches(['\'', '"']).to_owned());
                }
            }
        }
    }
    let separated = bare
        .replace("&&", "\n")
        .replace("||", "\n")
        .replace("$(", "\n")
        .replace(['|', ';', '&', '(', ')', '`'], "\n");
    let commands = separated
        .lines()
        .map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
    let commands = commands.map(|words| {
        let is_prefix = |word: &String| {
            word == "!"
                || word
                    .split_once('=')
                    .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
        };
        words.into_iter().skip_while(is_prefix).collect::<Vec<_>>()
    });
    commands.filter(|words| !words.is_empty()).collect()
}

/// What programs say of themselves, asked once.
#[derive(Default)]
struct Helps(BTreeMap<Vec<String>, String>);

impl Helps {
    fn of(&mut self, program: &Path, arguments: &[&str]) -> &str {
        let mut key = vec![program.display().to_string()];
        key.extend(arguments.iter().map(|argument| (*argument).to_owned()));
        self.0.entry(key).or_insert_with(|| {
            let output = Command::new(program)
                .args(arguments)
                .env("CHECKPOINT_DISABLE", "1")
                .output()
                .unwrap();
            [output.stdout, output.stderr]
                .map(|text| String::from_utf8_lossy(&text).into_owned())
                .concat()
        })
    }

    fn check(&mut self, command: &[String]) -> Result<(), String> {
        let words: Vec<_> = command.iter().map(String::as_str).collect();
        match words.as_slice() {
            ["terraform", rest @ ..] => self.terraform(rest),
            ["cargo", rest @ ..] => self.cargo(rest),
            ["mongo-restore", rest @ ..] => self.ours("mongo-restore", rest),
            [program, ..] if program.contains('/') && workspace::root().join(program).exists() => Ok(()),
            [program, ..] if PROGRAMS.contains(program) || program.starts_with('$') || *program == "Q" => Ok(()),
            _ => Err("no such command is known to this test".to_owned()),
        }
    }

    fn terraform(&mut self, words: &[&str]) -> Result<(), String> {
        let words: Vec<_> = words
            .iter()
            .filter(|word| !word.starts_with("-chdir"))
            .copied()
            .collect();
        let length = match words.first() {
            Some(&("state" | "providers" | "workspace")) => 2,
            Some(_) => 1,
            None => return Ok(()),
        };
        let (names, options) = words.split_at(length.min(words.len()));
        let names: Vec<_> = names.iter().filter(|name| !name.starts_with('-')).copied().collect();
        let help = self.of(Path::new("terraform"), &[&names[..], &["-help"]].concat());
        if !help.contains("Usage: terraform") {
            return Err("terraform has no such command".to_owned());
        }
        for option in options.iter().filter(|word| word.starts_with('-') && word.len() > 1) {
            let name = option.split('=').next().unwrap_or_default();
            // Those of `plan` are options of `apply` too, and those of `apply` of `destroy`, which their helps say in words; that of
            // `plan` leaves out `-json`.
            let others: &[&str] = match names[0] {
                "apply" => &["plan"],
                "destroy" => &["plan", "apply"],
                _ => &[],
            };
            let program = Path::new("terraform");
            let mut known = ["plan", "apply"].contains(&names[0]) && name == "-json";
            known |= self.of(program, &[&names[..], &["-help"]].concat()).contains(name);
            for other in others {
                known |= self.of(program, &[other, "-help"]).contains(name);
            }
            if !known {
                return Err(format!("{name} is no option of it"));
            }
        }
        Ok(())
    }

    fn cargo(&mut self, words: &[&str]) -> Result<(), String> {
        let aliases = fs::read_to_string(workspace::root().join(".cargo/config.toml")).unwrap();
        match words {
            ["cloud", rest @ ..] => self.ours("local-cloud", rest),
            ["demo", rest @ ..] => self.ours("local-cloud", &[&["demo"], rest].concat()),
            ["test", rest @ ..] => one_filter(rest),
            ["build" | "run" | "fmt" | "clippy" | "doc", ..] => Ok(()),
            [name, ..] if aliases.contains(&format!("\n{name} = ")) => Ok(()),
            _ => Err("cargo has no such command or alias".to_owned()),
        }
    }

    fn ours(&mut self, program: &str, words: &[&str]) -> Result<(), String> {
        let path = workspace::binary(program).unwrap();
        let names: Vec<_> = words
            .iter()
            .take_while(|word| !word.starts_with('-'))
            .copied()
            .collect();
        let mut length = names.len();
        // Names of subcommands come first; what follows them are arguments.
        let help = loop {
            let help = self.of(&path, &[&names[..length], &["--help"]].concat()).to_owned();
            if help.contains("Usage: ") && !help.starts_with("error:") || length == 0 {
                break help;
            }
            length -= 1;
        };
        for option in words.iter().filter(|word| word.starts_with("--") && word.len() > 2) {
            let name = option.split('=').next().unwrap_or_default();
            if !help.contains(name) {
                return Err(format!("{name} is no option of it"));
            }
        }
        if help.contains("Commands:") && length == 0 && !names.is_empty() && !help.contains("[OPTIONS] --") {
            return Err(format!("{program} has no command {}", names[0]));
        }
        Ok(())
    }
}

/// Options of `cargo test` whose value is the next word.
const TEST_OPTIONS_WITH_VALUE: [&str; 11] = [
    "-p",
    "--package",
    "--exclude",
    "--test",
    "--bin",
    "--example",
    "--bench",
    "--features",
    "-j",
    "--jobs",
    "--profile",
];

/// Cargo takes one filter of tests. Further ones are for the test programs and come after `--`.
fn one_filter(words: &[&str]) -> Result<(), String> {
    let mut filters = 0;
    let mut words = words.iter().take_while(|word| **word != "--");
    while let Some(word) = words.next() {
        if TEST_OPTIONS_WITH_VALUE.contains(word) {
            words.next();
        } else if !word.starts_with('-') {
            filters += 1;
        }
    }
    if filters > 1 {
        return Err("cargo test takes one filter: write `--` before several".to_owned());
    }
    Ok(())
}

#[test]
fn several_filters_of_cargo_test_come_after_two_dashes() {
    for (command, is_accepted) in [
        ("", true),
        ("modules::", true),
        ("-p acceptance modules::", true),
        ("-p acceptance docs:: layering::", false),
        ("docs:: -p acceptance layering::", false),
        ("--workspace --test acceptance -- docs:: layering::", true),
        ("--workspace --test acceptance docs:: -- layering:: --nocapture", true),
        ("--test=acceptance --lib docs:: layering::", false),
    ] {
        let words: Vec<_> = command.split_whitespace().collect();
        assert_eq!(one_filter(&words).is_ok(), is_accepted, "cargo test {command}");
    }
}

#[test]
fn commands_are_found_in_a_script() {
    let script = "A=b terraform plan -out=x && ! grep 'a | b' y # c\ncat > f <<'EOF'\nnot a command\nEOF\nx \\\n  -y <the name>\n";
    let expected = [
        &["terraform", "plan", "-out=x"][..],
        &["grep", "Q", "y"],
        &["cat", ">", "f", "<<Q"],
        &["x", "-y", "placeholder"],
    ];
    assert_eq!(simple_commands(script), expected);
}

#[test]
fn every_file_that_the_tour_names_exists() {
    let root = workspace::root();
    let tour = fs::read_to_string(root.join("docs/tour.md")).unwrap();
    let names: Vec<_> = tour
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|name| name.contains('/') && !name.contains(' ') && !name.starts_with(['/', '~']))
        .collect();
    assert!(names.len() > 50, "{names:?}");
    for name in names {
        assert!(root.join(name).exists(), "docs/tour.md: {name}");
    }
}
