//! A page of an origin of its own in a headless Chromium: what a browser lets a page do is not for a test to guess. The page is empty, or one
//! that a distribution of the local cloud serves.
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
use hyper::header::CONTENT_TYPE;
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
const DRIVER: &str = r#"
const AsyncFunction = (async () => {}).constructor;
const tell = (said) => fetch("/_driver/said", { method: "POST", body: JSON.stringify(said) });
try {
  const { script, given } = await (await fetch("/_driver/given")).json();
  tell({ returned: (await new AsyncFunction("given", script)(given)) ?? null });
} catch (error) {
  tell({ threw: String(error) });
}
"#;

/// Loads it: a script of the page's own origin, as a strict policy of a site allows. (The driver's `AsyncFunction` needs a page that allows
/// `eval`; for a site the script itself is in the driver.)
const LOAD: &str = r#"<script type="module" src="/_driver/driver.js"></script>"#;

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
    site: Option<Site>,
}

struct Talk {
    script: Value,
    /// What the page loads.
    driver: String,
    site: Option<Site>,
    said: Mutex<Option<oneshot::Sender<Value>>>,
}

/// A distribution of the local cloud.
#[derive(Debug, Clone)]
struct Site {
    endpoint: String,
    domain: String,
    client: reqwest::Client,
}

/// Headers of a page's requests that count for a site.
const PASSED_ON: [&str; 5] = [
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "user-agent",
];

impl Site {
    /// Asks the distribution as its edge would: by its name, over HTTPS, from a country. Of the page itself the driver is a part, too.
    async fn ask(&self, request: Request<Incoming>) -> Result<HttpResponse> {
        let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
        let mut asked = self
            .client
            .request(request.method().clone(), format!("{}{target}", self.endpoint))
            .header("host", &self.domain)
            .header("x-forwarded-proto", "https")
            .header("x-lectern-viewer-country", "DE");
        for name in PASSED_ON {
            if let Some(value) = request.headers().get(name) {
                asked = asked.header(name, value);
            }
        }
        let answer = asked
            .body(request.into_body().collect().await?.to_bytes())
            .send()
            .await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await?;
        let is_page = headers
            .get(CONTENT_TYPE)
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
        let body = match std::str::from_utf8(&body) {
            Ok(text) if is_page => text.replace("</head>", &format!("{LOAD}</head>")).into(),
            _ => body,
        };
        let mut response = respond(status, "application/octet-stream", body);
        for (name, value) in &headers {
            if ["content-type", "content-security-policy", "etag", "cache-control"].contains(&name.as_str()) {
                response.headers_mut().insert(name, value.clone());
            }
        }
        Ok(response)
    }
}

impl Page {
    /// With an origin that no other page has.
    ///
    /// # Errors
    /// When no port of 127.0.0.1 can be had.
    pub async fn new() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = format!("http://{}", listener.local_addr()?);
        Ok(Self {
            listener,
            origin,
            site: None,
        })
    }

    /// With everything else of this origin served by a distribution: `endpoint` of the local cloud, `domain` one of its aliases. The script
    /// runs in the site's own page, under its policy.
    #[must_use]
    pub fn of_site(self, endpoint: &str, domain: &str) -> Self {
        let site = Site {
            endpoint: endpoint.to_owned(),
            domain: domain.to_owned(),
            client: reqwest::Client::new(),
        };
        Self {
            site: Some(site),
            ..self
        }
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
        // A site's policy allows no eval: there the script is a part of the driver.
        let driver = match self.site {
            None => DRIVER.to_owned(),
            Some(_) => DRIVER.replace(
                r#"new AsyncFunction("given", script)(given)"#,
                &format!("(async (given) => {{{script}}})(given)"),
            ),
        };
        let talk = Arc::new(Talk {
            script: serde_json::json!({ "script": script, "given": given }),
            driver,
            site: self.site,
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
                // As a phone has it.
                "--window-size=360,740",
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
        (&Method::GET, "/_driver/driver.js") => Ok(respond(
            StatusCode::OK,
            "text/javascript; charset=utf-8",
            talk.driver.clone(),
        )),
        (&Method::GET, "/_driver/given") => Ok(json_of(&talk.script)),
        (&Method::POST, "/_driver/said") => {
            let body = request.into_body().collect().await?.to_bytes();
            let said = serde_json::from_slice(&body)?;
            if let Some(waiting) = lock(&talk.said).take() {
                // This fails only after the deadline, when nobody waits.
                let _late = waiting.send(said);
            }
            Ok(done())
        }
        (method, path) => match &talk.site {
            Some(site) => site.ask(request).await,
            None if (method, path) == (&Method::GET, "/") => Ok(respond(
                StatusCode::OK,
                "text/html; charset=utf-8",
                format!("<!doctype html>{LOAD}"),
            )),
            None => Ok(plain(StatusCode::NOT_FOUND, "there is only one page")),
        },
    }
}
