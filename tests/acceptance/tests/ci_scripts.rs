//! The scripts of terraform/ci, as the workflows run them: real Terraform without credentials, the rules, checkov, and a comment on a pull
//! request whose server is here.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use acceptance::terraform::{Engine, Said, Workdir, aws_provider_or_skip, skip};
use local_cloud::{LocalCloud, Options, cache, workspace};
use serde_json::{Value, json};

use crate::http;

/// Where CI keeps the tools that the scripts call, by what `.ci/run` calls their folders.
const TOOLS: [&str; 3] = ["opa", "conftest", "tflint"];

fn scripts() -> PathBuf {
    workspace::root().join("terraform/ci/scripts")
}

/// Folders of the tools in the cache, or `None` after the skip was printed.
pub(crate) fn tools_or_skip(test: &str) -> Option<Vec<PathBuf>> {
    let cached = cache::folder().unwrap();
    let mut folders = Vec::new();
    let mut take = |parent: &Path, prefix: &str, inside: &str| {
        let entries = fs::read_dir(parent).into_iter().flatten().flatten();
        let found = entries.map(|entry| entry.path()).find(|path| {
            let name = path.file_name().unwrap().to_string_lossy();
            name.strip_prefix(prefix).is_some_and(|rest| rest.starts_with('-')) && path.join(inside).exists()
        });
        found.map(|path| folders.push(path.join(inside).parent().unwrap().to_owned()))
    };
    let mut missing = Vec::new();
    for tool in TOOLS {
        if take(&cached.join("go-tools"), tool, tool).is_none() {
            missing.push(tool);
        }
    }
    if take(&cached, "checkov", "bin/checkov").is_none() {
        missing.push("checkov");
    }
    if missing.is_empty() {
        Some(folders)
    } else {
        skip(
            test,
            &format!("{} not in the cache; .ci/run installs them", missing.join(", ")),
        );
        None
    }
}

/// A folder with the example of terraform/ci and an environment in which no credentials are.
struct Job {
    workdir: Workdir,
    tools: Vec<PathBuf>,
}

impl Job {
    fn new(environment: &[(&str, &str)], tools: Vec<PathBuf>) -> Self {
        let workdir = Workdir::new(Engine::Terraform, environment).unwrap();
        crate::modules::copy(
            &workspace::root().join("terraform/ci/example"),
            &workdir.path().join("example"),
        );
        Self { workdir, tools }
    }

    fn file(&self, name: &str) -> String {
        fs::read_to_string(self.workdir.path().join(name)).unwrap()
    }

    fn exists(&self, name: &str) -> bool {
        self.workdir.path().join(name).exists()
    }

    fn run(&self, script: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Said {
        // Of the command that Terraform would get, only its environment counts.
        let template = self.workdir.command(&[]);
        let mut command = Command::new(scripts().join(script));
        command.args(arguments).current_dir(self.workdir.path()).env_clear();
        for (name, value) in template.get_envs() {
            command.envs(value.map(|value| (name, value)));
        }
        let own = self.tools.iter().map(|folder| folder.display().to_string());
        let path: Vec<_> = own.chain(std::env::var("PATH").ok()).collect();
        command.env("PATH", path.join(":")).envs(environment.iter().copied());
        // pyenv's programs look for their Python in HOME, which is another one here.
        if let Some(pyenv) = std::env::home_dir()
            .map(|home| home.join(".pyenv"))
            .filter(|folder| folder.exists())
        {
            command.env("PYENV_ROOT", pyenv);
        }
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Said {
            code: output.status.code().unwrap_or(-1),
            text: text.concat(),
        }
    }
}

/// The comments of one pull request, with as much of GitHub's API as the script calls. Each request is kept.
struct PullRequest {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
    comments: Arc<Mutex<BTreeMap<u64, String>>>,
}

impl PullRequest {
    fn start(token: &'static str) -> Self {
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        // Another's comment comes first, and one that only quotes ours.
        let others = [
            (1, "looks good".to_owned()),
            (2, "> <!-- lectern-plan: example -->".to_owned()),
        ];
        let comments = Arc::new(Mutex::new(BTreeMap::from(others)));
        let (kept, all) = (Arc::clone(&requests), Arc::clone(&comments));
        let url = http::serve(move |request| {
            kept.lock()
                .unwrap()
                .push(format!("{} {}", request.method, request.path));
            if request.header("authorization") != format!("Bearer {token}") {
                return (
                    "403 Forbidden",
                    r#"{"message": "Resource not accessible by integration"}"#.to_owned(),
                );
            }
            let mut all = all.lock().unwrap();
            let text = || {
                serde_json::from_slice::<Value>(&request.body).unwrap()["body"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            };
            let answer = match (request.method.as_str(), request.path.rsplit('/').next().unwrap()) {
                ("GET", _) => all.iter().map(|(id, body)| json!({ "id": id, "body": body })).collect(),
                ("POST", "comments") => {
                    let id = all.len() as u64 + 1;
                    json!({ "was": all.insert(id, text()) })
                }
                ("PATCH", id) => json!({ "was": all.insert(id.parse().unwrap(), text()) }),
                other => panic!("{other:?}"),
            };
            ("200 OK", answer.to_string())
        });
        Self {
            url,
            requests,
            comments,
        }
    }

    fn requests(&self) -> Vec<String> {
        std::mem::take(&mut *self.requests.lock().unwrap())
    }

    fn comment(&self, id: u64) -> String {
        self.comments.lock().unwrap()[&id].clone()
    }
}

#[test]
fn a_pull_request_without_credentials_is_planned_and_gets_one_comment() {
    const TEST: &str = "a_pull_request_without_credentials_is_planned_and_gets_one_comment";
    let (Some(tools), Some(_)) = (tools_or_skip(TEST), aws_provider_or_skip(TEST).unwrap()) else {
        return;
    };
    // What action.yml sets without a role.
    let offline = [
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("TF_VAR_offline", "true"),
    ];
    let job = Job::new(&offline, tools);
    let pull = PullRequest::start("ghs_token");
    job.workdir
        .write("event.json", r#"{"pull_request": {"number": 7}}"#)
        .unwrap();
    let event = job.workdir.path().join("event.json").display().to_string();
    let summary = job.workdir.path().join("summary.md").display().to_string();
    let github = [
        ("GITHUB_EVENT_PATH", event.as_str()),
        ("GITHUB_STEP_SUMMARY", summary.as_str()),
        ("GITHUB_API_URL", pull.url.as_str()),
        ("GITHUB_REPOSITORY", "school/platform"),
        ("GITHUB_TOKEN", "ghs_token"),
    ];

    job.run("check", &["example"], &[]).ok().unwrap();
    let said = job.run("plan", &["example", "out"], &[]).ok().unwrap();
    assert!(said.ends_with("resources that change: 3\n"), "{said}");
    // A plan of an empty state must not be applied.
    assert!(!job.exists("out/plan.bin"));
    job.run("policy", &["example", "out"], &[]).ok().unwrap();
    job.run("static", &["example", "out"], &[]).ok().unwrap();
    job.run("comment", &["example", "out"], &github).ok().unwrap();
    assert_eq!(
        pull.requests(),
        [
            "GET /repos/school/platform/issues/7/comments",
            "POST /repos/school/platform/issues/7/comments"
        ]
    );
    let comment = pull.comment(3);
    assert_eq!(comment, job.file("summary.md"));
    for part in [
        "<!-- lectern-plan: example -->\n## Terraform plan of `example`\n",
        "Resources that change: 3",
        "\n+ aws_kms_key.courses\n",
        "### Plan rules: no findings\n",
        "| `lambda-log-group` | `aws_cloudwatch_log_group.trial` | Logs of trials can contain names of participants. | 2035-12-31",
        "checkov: no failed checks",
    ] {
        assert!(comment.contains(part), "{part:?} is not in {comment}");
    }

    let text = job.file("example/main.tf");
    let changed = text.replace("enable_key_rotation = true", "enable_key_rotation = false");
    job.workdir.write("example/main.tf", &changed).unwrap();
    job.run("plan", &["example", "out"], &[]).ok().unwrap();
    let refused = job.run("policy", &["example", "out"], &[]);
    assert_eq!(refused.code, 1, "{}", refused.text);
    let refused = job.run("static", &["example", "out"], &[]);
    assert_eq!(refused.code, 1, "{}", refused.text);
    job.run("comment", &["example", "out"], &github).ok().unwrap();
    assert_eq!(pull.requests()[1], "PATCH /repos/school/platform/issues/comments/3");
    let comment = pull.comment(3);
    assert!(
        comment.contains("### Plan rules: 1 denied\n")
            && comment.contains("| `kms-rotation` | D3 | `aws_kms_key.courses` |")
            && comment.contains("checkov, failed checks: 1 (CKV_AWS_7)"),
        "{comment}"
    );
    assert!(
        job.file("out/policy.xml").contains("<failure"),
        "{}",
        job.file("out/policy.xml")
    );
    assert!(job.file("out/policy.sarif").contains("kms-rotation"));

    // The token of a fork's pull request only reads.
    let forked: Vec<_> = github
        .into_iter()
        .filter(|(name, _)| *name != "GITHUB_TOKEN")
        .chain([("GITHUB_TOKEN", "other")])
        .collect();
    let refused = job.run("comment", &["example", "out"], &forked);
    assert!(
        refused.code != 0 && refused.text.contains("Resource not accessible by integration"),
        "{}",
        refused.text
    );
    assert!(!refused.text.contains("other"), "{}", refused.text);

    // A backend needs credentials, so it is replaced, and is the configuration's again afterwards.
    let backend = "terraform {\n  backend \"s3\" {\n    bucket = \"edu-state\"\n    key    = \"example\"\n    region = \"us-east-1\"\n  }\n}\n";
    job.workdir.write("example/backend.tf", backend).unwrap();
    let said = job.run("plan", &["example", "out"], &[]).ok().unwrap();
    assert!(said.ends_with("resources that change: 3\n"), "{said}");
    for left in ["lectern_ci_override.tf", ".terraform/terraform.tfstate"] {
        assert!(!job.exists(&format!("example/{left}")), "{left}");
    }
    fs::remove_file(job.workdir.path().join("example/backend.tf")).unwrap();

    job.workdir
        .write(
            "example/main.tf",
            &text.replace("enable_key_rotation = true", "enable_key_rotation = "),
        )
        .unwrap();
    let refused = job.run("check", &["example"], &[]);
    assert_ne!(refused.code, 0, "{}", refused.text);
}

#[test]
fn a_plan_is_stored_encrypted_and_a_changed_one_is_refused() {
    let job = Job::new(&[], Vec::new());
    let sealed = |verb: &str, passphrase: &str| job.run("seal", &[verb, "."], &[("PLAN_PASSPHRASE", passphrase)]);
    let secret = "correct horse battery staple";
    job.workdir.write("plan.bin", "a password").unwrap();
    job.workdir.write("plan.json", "a password").unwrap();
    let refused = sealed("encrypt", "short");
    assert!(
        refused.code == 1 && refused.text.contains("PLAN_PASSPHRASE has 5 characters"),
        "{}",
        refused.text
    );
    sealed("encrypt", secret).ok().unwrap();
    assert!(!job.exists("plan.bin") && !job.exists("plan.json"));
    let encrypted = fs::read(job.workdir.path().join("plan.bin.gpg")).unwrap();
    assert!(!encrypted.windows(10).any(|window| window == b"a password"));
    assert_ne!(sealed("decrypt", "another passphrase of some length").code, 0);
    let mut changed = encrypted.clone();
    *changed.last_mut().unwrap() ^= 1;
    fs::write(job.workdir.path().join("plan.bin.gpg"), changed).unwrap();
    assert_ne!(sealed("decrypt", secret).code, 0);
    fs::write(job.workdir.path().join("plan.bin.gpg"), encrypted).unwrap();
    sealed("decrypt", secret).ok().unwrap();
    assert_eq!(job.file("plan.bin"), "a password");
}

pub(crate) fn aws_cli_or_skip(test: &str) -> bool {
    let found = Command::new("aws")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success());
    if !found {
        skip(test, "the AWS CLI is not installed; `pip install awscli` installs it");
    }
    found
}

#[test]
fn packages_are_uploaded_once_per_content_and_named_by_version_and_checksum() {
    const TEST: &str = "packages_are_uploaded_once_per_content_and_named_by_version_and_checksum";
    if !aws_cli_or_skip(TEST) {
        return;
    }
    let cloud = LocalCloud::start(Options::default()).unwrap();
    let environment = cloud.environment();
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let job = Job::new(&environment, Vec::new());
    let shell = |command: &str| {
        let output = Command::new("bash")
            .args(["-c", command])
            .current_dir(job.workdir.path())
            .envs(environment.iter().copied())
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{command}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    fs::create_dir(job.workdir.path().join("dist")).unwrap();
    let release = |upload: &str| {
        job.workdir.write("dist/upload-api.zip", upload).unwrap();
        job.workdir.write("dist/profile-api.zip", "profile").unwrap();
        job.workdir
            .write("dist/terraform-provider-lectern_0.1.0_linux_amd64.zip", "provider")
            .unwrap();
        shell("cd dist && sha256sum *.zip >SHA256SUMS");
        job.run(
            "packages",
            &["dist", "edu-artifacts", "artifacts.auto.tfvars.json"],
            &[],
        )
    };
    let written =
        || serde_json::from_str::<Value>(&job.file("artifacts.auto.tfvars.json")).unwrap()["artifacts"].take();

    shell("aws s3api create-bucket --bucket edu-artifacts");
    let refused = release("one");
    assert!(
        refused.code == 1 && refused.text.contains("keeps no versions"),
        "{}",
        refused.text
    );
    shell("aws s3api put-bucket-versioning --bucket edu-artifacts --versioning-configuration Status=Enabled");
    shell("aws s3 rm --recursive s3://edu-artifacts");
    release("one").ok().unwrap();
    let first = written();
    assert_eq!(
        first.as_object().unwrap().keys().collect::<Vec<_>>(),
        ["profile-api", "upload-api"]
    );
    let upload = &first["upload-api"];
    let sha256 = upload["sha256"].as_str().unwrap();
    assert_eq!(upload["key"], format!("packages/upload-api/{sha256}.zip"));
    let get = format!(
        "aws s3api get-object --bucket edu-artifacts --key {} --version-id {} got >/dev/null && sha256sum <got",
        upload["key"].as_str().unwrap(),
        upload["version_id"].as_str().unwrap()
    );
    assert!(shell(&get).starts_with(sha256));

    release("one").ok().unwrap();
    assert_eq!(written(), first, "nothing changed, so nothing is uploaded again");
    release("two").ok().unwrap();
    assert_eq!(written()["profile-api"], first["profile-api"]);
    assert_ne!(written()["upload-api"], first["upload-api"]);

    job.workdir.write("dist/upload-api.zip", "three").unwrap();
    let refused = job.run(
        "packages",
        &["dist", "edu-artifacts", "artifacts.auto.tfvars.json"],
        &[],
    );
    assert!(
        refused.code == 1 && refused.text.contains("upload-api.zip is not the file of SHA256SUMS"),
        "{}",
        refused.text
    );
}

#[test]
fn the_scripts_install_the_versions_that_these_tests_run() {
    let [ci, tools, action] = [".ci/run", "terraform/ci/scripts/tools", "terraform/ci/action.yml"]
        .map(|file| fs::read_to_string(workspace::root().join(file)).unwrap());
    for module in ["opa@v", "conftest@v", "tflint@v", "actionlint@v"] {
        let version = |text: &str| {
            let (_, rest) = text.split_once(module).unwrap();
            rest.split_whitespace().next().unwrap().to_owned()
        };
        assert_eq!(version(&tools), version(&ci), "{module}");
    }
    let checkov = fs::read_to_string(workspace::root().join(".ci/checkov.txt")).unwrap();
    let (_, pinned) = tools.split_once("\ncheckov=").unwrap();
    assert!(checkov.lines().any(|line| line == pinned.lines().next().unwrap()));
    let (_, terraform) = tools.split_once("\nterraform=").unwrap();
    let terraform = terraform.lines().next().unwrap();
    assert_eq!(terraform, local_cloud::toolchain::NEWER_TERRAFORM_VERSION);
    assert!(action.contains(&format!("terraform_version: {terraform}\n")));
}
