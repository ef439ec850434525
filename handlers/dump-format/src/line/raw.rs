//! Pieces of raw BSON, each within the document that holds it.

use super::EscapeReason;
use super::refusal::{Refusal, refuse};

/// The `N` bytes at `at`.
pub(super) fn bytes<const N: usize>(body: &[u8], at: usize) -> Result<[u8; N], Refusal> {
    match body.get(at..).and_then(|rest| rest.first_chunk()) {
        Some(bytes) => Ok(*bytes),
        None => refuse(EscapeReason::Malformed, at),
    }
}

/// A length: four bytes, never negative.
pub(super) fn length(body: &[u8], at: usize) -> Result<usize, Refusal> {
    match usize::try_from(i32::from_le_bytes(bytes(body, at)?)) {
        Ok(length) => Ok(length),
        Err(_) => refuse(EscapeReason::Malformed, at),
    }
}

/// The text at `at` up to a zero byte, and the place after that.
pub(super) fn zero_ended(body: &[u8], at: usize) -> Result<(&[u8], usize), Refusal> {
    let rest = body.get(at..).unwrap_or_default();
    match rest.iter().position(|&byte| byte == 0) {
        Some(len) => Ok((&rest[..len], at + len + 1)),
        None => refuse(EscapeReason::Malformed, at),
    }
}

/// The text at `at` with its length before and a zero byte after it, and the place after that.
pub(super) fn string(body: &[u8], at: usize) -> Result<(&[u8], usize), Refusal> {
    let length = length(body, at)?;
    let with_zero = body.get(at + 4..).and_then(|rest| rest.get(..length));
    match with_zero.and_then(<[u8]>::split_last) {
        Some((0, text)) => Ok((text, at + 4 + length)),
        _ => refuse(EscapeReason::Malformed, at),
    }
}
