//! `cargo game-day`: both Regions of examples/education-platform on the local cloud, in use; the first is lost, the second takes over from
//! what was replicated, and the first comes back (F6, G9).

mod page;
mod record;
mod world;

use std::io::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

pub use record::{Acknowledged, Record, Summary};
use world::World;

use crate::terraform::Said;

/// How to run it.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the page with the timeline goes.
    pub page: PathBuf,
    /// How many users work at once; the first is an administrator.
    pub users: usize,
    /// Whether the second plan is left out, and with it the proof that it is empty, and the faults that raise the alarm of each service.
    pub is_brief: bool,
    /// Whether it all stays until Ctrl-C, in place of being destroyed, and also where a step fails.
    pub is_kept: bool,
}

/// What users do must work for this long before something is called well.
const STEADY: Duration = Duration::from_secs(6);

/// Until a thing that is waited for counts as failed.
const PATIENCE: Duration = Duration::from_secs(180);

/// What the second plan changes on the local cloud alone, by the ends of addresses: a group that a rule refers to is said to be of another
/// account, since the AWS provider knows of none (`local_cloud`), and ministack forgets the log group and the tags of a trail.
const GAPS: [&str; 4] = [
    " referenced_security_group_id",
    ".aws_cloudtrail.this[\"main\"] cloud_watch_logs_group_arn",
    ".aws_cloudtrail.this[\"main\"] cloud_watch_logs_role_arn",
    ".aws_cloudtrail.this[\"main\"] tags_all",
];

/// Prints numbered steps with the seconds since the start.
struct Story {
    started: Instant,
    steps: u32,
}

impl Story {
    fn step(&mut self, title: &str) -> Result<()> {
        self.steps += 1;
        let seconds = self.started.elapsed().as_secs_f64();
        Ok(writeln!(
            std::io::stdout(),
            "\n[{seconds:5.1} s] {}. {title}",
            self.steps
        )?)
    }

    #[allow(clippy::unused_self, reason = "steps and lines are one story")]
    fn line(&self, text: &str) -> Result<()> {
        Ok(writeln!(std::io::stdout(), "          {text}")?)
    }
}

/// Runs it and says on stdout what happens. Everything that it starts and makes goes with it, but the page.
///
/// # Errors
/// Something is missing on this machine, or a step does not show what it must show.
pub async fn run(options: Options) -> Result<Summary> {
    let mut story = Story {
        started: Instant::now(),
        steps: 0,
    };
    story.step("Build what runs: provider and functions")?;
    let mut world = World::start(options.users).await?;
    let result = play(&options, &mut story, &mut world).await;
    if !options.is_kept {
        return result;
    }
    if let Err(error) = &result {
        writeln!(std::io::stderr(), "error: {error:#}")?;
    }
    writeln!(
        std::io::stdout(),
        "\nEverything runs until Ctrl-C. To look at it, type in another shell:\n\n{}",
        world.exports()
    )?;
    std::future::pending().await
}

async fn play(options: &Options, story: &mut Story, world: &mut World) -> Result<Summary> {
    story.step("Apply both Regions of examples/education-platform, with IAM enforced")?;
    let said = world.terraform(&["apply", "-auto-approve"]).await?;
    story.line(&last_line(&said, "Apply complete!")?)?;
    if !options.is_brief {
        let plan = world.terraform(&["plan", "-out=tfplan"]).await?;
        let changes = world.planned_changes().await?;
        let is_gap = |change: &&String| GAPS.iter().any(|gap| change.ends_with(gap));
        let others: Vec<_> = changes.iter().filter(|change| !is_gap(change)).collect();
        ensure!(others.is_empty(), "the second plan changes {others:#?}\n{}", plan.text);
        story.line(&format!(
            "The second plan changes nothing but {} attributes that only the local cloud shows otherwise.",
            changes.len()
        ))?;
    }

    story.step("Users sign in, upload, download and change their profiles through the distribution")?;
    world.sign_up().await?;
    world.record.mark("users at work");
    let users = world.users_work()?;
    world
        .record
        .steady(&["upload", "download", "profile", "page"], STEADY, PATIENCE)
        .await?;
    let since = world.record.mark("everything works");
    story.line(&format!("{} users at work", options.users))?;

    story.step(
        "An administrator signs in to the web page with a second factor, uploads, downloads and changes the profile",
    )?;
    story.line(match world.use_page().await? {
        Some(_) => "The page works in a browser: it fits the screen of a phone, and every field has a label.",
        None => "Skipped: there is no browser.",
    })?;

    if !options.is_brief {
        story.step("Induce a fault for each service that has alarms, in the second Region, and wait for its alarm")?;
        world.faults(|line| story.line(line)).await?;
        world
            .record
            .mark("each alarm was raised by a fault, and the faults are mended");
    }

    story.step("Wait until a dump and an export, begun while users work, are complete in the second Region")?;
    let (dump, export) = tokio::try_join!(world.replicated_dump(since), world.replicated_export(since))?;
    world
        .record
        .mark("a dump and an export of the users are complete in the replica");
    story.line(&format!("dump {dump}, export {export}"))?;
    world
        .record
        .steady(&["upload", "download", "profile", "page"], STEADY, PATIENCE)
        .await?;

    story.step("The first Region is lost")?;
    world.lose_first_region(true).await?;
    let lost_at = world.record.mark("Region 1 is lost");
    world.record.recovered("page", lost_at, PATIENCE).await?;
    world.record.recovered("download", lost_at, PATIENCE).await?;
    story.line("Pages and downloads are served by the origin groups.")?;

    story.step("The alarm moves the writes of the distribution")?;
    world
        .alarm("edu-health/extra/primary/critical", "ALARM", PATIENCE)
        .await?;
    world.record.mark("alarm: the API of Region 1 does not answer");
    world.writes_go_to("api-secondary", PATIENCE).await?;
    world.record.mark("writes go to Region 2");
    story.line("edu-health/extra/primary/critical is in ALARM, and api-secondary is the origin of the API.")?;

    story.step("Restore the latest dump and import the users in the second Region")?;
    let restored = world.restore("secondary", "primary", "drop").await?;
    world.record.mark("the latest dump is restored in Region 2");
    story.line(&format!(
        "{}: {} documents from dump {}",
        text(&restored, "outcome"),
        restored["documents"],
        text(&restored, "used"),
    ))?;
    let imported = world.import_users().await?;
    world.record.mark("the users are imported in Region 2");
    story.line(&format!("{} users imported", imported["counts"]["created"]))?;

    story.step("Users reset their passwords, sign in and go on")?;
    for kind in ["sign-in", "upload", "profile", "download", "page"] {
        world.record.recovered(kind, lost_at, PATIENCE).await?;
    }
    world
        .record
        .steady(&["upload", "download", "profile", "page"], STEADY, PATIENCE)
        .await?;
    world.record.mark("everything works in Region 2");
    let lost = world.lost_data(lost_at, &restored).await?;

    story.step(
        "Bring the first Region back: stop writes, restore what was written meanwhile, and move the writes back",
    )?;
    world.lose_first_region(false).await?;
    world.record.mark("Region 1 is back");
    world.alarm("edu-health/extra/primary/critical", "OK", PATIENCE).await?;
    // What is written between the dump and the switch would be lost.
    users.stop().await?;
    world.record.mark("writes are stopped");
    let dump = world.dump("secondary").await?;
    world.record.mark("Region 2 is dumped");
    let back = world.restore("primary", "secondary", "drop").await?;
    world.record.mark("its dump is restored in Region 1");
    world.move_writes("primary").await?;
    world.writes_go_to("api-primary", PATIENCE).await?;
    let returned_at = world.record.mark("writes go to Region 1");
    story.line(&format!("dump {dump}: {} documents are back", back["documents"]))?;
    let users = world.users_work()?;
    for kind in ["upload", "profile", "download", "page"] {
        world.record.recovered(kind, returned_at, PATIENCE).await?;
    }
    world.record.mark("everything works in Region 1");
    users.stop().await?;

    let summary = world.record.summary(lost_at, lost)?;
    story.step("Result")?;
    for line in summary.lines() {
        story.line(&line)?;
    }
    std::fs::write(&options.page, page::render(&world.record, &summary, lost_at))
        .with_context(|| format!("cannot write {}", options.page.display()))?;
    story.line(&format!("Timeline: {}", options.page.display()))?;

    if options.is_kept {
        return Ok(summary);
    }
    story.step("Destroy both Regions")?;
    let said = world.destroy().await?;
    story.line(&last_line(&said, "Destroy complete!")?)?;
    let left = world.left().await?;
    ensure!(left == json!({}), "destroy leaves {left:#}");
    story.line("Nothing is left.")?;
    writeln!(
        std::io::stdout(),
        "\n[{:5.1} s] Done.",
        story.started.elapsed().as_secs_f64()
    )?;
    Ok(summary)
}

fn last_line(said: &Said, start: &str) -> Result<String> {
    match said.text.lines().rev().find(|line| line.starts_with(start)) {
        Some(line) => Ok(line.to_owned()),
        None => bail!("Terraform says no {start:?}:\n{}", said.text),
    }
}

fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_default().to_owned()
}
