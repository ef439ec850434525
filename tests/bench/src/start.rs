//! From the start of the provider to its handshake, and its memory at rest.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use local_cloud::workspace;

use crate::median;
use crate::processes::memory_mib;

const STARTS: usize = 21;

pub(crate) fn measure() -> Result<()> {
    let provider = workspace::binary("terraform-provider-lectern")?;
    // As Terraform starts it: with a certificate of its own, so that the provider makes one too.
    let certificate = rcgen::generate_simple_self_signed(["localhost".to_owned()])?.cert.pem();
    let (mut milliseconds, mut mib) = (Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let start = Instant::now();
        let mut child = Command::new(&provider)
            .env(
                "TF_PLUGIN_MAGIC_COOKIE",
                "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
            )
            .env("PLUGIN_PROTOCOL_VERSIONS", "6")
            .env("PLUGIN_CLIENT_CERT", &certificate)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("no stdout")?).read_line(&mut line)?;
        milliseconds.push(start.elapsed().as_secs_f64() * 1000.0);
        std::thread::sleep(Duration::from_millis(50));
        mib.push(memory_mib(child.id(), "VmRSS").context("the provider has ended")?);
        child.kill()?;
        child.wait()?;
    }
    println!(
        "start to handshake   {:8.1} ms   (with mutual TLS, median of {STARTS}; target: under 10)",
        median(milliseconds)
    );
    println!("memory at rest       {:8.1} MiB  (target: under 12)", median(mib));
    Ok(())
}
