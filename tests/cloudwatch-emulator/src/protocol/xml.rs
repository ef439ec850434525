//! awsQuery answers.

use std::fmt::Write as _;

use ciborium::Value;

use crate::error::ApiError;
use crate::protocol::Reply;
use crate::timestamp::{EPOCH_TAG, Timestamp};

pub(crate) const CONTENT_TYPE: &str = "text/xml";

/// XML namespaces by API version.
pub(crate) const CLOUDWATCH_NAMESPACE: &str = "http://monitoring.amazonaws.com/doc/2010-08-01/";
pub(crate) const STS_NAMESPACE: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

pub(crate) fn encode(action: &str, namespace: &str, request_id: &str, reply: &Reply) -> String {
    let mut out = format!("<{action}Response xmlns=\"{namespace}\">");
    if let Some(value) = reply {
        element(&mut out, &format!("{action}Result"), value);
    }
    let _infallible = write!(
        out,
        "<ResponseMetadata><RequestId>{request_id}</RequestId></ResponseMetadata></{action}Response>"
    );
    out
}

pub(crate) fn encode_error(namespace: &str, request_id: &str, error: &ApiError) -> String {
    format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>{}</Type><Code>{}</Code><Message>{}</Message></Error>\
         <RequestId>{request_id}</RequestId></ErrorResponse>",
        error.fault_of(),
        error.code,
        escaped(&error.message)
    )
}

fn element(out: &mut String, name: &str, value: &Value) {
    let _infallible = write!(out, "<{name}>");
    content(out, value);
    let _infallible = write!(out, "</{name}>");
}

fn content(out: &mut String, value: &Value) {
    match value {
        Value::Map(entries) => {
            for (key, child) in entries {
                element(out, key.as_text().unwrap_or_default(), child);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| element(out, "member", item)),
        Value::Tag(EPOCH_TAG, seconds) => {
            let time = seconds.as_float().and_then(Timestamp::from_epoch_seconds);
            out.push_str(&time.map(Timestamp::rfc3339).unwrap_or_default());
        }
        Value::Text(text) => out.push_str(&escaped(text)),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Integer(integer) => {
            let _infallible = write!(out, "{}", i128::from(*integer));
        }
        // 5.0, not 5, as CloudWatch writes it.
        Value::Float(float) => {
            let _infallible = write!(out, "{float:?}");
        }
        _ => {}
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // A reader of XML would turn a bare carriage return into a newline.
            '\r' => out.push_str("&#xD;"),
            _ => out.push(character),
        }
    }
    out
}
