//! `GET /files`.

use api_kit::{Answer, Kind, Problem, Request};
use file_catalog::{FILES, File, FileRecord};
use futures::TryStreamExt as _;
use lambda_kit::mongo::Database;
use mongodb::bson::{Document, doc};
use serde::Serialize;

use crate::cursor::Cursor;
use crate::viewer::viewer;

/// Files on a page, unless the request says how many.
const LIMIT: u32 = 50;

/// The contract's schema `FilePage`.
#[derive(Serialize)]
struct Page {
    files: Vec<File>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

pub(crate) async fn list(request: &Request, database: &Database) -> Result<Answer, Problem> {
    let limit = request
        .parameter("limit")
        .and_then(|limit| limit.parse().ok())
        .unwrap_or(LIMIT);
    let cursor = request
        .parameter("cursor")
        .map(|text| Cursor::parse(text).ok_or_else(no_cursor));
    let cursor = cursor.transpose()?;
    // One condition after the other: the viewer's and the cursor's both have an $or of their own.
    let mut conditions = vec![viewer(request, database).await?.filter()];
    conditions.extend(request.parameter("course").map(|course| doc! { "course": course }));
    conditions.extend(cursor.as_ref().map(Cursor::after));
    let mut records = read(database, doc! { "$and": conditions }, limit).await?;
    let more = records.len() > limit as usize;
    records.truncate(limit as usize);
    let next_cursor = match records.last().filter(|_| more) {
        Some(last) => Some(Cursor::of(last).ok_or_else(no_place)?.render()),
        None => None,
    };
    let files = records.iter().map(File::from).collect();
    Answer::json(200, &Page { files, next_cursor })
}

/// Newest first, one more than are shown: it tells whether there is another page.
async fn read(database: &Database, filter: Document, limit: u32) -> Result<Vec<FileRecord>, Problem> {
    let filter = &filter;
    let records = database.with("find files", |database| async move {
        let files = database.collection::<FileRecord>(FILES);
        let found = files
            .find(filter.clone())
            .sort(doc! { "created_at": -1, "_id": -1 })
            .limit(i64::from(limit) + 1)
            // All of them in one answer.
            .batch_size(limit + 1);
        found.await?.try_collect().await
    });
    Ok(records.await?)
}

fn no_cursor() -> Problem {
    Problem::new(Kind::InvalidParameter).error("cursor", "must be the next_cursor of a page")
}

fn no_place() -> Problem {
    Problem::new(Kind::Internal).cause("a file in MongoDB has an _id or a created_at that upload-api does not write")
}
