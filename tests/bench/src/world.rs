//! What the functions work on: a local cloud with a MongoDB, a replica set whose users sign in, and what `python/world.py` makes in them.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use local_cloud::{LocalCloud, toolchain, workspace};
use mongo_emulator::{MongoEmulator, Options, User};
use serde_json::{Value, json};

/// As Atlas has them.
const MEMBERS: u32 = 3;

pub(crate) struct World {
    // Dropped in this order: who is called by whom.
    _replica_set: MongoEmulator,
    pub(crate) python: PathBuf,
    /// For each function its environment, and its event where that names what was made.
    made: Value,
    pub(crate) cloud: LocalCloud,
}

impl World {
    pub(crate) fn start() -> Result<Self> {
        let cloud = LocalCloud::start(local_cloud::Options {
            mongo: true,
            ..local_cloud::Options::default()
        })?;
        // Two users of one secret, as secret-rotation alternates between them.
        let users = ["app", "app_clone"].map(|name| User::new(name, &format!("{name}-password")));
        let replica_set = MongoEmulator::start(Options {
            members: MEMBERS,
            users: users.to_vec(),
            ..Options::default()
        })?;
        let python = toolchain::python_venv()?.join("bin/python");
        let places = json!({
            "mongodb": cloud.mongo_uri().context("no MongoDB")?,
            "replica_set": users.each_ref().map(|user| replica_set.uri_of(user)),
            "flow_logs": crate::flow_logs::settings(),
        });
        let output = Command::new(&python)
            .arg("-B")
            .arg(workspace::root().join("tests/bench/python/world.py"))
            .arg(places.to_string())
            .env_clear()
            .envs(cloud.environment())
            .output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        Ok(Self {
            _replica_set: replica_set,
            python,
            made: serde_json::from_slice(&output.stdout)?,
            cloud,
        })
    }

    /// What a function needs to work here.
    pub(crate) fn environment(&self, function: &str) -> Result<Vec<(String, String)>> {
        let made = self.made[function]["environment"].as_object();
        let made = made.with_context(|| format!("world.py makes nothing for {function}"))?;
        let mut environment = self.cloud.environment();
        environment.extend(
            made.iter()
                .map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())),
        );
        Ok(environment)
    }

    /// The event that a function gets here.
    pub(crate) fn event(&self, function: &str) -> Value {
        self.made[function]["event"].clone()
    }

    /// The value of a variable in a function's environment.
    pub(crate) fn variable(&self, function: &str, name: &str) -> Result<&str> {
        let value = self.made[function]["environment"][name].as_str();
        value.with_context(|| format!("{function} has no {name}"))
    }
}
