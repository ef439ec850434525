//! The same restore as a Lambda function and as a command.

use std::process::ExitCode;

mod cli;

use lambda_kit::{Failure, aws, runtime};
use mongo_restore::{Place, Settings};

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .worker_threads(2)
        .build();
    match runtime {
        Ok(runtime) => runtime.block_on(async {
            if runtime::is_lambda() {
                function().await
            } else {
                cli::run().await
            }
        }),
        Err(_) => ExitCode::FAILURE,
    }
}

async fn function() -> ExitCode {
    runtime::log_as_json();
    let settings = Settings {
        metrics: true,
        ..Settings::new(aws::config().await)
    };
    let settings = &settings;
    let served = runtime::run(|invocation| async move {
        let place = Place {
            deadline: invocation.deadline,
            function_arn: Some(invocation.function_arn),
        };
        let answer = mongo_restore::handle(invocation.event.get(), settings, &place).await;
        answer.map_err(Failure::from)
    });
    match served.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the Runtime API cannot be used");
            ExitCode::FAILURE
        }
    }
}
