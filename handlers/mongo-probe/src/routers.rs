//! The routers of a sharded cluster: each counts what passes it and nobody counts all.

use futures::future::join_all;
use lambda_kit::mongo::CommandError;

use crate::link::Link;
use crate::status::{self, Status};

/// What all routers say together.
#[derive(Debug, Default)]
pub(crate) struct Routers {
    pub(crate) statuses: Vec<Status>,
    /// Routers of the connection string that did not answer.
    pub(crate) unreachable: u32,
    /// Why one that answered says nothing.
    pub(crate) refused: Option<CommandError>,
}

/// Asks all routers that the connection string names, side by side.
///
/// # Errors
/// None of them answers.
pub(crate) async fn ask(link: &Link) -> Result<Routers, CommandError> {
    let answers = link
        .hosts
        .iter()
        .map(|router| link.ask_router("serverStatus", status::command(), router));
    let mut routers = Routers::default();
    let mut silent = None;
    for answer in join_all(answers).await {
        match answer {
            Ok(answer) => routers.statuses.push(Status::of(&answer)),
            Err(error) if !error.passes() => routers.refused = Some(error),
            Err(error) => {
                routers.unreachable += 1;
                silent = Some(error);
            }
        }
    }
    match silent {
        Some(error) if routers.statuses.is_empty() && routers.refused.is_none() => Err(error),
        _ => Ok(routers),
    }
}

/// The sum over all that tell; none where nobody does.
pub(crate) fn sum(values: impl Iterator<Item = Option<f64>>) -> Option<f64> {
    values
        .flatten()
        .fold(None, |sum, value| Some(sum.unwrap_or_default() + value))
}
