//! Who takes part, and how the others are run: each writes a local file, which is less work than an upload.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use local_cloud::workspace;

use super::measured::{COLLECTION, DATABASE, Measured};
use crate::processes::{own_cpu_seconds, run_alone};

/// Whose S3 mongo-dump writes to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// ministack's, in Python.
    LocalCloud,
    /// This process'.
    ThisProcess,
}

pub(super) enum Contestant {
    MongoDump(Place),
    /// Canonical Extended JSON and gzip of a level.
    Pymongo {
        level: u32,
    },
    Tool(Tool, PathBuf),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Tool {
    /// Canonical Extended JSON, not compressed.
    Mongoexport,
    /// BSON and gzip.
    Mongodump,
}

impl Tool {
    pub(super) fn program(self) -> &'static str {
        match self {
            Self::Mongoexport => "mongoexport",
            Self::Mongodump => "mongodump",
        }
    }

    pub(super) fn on_path(self) -> Option<PathBuf> {
        let folders = std::env::var_os("PATH")?;
        std::env::split_paths(&folders)
            .map(|folder| folder.join(self.program()))
            .find(|path| path.is_file())
    }
}

impl Contestant {
    pub(super) fn title(&self) -> String {
        match self {
            Self::MongoDump(Place::LocalCloud) => "mongo-dump, ministack's S3".to_owned(),
            Self::MongoDump(Place::ThisProcess) => "mongo-dump, the bench's S3".to_owned(),
            Self::Pymongo { level } => format!("pymongo, JSON, gzip -{level}"),
            Self::Tool(Tool::Mongoexport, _) => "mongoexport, JSON".to_owned(),
            Self::Tool(Tool::Mongodump, _) => "mongodump --gzip, BSON".to_owned(),
        }
    }

    /// Runs one of the others; its time includes the start of its process.
    pub(super) fn run(&self, uri: &str, python: &Path, folder: &Path) -> Result<Measured> {
        let file = folder.join("dump");
        let mut command = match self {
            Self::MongoDump(_) => anyhow::bail!("mongo-dump takes events"),
            Self::Pymongo { level } => {
                let mut command = Command::new(python);
                command
                    .arg(workspace::root().join("tests/bench/python/pymongo_dump.py"))
                    .args([uri, DATABASE, COLLECTION])
                    .arg(&file)
                    .arg(level.to_string());
                command
            }
            Self::Tool(tool, path) => {
                let mut command = Command::new(path);
                command.args(["--quiet", "--uri", uri, "--db", DATABASE, "--collection", COLLECTION]);
                match tool {
                    Tool::Mongoexport => command.args(["--jsonFormat=canonical", "--out"]).arg(&file),
                    Tool::Mongodump => command.arg("--gzip").arg(format!("--archive={}", file.display())),
                };
                command
            }
        };
        let before = own_cpu_seconds();
        let cost = run_alone(&mut command)?;
        let server_cpu_seconds = own_cpu_seconds()
            .zip(before)
            .map_or(f64::NAN, |(after, before)| after - before);
        let bytes = fs::metadata(&file).context("nothing was written")?.len();
        fs::remove_file(&file)?;
        Ok(Measured {
            cost,
            server_cpu_seconds,
            bytes,
        })
    }
}
