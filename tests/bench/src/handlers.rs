//! From the start of a function's process to its first poll of the Runtime API, and the sizes of what Lambda loads.

use std::path::PathBuf;

use anyhow::Result;
use local_cloud::package::{self, Effort};
use tokio::process::Command;

use crate::function::Function;
use crate::median;

const STARTS: usize = 21;

/// The last one is the smallest function there is here, to compare with.
const FUNCTIONS: [&str; 7] = [
    "mongo-dump",
    "mongo-restore",
    "upload-api",
    "download-api",
    "profile-api",
    "flow-log-guard",
    "quickstart-function",
];

pub(crate) async fn measure(binary: impl Fn(&str) -> Result<PathBuf>) -> Result<()> {
    let binaries = FUNCTIONS.map(binary).into_iter().collect::<Result<Vec<_>>>()?;
    let environment = [("AWS_REGION".to_owned(), "us-east-1".to_owned())];
    let mut milliseconds = vec![Vec::new(); FUNCTIONS.len()];
    for _ in 0..STARTS {
        for (binary, milliseconds) in binaries.iter().zip(&mut milliseconds) {
            let function = Function::start(Command::new(binary), &environment).await?;
            milliseconds.push(function.first_poll().await?.as_secs_f64() * 1000.0);
            function.end().await?;
        }
    }
    println!("start of a function to its first poll, median of {STARTS}, in turn");
    println!("{:24}{:>12}{:>16}{:>16}", "", "start ms", "binary MiB", "zip MiB");
    for ((name, binary), milliseconds) in FUNCTIONS.iter().zip(&binaries).zip(milliseconds) {
        let zip = package::zip(binary, package::BOOTSTRAP, Effort::Most)?.len();
        println!(
            "{name:24}{:>12.1}{:>16.2}{:>16.2}",
            median(milliseconds),
            mib(std::fs::metadata(binary)?.len()),
            mib(zip as u64)
        );
    }
    Ok(())
}

fn mib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 20)
}
