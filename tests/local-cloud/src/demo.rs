//! `cargo demo`: the whole life of an alarm bundle and a private link on the local cloud, with real Terraform and a function
//! that really fails; a MongoDB that is really measured, dumped by a schedule and restored; and a flow log whose public address is
//! reported.

mod alarms;
mod atlas;
mod dumps;
mod flow_logs;
mod metrics;
mod probe;
mod services;
mod stage;
mod story;
mod terraform;

use std::fs;

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use atlas_emulator::DEFAULT_PROJECT;
use aws_sdk_cloudwatch::types::StateValue;
use serde_json::json;

use crate::prerequisites::{self, Need};
use crate::progress::Progress;
use crate::workspace;
use alarms::Alarms;
use atlas::{Atlas, PrivateLink};
use dumps::Dumps;
use flow_logs::FlowLogs;
use probe::Probe;
use services::Services;
use stage::{Kept, Stage};
use story::Story;
use terraform::Terraform;

/// First part of the alarms' names.
const BUNDLE: &str = "courses";

/// The alarm that the failing function raises.
const ERRORS_ALARM: &str = "courses/lambda/catalogue/errors/critical";

/// The alarms that are changed outside of Terraform.
const DELETED_ALARM: &str = "courses/lambda/search/throttles/critical";
const MUTED_ALARM: &str = "courses/lambda/catalogue/throttles/critical";

/// Until a failure must have become an alarm. The period is 60 s, but a threshold that is passed is seen at once.
const ALARM: Duration = Duration::from_secs(90);

/// How to run the demo.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// Stop before destroying: leave the cloud, the functions and the alarms to play with
    #[arg(long)]
    keep: bool,
}

/// Runs the demo and tells on stdout what happens. Everything it starts and makes goes when the future is dropped.
///
/// # Errors
/// When something is missing on this machine, or a step does not show what it must show.
pub async fn run(arguments: Arguments) -> Result<()> {
    let story = Story::begin();

    story.step("Check what this machine has")?;
    blocking(|| prerequisites::check(&[Need::Terraform, Need::Python, Need::Go])).await?;
    story.line("terraform, python3 and go are here")?;

    story.step(
        "Build the provider, the function that the alarms will watch, those that measure, dump and restore MongoDB, and the one that reads flow logs",
    )?;
    let binaries = blocking(|| {
        let _progress = Progress::start(
            "building what is not compiled yet".into(),
            Some(Duration::from_secs(30)),
        );
        workspace::demo_binaries()
    })
    .await?;
    story.line(&format!("provider: {}", binaries.provider.display()))?;

    story.step("Start the local cloud")?;
    let mut stage = blocking({
        let provider = binaries.provider.clone();
        move || Stage::start(arguments.keep, &provider)
    })
    .await?;
    for (name, value) in stage.environment().iter().filter(|(name, _)| name.contains("_URL")) {
        story.line(&format!("{name}={value}"))?;
    }
    let (sdk, cloudwatch) = stage.sdk_configs()?;
    let alarms = Alarms::new(&cloudwatch);
    let atlas = Atlas::new(&stage.exported("MONGODB_ATLAS_BASE_URL")?)?;

    story.step("Create two functions, and a topic with a queue that listens to it")?;
    let services = Services::create(&sdk, &binaries.function).await?;
    story.line(&format!("functions: {}, {}", services::CATALOGUE, services::SEARCH))?;
    story.line(&format!("topic: {}", services.topic_arn()))?;
    story.line(&format!(
        "{{\"course\": \"rust\"}} -> {}",
        services.invoke("rust").await?
    ))?;

    story.step("terraform init, plan, apply (a copy of examples/quickstart)")?;
    let terraform = prepare(&stage, &services)?;
    terraform.run(&["init"]).await?;
    story.lines(&terraform.plan().await?.summary())?;
    story.lines(&terraform.apply().await?)?;
    story.lines(&alarms.table(BUNDLE).await?)?;
    story.line(&PrivateLink::of(&terraform).await?.to_string())?;

    story.step("Verify: a second plan is empty")?;
    terraform.expect_empty_plan().await?;
    story.line("No changes.")?;

    story.step("Change: allow one error a minute")?;
    terraform.set("errors_allowed_per_minute", json!(1))?;
    story.lines(&terraform.plan().await?.changes())?;
    story.lines(&terraform.apply().await?)?;
    terraform.expect_empty_plan().await?;

    story.step("Repair: delete one alarm, mute another and delete the private link behind Terraform's back")?;
    alarms.delete(DELETED_ALARM).await?;
    alarms.mute(MUTED_ALARM).await?;
    story.line(&format!("deleted {DELETED_ALARM}"))?;
    story.line(&format!("muted   {MUTED_ALARM}"))?;
    let lost = PrivateLink::of(&terraform).await?;
    atlas.delete(&lost.private_link_id).await?;
    story.line(&format!("deleted private link {}", lost.private_link_id))?;
    story.lines(&terraform.plan().await?.changes())?;
    story.lines(&terraform.apply().await?)?;
    terraform.expect_empty_plan().await?;
    let made = PrivateLink::of(&terraform).await?;
    if atlas.ids().await? != [made.private_link_id.as_str()] || made.private_link_id == lost.private_link_id {
        bail!("Atlas does not have the new private link alone: {made}");
    }
    story.line(&made.to_string())?;
    story.line("All is as written again; the plan is empty.")?;

    story.step("Fire: the function fails")?;
    // Three failures: wherever the minute turns, one of the two has more than the one that is allowed.
    for _ in 0..3 {
        story.line(&format!(
            "{{\"course\": \"missing\"}} -> {}",
            services.invoke("missing").await?
        ))?;
    }
    let waited = Instant::now();
    alarms.wait_for(ERRORS_ALARM, &StateValue::Alarm, ALARM).await?;
    story.line(&format!(
        "{ERRORS_ALARM} is in ALARM after {:.1} s",
        waited.elapsed().as_secs_f64()
    ))?;
    story.line("the message that came through SNS:")?;
    story.lines(&services.alarm_message(ERRORS_ALARM, ALARM).await?)?;

    story.step("Dump: a MongoDB with a schedule, which fires at once")?;
    let uri = stage.exported("LECTERN_MONGO_URI")?;
    let dumps = Dumps::create(&sdk, &uri, &binaries.dump, &binaries.restore).await?;
    story.line(&dumps.contents().await?)?;
    terraform.set("dumps", dumps.variable())?;
    story.lines(&terraform.plan().await?.summary())?;
    story.lines(&terraform.apply().await?)?;
    let waited = Instant::now();
    story.lines(&dumps.first().await?)?;
    story.line(&format!(
        "that was {:.1} s after the apply; what Terraform sees of it:",
        waited.elapsed().as_secs_f64()
    ))?;
    terraform.run(&["apply", "-refresh-only", "-auto-approve"]).await?;
    let latest = terraform.output("latest_dumps").await?;
    let latest = latest[dumps::CLUSTER]
        .as_str()
        .context("Terraform sees no dump")?
        .to_owned();
    story.line(&format!("latest_dumps.{} = {latest}", dumps::CLUSTER))?;

    story.step("Restore it into another database, and compare")?;
    story.lines(&dumps.restore(&latest, stage.environment()).await?)?;
    story.line(&dumps.compare().await?)?;

    story.step("Measure MongoDB with the probe, and read its numbers from CloudWatch")?;
    let probe = Probe::create(&sdk, &cloudwatch, &uri, &binaries.probe).await?;
    story.lines(&probe.numbers().await?)?;

    story.step("Report a public address: two lines of a VPC flow log, and what the guard publishes of them")?;
    let flow_logs = FlowLogs::create(&sdk, &cloudwatch, &binaries.guard).await?;
    story.lines(&flow_logs.write().await?)?;
    let waited = Instant::now();
    let finding = flow_logs.finding().await?;
    story.line(&format!(
        "the message that came through SNS after {:.1} s, and the metric of the alarm:",
        waited.elapsed().as_secs_f64()
    ))?;
    story.lines(&finding)?;

    if let Stage::Kept(kept) = &mut stage {
        kept.finished = true;
        return tell_how_to_go_on_with(&story, kept);
    }

    story.step("Destroy, and look for what is left")?;
    story.lines(&terraform.destroy().await?)?;
    let left = alarms.names(BUNDLE).await?;
    if !left.is_empty() {
        bail!("alarms are left after destroy: {}", left.join(", "));
    }
    story.line("no alarm is left")?;
    let left = atlas.ids().await?;
    if !left.is_empty() {
        bail!("private links are left after destroy: {}", left.join(", "));
    }
    story.line("no private link is left")?;
    blocking(move || {
        drop(stage);
        Ok(())
    })
    .await?;
    story.line("the local cloud is stopped and its files are gone")?;

    story.end()?;
    for line in [
        "Look further:",
        "  cargo demo --keep     the same, and everything stays for you to play with",
        "  cargo cloud up        a local cloud in the background; status and down do what they say",
        "  examples/quickstart/  the files that were applied, and how to use them on AWS and Atlas",
        "  docs/guides/alarms.md every alarm of the platform preset, with its reason",
    ] {
        story.line(line)?;
    }
    Ok(())
}

fn tell_how_to_go_on_with(story: &Story, kept: &Kept) -> Result<()> {
    story.end()?;
    story.line("Everything still runs. To go on, in a shell:")?;
    story.lines(
        &kept
            .state
            .exports()
            .lines()
            .map(|line| format!("  {line}"))
            .collect::<Vec<_>>(),
    )?;
    for line in [
        format!("  cd {} && terraform plan", kept.folder.join("quickstart").display()),
        "Stop it with:".into(),
        "  cargo cloud down".into(),
    ] {
        story.line(&line)?;
    }
    Ok(())
}

/// Copies the quickstart and says what it should watch.
fn prepare(stage: &Stage, services: &Services) -> Result<Terraform> {
    let folder = stage.folder().join("quickstart");
    fs::create_dir_all(&folder)?;
    for entry in fs::read_dir(workspace::root().join("examples/quickstart"))? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            fs::copy(&path, folder.join(path.file_name().context("a file without a name")?))?;
        }
    }
    // without the hints at commands that the demo types itself
    let automation = ("TF_IN_AUTOMATION".to_owned(), "1".to_owned());
    let terraform = Terraform::new(folder, stage.environment().into_iter().chain([automation]).collect());
    terraform.set("topic_arn", json!(services.topic_arn()))?;
    terraform.set("atlas_project_id", json!(DEFAULT_PROJECT))?;
    terraform.set(
        "functions",
        json!({
            "catalogue": { "function_name": services::CATALOGUE, "timeout_seconds": 3, "alias": services::ALIAS },
            "search": { "function_name": services::SEARCH, "timeout_seconds": 3 },
        }),
    )?;
    Ok(terraform)
}

/// Runs what blocks on a thread of its own, so that an interrupt is heard.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await?
}
