//! What a caller may see.

use api_kit::{Problem, Request};
use file_catalog::{MEMBERSHIPS, Membership, Viewer};
use lambda_kit::mongo::Database;
use mongodb::bson::doc;

/// By the caller's groups and courses. Who is in no course has no document.
pub(crate) async fn viewer(request: &Request, database: &Database) -> Result<Viewer, Problem> {
    if request.is_administrator() {
        return Ok(Viewer::Administrator);
    }
    let subject = request.caller.subject();
    let membership = database.with("findOne memberships", |database| async move {
        let memberships = database.collection::<Membership>(MEMBERSHIPS);
        memberships.find_one(doc! { "_id": subject }).await
    });
    let courses = membership.await?.map(|membership| membership.courses);
    Ok(Viewer::Member {
        courses: courses.unwrap_or_default(),
    })
}
