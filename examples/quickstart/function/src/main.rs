//! The function's entry point for `provided.al2023`; packaged as `bootstrap`.

use std::io::Write as _;
use std::time::{Instant, SystemTime};

use lambda_runtime::{Error, LambdaEvent, service_fn};
use quickstart_function::{Course, Request, embedded_metrics, find};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    lambda_runtime::run(service_fn(handle)).await
}

async fn handle(event: LambdaEvent<Request>) -> Result<&'static Course, Error> {
    let started = Instant::now();
    let course = find(&event.payload);
    let metrics = embedded_metrics(
        &event.context.env_config.function_name,
        SystemTime::now(),
        started.elapsed(),
    );
    writeln!(std::io::stdout(), "{metrics}")?;
    Ok(course?)
}
