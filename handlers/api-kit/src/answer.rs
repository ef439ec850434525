//! What a handler answers.

use serde::Serialize;

use crate::problem::{Kind, Problem};

/// A response, before it is API Gateway's. No answer is kept by anybody on the way: each is one user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Option<String>,
}

impl Answer {
    /// With a body in JSON.
    ///
    /// # Errors
    /// A value that JSON cannot say: a fault of the handler.
    pub fn json(status: u16, body: &impl Serialize) -> Result<Self, Problem> {
        let body =
            serde_json::to_string(body).map_err(|error| Problem::new(Kind::Internal).cause(error.to_string()))?;
        Ok(Self {
            status,
            headers: vec![("content-type", "application/json".to_owned())],
            body: Some(body),
        })
    }

    /// 204.
    #[must_use]
    pub fn empty() -> Self {
        Self {
            status: 204,
            headers: Vec::new(),
            body: None,
        }
    }

    /// With one more header, whose name is in small letters. A value that no header can have is left out.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn problem(problem: &Problem, request_id: &str) -> Self {
        let mut answer = Self {
            status: problem.kind.status(),
            headers: vec![("content-type", crate::problem::CONTENT_TYPE.to_owned())],
            body: Some(problem.render(request_id)),
        };
        if let Some(after) = problem.retry_after() {
            answer = answer.header("retry-after", after.as_secs().to_string());
        }
        // A 405 has to say them (RFC 9110, 15.5.6).
        if let Some(methods) = &problem.allow {
            answer = answer.header("allow", methods);
        }
        if problem.kind == Kind::Unauthenticated {
            answer = answer.header("www-authenticate", "Bearer");
        }
        answer
    }
}
