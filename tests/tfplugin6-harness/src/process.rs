//! The provider's process: started as go-plugin starts it, but without TLS, and ended whatever happens.

use std::{
    io::{BufRead, BufReader, Read},
    os::unix::process::CommandExt,
    path::Path,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, Instant},
};

use anyhow::{Context, bail, ensure};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tfplugin6::{
    plugin_proto::{Empty, HealthCheckRequest},
    proto::{get_metadata, get_provider_schema, get_resource_identity_schemas, stop_provider},
    rpc::{controller::GRPCControllerClient, health::HealthClient, provider::ProviderClient},
};
use tokio::sync::oneshot;
use tonic::transport::{Channel, Endpoint};

use crate::{Diagnostics, schema::ProviderSchema};

/// What Terraform sets for every plugin.
pub const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// How long a start may take on a loaded machine. It takes milliseconds.
const START_TIMEOUT: Duration = Duration::from_secs(60);

const POLL: Duration = Duration::from_millis(10);

/// A running provider and a client for it. Dropping it kills the process and waits for its end.
///
/// The process leads a group of its own, so that signals to the group do not reach the test.
pub struct ProviderProcess {
    process: Process,
    channel: Channel,
    schema: ProviderSchema,
}

impl ProviderProcess {
    /// Starts `binary` with `env` on top of this process's environment (less what sets a plugin's transport and log),
    /// connects, and fetches the schema.
    ///
    /// # Errors
    /// It does not start, does not complete the handshake, or its schema is one that Terraform refuses.
    pub async fn spawn(binary: &Path, env: &[(&str, &str)]) -> anyhow::Result<Self> {
        let (process, handshake) = Process::start(binary, env)?;
        let line = match tokio::time::timeout(START_TIMEOUT, handshake).await {
            Ok(Ok(line)) => line,
            Ok(Err(_)) => {
                let status = process.exited(START_TIMEOUT).await?;
                bail!(
                    "{} ended with {status} before the handshake: {}",
                    binary.display(),
                    process.stderr.text()
                )
            }
            Err(_) => bail!("{} printed no handshake: {}", binary.display(), process.stderr.text()),
        };
        let connected = connect(&line)
            .await
            .with_context(|| format!("after the handshake `{line}`"));
        let (channel, schema) = connected.with_context(|| format!("stderr: {}", process.stderr.text()))?;
        Ok(Self {
            process,
            channel,
            schema,
        })
    }

    /// A client for messages, without the harness's checks.
    pub fn client(&self) -> ProviderClient<Channel> {
        client(&self.channel)
    }

    /// The connection, for calls that this crate does not know.
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// The schema, fetched and checked at the start.
    pub fn schema(&self) -> &ProviderSchema {
        &self.schema
    }

    /// The process id.
    pub fn pid(&self) -> i32 {
        self.process.pid.as_raw_nonzero().get()
    }

    /// All of stderr up to now.
    pub fn stderr(&self) -> String {
        self.process.stderr.text()
    }

    /// What was printed to stdout after the handshake line: it has to be nothing.
    pub fn stdout_after_handshake(&self) -> String {
        self.process.stdout.text()
    }

    /// Waits until stderr contains `text`.
    ///
    /// # Errors
    /// It does not within the time; the message has all of stderr.
    pub async fn wait_for_stderr(&self, text: &str, within: Duration) -> anyhow::Result<()> {
        let deadline = Instant::now() + within;
        loop {
            let stderr = self.stderr();
            if stderr.contains(text) {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "no `{text}` on stderr: {stderr}");
            tokio::time::sleep(POLL).await;
        }
    }

    /// Ctrl-C: SIGINT to the process group.
    ///
    /// # Errors
    /// The process has ended.
    pub fn interrupt(&self) -> anyhow::Result<()> {
        Ok(kill_process_group(self.process.pid, Signal::INT)?)
    }

    /// SIGTERM to the process.
    ///
    /// # Errors
    /// The process has ended.
    pub fn terminate(&self) -> anyhow::Result<()> {
        Ok(kill_process(self.process.pid, Signal::TERM)?)
    }

    /// SIGKILL to the process: the end without a chance to say anything.
    ///
    /// # Errors
    /// The process cannot be killed.
    pub fn kill(&self) -> anyhow::Result<()> {
        Ok(self.process.child().kill()?)
    }

    /// `StopProvider`: what Terraform calls on Ctrl-C.
    ///
    /// # Errors
    /// The call failed.
    pub async fn stop(&self) -> anyhow::Result<()> {
        let response = self
            .client()
            .stop_provider(stop_provider::Request::default())
            .await?
            .into_inner();
        ensure!(response.error.is_empty(), "{}", response.error);
        Ok(())
    }

    /// go-plugin's `Shutdown`; the process ends soon after.
    ///
    /// # Errors
    /// The call failed.
    pub async fn shutdown(&self) -> anyhow::Result<()> {
        GRPCControllerClient::new(self.channel.clone())
            .shutdown(Empty {})
            .await?;
        Ok(())
    }

    /// Waits for the process's end.
    ///
    /// # Errors
    /// It is still running after the time.
    pub async fn exited(&self, within: Duration) -> anyhow::Result<ExitStatus> {
        self.process.exited(within).await
    }

    /// Whether it is still running.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn is_running(&self) -> anyhow::Result<bool> {
        Ok(self.process.child().try_wait()?.is_none())
    }
}

fn client(channel: &Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel.clone())
        .max_decoding_message_size(usize::MAX)
        .max_encoding_message_size(usize::MAX)
}

/// From the handshake line to a checked schema.
async fn connect(handshake: &str) -> anyhow::Result<(Channel, ProviderSchema)> {
    let ["1", "6", "tcp", address, "grpc", ..] = handshake.split('|').collect::<Vec<_>>()[..] else {
        bail!("not a handshake of plugin protocol 6 on tcp")
    };
    let channel = Endpoint::from_shared(format!("http://{address}"))?.connect().await?;
    let health = HealthCheckRequest {
        service: "plugin".to_owned(),
    };
    let health = HealthClient::new(channel.clone()).check(health).await?.into_inner();
    ensure!(health.status == 1, "the health check answers {}", health.status);

    let mut client = client(&channel);
    let response = client
        .get_provider_schema(get_provider_schema::Request::default())
        .await?
        .into_inner();
    Diagnostics::from_wire(response.diagnostics.clone())?.ok()?;
    let identities = client
        .get_resource_identity_schemas(get_resource_identity_schemas::Request::default())
        .await?
        .into_inner();
    Diagnostics::from_wire(identities.diagnostics)?.ok()?;
    let schema = ProviderSchema::from_wire(response)?.with_identities(identities.identity_schemas)?;

    let metadata = client
        .get_metadata(get_metadata::Request::default())
        .await?
        .into_inner();
    Diagnostics::from_wire(metadata.diagnostics)?.ok()?;
    let names = |list: Vec<get_metadata::TypeMetadata>| {
        let mut names: Vec<_> = list.into_iter().map(|metadata| metadata.type_name).collect();
        names.sort();
        names
    };
    let mut functions: Vec<_> = metadata.functions.into_iter().map(|metadata| metadata.name).collect();
    functions.sort();
    ensure!(
        names(metadata.resources).iter().eq(schema.resources.keys())
            && names(metadata.data_sources).iter().eq(schema.data_sources.keys())
            && functions.iter().eq(schema.functions.keys()),
        "GetMetadata and GetProviderSchema name different things"
    );
    Ok((channel, schema))
}

/// The process alone. It ends with the value, however far the start came.
struct Process {
    child: Mutex<Child>,
    pid: Pid,
    stdout: Output,
    stderr: Output,
}

impl Process {
    /// The receiver gets the first line of stdout.
    fn start(binary: &Path, env: &[(&str, &str)]) -> anyhow::Result<(Self, oneshot::Receiver<String>)> {
        let mut command = Command::new(binary);
        for name in [
            "PLUGIN_CLIENT_CERT",
            "PLUGIN_MIN_PORT",
            "PLUGIN_MAX_PORT",
            "TF_LOG",
            "TF_LOG_PROVIDER",
        ] {
            command.env_remove(name);
        }
        let mut child = command
            .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
            .env("PLUGIN_PROTOCOL_VERSIONS", "6")
            .envs(env.iter().copied())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {}", binary.display()))?;
        let pid = Pid::from_child(&child);
        let (first_line, handshake) = oneshot::channel();
        let stdout = Output::capture(child.stdout.take(), Some(first_line));
        let stderr = Output::capture(child.stderr.take(), None);
        Ok((
            Self {
                child: Mutex::new(child),
                pid,
                stdout,
                stderr,
            },
            handshake,
        ))
    }

    fn child(&self) -> MutexGuard<'_, Child> {
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exited(&self, within: Duration) -> anyhow::Result<ExitStatus> {
        let deadline = Instant::now() + within;
        loop {
            if let Some(status) = self.child().try_wait()? {
                return Ok(status);
            }
            ensure!(Instant::now() < deadline, "still running: {}", self.stderr.text());
            tokio::time::sleep(POLL).await;
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let child = self.child.get_mut().unwrap_or_else(PoisonError::into_inner);
        // Both fail only for a process that has ended and been waited for.
        let _ = child.kill();
        let _ = child.wait();
        self.stdout.join();
        self.stderr.join();
    }
}

/// A pipe that is read to its end, so that the process never blocks on it.
struct Output {
    text: Arc<Mutex<String>>,
    reader: Option<JoinHandle<()>>,
}

impl Output {
    /// `first_line` receives the first line instead of the buffer.
    fn capture(pipe: Option<impl Read + Send + 'static>, first_line: Option<oneshot::Sender<String>>) -> Self {
        let text = Arc::new(Mutex::new(String::new()));
        let buffer = Arc::clone(&text);
        let reader = std::thread::spawn(move || {
            let Some(pipe) = pipe else { return };
            let mut first_line = first_line;
            let mut lines = BufReader::new(pipe);
            let mut line = Vec::new();
            while let Ok(1..) = lines.read_until(b'\n', &mut line) {
                let text = String::from_utf8_lossy(&line);
                match first_line.take() {
                    // The receiver is gone when the start timed out.
                    Some(first_line) => drop(first_line.send(text.trim_end().to_owned())),
                    None => buffer.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text),
                }
                line.clear();
            }
        });
        Self {
            text,
            reader: Some(reader),
        }
    }

    fn text(&self) -> String {
        self.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn join(&mut self) {
        if let Some(reader) = self.reader.take() {
            // A panic of the reader has been printed by its thread.
            let _ = reader.join();
        }
    }
}
