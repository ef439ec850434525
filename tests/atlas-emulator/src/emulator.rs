//! The emulator as a value: started, scripted, inspected, and gone when dropped.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use emulator_kit::{GateHandle, Listener, Server};

use crate::auth::Credentials;
use crate::call_log::Call;
use crate::course::Pace;
use crate::faults::Fault;
use crate::gates::Gate;
use crate::profile::Profile;
use crate::project::Project;
use crate::{Shared, lock, server};

/// The project that exists from the start.
pub const DEFAULT_PROJECT: &str = "0123456789abcdef01234567";

/// How to run an emulator.
#[derive(Debug, Clone)]
pub struct Options {
    /// Port on 127.0.0.1; 0: a free one.
    pub port: u16,
    /// Who may call.
    pub credentials: Credentials,
    /// Projects that exist from the start, each 24 hexadecimal digits.
    pub projects: Vec<String>,
    /// When objects change to their next states.
    pub pace: Pace,
    /// Which behaviours to show; [`AtlasEmulator::change_profile`] changes it later.
    pub profile: Profile,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            credentials: Credentials::default(),
            projects: vec![DEFAULT_PROJECT.to_owned()],
            pace: Pace::default(),
            profile: Profile::default(),
        }
    }
}

/// An Atlas that listens until it is dropped. It runs on a thread of its own, so a test may block as it likes.
pub struct AtlasEmulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    _server: Server,
}

impl AtlasEmulator {
    /// Starts and listens. It blocks for no longer than a bind takes.
    ///
    /// # Errors
    /// When the port is taken.
    pub fn start(options: Options) -> io::Result<Self> {
        let listener = Listener::bind(options.port)?;
        let shared = Arc::new(Shared {
            credentials: options.credentials,
            pace: options.pace,
            profile: options.profile.into(),
            store: Default::default(),
            nonces: Default::default(),
            tokens: Default::default(),
            calls: Default::default(),
            faults: Default::default(),
            gates: Default::default(),
            posting: Default::default(),
            answers: Default::default(),
        });
        for project in &options.projects {
            lock(&shared.store).project(project);
        }
        Ok(Self {
            address: listener.address(),
            _server: listener.serve("atlas-emulator", server::connections(Arc::clone(&shared)))?,
            shared,
        })
    }

    /// `http://127.0.0.1:<port>`: the API under `/api/atlas/v2`, tokens under `/api/oauth`, and `/_emulator`.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A project, made if it is not there.
    #[must_use]
    pub fn project(&self, id: &str) -> Project<'_> {
        lock(&self.shared.store).project(id);
        Project::new(&self.shared, id)
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
    pub fn fault(&self, fault: Fault) {
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

    /// Changes the behaviours shown from the next call on.
    pub fn change_profile(&self, change: impl FnOnce(&mut Profile)) {
        change(&mut lock(&self.shared.profile));
    }

    /// Ends every token.
    pub fn revoke_tokens(&self) {
        self.shared.tokens.forget_all();
    }
}
