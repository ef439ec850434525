//! `GET /files/{id}`.

use api_kit::{Answer, Kind, Problem, Request};
use file_catalog::{FILES, File, FileRecord};
use mongodb::bson::{DateTime, doc};
use serde::Serialize;

use crate::disposition;
use crate::link::Object;
use crate::state::{DownloadApi, Links};
use crate::viewer::viewer;

/// The contract's schema `FileLink`.
#[derive(Serialize)]
struct FileLink {
    file: File,
    url: String,
    expires_at: String,
}

pub(crate) async fn fetch(request: &Request, state: &DownloadApi) -> Result<Answer, Problem> {
    let id = request.parameter("id").unwrap_or_default();
    let record = async {
        let record = state.database.with("findOne files", |database| async move {
            database
                .collection::<FileRecord>(FILES)
                .find_one(doc! { "_id": id })
                .await
        });
        Ok::<_, Problem>(record.await?)
    };
    // Both every time: how long it takes does not tell who asks whether there is such a file.
    let (viewer, record) = tokio::try_join!(viewer(request, &state.database), record)?;
    let record = record.filter(|record| viewer.sees(record));
    let record = record.ok_or_else(|| Problem::new(Kind::NotFound))?;
    let version_id = record.version_id.as_deref().ok_or_else(|| {
        Problem::new(Kind::Internal).cause("an available file has no version_id: its bucket has no versions")
    })?;
    let object = Object {
        key: file_catalog::key(&record.id),
        version_id,
        disposition: disposition::attachment(&record.name),
        content_type: disposition::content_type(&record.content_type),
    };
    let now = (state.clock)();
    let link = match &state.links {
        Links::Cdn(cdn) => cdn.link(&object, now, state.lifetime).await?,
        Links::Storage(storage) => storage.link(&object, now, state.lifetime).await?,
    };
    Answer::json(
        200,
        &FileLink {
            file: File::from(&record),
            url: link.url,
            expires_at: rfc3339(link.expires_at)?,
        },
    )
}

fn rfc3339(epoch_seconds: u64) -> Result<String, Problem> {
    let millis = i64::try_from(epoch_seconds)
        .ok()
        .and_then(|seconds| seconds.checked_mul(1000));
    let text = millis.and_then(|millis| DateTime::from_millis(millis).try_to_rfc3339_string().ok());
    text.ok_or_else(|| Problem::new(Kind::Internal).cause("the clock is past the year 9999"))
}
