//! The module delivery and the commands of its buildspecs, in Bash against the local cloud: a plan that was checked is applied, an alias
//! moves to a new version in steps, a bad version is rolled back because its alarm fires, and drift is reported.

mod codedeploy;

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use acceptance::running::RunningProvider;
use acceptance::terraform::{Engine, Said, Workdir, aws_provider_or_skip};
use aws_sdk_lambda::primitives::Blob;
use local_cloud::{LocalCloud, Options, workspace};
use serde_json::{Value, json};

use crate::ci_scripts::{aws_cli_or_skip, tools_or_skip};
use codedeploy::CodeDeploy;

const FUNCTION: &str = "edu-api";
const PLAN: &str = include_str!("../../../../terraform/modules/delivery/buildspecs/plan.yml");
const APPLY: &str = include_str!("../../../../terraform/modules/delivery/buildspecs/apply.yml");
const DRIFT: &str = include_str!("../../../../terraform/modules/delivery/buildspecs/drift.yml");

/// A function of a few lines: it answers, or fails, with what it is.
fn bootstrap(name: &str, outcome: &str) -> String {
    let api = "http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation";
    let answer = match outcome {
        "response" => format!("\"{name}\""),
        _ => format!(r#"{{"errorType": "Broken", "errorMessage": "{name}"}}"#),
    };
    format!(
        "#!/bin/bash\nwhile true; do\n  headers=$(mktemp)\n  curl -sS -o /dev/null -D \"$headers\" \"{api}/next\" || exit 1\n  \
         id=$(tr -d '\\r' <\"$headers\" | sed -n 's/^[Ll]ambda-[Rr]untime-[Aa]ws-[Rr]equest-[Ii]d: //p')\n  rm \"$headers\"\n  \
         curl -sS -o /dev/null -X POST -d '{answer}' \"{api}/$id/{outcome}\"\ndone\n"
    )
}

struct World {
    workdir: Workdir,
    _aws: RunningProvider,
    cloud: LocalCloud,
    tools: Vec<std::path::PathBuf>,
}

impl World {
    fn path(&self) -> &Path {
        self.workdir.path()
    }

    /// The commands of a buildspec one after the other in one shell, as CodeBuild runs them, until one fails.
    fn build(&self, buildspec: &str) -> Said {
        let commands: Vec<_> = buildspec
            .lines()
            .filter_map(|line| line.strip_prefix("      - "))
            .map(|command| {
                command
                    .strip_prefix('\'')
                    .and_then(|command| command.strip_suffix('\''))
                    .unwrap_or(command)
            })
            .collect();
        assert!(commands.len() > 1, "{buildspec}");
        // A build begins with the sources and what it is given, and nothing that the one before it left.
        self.shell(&format!(
            "set -e\nrm -rf platform/.terraform platform/.terraform.lock.hcl\n{}",
            commands.join("\n")
        ))
    }

    fn shell(&self, script: &str) -> Said {
        let mut command = Command::new("bash");
        command.args(["-c", script]).current_dir(self.path()).env_clear();
        for (name, value) in self.workdir.command(&[]).get_envs() {
            command.envs(value.map(|value| (name, value)));
        }
        let mut path: Vec<_> = self.tools.iter().map(|folder| folder.display().to_string()).collect();
        path.extend(std::env::var("PATH").ok());
        command.env("PATH", path.join(":"));
        if let Some(pyenv) = std::env::home_dir()
            .map(|home| home.join(".pyenv"))
            .filter(|folder| folder.exists())
        {
            command.env("PYENV_ROOT", pyenv);
        }
        // What the projects of the module set, and CodeBuild itself.
        for (name, value) in [
            ("LECTERN_CI", "./terraform/ci"),
            ("TF_FOLDER", "platform"),
            ("DRIFT_NAME", "edu"),
            ("ROLLOUT_POLL_SECONDS", "1"),
        ] {
            command.env(name, value);
        }
        command.env("CODEBUILD_SRC_DIR_plan", self.path().join("artifact"));
        command.env("LECTERN_TOOLS", self.path().join("tools"));
        command.env("DRIFT_TOPIC_ARN", topic());
        let output = command.output().unwrap();
        let text = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
        Said {
            code: output.status.code().unwrap_or(-1),
            text: text.concat(),
        }
    }

    /// Packs a version of the function and uploads it, as a release does.
    fn release(&self, name: &str, outcome: &str) {
        self.workdir.write("dist/bootstrap", &bootstrap(name, outcome)).unwrap();
        let pack = "cd dist && chmod +x bootstrap && rm -f api.zip && zip -qX api.zip bootstrap && sha256sum api.zip >SHA256SUMS && cd .. && \
                    terraform/ci/scripts/packages dist edu-artifacts platform/artifacts.auto.tfvars.json";
        self.shell(pack).ok().unwrap();
    }

    /// What the build that plans leaves as its artifact.
    fn plan(&self) {
        self.build(PLAN).ok().unwrap();
        assert!(
            !self.path().join("out/plan.json").exists(),
            "the plan in plain text is left"
        );
        fs::rename(self.path().join("out"), self.path().join("artifact")).unwrap();
    }

    /// The same without the checks, which take most of a build.
    fn plan_again(&self) {
        let plan = "rm -r artifact && terraform/ci/scripts/plan platform artifact";
        self.shell(plan).ok().unwrap();
    }

    async fn alias(&self) -> String {
        let lambda = aws_sdk_lambda::Client::new(&self.cloud.sdk_config());
        let alias = lambda
            .get_alias()
            .function_name(FUNCTION)
            .name("live")
            .send()
            .await
            .unwrap();
        let weights = alias
            .routing_config()
            .and_then(|routing| routing.additional_version_weights());
        assert!(weights.is_none_or(|weights| weights.is_empty()), "{weights:?}");
        alias.function_version().unwrap().to_owned()
    }
}

fn topic() -> String {
    "arn:aws:sns:us-east-1:000000000000:alarms".to_owned()
}

/// Requests by what answered: the version's name, and whether it failed.
type Counts = BTreeMap<(String, bool), u64>;

/// Users who continue to send requests until this is dropped.
struct Traffic {
    counts: Arc<Mutex<Counts>>,
    ends: Arc<AtomicBool>,
}

impl Traffic {
    fn start(cloud: &LocalCloud) -> Self {
        let lambda = aws_sdk_lambda::Client::new(&cloud.sdk_config());
        let (counts, ends): (Arc<Mutex<Counts>>, Arc<AtomicBool>) = Default::default();
        let (all, is_over) = (Arc::clone(&counts), Arc::clone(&ends));
        tokio::spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                let invoke = lambda.invoke().function_name(FUNCTION).qualifier("live");
                let answer = invoke.payload(Blob::new("{}")).send().await.unwrap();
                let body: Value = serde_json::from_slice(answer.payload().unwrap().as_ref()).unwrap();
                let failed = answer.function_error().is_some();
                let name = if failed { &body["errorMessage"] } else { &body };
                let name = name.as_str().unwrap_or_else(|| panic!("{body}")).to_owned();
                *all.lock().unwrap().entry((name, failed)).or_default() += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        Self { counts, ends }
    }

    fn take(&self) -> Counts {
        std::mem::take(&mut *self.counts.lock().unwrap())
    }

    /// What answers the next requests.
    async fn next(&self) -> Counts {
        self.take();
        while self.counts.lock().unwrap().values().sum::<u64>() < 20 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.take()
    }
}

impl Drop for Traffic {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::Relaxed);
    }
}

fn share(counts: &Counts, name: &str) -> f64 {
    let all: u64 = counts.values().sum();
    let of_it: u64 = counts
        .iter()
        .filter(|((of, _), _)| of == name)
        .map(|(_, count)| count)
        .sum();
    #[allow(clippy::cast_precision_loss, reason = "some hundred requests")]
    let share = of_it as f64 / all as f64;
    share
}

fn only(name: &str) -> impl Fn(&Counts) -> bool {
    let expected = (name.to_owned(), false);
    move |counts| counts.keys().eq([&expected])
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
async fn a_bad_version_is_rolled_back_because_its_alarm_fires_and_drift_is_reported() {
    const TEST: &str = "a_bad_version_is_rolled_back_because_its_alarm_fires_and_drift_is_reported";
    let (Some(aws_provider), Some(tools)) = (aws_provider_or_skip(TEST).unwrap(), tools_or_skip(TEST)) else {
        return;
    };
    if !aws_cli_or_skip(TEST) {
        return;
    }
    let cloud = tokio::task::spawn_blocking(|| LocalCloud::start(Options::default()));
    let cloud = cloud.await.unwrap().unwrap();
    let codedeploy = CodeDeploy::start(&cloud);
    let mut environment = cloud.environment();
    environment.push(("AWS_ENDPOINT_URL_CODEDEPLOY".to_owned(), codedeploy.url.clone()));
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let aws = RunningProvider::start(&aws_provider, &environment).unwrap();
    let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws).unwrap();
    workdir.keep_state_in(&cloud).unwrap();
    workdir.copy_modules().unwrap();
    workdir.write("main.tf", include_str!("delivery.tf")).unwrap();
    for folder in ["dist", "platform", "terraform", "tools/bin"] {
        fs::create_dir_all(workdir.path().join(folder)).unwrap();
    }
    workdir.write("platform/main.tf", include_str!("platform.tf")).unwrap();
    for part in ["ci", "policy"] {
        symlink(
            workspace::root().join("terraform").join(part),
            workdir.path().join("terraform").join(part),
        )
        .unwrap();
    }
    for tool in ["terraform", "conftest", "opa", "tflint", "checkov"] {
        let mut folders = tools.clone();
        folders.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap()));
        let found = folders
            .iter()
            .map(|folder| folder.join(tool))
            .find(|file| file.exists());
        symlink(found.unwrap(), workdir.path().join("tools/bin").join(tool)).unwrap();
    }
    let world = World {
        workdir,
        _aws: aws,
        cloud,
        tools,
    };
    let subscribe = "aws sns create-topic --name alarms && aws sqs create-queue --queue-name alarms --endpoint-url \"$AWS_ENDPOINT_URL\" && \
                     aws sns subscribe --topic-arn \"$DRIFT_TOPIC_ARN\" --protocol sqs --notification-endpoint arn:aws:sqs:us-east-1:000000000000:alarms";
    world.shell(subscribe).ok().unwrap();

    // The administrator's part.
    world.workdir.init().unwrap();
    world.workdir.apply().unwrap().ok().unwrap();
    let rollout = world.workdir.output("rollouts").unwrap()["api"].clone();
    let rollout = json!({ "application": rollout["application"], "deployment_group": rollout["deployment_group"] });
    let variables = json!({ "topic_arn": topic(), "rollout": rollout });
    world
        .workdir
        .write("platform/terraform.tfvars.json", &variables.to_string())
        .unwrap();

    // The first version: there is nothing to move.
    world.release("one", "response");
    world.plan();
    let said = world.build(APPLY).ok().unwrap();
    assert!(said.ends_with("edu-api: live is at version 1\n"), "{said}");
    let traffic = Traffic::start(&world.cloud);
    assert!(only("one")(&traffic.next().await));

    // A good one: a fifth of the requests first, and then all.
    world.release("two", "response");
    world.plan_again();
    traffic.take();
    let said = tokio::task::block_in_place(|| world.build(APPLY)).ok().unwrap();
    assert!(said.contains("edu-api: version 1 -> 2: deployment d-0"), "{said}");
    let during = traffic.take();
    assert!(during.keys().all(|(_, failed)| !failed), "{during:?}");
    assert!(
        share(&during, "one") > 0.5 && share(&during, "two") > 0.01,
        "{during:?}"
    );
    let after = traffic.next().await;
    assert!(only("two")(&after), "{after:?}");
    assert_eq!(world.alias().await, "2");

    // A bad one: a fifth at most fails until the alarm fires, and then none.
    world.release("three", "error");
    world.plan_again();
    traffic.take();
    let refused = tokio::task::block_in_place(|| world.build(APPLY));
    let during = traffic.take();
    assert_eq!(refused.code, 1, "{}", refused.text);
    let reason = "edu-api: version 2 -> 3: Stopped: Activated alarms: edu/lambda/api/errors/critical";
    assert!(refused.text.contains(reason), "{}", refused.text);
    let bad = during[&("three".to_owned(), true)];
    assert!(bad > 0 && share(&during, "three") <= 0.2, "{during:?}");
    let after = traffic.next().await;
    assert!(only("two")(&after), "{after:?}");
    assert_eq!(world.alias().await, "2");
    drop(traffic);

    // Nobody planned this memory. What is not deployed is no drift: the alias is CodeDeploy's.
    let outside = "aws lambda update-function-configuration --function-name edu-api --memory-size 128 >/dev/null";
    world.shell(outside).ok().unwrap();
    world.build(DRIFT).ok().unwrap();
    let metric = "aws cloudwatch get-metric-statistics --namespace Lectern/Delivery --metric-name Drift --dimensions Name=Name,Value=edu \
                  --start-time $(date -u -d '-1 hour' +%FT%TZ) --end-time $(date -u -d '+1 hour' +%FT%TZ) --period 7200 --statistics Maximum \
                  --query Datapoints[0].Maximum";
    let drift = world.shell(metric).ok().unwrap();
    let receive = "aws sqs receive-message --endpoint-url \"$AWS_ENDPOINT_URL\" --queue-url \"$AWS_ENDPOINT_URL/000000000000/alarms\" \
                   --max-number-of-messages 10 --query 'Messages[].Body' --output text";
    let messages = world.shell(receive).ok().unwrap();
    let changed = r#"[{\"action\":\"~\",\"address\":\"module.api.aws_lambda_function.this\"}]"#;
    assert!(messages.contains(changed), "{messages}");
    assert!(!messages.contains("memory"), "{messages}");
    assert!(drift.trim().parse::<f64>().unwrap() >= 1.0, "{drift}");
}
