//! A page of an origin of its own in a headless Chromium: what a browser lets a page do is not for a test to guess.
//!
//! A machine need not have one: [`find_or_skip`] says how to get it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use emulator_kit::response::{done, json_of, plain, respond};
use emulator_kit::server::accept;
use emulator_kit::{HttpResponse, http, lock};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::group::Group;

/// What a Chromium is called, the smallest first.
const NAMES: [&str; 5] = [
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

const DEADLINE: Duration = Duration::from_secs(60);

/// Runs the script as the body of a function of `given`, and tells what it returned or threw.
const PAGE: &str = r#"<!doctype html><script type="module">
const AsyncFunction = (async () => {}).constructor;
const tell = (said) => fetch("/said", { method: "POST", body: JSON.stringify(said) });
try {
  const { script, given } = await (await fetch("/given")).json();
  tell({ returned: (await new AsyncFunction("given", script)(given)) ?? null });
} catch (error) {
  tell({ threw: String(error) });
}
</script>"#;

/// The machine's Chromium, or `None` after the skip was printed with its reason.
#[must_use]
pub fn find_or_skip(test: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let candidates = NAMES
        .iter()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)));
    let found = candidates.into_iter().find(|candidate| candidate.is_file());
    if found.is_none() {
        // Past the test runner's capture, where CI finds it.
        let _ = writeln!(
            std::io::stderr().lock(),
            "SKIPPED: {test}: no Chromium in PATH; on Debian `apt-get install --no-install-recommends {}`",
            NAMES[0]
        );
    }
    found
}

/// A page that is not open yet: its origin is known, so that it can be allowed something.
#[derive(Debug)]
pub struct Page {
    listener: TcpListener,
    origin: String,
}

struct Talk {
    script: Value,
    said: Mutex<Option<oneshot::Sender<Value>>>,
}

impl Page {
    /// With an origin that no other page has.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be had.
    pub async fn new() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self { listener, origin })
    }

    /// `http://127.0.0.1:<port>`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Opens it, and runs a script in it as the body of an async function of `given`. What the script returns.
    ///
    /// # Errors
    /// The script throws, or the browser does not open the page within a minute; then with what the browser said.
    pub async fn run(self, browser: &Path, script: &str, given: &Value) -> Result<Value> {
        let (said, result) = oneshot::channel();
        let talk = Arc::new(Talk {
            script: serde_json::json!({ "script": script, "given": given }),
            said: Mutex::new(Some(said)),
        });
        let connections = http::connections(move |request| answer(Arc::clone(&talk), request));
        let folder = tempfile::tempdir()?;
        let log = folder.path().join("log");
        let mut command = Command::new(browser);
        // Root has no sandbox, and nothing but the test's own page is opened. The port keeps the browser from ending at once.
        command
            .args([
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--remote-debugging-port=0",
            ])
            .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
            .arg(format!("{}/", self.origin));
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(&log)?);
        let running = Group::spawn(&mut command).with_context(|| format!("cannot run {}", browser.display()))?;
        let said = tokio::select! {
            never = accept(self.listener, connections) => match never {},
            said = tokio::time::timeout(DEADLINE, result) => said,
        };
        // It writes into the folder until it ends.
        drop(running);
        let said = said.map_err(|_| {
            let log = fs::read_to_string(&log).unwrap_or_default();
            anyhow!("{} told nothing within a minute; its log:\n{log}", browser.display())
        })??;
        match said.get("returned") {
            Some(returned) => Ok(returned.clone()),
            None => bail!("the script threw {}", said["threw"]),
        }
    }
}

async fn answer(talk: Arc<Talk>, request: Request<Incoming>) -> Result<HttpResponse> {
    match (request.method(), request.uri().path()) {
        (&Method::GET, "/") => Ok(respond(StatusCode::OK, "text/html; charset=utf-8", PAGE)),
        (&Method::GET, "/given") => Ok(json_of(&talk.script)),
        (&Method::POST, "/said") => {
            let body = request.into_body().collect().await?.to_bytes();
            let said = serde_json::from_slice(&body)?;
            if let Some(waiting) = lock(&talk.said).take() {
                // Nobody waits any more only after the deadline.
                let _late = waiting.send(said);
            }
            Ok(done())
        }
        _ => Ok(plain(StatusCode::NOT_FOUND, "there is only one page")),
    }
}
