//! `insert`, and what all writes share: statements done before, errors, what a document must be.

use std::collections::BTreeSet;

use crate::bson::{Builder, Document};
use crate::clock::wall_ms;
use crate::corpus::MAX_DOCUMENT;
use crate::faults::FaultKind;
use crate::filter::Filter;
use crate::refusal::{Refusal, code};
use crate::store::Kind;

use super::context::{Answer, Context};
use super::insertion::{refuse_id, refuse_unknown, with_times};

/// Statements of this session's transaction number that were done before.
pub(super) struct Done {
    session: Option<(Vec<u8>, i64)>,
    first: i64,
}

impl Done {
    pub(super) fn of(context: &Context<'_>) -> Self {
        let body = context.request.body;
        let session = body.document("lsid").map(|session| session.0.to_vec());
        Self {
            session: session.zip(body.i64("txnNumber")),
            first: body.i64("stmtId").unwrap_or_default(),
        }
    }

    fn statements<'a>(&self, context: &'a mut Context<'_>) -> Option<&'a mut BTreeSet<i64>> {
        let (session, number) = self.session.as_ref()?;
        let entry = context.state.writes.entry(session.clone()).or_default();
        if entry.0 != *number {
            *entry = (*number, BTreeSet::new());
        }
        Some(&mut entry.1)
    }

    fn statement(&self, index: usize) -> i64 {
        self.first.saturating_add(i64::try_from(index).unwrap_or(i64::MAX))
    }

    pub(super) fn contains(&self, context: &mut Context<'_>, index: usize) -> bool {
        let statement = self.statement(index);
        self.statements(context).is_some_and(|done| done.contains(&statement))
    }

    pub(super) fn add(&self, context: &mut Context<'_>, index: usize) {
        let statement = self.statement(index);
        if let Some(done) = self.statements(context) {
            done.insert(statement);
        }
    }
}

pub(super) fn write_errors(answer: Builder, errors: &[(usize, Refusal)]) -> Builder {
    if errors.is_empty() {
        return answer;
    }
    let documents = errors.iter().map(|(index, refusal)| {
        let error = Builder::new().i32("index", i32::try_from(*index).unwrap_or(i32::MAX));
        refusal.write_details(error).build()
    });
    answer.documents("writeErrors", documents)
}

pub(super) fn number(number: usize) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

/// The server's id, where a document has none: it goes in front.
pub(super) fn with_id(document: &[u8]) -> Vec<u8> {
    let mut id = [0; 12];
    id.fill_with(|| fastrand::u8(..));
    let seconds = u32::try_from(wall_ms() / 1000).unwrap_or(u32::MAX);
    id[..4].copy_from_slice(&seconds.to_be_bytes());
    let builder = Builder::new().object_id("_id", id);
    let elements = Document(document).elements();
    elements
        .fold(builder, |builder, element| {
            builder.raw_element(element.name, element.value)
        })
        .build()
}

/// What a document must be to be written into the collection.
pub(super) fn admit(context: &Context<'_>, id: u64, document: &[u8]) -> Result<(), Refusal> {
    if document.len() > MAX_DOCUMENT {
        let message = format!(
            "object to insert too large. size in bytes: {}, max size: {MAX_DOCUMENT}",
            document.len()
        );
        return Err(Refusal::new(code::BSON_OBJECT_TOO_LARGE, message));
    }
    let collection = context.state.store.get(id);
    let validator = collection.and_then(|collection| collection.option("validator")?.as_document());
    let is_strict = collection.is_none_or(|collection| {
        let action = collection.option("validationAction").and_then(|action| action.as_str());
        let level = collection.option("validationLevel").and_then(|level| level.as_str());
        action != Some("warn") && level != Some("off")
    });
    if let Some(validator) = validator.filter(|validator| !validator.is_empty())
        && is_strict
        && !context.request.body.is_true("bypassDocumentValidation")
        && !is_valid(validator, Document(document))?
    {
        return Err(Refusal::new(
            code::DOCUMENT_VALIDATION_FAILURE,
            "Document failed validation",
        ));
    }
    Ok(())
}

/// A query, or of a schema the fields that are required.
fn is_valid(validator: Document<'_>, document: Document<'_>) -> Result<bool, Refusal> {
    let Some(schema) = validator.document("$jsonSchema") else {
        return Ok(Filter::parse(validator)?.matches(document));
    };
    let required = schema.get("required").and_then(|required| required.as_array());
    let mut required = required.into_iter().flatten().filter_map(|name| name.as_str());
    Ok(required.all(|name| document.get(name).is_some()))
}

pub(super) fn writable(context: &mut Context<'_>, name: &str) -> Result<u64, Refusal> {
    let database = context.request.database;
    let id = context.state.store.create_if_missing(database, name);
    if context
        .state
        .store
        .get(id)
        .is_some_and(|collection| collection.kind == Kind::View)
    {
        let message = format!("Namespace {} is a view, not a collection", context.request.namespace());
        return Err(Refusal::new(code::COMMAND_NOT_SUPPORTED_ON_VIEW, message));
    }
    Ok(id)
}

pub(super) fn insert(context: &mut Context<'_>, answer: Builder) -> Answer {
    refuse_unknown(context)?;
    let name = context.request.collection()?;
    let namespace = context.request.namespace();
    let documents = context.request.documents("documents");
    context.documents = Some(documents.len() as u64);
    if documents.is_empty() || documents.len() > 100_000 {
        let message = format!(
            "Write batch sizes must be between 1 and 100000. Got {} operations.",
            documents.len()
        );
        return Err(Refusal::new(code::INVALID_OPTIONS, message));
    }
    let is_ordered = context
        .request
        .body
        .get("ordered")
        .is_none_or(|ordered| ordered.is_true());
    let id = writable(context, name)?;
    let is_time_series = context
        .state
        .store
        .get(id)
        .is_some_and(|collection| collection.kind == Kind::TimeSeries);
    let done = Done::of(context);
    let limit = match context.fault {
        Some(FaultKind::InsertThenReset { documents }) => *documents,
        _ => documents.len(),
    };
    let (mut inserted, mut errors) = (0, Vec::new());
    for (index, document) in documents.into_iter().enumerate().take(limit) {
        if done.contains(context, index) {
            inserted += 1;
            continue;
        }
        let made;
        let document = if is_time_series || Document(document).get("_id").is_some() {
            document
        } else {
            made = with_id(document);
            &made
        };
        let replaced = if is_time_series {
            None
        } else {
            with_times(context, document)
        };
        let document = replaced.as_deref().unwrap_or(document);
        let admitted = refuse_id(document).and_then(|()| admit(context, id, document));
        let result = admitted.and_then(|()| context.state.store.insert(id, &namespace, document));
        match result {
            Ok(()) => {
                inserted += 1;
                done.add(context, index);
            }
            Err(refusal) => {
                errors.push((index, refusal));
                if is_ordered {
                    break;
                }
            }
        }
    }
    Ok(write_errors(answer.i32("n", number(inserted)), &errors))
}
