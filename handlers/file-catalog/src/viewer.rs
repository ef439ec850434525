//! Who may see which files.

use mongodb::bson::{Document, doc};
use serde::{Deserialize, Serialize};

use crate::record::{FileRecord, Status, Visibility};

/// Collection of [`Membership`]s.
pub const MEMBERSHIPS: &str = "memberships";

/// A document of [`MEMBERSHIPS`]: the courses of one user. The platform's enrolment writes it; no API here does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Membership {
    /// The user's `sub`.
    #[serde(rename = "_id")]
    pub subject: String,
    /// Courses, as [`FileRecord::course`] names them.
    pub courses: Vec<String>,
}

/// What one caller may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Viewer {
    /// Everything that is available.
    Administrator,
    /// What is for everyone, and what is for members of these courses.
    Member {
        /// By name.
        courses: Vec<String>,
    },
}

impl Viewer {
    /// Whether the viewer may see a file. The same rule as [`Viewer::filter`], for one that was read.
    #[must_use]
    pub fn sees(&self, file: &FileRecord) -> bool {
        if file.status != Status::Available {
            return false;
        }
        match (self, file.visibility) {
            (Self::Administrator, _) | (Self::Member { .. }, Visibility::Everyone) => true,
            (Self::Member { courses }, Visibility::Course) => courses.contains(&file.course),
            (Self::Member { .. }, Visibility::Administrators) => false,
        }
    }

    /// What MongoDB is asked for, so that a page is full of what the viewer may see.
    #[must_use]
    pub fn filter(&self) -> Document {
        match self {
            Self::Administrator => doc! { "status": "available" },
            Self::Member { courses } => doc! {
                "status": "available",
                "$or": [
                    { "visibility": "everyone" },
                    { "visibility": "course", "course": { "$in": courses } },
                ],
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::DateTime;

    use super::*;
    use crate::record::Checksum;

    fn file(visibility: Visibility, status: Status) -> FileRecord {
        FileRecord {
            id: "0".repeat(32),
            name: "notes.pdf".to_owned(),
            size: 1,
            content_type: "application/pdf".to_owned(),
            course: "algebra".to_owned(),
            visibility,
            status,
            checksum: Checksum::Whole { sha256: String::new() },
            created_by: "admin".to_owned(),
            created_at: DateTime::from_millis(0),
            expires_at: None,
            request_sha256: String::new(),
            version_id: None,
        }
    }

    #[test]
    fn a_file_is_seen_by_whom_it_is_for() {
        let member = |course: &str| Viewer::Member {
            courses: vec![course.to_owned()],
        };
        let cases = [
            (Visibility::Everyone, true, true, true),
            (Visibility::Course, true, true, false),
            (Visibility::Administrators, true, false, false),
        ];
        for (visibility, administrator, of_the_course, of_another) in cases {
            let file = file(visibility, Status::Available);
            assert_eq!(Viewer::Administrator.sees(&file), administrator, "{visibility:?}");
            assert_eq!(member("algebra").sees(&file), of_the_course, "{visibility:?}");
            assert_eq!(member("algebr").sees(&file), of_another, "{visibility:?}");
        }
    }

    #[test]
    fn nobody_sees_what_is_not_available() {
        for status in [Status::Pending, Status::Deleting] {
            assert!(
                !Viewer::Administrator.sees(&file(Visibility::Everyone, status)),
                "{status:?}"
            );
        }
    }
}
