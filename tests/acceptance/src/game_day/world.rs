//! The platform in two Regions, and everybody who uses and operates it.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use aws_config::{Region, SdkConfig};
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, CreateBucketConfiguration, VersioningConfiguration};
use lambda_kit::signed::{Client, Request, Service, elements};
use local_cloud::browser::{self, Page};
use local_cloud::{Options, dist, toolchain, workspace};
use mongodb::bson::{Document, doc};
use serde_json::{Value, json};

use super::record::{Acknowledged, Lost, Record, now};
use crate::platform::{DOMAIN, GLOBAL, ORIGIN_VERIFY, Packages, Platform, REGIONS, environment};
use crate::terraform::Said;

const DATABASE: &str = "lectern";

/// Until a scheduled dump or export is complete in the other Region.
const REPLICATED: Duration = Duration::from_secs(180);

pub(super) struct World {
    platform: Arc<Platform>,
    /// The web page, which has an origin of its own.
    page: Option<Page>,
    pub(super) record: Record,
    users: usize,
    /// What exists before the apply, by Region.
    before: Value,
}

/// Users at work; they stop when this is dropped.
pub(super) struct Users {
    child: Child,
    stdin: Option<ChildStdin>,
}

impl Users {
    /// Lets them finish what they are doing.
    pub(super) async fn stop(mut self) -> Result<()> {
        self.stdin.take();
        let status = tokio::task::spawn_blocking(move || self.child.wait()).await??;
        ensure!(status.success(), "the users ended with {status}");
        Ok(())
    }
}

impl World {
    pub(super) async fn start(users: usize) -> Result<Self> {
        let options = Options {
            mongo: true,
            standby_mongo: true,
            // For AWS Config.
            moto: true,
            ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
            ..Options::default()
        };
        let start = move || Platform::start(options, Packages::Built);
        let mut world = Self {
            platform: Arc::new(tokio::task::spawn_blocking(start).await??),
            page: None,
            record: Record::default(),
            users,
            before: Value::Null,
        };
        // A dump of a MongoDB with nothing in it fails, and its alarm says so.
        let standby = mongodb::Client::with_uri_str(world.uri("secondary")?).await?;
        let settings = standby.database(DATABASE).collection::<Document>("settings");
        settings.insert_one(doc! { "_id": "standby" }).await?;
        let keys = world.python("keys", &json!({})).await?;
        let secrets = world.secrets().await?;
        let page = Page::new().await?;
        let mut variables = world.platform.variables();
        variables["signing_key"] = json!({ "name": "first", "public_key": keys["public"] });
        variables["signing_private_key"] = keys["private"].clone();
        variables["mongo"] = secrets;
        variables["artifacts"] = world.artifacts().await?;
        // A minute is six hours here.
        variables["dump_schedule_expression"] = json!("rate(1 minute)");
        variables["export_schedule_expression"] = json!("rate(1 minute)");
        variables["health"] = json!({ "request_interval": 10, "evaluation_periods": 1 });
        variables["page_origins"] = json!([page.origin()]);
        world.page = Some(page.of_site(&world.platform.cloud.endpoint_url(), DOMAIN));
        let platform = Arc::clone(&world.platform);
        let initialize = move || {
            platform.init(&variables)?;
            platform.existing()
        };
        world.before = tokio::task::spawn_blocking(initialize).await??;
        Ok(world)
    }

    /// How to look at it from another shell: Terraform's folder, and what to export.
    pub(super) fn exports(&self) -> String {
        let of_the_cloud = self.platform.cloud.environment();
        let variables = self
            .platform
            .workdir
            .environment()
            .iter()
            .chain(&of_the_cloud)
            .map(|(name, value)| {
                let value = value.replace('\'', r"'\''");
                format!("export {name}='{value}'\n")
            });
        format!(
            "cd {}\n{}",
            self.platform.workdir.path().display(),
            variables.collect::<String>()
        )
    }

    fn sdk(&self, region: &str) -> SdkConfig {
        let config = self.platform.cloud.sdk_config().into_builder();
        config.region(Region::new(region.to_owned())).build()
    }

    fn s3(&self, region: &str) -> aws_sdk_s3::Client {
        let config = aws_sdk_s3::config::Builder::from(&self.sdk(region)).force_path_style(true);
        aws_sdk_s3::Client::from_conf(config.build())
    }

    fn uri(&self, place: &str) -> Result<&str> {
        let uri = if place == "primary" {
            self.platform.cloud.mongo_uri()
        } else {
            self.platform.cloud.standby_mongo_uri()
        };
        uri.context("there is no MongoDB")
    }

    /// The variable `mongo`: each Region's MongoDB, and secrets with its address.
    async fn secrets(&self) -> Result<Value> {
        let mut mongo = json!({ "database": DATABASE });
        for (place, region) in REGIONS {
            let secrets = aws_sdk_secretsmanager::Client::new(&self.sdk(region));
            let mut uri = self.uri(place)?.to_owned();
            if place == "secondary" {
                // A MongoDB that does not answer is an error soon, and in each of the minutes that an alarm looks at.
                uri += if uri.contains('?') { "&" } else { "?" };
                uri += "serverSelectionTimeoutMS=1000&connectTimeoutMS=1000";
            }
            let value = json!({ "uri": uri }).to_string();
            let made = secrets
                .create_secret()
                .name("mongo")
                .secret_string(value)
                .send()
                .await?;
            let arn = made.arn().context("a secret without an ARN")?;
            mongo[place] = json!({
                "cluster": place, "secret": { "arn": arn }, "backup_secret_arn": arn, "restore_secret_arn": arn,
            });
        }
        Ok(mongo)
    }

    /// The variable `artifacts`: the packages in a bucket of each Region, as a release is deployed (F4).
    async fn artifacts(&self) -> Result<Value> {
        let mut artifacts = json!({});
        for (place, region) in REGIONS.into_iter().chain([("us_east_1", GLOBAL)]) {
            let s3 = self.s3(region);
            let bucket = format!("artifacts-{region}");
            // Elsewhere than in us-east-1 a bucket needs its Region once more.
            let constraint = Some(region).filter(|region| *region != GLOBAL).map(|region| {
                CreateBucketConfiguration::builder()
                    .location_constraint(region.into())
                    .build()
            });
            s3.create_bucket()
                .bucket(&bucket)
                .set_create_bucket_configuration(constraint)
                .send()
                .await?;
            let versioning = VersioningConfiguration::builder()
                .status(BucketVersioningStatus::Enabled)
                .build();
            s3.put_bucket_versioning()
                .bucket(&bucket)
                .versioning_configuration(versioning)
                .send()
                .await?;
            for entry in fs::read_dir(&self.platform.packages)? {
                let path = entry?.path();
                let Some((handler, key)) = path.file_stem().zip(path.file_name()) else {
                    continue;
                };
                let (handler, key) = (handler.to_string_lossy(), key.to_string_lossy());
                if !key.ends_with(".zip") {
                    continue;
                }
                let body = ByteStream::from_path(&path).await?;
                let put = s3
                    .put_object()
                    .bucket(&bucket)
                    .key(key.as_ref())
                    .body(body)
                    .send()
                    .await?;
                artifacts[place][handler.as_ref()] = json!({
                    "bucket": bucket, "key": key,
                    "version_id": put.version_id().context("an object without a version")?,
                    "sha256": dist::sha256(&path)?,
                });
            }
        }
        Ok(artifacts)
    }

    /// Runs Terraform; an error if it fails.
    pub(super) async fn terraform(&self, arguments: &'static [&'static str]) -> Result<Said> {
        let workdir = Arc::clone(&self.platform.workdir);
        let said = tokio::task::spawn_blocking(move || {
            let [command, rest @ ..] = arguments else {
                bail!("Terraform needs a command");
            };
            workdir.run(&[&[*command, "-no-color", "-input=false"], rest].concat())
        });
        let said = said.await??;
        ensure!(said.code == 0, "terraform {arguments:?}: {}\n{}", said.text, self.log());
        Ok(said)
    }

    /// The end of what the emulator says.
    fn log(&self) -> String {
        let log = fs::read_to_string(self.platform.cloud.folder().join("ministack.log")).unwrap_or_default();
        let lines: Vec<_> = log.lines().rev().take(40).collect();
        lines.into_iter().rev().collect::<Vec<_>>().join("\n")
    }

    pub(super) async fn planned_changes(&self) -> Result<Vec<String>> {
        let workdir = Arc::clone(&self.platform.workdir);
        tokio::task::spawn_blocking(move || workdir.planned_changes()).await?
    }

    pub(super) async fn destroy(&self) -> Result<Said> {
        // Without what was deployed, as on another machine.
        fs::remove_dir_all(&self.platform.packages)?;
        self.terraform(&["destroy", "-auto-approve"]).await
    }

    /// What exists now and did not before the apply.
    pub(super) async fn left(&self) -> Result<Value> {
        let platform = Arc::clone(&self.platform);
        let before = self.before.clone();
        tokio::task::spawn_blocking(move || platform.left(&before)).await?
    }

    /// The configuration of the users.
    fn configuration(&self) -> Result<Value> {
        let regions = self.platform.workdir.output("regions")?;
        let users: Vec<_> = REGIONS
            .iter()
            .map(|(place, region)| {
                let users = &regions[*place]["users"];
                json!({ "region": region, "user_pool_id": users["user_pool_id"], "client_id": users["client_id"] })
            })
            .collect();
        Ok(
            json!({ "endpoint": self.platform.cloud.endpoint_url(), "domain": DOMAIN, "users": users, "count": self.users }),
        )
    }

    async fn python(&self, step: &'static str, configuration: &Value) -> Result<Value> {
        let said = self.script("game_day_users.py", step, configuration, GLOBAL).await?;
        Ok(serde_json::from_str(&said)?)
    }

    async fn script(&self, script: &str, step: &str, configuration: &Value, region: &str) -> Result<String> {
        let mut command = self.platform.script(script, step, configuration, region)?;
        let printed = tokio::task::spawn_blocking(move || toolchain::printed(command.stdin(Stdio::null()))).await?;
        let printed = printed.with_context(|| format!("{script} {step}\n{}", self.log()))?;
        Ok(String::from_utf8(printed)?)
    }

    pub(super) async fn sign_up(&self) -> Result<()> {
        self.python("sign-up", &self.configuration()?).await?;
        Ok(())
    }

    /// Starts the users, whose requests go to the record.
    pub(super) fn users_work(&self) -> Result<Users> {
        let mut command = self
            .platform
            .script("game_day_users.py", "use", &self.configuration()?, GLOBAL)?;
        let log = fs::File::create(self.platform.cloud.folder().join("users.log"))?;
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()?;
        let stdin = child.stdin.take();
        let stdout = child.stdout.take().context("the users have no stdout")?;
        let record = self.record.clone();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if let Ok(seen) = serde_json::from_str(&line) {
                    record.add(seen);
                }
            }
        });
        Ok(Users { child, stdin })
    }

    /// An administrator with a second factor uses the web page in a browser: what it reads and shows, or `None` where there is no browser.
    pub(super) async fn use_page(&mut self) -> Result<Option<Value>> {
        let Some(browser) = browser::find_or_skip("the web page of examples/education-platform") else {
            return Ok(None);
        };
        let page = self.page.take().context("the page was opened before")?;
        let mut given = self.python("second-factor", &self.configuration()?).await?;
        given["content"] = json!("%PDF-1.7 of the page");
        let seen = page.run(&browser, include_str!("page_user.js"), &given).await?;
        let expected = json!({
            "focused": "email",
            "unlabelled": [],
            "refused": "Incorrect username or password.",
            "host": DOMAIN,
            "status": 200,
            "content": given["content"],
            "too_wide": 0,
        });
        ensure!(seen == expected, "the page shows {seen:#} instead of {expected:#}");
        Ok(Some(seen))
    }

    /// Induces a fault for each service of the bundles, without the users of the first Region noticing, and waits until its alarm is raised:
    /// says how long the alarms stayed quiet before, and then each alarm.
    pub(super) async fn faults(&self, mut say: impl FnMut(&str) -> Result<()>) -> Result<()> {
        let cloud = Arc::clone(&self.platform.cloud);
        let regions = self.platform.workdir.output("regions")?;
        let second = &regions["secondary"];
        let until = cloud.folder().join("mongo-does-not-answer");
        let configuration = json!({
            "endpoint": cloud.endpoint_url(),
            "cloudwatch": cloud.cloudwatch().endpoint_url(),
            "domain": DOMAIN,
            "verify": { "name": ORIGIN_VERIFY.0, "value": ORIGIN_VERIFY.1 },
            "users": second["users"],
            "regions": REGIONS.into_iter().collect::<BTreeMap<_, _>>(),
            "api": second["api"],
            "files": second["files"],
            "until": until,
        });
        let mut command = self.platform.script("induced_faults.py", "", &configuration, GLOBAL)?;
        let log = cloud.folder().join("faults.log");
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log)?)
            .spawn()?;
        let stdout = child.stdout.take().context("the faults have no stdout")?;
        let (sender, mut lines) = tokio::sync::mpsc::unbounded_channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                sender.send(line).ok();
            }
        });
        while let Some(line) = lines.recv().await {
            let line: Value = serde_json::from_str(&line)?;
            if let Some(seconds) = line["baseline"].as_f64() {
                let minutes = &line["minutes"];
                say(&format!(
                    "No alarm is raised in {minutes} minutes, which take {seconds:.0} s here."
                ))?;
                cloud.pause_standby_mongo(true)?;
                fs::write(&until, "")?;
            } else {
                let (alarm, fault) = (text(&line["alarm"]), text(&line["fault"]));
                say(&format!(
                    "{:5.1} s  {alarm}: {fault}",
                    line["seconds"].as_f64().unwrap_or_default()
                ))?;
            }
        }
        cloud.pause_standby_mongo(false)?;
        let status = tokio::task::spawn_blocking(move || child.wait()).await??;
        let said = fs::read_to_string(&log).unwrap_or_default();
        ensure!(status.success(), "{said}\n{}", self.log());
        Ok(())
    }

    fn dumps(&self, place: &str) -> Result<Value> {
        Ok(self.platform.workdir.output("regions")?[place]["dumps"].take())
    }

    /// Waits until a dump of a cluster that began after a moment is complete in the bucket of a Region, replicated or not: the list of
    /// mongo-restore says so.
    async fn complete_dump(&self, place: &'static str, cluster: &str, after: f64) -> Result<String> {
        let dumps = self.dumps(place)?;
        let (_, region) = REGIONS
            .into_iter()
            .find(|(name, _)| *name == place)
            .context("no such Region")?;
        let binary = workspace::binary("mongo-restore")?;
        let from = format!("s3://{}/{}/{cluster}", text(&dumps["bucket"]), text(&dumps["prefix"]));
        let started = Instant::now();
        loop {
            let mut command = Command::new(&binary);
            command
                .args(["list", "--json", "--from", &from])
                .env_clear()
                .envs(environment(&self.platform.cloud, region));
            let output = tokio::task::spawn_blocking(move || command.output()).await??;
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let listed: Value = serde_json::from_str(&said).unwrap_or(Value::Null);
            let found = listed["dumps"].as_array().into_iter().flatten().find(|dump| {
                dump["status"] == "complete" && dump["consistent_at"].as_f64().is_some_and(|at| at >= after)
            });
            if let Some(dump) = found {
                return Ok(text(&dump["run"]));
            }
            if started.elapsed() > REPLICATED {
                let error = String::from_utf8_lossy(&output.stderr);
                bail!(
                    "no complete dump of {cluster} in {from}: {said} {error}\n{}",
                    self.log()
                );
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }

    /// Waits for a dump of the first Region in the bucket of the second that has in it what was written before a moment.
    pub(super) async fn replicated_dump(&self, after: f64) -> Result<String> {
        self.complete_dump("secondary", "primary", after).await
    }

    /// Waits for a dump of a Region in the bucket of the other one.
    pub(super) async fn dump(&self, cluster: &str) -> Result<String> {
        let other = if cluster == "primary" { "secondary" } else { "primary" };
        self.complete_dump(other, cluster, now()).await
    }

    /// Waits for an export of the users in the bucket of the second Region that is of a later moment.
    pub(super) async fn replicated_export(&self, after: f64) -> Result<String> {
        let regions = self.platform.workdir.output("regions")?;
        let bucket = text(&regions["secondary"]["exports"]);
        let key = format!(
            "cognito/{}/latest.json",
            text(&regions["primary"]["users"]["user_pool_id"])
        );
        let s3 = self.s3(REGIONS[1].1);
        let started = Instant::now();
        loop {
            if let Ok(object) = s3.get_object().bucket(&bucket).key(&key).send().await
                && object.last_modified().is_some_and(|at| at.as_secs_f64() >= after - 1.0)
            {
                let latest: Value = serde_json::from_slice(&object.body.collect().await?.into_bytes())?;
                return Ok(text(&latest["run"]));
            }
            if started.elapsed() > REPLICATED {
                bail!("no export at s3://{bucket}/{key}\n{}", self.log());
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }

    /// Takes the first Region away with its MongoDB, or brings both back.
    pub(super) async fn lose_first_region(&self, is_lost: bool) -> Result<()> {
        self.platform.cloud.pause_mongo(is_lost)?;
        self.platform.cloud.lose_region(REGIONS[0].1, is_lost).await
    }

    /// Waits until an alarm in us-east-1 is in a state.
    pub(super) async fn alarm(&self, name: &str, state: &str, patience: Duration) -> Result<()> {
        let cloudwatch = aws_sdk_cloudwatch::Client::new(&self.platform.cloud.cloudwatch_sdk_config());
        let started = Instant::now();
        loop {
            let alarms = cloudwatch.describe_alarms().alarm_names(name).send().await?;
            let alarm = alarms
                .metric_alarms()
                .first()
                .with_context(|| format!("there is no alarm {name}"))?;
            let is = alarm.state_value().map(|state| state.as_str().to_owned());
            if is.as_deref() == Some(state) {
                return Ok(());
            }
            ensure!(started.elapsed() < patience, "{name} is {is:?} instead of {state}");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until an origin is the target of the API's cache behavior.
    pub(super) async fn writes_go_to(&self, origin: &str, patience: Duration) -> Result<()> {
        let service = Service {
            name: "cloudfront",
            endpoint_variable: "NO_SUCH_VARIABLE",
            is_global: true,
            timeout: Duration::from_secs(30),
        };
        let cloudfront = Client::new(&self.platform.cloud.sdk_config(), service);
        let distribution = text(&self.platform.workdir.output("distribution")?["id"]);
        let started = Instant::now();
        loop {
            let request = Request {
                operation: "GetDistributionConfig",
                method: "GET",
                target: &format!("/2020-05-31/distribution/{distribution}/config"),
                headers: &[],
                body: "",
            };
            let answer = cloudfront
                .send(&request)
                .await
                .map_err(|error| anyhow::anyhow!("{error:?}"))?;
            let targets: Vec<_> = elements(&answer.body, "TargetOriginId").map(str::to_owned).collect();
            if targets.iter().any(|target| target == origin) {
                return Ok(());
            }
            ensure!(
                started.elapsed() < patience,
                "writes do not go to {origin}: {targets:?}\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// Sets the override of the write path, as an operator does.
    pub(super) async fn move_writes(&self, place: &str) -> Result<()> {
        let configuration = json!({
            "endpoint": self.platform.cloud.endpoint_url(),
            "parameter": self.platform.workdir.output("override_parameter")?,
            "value": place,
        });
        self.python("override", &configuration).await?;
        Ok(())
    }

    async fn invoke(&self, region: &str, function: &str, event: &Value) -> Result<Value> {
        let lambda = aws_sdk_lambda::Client::new(&self.sdk(region));
        let call = lambda
            .invoke()
            .function_name(function)
            .payload(Blob::new(event.to_string()));
        let answer = call.send().await?;
        let said = answer.payload.map(Blob::into_inner).unwrap_or_default();
        let said = String::from_utf8_lossy(&said).into_owned();
        ensure!(answer.function_error.is_none(), "{function}: {said}\n{}", self.log());
        Ok(serde_json::from_str(&said)?)
    }

    /// Restores the latest dump of a cluster into the MongoDB of a Region, by its function and from its own bucket.
    pub(super) async fn restore(&self, place: &str, cluster: &str, conflict: &str) -> Result<Value> {
        let regions = self.platform.workdir.output("regions")?;
        let here = &regions[place];
        let secret = self.restore_secret(place).await?;
        let event = json!({
            "version": 1,
            "dump_id": "latest",
            "source": {
                "bucket": here["dumps"]["bucket"], "prefix": here["dumps"]["prefix"], "cluster": cluster,
                "role_arn": here["restore"]["role_arn"],
            },
            "target": { "secret_arn": secret },
            "mode": "restore",
            "conflict": conflict,
        });
        self.invoke(&text(&here["region"]), &text(&here["restore"]["function_arn"]), &event)
            .await
    }

    async fn restore_secret(&self, place: &str) -> Result<String> {
        let (_, region) = REGIONS
            .into_iter()
            .find(|(name, _)| *name == place)
            .context("no such Region")?;
        let secrets = aws_sdk_secretsmanager::Client::new(&self.sdk(region));
        let found = secrets.describe_secret().secret_id("mongo").send().await?;
        Ok(found.arn().context("a secret without an ARN")?.to_owned())
    }

    /// Imports the latest export into the pool of the second Region.
    pub(super) async fn import_users(&self) -> Result<Value> {
        let regions = self.platform.workdir.output("regions")?;
        let event = json!({
            "version": 1,
            "export": "latest",
            "source_user_pool_id": regions["primary"]["users"]["user_pool_id"],
            "user_pool_id": regions["secondary"]["users"]["user_pool_id"],
            "dry_run": false,
        });
        self.invoke(
            REGIONS[1].1,
            &text(&regions["secondary"]["import_function_arn"]),
            &event,
        )
        .await
    }

    /// What was acknowledged before the loss and is not in the second Region after the restore.
    pub(super) async fn lost_data(&self, lost_at: f64, restored: &Value) -> Result<Lost> {
        let consistent_at = restored["consistent_at"]
            .as_f64()
            .context("a restore without its time")?;
        let mongo = mongodb::Client::with_uri_str(self.uri("secondary")?).await?;
        let files = mongo.database(DATABASE).collection::<Document>("files");
        let bucket = text(&self.platform.workdir.output("regions")?["secondary"]["files"]);
        let s3 = self.s3(REGIONS[1].1);
        let mut lost = Lost {
            rpo_seconds: lost_at - consistent_at,
            ..Lost::default()
        };
        for one in self.record.acknowledged(lost_at) {
            let Acknowledged::File { id, .. } = one else { continue };
            match files.find_one(doc! { "_id": &id, "status": "available" }).await? {
                None => lost.files += 1,
                Some(_) => {
                    let head = s3.head_object().bucket(&bucket).key(format!("files/{id}")).send().await;
                    lost.late_objects += usize::from(head.is_err());
                }
            }
        }
        // What a profile holds is encrypted; what was acknowledged after the dump was taken is not in it.
        let late = |seen: &super::record::Seen| seen.at > consistent_at && seen.at < lost_at;
        let seen = self.record.seen();
        let changes = seen
            .iter()
            .filter(|seen| late(seen) && matches!(seen.wrote, Some(Acknowledged::Profile { .. })));
        lost.profile_changes = changes.count();
        Ok(lost)
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
