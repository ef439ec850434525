//! What a script does to which calls.

use std::time::Duration;

use bytes::Bytes;
use emulator_kit::{GateHandle, Script, ScriptedFault};

use crate::call::{Call, Protocol};

/// What happens to a call.
#[derive(Debug, Clone)]
pub enum Effect {
    /// It is not carried out and answered with an error, as its service writes one.
    Refuse {
        /// HTTP status.
        status: u16,
        /// AWS's code, like `SlowDown`.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// It is not carried out and gets this answer, whatever it is.
    Answer {
        /// HTTP status.
        status: u16,
        /// The body, sent as XML to S3's clients and as JSON to others.
        body: String,
    },
    /// It is not carried out: the bucket is in this region. S3 answers so where the endpoint is another region's, in its manual's
    /// words: `PermanentRedirect`, 301, and the region in the header `x-amz-bucket-region` and nowhere else.
    OtherRegion(String),
    /// It is carried out, and its answer has this header too, in the place of one of that name.
    Header(&'static str, String),
    /// It is carried out, and this body comes in the place of its answer's: `CompleteMultipartUpload` may say 200 and an error.
    ReplaceBody(String),
    /// It is not carried out, and the connection ends.
    Reset,
    /// It is carried out, and the connection ends without an answer.
    LoseAnswer,
    /// It is carried out, and the connection ends after this number of bytes of the answer's body.
    CutBody(usize),
    /// It is carried out, and one byte of the answer's body is altered, at this percentage of its length.
    AlterBody(usize),
    /// It is carried out, and its answer comes so much later.
    Delay(Duration),
    /// It waits before it is carried out.
    HoldRequest(GateHandle),
    /// It is carried out, and its answer waits.
    HoldAnswer(GateHandle),
}

impl Effect {
    /// A refusal with status, code and words.
    #[must_use]
    pub fn refusal(status: u16, code: &str, message: &str) -> Self {
        Self::Refuse {
            status,
            code: code.to_owned(),
            message: message.to_owned(),
        }
    }

    /// What most services say when they are called too often.
    #[must_use]
    pub fn throttle() -> Self {
        Self::refusal(429, "ThrottlingException", "Rate exceeded")
    }

    /// What S3 says when it is called too often.
    #[must_use]
    pub fn slow_down() -> Self {
        Self::refusal(503, "SlowDown", "Please reduce your request rate.")
    }

    /// What a missing permission gives; S3's code differs from the other services'.
    #[must_use]
    pub fn denied() -> Self {
        Self::refusal(403, "AccessDeniedException", "User is not authorized to perform this")
    }
}

/// The effect on calls of one operation.
#[derive(Debug, Clone)]
pub struct Rule {
    operation: String,
    path: String,
    skip: u32,
    times: Option<u32>,
    effect: Effect,
}

impl Rule {
    /// The next call of an operation; `*` is any. [`Effect::Reset`] unless another is given.
    #[must_use]
    pub fn on(operation: &str) -> Self {
        Self {
            operation: operation.to_owned(),
            path: String::new(),
            skip: 0,
            times: Some(1),
            effect: Effect::Reset,
        }
    }

    /// Only calls whose path contains this.
    #[must_use]
    pub fn path(mut self, part: &str) -> Self {
        part.clone_into(&mut self.path);
        self
    }

    /// Only calls after the first `calls` ones.
    #[must_use]
    pub fn after(mut self, calls: u32) -> Self {
        self.skip = calls;
        self
    }

    /// Only this number of calls.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// All of them.
    #[must_use]
    pub fn always(mut self) -> Self {
        self.times = None;
        self
    }

    /// What happens.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.effect = effect;
        self
    }
}

impl Script for Rule {
    type Call<'a> = Call;

    fn is_for(&self, call: &Call) -> bool {
        ["*", call.operation.as_str()].contains(&self.operation.as_str()) && call.path.contains(&self.path)
    }

    fn skip(&mut self) -> &mut u32 {
        &mut self.skip
    }
}

impl ScriptedFault for Rule {
    type Effect = Effect;

    fn times(&mut self) -> &mut Option<u32> {
        &mut self.times
    }

    fn effect(&self) -> Effect {
        self.effect.clone()
    }
}

/// Content type, extra header and body of an error.
pub(crate) fn error(protocol: Protocol, code: &str, message: &str) -> (&'static str, Bytes) {
    let body = match protocol {
        Protocol::Json => {
            return (
                "application/json",
                serde_json::json!({ "__type": code, "message": message, "Message": message })
                    .to_string()
                    .into(),
            );
        }
        Protocol::S3 => format!("<Error><Code>{code}</Code><Message>{message}</Message></Error>"),
        Protocol::Query => format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"
        ),
    };
    ("application/xml", body.into())
}
