//! The loop of the Lambda Runtime API.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use lambda_runtime::{LambdaEvent, service_fn};
use metric_names::functions as names;
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::sync::OnceCell;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::deadline::Deadline;
use crate::emf::{Metrics, Unit};
use crate::failure::Failure;
use crate::guard::{self, Cut};

/// What is kept of the time for a handler that has no guard of its own or does not come back from it. Half of the guard's, so that a
/// handler whose work was stopped can still say so in its own way.
const UNGUARDED: Duration = Duration::from_secs(1);

/// One event, with what Lambda says of it.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The event's JSON as it came: who reads it decides what is wrong with it.
    pub event: Box<RawValue>,
    /// Lambda's id of the invocation, the same in a retry.
    pub request_id: String,
    /// What was invoked, version or alias included.
    pub function_arn: String,
    /// When Lambda ends the invocation.
    pub deadline: Deadline,
}

/// Serves invocations one after the other until Lambda ends the process. What a handler's own [`guard`](crate::guard()) does not
/// catch fails here, as `OutOfTime` or `Panicked`, and is counted in `Lectern/Functions`.
///
/// # Errors
/// When this is not Lambda (an environment variable of the Runtime API is missing) or the Runtime API cannot be reached.
pub async fn run<H, F, A>(handler: H) -> Result<(), lambda_runtime::Error>
where
    H: Fn(Invocation) -> F,
    F: Future<Output = Result<A, Failure>>,
    A: Serialize,
{
    guard::log_only_places();
    let handler = &handler;
    lambda_runtime::run(service_fn(move |event: LambdaEvent<Box<RawValue>>| async move {
        let LambdaEvent { payload, context } = event;
        let deadline = Deadline::at(context.deadline());
        let function = context.invoked_function_arn.clone();
        let invocation = Invocation {
            event: payload,
            deadline,
            request_id: context.request_id,
            function_arn: context.invoked_function_arn,
        };
        // In an async block, since a handler may panic before its future is there.
        let work = async { handler(invocation).await };
        let result = match guard::within(deadline, UNGUARDED, work).await {
            Ok(result) => result,
            Err(cut) => {
                count(&cut, &function);
                Err(cut.into())
            }
        };
        if let Err(failure) = &result {
            tracing::error!(name = failure.name, message = failure.message, "invocation failed");
        }
        result
    }))
    .await
}

/// Counts what no handler could count, because it did not come back.
fn count(cut: &Cut, function_arn: &str) {
    let name = match cut {
        Cut::OutOfTime { .. } => names::OUT_OF_TIME,
        Cut::Panicked { .. } => names::PANICS,
    };
    let function = function_arn.split(':').nth(6).unwrap_or("unknown");
    Metrics::new(names::NAMESPACE)
        .dimension(names::FUNCTION_NAME, function)
        .value(name, Unit::Count, 1.0)
        .emit();
}

/// A function that Lambda starts and that has no command line: what differs between the handlers' processes.
pub trait Function: Sized {
    /// The help that is printed when it is started manually.
    const HELP: &'static str;
    /// What it returns, as JSON.
    type Answer: Serialize;

    /// Settings and clients, created at the first event: until the first poll Lambda counts the time as initialization. After a failure they
    /// are created again at the next event.
    ///
    /// # Errors
    /// A setting is missing or wrong.
    fn start() -> impl Future<Output = Result<Self, Failure>>;

    /// Does what an event asks for.
    ///
    /// # Errors
    /// What Lambda is to show and to retry.
    fn handle(&self, invocation: Invocation) -> impl Future<Output = Result<Self::Answer, Failure>>;
}

/// The whole process of a [`Function`]: under Lambda it serves, with logs as JSON and one thread for the network, since Lambda hands over
/// one event at a time. Started manually, it prints its help, and exits with code 2 unless the help was asked for.
#[must_use]
pub fn process<F: Function>() -> ExitCode {
    if !is_lambda() {
        return explain(F::HELP);
    }
    log_as_json();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = match runtime {
        Ok(runtime) => runtime.block_on(serve::<F>()),
        Err(error) => Err(error.into()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Lambda Runtime API cannot be used");
            ExitCode::FAILURE
        }
    }
}

async fn serve<F: Function>() -> Result<(), lambda_runtime::Error> {
    let function = &OnceCell::new();
    run(|invocation: Invocation| async move {
        let function = function.get_or_try_init(F::start).await?;
        // Boxed, since the compiler lays out no future that holds all of the driver's and the SDK's within one another.
        Box::pin(function.handle(invocation)).await
    })
    .await
}

fn explain(help: &str) -> ExitCode {
    let asked = std::env::args()
        .skip(1)
        .any(|argument| argument == "--help" || argument == "-h");
    // There is nobody to tell if the output is closed.
    if asked {
        std::io::stdout().write_all(help.as_bytes()).ok();
        return ExitCode::SUCCESS;
    }
    std::io::stderr().write_all(help.as_bytes()).ok();
    ExitCode::from(2)
}

/// Whether Lambda started this process.
#[must_use]
pub fn is_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

/// Logs as JSON lines on standard output, at `LECTERN_LOG`'s level or directives (`info` unless set). The libraries below say
/// nothing under `warn` unless asked to: what they know of requests belongs in no log.
pub fn log_as_json() {
    let filter = filter();
    // A second call, as in a test, keeps the first one's settings.
    tracing_subscriber::fmt()
        .json()
        .flatten_event(true)
        .with_current_span(false)
        .with_env_filter(filter)
        .try_init()
        .ok();
}

/// The same as text on standard error: for a command line.
pub fn log_as_text() {
    log_as_text_to(std::io::stderr);
}

/// The same through a writer that goes to standard error in its own way, such as above a progress bar: it gets a whole line at once.
pub fn log_as_text_to<W: for<'a> MakeWriter<'a> + Send + Sync + 'static>(writer: W) {
    tracing_subscriber::fmt()
        .with_writer(writer)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false)
        .with_env_filter(filter())
        .try_init()
        .ok();
}

fn filter() -> EnvFilter {
    // Each stands for all whose names begin so. lambda_runtime would write whole events, tokens and bodies with them.
    const LIBRARIES: &str = "aws_=warn,h2=warn,hickory=warn,hyper=warn,lambda_runtime=warn,mongodb=warn,reqwest=warn,rustls=warn,tower=warn";
    let level = std::env::var("LECTERN_LOG").unwrap_or_else(|_| "info".into());
    EnvFilter::try_new(format!("{LIBRARIES},{level}")).unwrap_or_else(|_| EnvFilter::new(format!("{LIBRARIES},info")))
}
