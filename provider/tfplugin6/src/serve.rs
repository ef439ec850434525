//! The entry points: from the process's start to its end.

use std::{
    io::{self, Write},
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use tokio::signal::unix::SignalKind;
use tokio_util::sync::CancellationToken;
use tonic::transport::Server;

use crate::{
    Provider,
    error::ServeError,
    guard, incoming,
    launch::Launch,
    lifecycle, logging, rpc,
    server::{PluginService, ProviderService},
    tls::MutualTls,
};

/// Largest message either way: what Go providers take (terraform-plugin-go `tf6server`, `grpcMaxMessageSize`).
const MESSAGE_BYTES_MAX: usize = 256 << 20;

/// How long calls in flight may run on after `Shutdown`: go-plugin kills the process after two seconds (`client.go`,
/// `Kill`), and Terraform asks only once its calls have returned.
const SHUTDOWN_GRACE: Duration = Duration::from_secs(2);

/// How long stopped calls may take to return their partial states after SIGTERM: what service managers commonly wait
/// before they kill.
const TERMINATION_GRACE: Duration = Duration::from_secs(30);

/// What a provider binary says about itself.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// The binary's name: `terraform-provider-lectern`.
    pub name: &'static str,
    /// Its version: `0.1.0`.
    pub version: &'static str,
    /// The source addresses users write, one for each registry that has the provider:
    /// `registry.terraform.io/lectern/lectern`. Shown in the help and in `TF_REATTACH_PROVIDERS`.
    pub addresses: &'static [&'static str],
    /// The crates whose logs follow `TF_LOG`; all others stay at WARN, because HTTP stacks log credentials below it.
    pub log_crates: &'static [&'static str],
}

/// All of a provider's `main`: logs, the panic hook, the runtime, [`serve`], the exit code. Failures go to stderr.
///
/// `build` makes the provider; it is called again after a stop, when a debug process serves its next Terraform run. The
/// token trips on `StopProvider` (Ctrl-C in Terraform) and on SIGTERM: a call in flight then returns the state it has
/// reached, with an error.
pub fn run<P, B>(options: Options, build: B) -> ExitCode
where
    P: Provider,
    B: Fn(CancellationToken) -> P + Send + Sync + 'static,
{
    logging::install(options.log_crates, variable);
    // Calls mostly wait for the network. Each further worker is an arena of the allocator that keeps what it once had: a
    // bundle of alarms takes nearly twice the memory with two.
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(ServeError::Runtime)
        .and_then(|runtime| {
            let outcome = runtime.block_on(serve(options, std::env::args().skip(1), build));
            // Nobody is left to hear from a blocking call that is still running.
            runtime.shutdown_background();
            outcome
        });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{}", explain(&options, &error));
            ExitCode::FAILURE
        }
    }
}

/// Serves until the client asks to end, the parent process dies, or SIGTERM.
///
/// `arguments` are those after the program's name. See [`run`] for `build`.
///
/// # Errors
/// Every way not to start; see [`ServeError`].
pub async fn serve<P, B>(
    options: Options,
    arguments: impl IntoIterator<Item = String>,
    build: B,
) -> Result<(), ServeError>
where
    P: Provider,
    B: Fn(CancellationToken) -> P + Send + Sync + 'static,
{
    let parent = std::os::unix::process::parent_id();
    let (client_certificate, ports, debug) = match Launch::parse(arguments, variable)? {
        Launch::Help => return print(&usage(&options)),
        Launch::Version => return print(&format!("{} {}\n", options.name, options.version)),
        Launch::Debug => (None, None, true),
        Launch::Plugin {
            client_certificate,
            ports,
        } => (client_certificate, ports, false),
    };
    guard::install_panic_hook();
    let terminated = lifecycle::received(SignalKind::terminate()).map_err(ServeError::Signals)?;
    // Ctrl-C reaches the whole process group, and Terraform decides what it means for us by calling `StopProvider`. To
    // die of it would lose the state of an object that is just being made.
    let interrupted = lifecycle::received(SignalKind::interrupt()).map_err(ServeError::Signals)?;

    let tls = client_certificate.map(MutualTls::pinned_to).transpose()?;
    let listener = incoming::bind(ports).await.map_err(ServeError::Bind)?;
    let address = listener.local_addr().map_err(ServeError::Bind)?;
    let certificate = tls
        .as_ref()
        .map(|tls| STANDARD_NO_PAD.encode(&tls.certificate))
        .unwrap_or_default();
    let connections = incoming::connections(listener, tls.map(|tls| tls.config));

    let shutdown = CancellationToken::new();
    let provider = Arc::new(ProviderService::new(options.name, build));
    let plugin = PluginService {
        shutdown: shutdown.clone(),
    };
    let server = Server::builder()
        .add_service(
            rpc::provider::ProviderServer::from_arc(Arc::clone(&provider))
                .max_decoding_message_size(MESSAGE_BYTES_MAX)
                .max_encoding_message_size(MESSAGE_BYTES_MAX),
        )
        .add_service(rpc::controller::GRPCControllerServer::new(plugin.clone()))
        .add_service(rpc::stdio::GRPCStdioServer::new(plugin.clone()))
        .add_service(rpc::health::HealthServer::new(plugin))
        .serve_with_incoming_shutdown(connections, shutdown.clone().cancelled_owned());

    if debug {
        print(&reattach(&options, address))?;
    } else {
        print(&format!("1|6|tcp|{address}|grpc|{certificate}\n"))?;
    }

    let ending = async {
        tokio::select! {
            () = shutdown.cancelled() => SHUTDOWN_GRACE,
            // Unlike an interrupt this is meant for us, or for everybody: the calls in flight return what they have.
            () = terminated => {
                provider.stop();
                TERMINATION_GRACE
            }
            () = interrupted, if debug => {
                provider.stop();
                SHUTDOWN_GRACE
            }
            () = lifecycle::parent_death(parent), if !debug => {
                tracing::warn!("Terraform is gone, so this process ends");
                provider.stop();
                SHUTDOWN_GRACE
            }
        }
    };
    tokio::pin!(server);
    let grace = tokio::select! {
        outcome = &mut server => return Ok(outcome?),
        grace = ending => grace,
    };
    shutdown.cancel();
    match tokio::time::timeout(grace, server).await {
        Ok(outcome) => {
            // Best effort: go-plugin kills a process that takes longer.
            let _ = tokio::time::timeout(SHUTDOWN_GRACE, provider.close()).await;
            Ok(outcome?)
        }
        Err(_) => {
            tracing::warn!("calls were still in flight when this process ended");
            Ok(())
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The only writes to stdout: the handshake, or an answer to a person.
fn print(text: &str) -> Result<(), ServeError> {
    let mut stdout = io::stdout().lock();
    stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
        .map_err(ServeError::Stdout)
}

/// What a person reads on stderr.
fn explain(options: &Options, error: &ServeError) -> String {
    if matches!(error, ServeError::RunByHand) {
        return usage(options);
    }
    let mut text = format!("{}: {error}", options.name);
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(&format!(": {cause}"));
        source = cause.source();
    }
    text
}

fn usage(options: &Options) -> String {
    let Options {
        name,
        version,
        addresses,
        ..
    } = options;
    let address = addresses
        .first()
        .copied()
        .unwrap_or("registry.terraform.io/namespace/name");
    format!(
        "{name} {version} is a provider plugin. Terraform and OpenTofu start it; there is nothing to do with it in a \
         shell.

Let them find it in one of two ways, in the CLI configuration file (~/.terraformrc, ~/.tofurc):
  dev_overrides      provider_installation {{ dev_overrides {{ \"{address}\" = \"<folder of this binary>\" }} direct {{}} }}
  filesystem_mirror  <mirror>/{address}/{version}/<os>_<arch>/{name}_v{version}

Options:
  --debug    serve until Ctrl-C, and print the TF_REATTACH_PROVIDERS that attaches a Terraform run to this process
  --help     print this text
  --version  print the version
"
    )
}

/// The text of `--debug`. Each registry has its own key: Terraform and OpenTofu resolve the same source differently.
fn reattach(options: &Options, address: std::net::SocketAddr) -> String {
    let entry = serde_json::json!({
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": std::process::id(),
        "Test": true,
        "Addr": { "Network": "tcp", "String": address.to_string() },
    });
    let providers: serde_json::Map<_, _> = options
        .addresses
        .iter()
        .map(|address| ((*address).to_owned(), entry.clone()))
        .collect();
    format!(
        "{} {} is waiting on {address}, without encryption: any process on this machine can call it.
Set this in the shell where terraform or tofu runs, and press Ctrl-C here when done:

TF_REATTACH_PROVIDERS='{}'
",
        options.name,
        options.version,
        serde_json::Value::Object(providers)
    )
}
