//! A provider process, the local cloud, and somebody at the console.

use std::io::{Cursor, Write as _};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use aws_config::SdkConfig;
use aws_front::Front;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{FunctionCode, Runtime};
use aws_sdk_scheduler::operation::get_schedule::GetScheduleOutput;
use aws_sdk_scheduler::types::ScheduleSummary;
use local_cloud::{LocalCloud, Options};
use serde_json::{Value, json};
use tfplugin6_harness::{Action, Outcome, Plan, ProviderProcess, State};

pub(crate) const TYPE: &str = "lectern_mongo_dump_schedule";
pub(crate) const REGION: &str = "us-east-1";
pub(crate) const TARGET: &str = "arn:aws:lambda:us-east-1:000000000000:function:dump:live";
pub(crate) const ROLE: &str = "arn:aws:iam::000000000000:role/scheduler";

/// A local cloud that several tests may look at; it ends with the last of them.
struct Cloud {
    endpoint_url: String,
    sdk: SdkConfig,
    _running: Mutex<LocalCloud>,
}

/// One local cloud for the tests that run at the same time.
fn cloud() -> Arc<Cloud> {
    static CLOUD: Mutex<Weak<Cloud>> = Mutex::new(Weak::new());
    let mut shared = CLOUD.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let running = LocalCloud::start(Options::default()).unwrap();
        let started = Arc::new(Cloud {
            endpoint_url: running.endpoint_url(),
            sdk: running.sdk_config(),
            _running: Mutex::new(running),
        });
        *shared = Arc::downgrade(&started);
        started
    })
}

/// A name that no other test of this process uses.
pub(crate) fn unique(prefix: &str) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    format!("{prefix}-{}", NEXT.fetch_add(1, Ordering::Relaxed))
}

pub(crate) struct World {
    // Dropped in this order: who calls, what is called.
    pub(crate) provider: ProviderProcess,
    pub(crate) front: Front,
    pub(crate) name: String,
    cloud: Arc<Cloud>,
}

/// A provider that finds AWS at `url`, and nothing of it in the machine's own settings.
pub(crate) async fn spawn(url: &str, config: Value) -> ProviderProcess {
    let environment = [
        ("AWS_ENDPOINT_URL", url),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_REGION", REGION),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_CONFIG_FILE", "/nonexistent"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent"),
    ];
    let provider = ProviderProcess::spawn(env!("CARGO_BIN_EXE_terraform-provider-lectern").as_ref(), &environment)
        .await
        .unwrap();
    provider.configure(config).await.unwrap().ok().unwrap();
    provider
}

impl World {
    /// Operations that change something, since the front was last cleared.
    pub(crate) fn writes(&self) -> Vec<String> {
        let mut operations = self.front.operations();
        operations.retain(|operation| !operation.starts_with("Get"));
        operations
    }

    pub(crate) async fn start() -> Self {
        let cloud = cloud();
        let front = Front::start(&cloud.endpoint_url).await.unwrap();
        Self {
            provider: spawn(&front.url(), json!({})).await,
            front,
            name: unique("dump"),
            cloud,
        }
    }

    /// A world in which the smallest schedule is made, with its configuration and state.
    pub(crate) async fn with_schedule() -> (Self, Value, State) {
        let world = Self::start().await;
        let config = world.config();
        let state = world.create(&config).await;
        (world, config, state)
    }

    /// As another Terraform command starts another provider.
    pub(crate) async fn restart_provider(&mut self) {
        self.provider = spawn(&self.front.url(), json!({})).await;
    }

    /// As the next Terraform command configures a provider: the memory of the run before is gone.
    pub(crate) async fn next_run(&self) {
        self.provider.configure(json!({})).await.unwrap().ok().unwrap();
    }

    /// The smallest schedule, whose target nobody looks at.
    pub(crate) fn config(&self) -> Value {
        json!({
            "name": self.name,
            "schedule_expression": "cron(0 0/6 * * ? *)",
            "target_arn": TARGET,
            "role_arn": ROLE,
            "verify_target": false,
            "dump": {
                "cluster": "main",
                "secret_arn": "arn:aws:secretsmanager:us-east-1:000000000000:secret:mongo-AbCdEf",
                "bucket": "dumps",
                "prefix": "mongo",
                "kms_key_arn": "arn:aws:kms:us-east-1:000000000000:key/1234",
                "role_arn": "arn:aws:iam::000000000000:role/dump",
            },
        })
    }

    pub(crate) fn id(&self) -> String {
        format!("{REGION}/default/{}", self.name)
    }

    pub(crate) async fn plan(&self, prior: Option<&State>, config: &Value) -> Plan {
        self.provider.plan(TYPE, prior, config.clone()).await.unwrap()
    }

    pub(crate) async fn apply(&self, prior: Option<&State>, config: &Value) -> Outcome {
        self.provider.plan_and_apply(TYPE, prior, config.clone()).await.unwrap()
    }

    /// Creates, and expects success.
    pub(crate) async fn create(&self, config: &Value) -> State {
        self.apply(None, config).await.ok().unwrap().state.unwrap()
    }

    /// Changes, and expects success.
    pub(crate) async fn update(&self, prior: &State, config: &Value) -> State {
        self.apply(Some(prior), config).await.ok().unwrap().state.unwrap()
    }

    /// Refreshes, and expects success.
    pub(crate) async fn refresh(&self, state: &State) -> Option<State> {
        self.provider.read(TYPE, state).await.unwrap().ok().unwrap().state
    }

    /// Destroys, and expects that nothing is left.
    pub(crate) async fn destroy(&self, state: &State) {
        let outcome = self.provider.destroy(TYPE, state).await.unwrap().ok().unwrap();
        assert!(outcome.state.is_none());
        assert!(self.there().await.is_none());
    }

    /// After a refresh there is nothing to do, and nothing was written to find that out.
    pub(crate) async fn assert_settled(&self, state: &State, config: &Value, case: &str) {
        self.front.clear();
        let refreshed = self.refresh(state).await.unwrap_or_else(|| panic!("{case}: gone"));
        let plan = self.plan(Some(&refreshed), config).await.ok().unwrap();
        assert_eq!(
            plan.action,
            Action::NoOp,
            "{case}: {} -> {}",
            refreshed.value,
            plan.planned
        );
        assert_eq!(self.writes(), Vec::<String>::new(), "{case}");
    }

    /// Scheduler as somebody at the console uses it.
    pub(crate) fn console(&self) -> aws_sdk_scheduler::Client {
        aws_sdk_scheduler::Client::new(&self.cloud.sdk)
    }

    /// The schedule as the emulator has it.
    pub(crate) async fn there(&self) -> Option<GetScheduleOutput> {
        let answer = self.console().get_schedule().name(&self.name).send().await;
        match answer {
            Ok(found) => Some(found),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|error| error.is_resource_not_found_exception()) =>
            {
                None
            }
            Err(error) => panic!("{error:?}"),
        }
    }

    /// How many schedules have this test's name.
    pub(crate) async fn count(&self) -> usize {
        let listed = self
            .console()
            .list_schedules()
            .name_prefix(&self.name)
            .send()
            .await
            .unwrap();
        let named = |schedule: &&ScheduleSummary| schedule.name() == Some(&self.name);
        listed.schedules().iter().filter(named).count()
    }

    /// Changes one thing by hand.
    pub(crate) async fn by_hand(
        &self,
        edit: impl FnOnce(
            aws_sdk_scheduler::operation::update_schedule::builders::UpdateScheduleFluentBuilder,
            &GetScheduleOutput,
        ) -> aws_sdk_scheduler::operation::update_schedule::builders::UpdateScheduleFluentBuilder,
    ) {
        let now = self.there().await.unwrap();
        let same = self
            .console()
            .update_schedule()
            .name(&self.name)
            .set_group_name(now.group_name.clone())
            .set_schedule_expression(now.schedule_expression.clone())
            .set_schedule_expression_timezone(now.schedule_expression_timezone.clone())
            .set_start_date(now.start_date)
            .set_end_date(now.end_date)
            .set_description(now.description.clone())
            .set_kms_key_arn(now.kms_key_arn.clone())
            .set_state(now.state.clone())
            .set_flexible_time_window(now.flexible_time_window.clone())
            .set_target(now.target.clone());
        edit(same, &now).send().await.unwrap();
    }

    /// A function of the local cloud with an alias `live`; its ARN without qualifier. It may still be on its way.
    pub(crate) async fn function(&self, memory: i32, timeout: i32) -> String {
        let client = aws_sdk_lambda::Client::new(&self.cloud.sdk);
        let name = unique("function");
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default().unix_permissions(0o755);
        zip.start_file("bootstrap", options).unwrap();
        zip.write_all(b"#!/bin/sh\nexit 0\n").unwrap();
        let code = FunctionCode::builder().zip_file(Blob::new(zip.finish().unwrap().into_inner()));
        let made = client
            .create_function()
            .function_name(&name)
            .runtime(Runtime::Providedal2023)
            .handler("bootstrap")
            .role(ROLE)
            .code(code.build())
            .memory_size(memory)
            .timeout(timeout)
            .send()
            .await
            .unwrap();
        client.publish_version().function_name(&name).send().await.unwrap();
        client
            .create_alias()
            .function_name(&name)
            .name("live")
            .function_version("1")
            .send()
            .await
            .unwrap();
        made.function_arn().unwrap().to_owned()
    }

    pub(crate) async fn remove_function(&self, arn: &str) {
        let client = aws_sdk_lambda::Client::new(&self.cloud.sdk);
        client.delete_function().function_name(arn).send().await.unwrap();
    }
}

/// A config with one attribute replaced.
pub(crate) fn with(config: &Value, attribute: &str, value: Value) -> Value {
    let mut config = config.clone();
    config[attribute] = value;
    config
}

/// A config with one field of `dump` replaced.
pub(crate) fn with_dump(config: &Value, field: &str, value: Value) -> Value {
    let mut config = config.clone();
    config["dump"][field] = value;
    config
}
