//! The emulator as a value: started, scripted, inspected, and gone when dropped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use emulator_kit::{GateHandle, Listener, Server};

use crate::actions::{DeliveryFailure, Publisher};
use crate::call_log::Call;
use crate::clock::Clock;
use crate::faults::Fault;
use crate::gates::Gate;
use crate::model::{Scope, StoredAlarm};
use crate::quotas::Quotas;
use crate::stale_reads::StaleReads;
use crate::{Shared, evaluation, lock, server};

/// Account of callers whose access key is not an account.
pub const DEFAULT_ACCOUNT: &str = "000000000000";

/// How to run an emulator.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0: a free one.
    pub port: u16,
    /// Account of callers whose access key is not twelve digits.
    pub default_account: String,
    /// `http://` address of an SNS that alarm actions are published to; `None`: messages are counted as not delivered.
    pub sns_endpoint: Option<String>,
    /// `http://` address of an EventBridge that gets an event of each transition, and takes events whose source begins with `aws.`
    /// where the header `x-lectern-service` says that a service puts them; `None`: no events.
    pub events_endpoint: Option<String>,
    /// Throttle as CloudWatch's quotas say.
    pub enforce_quotas: bool,
    /// How often alarms are evaluated; `None`: only on request.
    pub evaluation_interval: Option<Duration>,
    /// Look at the running minute as if it were over: somebody who watches does not want to wait. CloudWatch does wait.
    pub count_running_period: bool,
    /// The time alarms live in.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            default_account: DEFAULT_ACCOUNT.to_owned(),
            sns_endpoint: None,
            events_endpoint: None,
            enforce_quotas: false,
            evaluation_interval: None,
            count_running_period: false,
            clock: Clock::default(),
        }
    }
}

/// A CloudWatch that listens until it is dropped. It runs on a thread of its own, so a test may block as it likes.
pub struct Emulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    _server: Server,
}

impl Emulator {
    /// Starts and listens.
    ///
    /// # Errors
    /// When the port is taken, or an endpoint is no URL.
    pub async fn start(options: Options) -> Result<Self> {
        Self::start_blocking(options)
    }

    /// Starts and listens; for callers without an async runtime. It blocks for no longer than a bind takes.
    ///
    /// # Errors
    /// When the port is taken, or an endpoint is no URL.
    pub fn start_blocking(options: Options) -> Result<Self> {
        let listener =
            Listener::bind(options.port).with_context(|| format!("port {} cannot be bound", options.port))?;
        let shared = Arc::new(Shared {
            default_account: options.default_account,
            clock: options.clock,
            quotas: options.enforce_quotas.then(Quotas::default),
            publisher: Publisher::new(
                options.sns_endpoint.as_deref(),
                options.events_endpoint.as_deref(),
                listener.runtime().clone(),
            )?,
            alarms: Default::default(),
            dashboards: Default::default(),
            metrics: Default::default(),
            suppressions: Default::default(),
            count_running_period: options.count_running_period,
            calls: Default::default(),
            faults: Default::default(),
            gates: Default::default(),
            stale_reads: Default::default(),
            requests: Default::default(),
        });
        if let Some(interval) = options.evaluation_interval {
            let evaluated = Arc::clone(&shared);
            listener.runtime().spawn(async move {
                let mut ticks = tokio::time::interval(interval);
                ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
                loop {
                    ticks.tick().await;
                    evaluation::evaluate_all(&evaluated);
                }
            });
        }
        Ok(Self {
            address: listener.address(),
            _server: listener.serve("cloudwatch-emulator", server::connections(Arc::clone(&shared)))?,
            shared,
        })
    }

    /// `http://127.0.0.1:<port>`: CloudWatch by rpcv2Cbor, awsJson and awsQuery, STS GetCallerIdentity, GetResources of the
    /// Resource Groups Tagging API, and `/_emulator`.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Every API call since the start or the last [`Self::clear_calls`], in order of arrival.
    #[must_use]
    pub fn calls(&self) -> Vec<Call> {
        self.shared.calls.calls()
    }

    /// Forgets the calls so far.
    pub fn clear_calls(&self) {
        self.shared.calls.clear();
    }

    /// Scripts a failure.
    pub fn fail(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Removes all scripted failures.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Holds one call until the handle opens it.
    #[must_use]
    pub fn gate(&self, gate: Gate) -> GateHandle {
        self.shared.gates.add(gate)
    }

    /// Lets reads show the alarms as they are now, whatever is written meanwhile.
    pub fn read_stale(&self, script: StaleReads) {
        let alarms = lock(&self.shared.alarms).clone();
        self.shared.stale_reads.add(script, alarms);
    }

    /// The alarms of an account and region, sorted by name.
    #[must_use]
    pub fn alarms(&self, account: &str, region: &str) -> Vec<StoredAlarm> {
        lock(&self.shared.alarms)
            .alarms(&Scope::new(account, region))
            .cloned()
            .collect()
    }

    /// One alarm.
    #[must_use]
    pub fn alarm(&self, account: &str, region: &str, name: &str) -> Option<StoredAlarm> {
        lock(&self.shared.alarms)
            .get(&Scope::new(account, region), name)
            .cloned()
    }

    /// Changes an alarm by hand, past every check and without actions; its name must stay. `false`: there is none.
    pub fn edit_alarm(&self, account: &str, region: &str, name: &str, edit: impl FnOnce(&mut StoredAlarm)) -> bool {
        lock(&self.shared.alarms)
            .get_mut(&Scope::new(account, region), name)
            .map(edit)
            .is_some()
    }

    /// Deletes an alarm by hand, also a child of a composite alarm. `false`: there was none.
    pub fn delete_alarm(&self, account: &str, region: &str, name: &str) -> bool {
        lock(&self.shared.alarms)
            .remove(&Scope::new(account, region), name)
            .is_some()
    }

    /// Moves the time of alarms forward. Data points that arrive have the time that their writer gives them.
    pub fn advance(&self, by: Duration) {
        self.shared.clock.advance(by);
    }

    /// Evaluates every alarm once, now on the emulator's clock.
    pub fn evaluate_now(&self) {
        evaluation::evaluate_all(&self.shared);
    }

    /// Messages and events that were given up.
    #[must_use]
    pub fn delivery_failures(&self) -> Vec<DeliveryFailure> {
        self.shared.publisher.failures()
    }
}
