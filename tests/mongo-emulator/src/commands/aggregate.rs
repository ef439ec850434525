//! `aggregate`.

use crate::bson::{Builder, Value};
use crate::refusal::{Refusal, code};

use super::context::{Answer, Context};
use super::pipeline::{self, Stage};
use super::read::{Hints, first_batch, open};
use super::read_concern::read_time;
use super::values::unsigned;

pub(super) fn aggregate(context: &mut Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let name = context.request.collection()?;
    let stages = body
        .get("pipeline")
        .and_then(Value::as_array)
        .ok_or_else(|| Refusal::missing("aggregate.pipeline"))?;
    let stages = pipeline::parse(stages)?;
    let at = read_time(context)?;
    let wants_storage = matches!(stages.first(), Some(Stage::CollStats { storage: true, .. }));
    if wants_storage && context.state.store.now(context.request.database, name).is_none() {
        let message = format!("Collection [{}] not found.", context.request.namespace());
        return Err(Refusal::new(code::NAMESPACE_NOT_FOUND, message));
    }
    let source = open(context, name, at, stages, &Hints::parse(body)?)?;
    // The default of a cursor's first batch.
    let most = match body.document("cursor") {
        Some(cursor) => unsigned(cursor, "batchSize")?,
        None => {
            return Err(Refusal::new(
                code::FAILED_TO_PARSE,
                "The 'cursor' option is required, except for aggregate with the explain argument",
            ));
        }
    };
    first_batch(
        context,
        answer,
        source,
        &context.request.namespace(),
        most.unwrap_or(101),
        false,
    )
}
