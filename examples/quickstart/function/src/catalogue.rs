//! What the function knows and answers.

use serde::{Deserialize, Serialize};

/// One event: `{"course": "rust"}`.
#[derive(Debug, Deserialize)]
pub struct Request {
    /// Id of the course asked for.
    pub course: String,
}

/// One answer: `{"course": "rust", "title": "...", "lessons": 12}`.
#[derive(Debug, Serialize, PartialEq, Eq)]
pub struct Course {
    /// Id of the course, as asked for.
    pub course: &'static str,
    /// Title for people.
    pub title: &'static str,
    /// Number of lessons.
    pub lessons: u32,
}

/// Why there is no answer. Lambda counts either as an error of the function.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CourseError {
    /// No course has this id.
    #[error("the catalogue has no course {0:?}")]
    NotFound(String),
}

const COURSES: [Course; 3] = [
    Course {
        course: "aws",
        title: "Serverless on AWS",
        lessons: 9,
    },
    Course {
        course: "rust",
        title: "Rust for the curious",
        lessons: 12,
    },
    Course {
        course: "terraform",
        title: "Infrastructure as code",
        lessons: 7,
    },
];

/// The course asked for.
///
/// # Errors
/// [`CourseError::NotFound`] for an id that the catalogue does not have, such as `missing`.
pub fn find(request: &Request) -> Result<&'static Course, CourseError> {
    COURSES
        .iter()
        .find(|course| course.course == request.course)
        .ok_or_else(|| CourseError::NotFound(request.course.clone()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    fn ask(course: &str) -> Result<&'static Course, CourseError> {
        find(&serde_json::from_value(serde_json::json!({ "course": course })).unwrap())
    }

    #[test]
    fn every_course_is_found_by_its_id() {
        for course in &COURSES {
            assert_eq!(ask(course.course), Ok(course), "{}", course.course);
        }
    }

    #[test]
    fn an_unknown_course_is_an_error_that_names_it() {
        let error = ask("missing").unwrap_err();
        assert_eq!(error, CourseError::NotFound("missing".into()));
        assert_eq!(error.to_string(), r#"the catalogue has no course "missing""#);
    }
}
