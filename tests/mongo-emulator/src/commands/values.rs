//! Values that several commands and stages take.

use crate::bson::Document;
use crate::refusal::{Refusal, code};
use crate::store::Order;

/// A field that must not be negative.
pub(super) fn unsigned(body: Document<'_>, field: &str) -> Result<Option<u64>, Refusal> {
    let Some(number) = body.i64(field) else {
        return Ok(None);
    };
    let negative = |_| {
        Refusal::new(
            code::BAD_VALUE,
            format!("{field} value must be non-negative, but received: {number}"),
        )
    };
    u64::try_from(number).map(Some).map_err(negative)
}

/// `{_id: 1}` or `{_id: -1}`.
pub(super) fn sort(sort: Option<Document<'_>>) -> Result<Option<Order>, Refusal> {
    let Some(first) = sort.and_then(|sort| sort.elements().next()) else {
        return Ok(None);
    };
    let is_alone = sort.is_some_and(|sort| sort.elements().count() == 1);
    match (first.name, first.value.as_i64()) {
        (b"_id", Some(1)) if is_alone => Ok(Some(Order::Ascending)),
        (b"_id", Some(-1)) if is_alone => Ok(Some(Order::Descending)),
        (b"$natural", Some(1)) if is_alone => Ok(Some(Order::Insertion)),
        _ => Err(Refusal::not_emulated("a sort by anything but _id")),
    }
}
