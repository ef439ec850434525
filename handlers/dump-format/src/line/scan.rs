//! Pieces of a line, and what can be wrong with them.

use super::text;

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeProblem {
    /// JSON is UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Lines have no blanks, and no numbers outside wrappers.
    #[error("not JSON as a dump writes it: {0} expected")]
    Syntax(&'static str),
    /// A string ends before its quote, holds a control character or an escape that is none.
    #[error("not a JSON string")]
    Text,
    /// BSON ends names with a zero byte.
    #[error("a zero character in a name or regular expression")]
    Zero,
    /// A document beginning with a field that begins with `$`.
    #[error("a wrapper that canonical Extended JSON does not have, or not in this form")]
    UnknownWrapper,
    /// A wrapper whose text cannot be read.
    #[error("not the canonical text of {0}")]
    Value(&'static str),
    /// A field beginning with `$` that is not a wrapper's first.
    #[error("a field beginning with $ inside a document")]
    DollarField,
    /// More than [`super::MAX_DEPTH`] documents within documents.
    #[error("documents are nested too deep")]
    TooDeep,
    /// More than BSON's 2 GiB.
    #[error("the document is too long")]
    TooLong,
    /// Something behind the document.
    #[error("more than one document")]
    Trailing,
}

pub(super) struct Refusal {
    pub(super) problem: DecodeProblem,
    pub(super) offset: usize,
}

pub(super) fn refuse<T>(problem: DecodeProblem, offset: usize) -> Result<T, Refusal> {
    Err(Refusal { problem, offset })
}

/// The place after `literal`, which has to be at `at`.
pub(super) fn expect(line: &[u8], at: usize, literal: &[u8], name: &'static str) -> Result<usize, Refusal> {
    if line.get(at..).is_some_and(|rest| rest.starts_with(literal)) {
        return Ok(at + literal.len());
    }
    refuse(DecodeProblem::Syntax(name), at)
}

/// Writes the length of what began at `start` and ends with the output.
pub(super) fn patch_length(out: &mut [u8], start: usize, at: usize) -> Result<(), Refusal> {
    let Ok(length) = i32::try_from(out.len() - start) else {
        return refuse(DecodeProblem::TooLong, at);
    };
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Reads the JSON string at `at` as BSON ends names: with a zero byte, which the caller writes.
pub(super) fn zero_free(line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
    let start = out.len();
    let opened = expect(line, at, b"\"", "a string")?;
    match text::read(line, opened, out) {
        Ok(_) if out[start..].contains(&0) => refuse(DecodeProblem::Zero, at),
        Ok(after) => Ok(after),
        Err(offset) => refuse(DecodeProblem::Text, offset),
    }
}

/// Reads the JSON string at `at` as BSON writes strings: length, text, zero byte.
pub(super) fn string(line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
    let opened = expect(line, at, b"\"", "a string")?;
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    match text::read(line, opened, out) {
        Ok(after) => {
            out.push(0);
            let text_start = start + 4;
            let Ok(length) = i32::try_from(out.len() - text_start) else {
                return refuse(DecodeProblem::TooLong, at);
            };
            out[start..text_start].copy_from_slice(&length.to_le_bytes());
            Ok(after)
        }
        Err(offset) => refuse(DecodeProblem::Text, offset),
    }
}
