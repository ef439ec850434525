//! A handler and a Python function of the same work, each behind a Runtime API of its own, started in turn.

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use local_cloud::workspace;
use serde_json::Value;
use tokio::process::Command;

use crate::function::Function;
use crate::median;
use crate::processes::Cost;
use crate::world::World;

/// Who works.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Contestant {
    Rust,
    Python,
}

impl Contestant {
    /// In the order in which they start.
    pub(crate) const BOTH: [Self; 2] = [Self::Rust, Self::Python];

    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Rust => "Rust",
            Self::Python => "Python",
        }
    }
}

/// A handler, and the script of the same name.
pub(crate) struct Contest {
    pub(crate) name: &'static str,
    pub(crate) binary: PathBuf,
}

impl Contest {
    pub(crate) async fn start(&self, contestant: Contestant, world: &World) -> Result<Function> {
        let command = match contestant {
            Contestant::Rust => Command::new(&self.binary),
            Contestant::Python => {
                let script = format!("tests/bench/python/{}.py", self.name.replace('-', "_"));
                let mut command = Command::new(&world.python);
                // -B: the repository stays as it is.
                command.arg("-B").arg(workspace::root().join(script));
                command
            }
        };
        Function::start(command, &world.environment(self.name)?).await
    }

    /// Starts one of them for one event; its answer.
    pub(crate) async fn first(
        &self,
        contestant: Contestant,
        world: &World,
        event: String,
        firsts: &mut Firsts,
    ) -> Result<(Function, Value)> {
        let said = || format!("{}, {}", self.name, contestant.title());
        let function = self.start(contestant, world).await?;
        let before = function.since_start().as_secs_f64();
        let (answer, cost) = function.invoke(event).await.with_context(said)?;
        firsts.push(before + cost.wall_seconds, cost);
        Ok((function, answer))
    }
}

/// What each start took up to its first answer.
#[derive(Default)]
pub(crate) struct Firsts {
    milliseconds: Vec<f64>,
    cpu_milliseconds: Vec<f64>,
    peak_mib: Vec<f64>,
}

/// Its medians.
#[derive(Clone, Copy)]
pub(crate) struct First {
    /// From the start of the process to the answer.
    pub(crate) milliseconds: f64,
    pub(crate) cpu_milliseconds: f64,
    pub(crate) peak_mib: f64,
}

impl Firsts {
    fn push(&mut self, seconds: f64, cost: Cost) {
        self.milliseconds.push(seconds * 1000.0);
        self.cpu_milliseconds.push(cost.cpu_seconds * 1000.0);
        self.peak_mib.push(cost.peak_mib);
    }

    pub(crate) fn medians(self) -> First {
        First {
            milliseconds: median(self.milliseconds),
            cpu_milliseconds: median(self.cpu_milliseconds),
            peak_mib: median(self.peak_mib),
        }
    }
}
