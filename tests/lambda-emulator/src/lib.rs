//! What a function's process takes for AWS Lambda: the Runtime API, which hands it events, and Lambda's own Invoke, which gives it
//! the next one. The process itself is its starter's business.
//!
//! ```no_run
//! # async fn example() -> std::io::Result<()> {
//! use lambda_emulator::{Ended, LambdaEmulator};
//!
//! let lambda = LambdaEmulator::start("arn:aws:lambda:us-east-1:000000000000:function:dump:live", std::time::Duration::from_secs(900)).await?;
//! let function = std::process::Command::new("bootstrap").envs(lambda.environment()).spawn()?;
//! lambda.send("{}");
//! assert!(matches!(lambda.ended(1).await.last(), Some(Ended::Answer(_))));
//! # drop(function); Ok(()) }
//! ```

mod server;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use emulator_kit::lock;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// How an invocation ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ended {
    /// With an answer.
    Answer(Value),
    /// With Lambda's `errorType` and `errorMessage`.
    Error(String, String),
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) events: VecDeque<String>,
    pub(crate) polls: VecDeque<Instant>,
    pub(crate) ended: Vec<Ended>,
    pub(crate) invoked: Vec<(String, Value)>,
    pub(crate) refusals: VecDeque<u16>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    state: Mutex<State>,
    changed: Notify,
    pub(crate) function_arn: String,
    pub(crate) time: Duration,
}

impl Shared {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        let changed = change(&mut self.state());
        self.changed.notify_waiters();
        changed
    }

    /// Waits until the state holds something.
    pub(crate) async fn wait<T>(&self, mut take: impl FnMut(&mut State) -> Option<T>) -> T {
        loop {
            let changed = self.changed.notified();
            tokio::pin!(changed);
            // From here on no change is missed, even one that comes before the wait.
            changed.as_mut().enable();
            if let Some(taken) = take(&mut self.state()) {
                return taken;
            }
            changed.await;
        }
    }
}

/// A Lambda of one function, on 127.0.0.1 until it is dropped.
#[derive(Debug)]
pub struct LambdaEmulator {
    address: String,
    shared: Arc<Shared>,
    server: JoinHandle<Infallible>,
}

impl Drop for LambdaEmulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl LambdaEmulator {
    /// Every invocation is one of `function_arn` and has so much `time`.
    ///
    /// # Errors
    /// There is no port.
    pub async fn start(function_arn: &str, time: Duration) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let shared = Arc::new(Shared {
            state: Mutex::default(),
            changed: Notify::new(),
            function_arn: function_arn.to_owned(),
            time,
        });
        Ok(Self {
            address,
            server: tokio::spawn(server::serve(listener, Arc::clone(&shared))),
            shared,
        })
    }

    /// What Lambda sets for a function's process, but for credentials and region.
    #[must_use]
    pub fn environment(&self) -> [(&'static str, String); 4] {
        let name = self.shared.function_arn.split(':').nth(6).unwrap_or("function");
        [
            ("AWS_LAMBDA_RUNTIME_API", self.address.clone()),
            ("AWS_LAMBDA_FUNCTION_NAME", name.to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1769".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "1".to_owned()),
        ]
    }

    /// Endpoint of Lambda for the function's own calls of Invoke.
    #[must_use]
    pub fn endpoint_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Hands over an event, after those that wait already.
    pub fn send(&self, event: impl Into<String>) {
        let event = event.into();
        self.shared.change(|state| state.events.push_back(event));
    }

    /// Waits until the function asks for an event, and returns when it did; each time is returned once.
    pub async fn polled(&self) -> Instant {
        self.shared.wait(|state| state.polls.pop_front()).await
    }

    /// Waits until this number of invocations have ended since the start, and returns how all did.
    pub async fn ended(&self, number: usize) -> Vec<Ended> {
        let all = |state: &mut State| (state.ended.len() >= number).then(|| state.ended.clone());
        self.shared.wait(all).await
    }

    /// Sends an event and waits for its end, where nothing else runs.
    pub async fn invoke(&self, event: impl Into<String>) -> Ended {
        let before = self.shared.state().ended.len();
        self.send(event);
        self.shared.wait(move |state| state.ended.get(before).cloned()).await
    }

    /// Statuses with which the next calls of Invoke are refused: 429, 500 or any other for a request that cannot be.
    pub fn refuse_invoke(&self, statuses: &[u16]) {
        self.shared.change(|state| state.refusals.extend(statuses));
    }

    /// Which functions were invoked so far, and with what.
    #[must_use]
    pub fn invoked(&self) -> Vec<(String, Value)> {
        self.shared.state().invoked.clone()
    }
}
