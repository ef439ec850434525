//! A provider process, the Atlas emulator, and somebody at Atlas's own pages.

use std::time::Duration;

use atlas_emulator::{AtlasEmulator, DEFAULT_PROJECT, Options, ProjectSnapshot, ServiceSnapshot};
use serde_json::{Map, Value, json};
use tfplugin6_harness::{Action, Outcome, Plan, ProviderProcess, State};

pub(crate) const LINK: &str = "lectern_atlas_private_link";
pub(crate) const ENDPOINT: &str = "lectern_atlas_private_link_endpoint";
pub(crate) const LIST: &str = "lectern_atlas_access_list";
pub(crate) const PROJECT: &str = DEFAULT_PROJECT;
pub(crate) const VPCE: &str = "vpce-0a1b2c3d4e5f60718";
pub(crate) const OTHER_VPCE: &str = "vpce-0ffffffffffffffff";

/// Longest time a test waits for something that comes at once unless it never does.
pub(crate) const SOON: Duration = Duration::from_secs(20);

pub(crate) struct World {
    pub(crate) emulator: AtlasEmulator,
    pub(crate) provider: ProviderProcess,
}

/// How the provider of a test reaches the emulator with an API key.
pub(crate) fn api_key(emulator: &AtlasEmulator) -> Value {
    json!({ "atlas": { "base_url": emulator.base_url(), "public_key": "emulated", "private_key": "emulated-private-key" } })
}

/// The same with a service account.
pub(crate) fn service_account(emulator: &AtlasEmulator) -> Value {
    json!({ "atlas": {
        "base_url": emulator.base_url(),
        "client_id": "mdb_sa_id_000000000000000000000000",
        "client_secret": "mdb_sa_sk_emulated",
    } })
}

/// A process that knows nothing of Atlas from its environment but what is given here.
pub(crate) async fn spawn(environment: &[(&str, &str)]) -> ProviderProcess {
    let mut all = vec![
        ("MONGODB_ATLAS_BASE_URL", ""),
        ("MONGODB_ATLAS_PUBLIC_API_KEY", ""),
        ("MONGODB_ATLAS_PRIVATE_API_KEY", ""),
        ("MONGODB_ATLAS_CLIENT_ID", ""),
        ("MONGODB_ATLAS_CLIENT_SECRET", ""),
    ];
    all.extend_from_slice(environment);
    ProviderProcess::spawn(env!("CARGO_BIN_EXE_terraform-provider-lectern").as_ref(), &all)
        .await
        .unwrap()
}

pub(crate) async fn configured(config: Value) -> ProviderProcess {
    let provider = spawn(&[("TF_LOG", "INFO")]).await;
    provider.configure(config).await.unwrap().ok().unwrap();
    provider
}

impl World {
    pub(crate) async fn start() -> Self {
        Self::with(Options::default()).await
    }

    pub(crate) async fn with(options: Options) -> Self {
        let emulator = AtlasEmulator::start(options).unwrap();
        let provider = configured(api_key(&emulator)).await;
        Self { emulator, provider }
    }

    /// Another process of the provider, as another Terraform command or another stack starts it.
    pub(crate) async fn another_provider(&self) -> ProviderProcess {
        configured(api_key(&self.emulator)).await
    }

    pub(crate) async fn plan(&self, kind: &str, prior: Option<&State>, config: &Value) -> Plan {
        self.provider.plan(kind, prior, config.clone()).await.unwrap()
    }

    pub(crate) async fn apply(&self, kind: &str, prior: Option<&State>, config: &Value) -> Outcome {
        self.provider.plan_and_apply(kind, prior, config.clone()).await.unwrap()
    }

    /// Creates, and expects success.
    pub(crate) async fn create(&self, kind: &str, config: &Value) -> State {
        self.apply(kind, None, config).await.ok().unwrap().state.unwrap()
    }

    /// A refresh, with its warnings.
    pub(crate) async fn read(&self, kind: &str, state: &State) -> Outcome {
        self.provider.read(kind, state).await.unwrap().ok().unwrap()
    }

    /// Destroys, and expects that nothing is left.
    pub(crate) async fn destroy(&self, kind: &str, state: &State) -> Outcome {
        let outcome = self.provider.destroy(kind, state).await.unwrap().ok().unwrap();
        assert!(outcome.state.is_none());
        outcome
    }

    /// After a refresh there is nothing to do, and nothing was written to find that out.
    pub(crate) async fn assert_settled(&self, kind: &str, state: &State, config: &Value, case: &str) {
        self.emulator.clear_calls();
        let refreshed = self
            .read(kind, state)
            .await
            .state
            .unwrap_or_else(|| panic!("{case}: gone"));
        let plan = self.plan(kind, Some(&refreshed), config).await.ok().unwrap();
        assert_eq!(
            plan.action,
            Action::NoOp,
            "{case}: {} -> {}",
            refreshed.value,
            plan.planned
        );
        assert_eq!(self.writes(), Vec::<String>::new(), "{case}");
    }

    pub(crate) fn snapshot(&self) -> ProjectSnapshot {
        self.emulator.project(PROJECT).snapshot()
    }

    pub(crate) fn services(&self) -> Vec<ServiceSnapshot> {
        self.snapshot().services
    }

    /// Let-in calls since the last `clear_calls`, as `POST endpointService`: method and the last word of the path.
    pub(crate) fn writes(&self) -> Vec<String> {
        let calls = self.emulator.calls().into_iter();
        calls
            .filter(|call| call.authenticated && call.method != "GET")
            .map(|call| format!("{} {}", call.method, call.path))
            .collect()
    }

    /// A service of `eu-west-1` that somebody else made, built.
    pub(crate) fn foreign_service(&self) -> String {
        self.emulator.project(PROJECT).add_service("EU_WEST_1")
    }

    /// A link that works, made by the resource.
    pub(crate) async fn link(&self) -> State {
        self.create(LINK, &link()).await
    }
}

/// The smallest link.
pub(crate) fn link() -> Value {
    json!({ "project_id": PROJECT, "region": "eu-west-1" })
}

/// The smallest endpoint of a link.
pub(crate) fn endpoint(link: &State) -> Value {
    json!({
        "project_id": PROJECT,
        "private_link_id": link.value["private_link_id"],
        "interface_endpoint_id": VPCE,
    })
}

/// A config with one attribute replaced.
pub(crate) fn with(config: &Value, attribute: &str, value: Value) -> Value {
    let mut config = config.clone();
    config[attribute] = value;
    config
}

pub(crate) fn members(value: Value) -> Map<String, Value> {
    value.as_object().unwrap().clone()
}
