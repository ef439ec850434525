//! Numbers of the server's answers, which are integers or doubles as it likes.

use mongodb::bson::{Bson, Document};

/// The number under a path of names; none where it is not there, is no number, or is below 0.
pub(crate) fn at(document: &Document, path: &[&str]) -> Option<f64> {
    let (name, folders) = path.split_last()?;
    let mut folder = document;
    for name in folders {
        folder = folder.get_document(name).ok()?;
    }
    of(folder.get(name)?)
}

#[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
pub(crate) fn of(value: &Bson) -> Option<f64> {
    let number = match value {
        Bson::Int32(number) => f64::from(*number),
        Bson::Int64(number) => *number as f64,
        Bson::Double(number) => *number,
        _ => return None,
    };
    (number.is_finite() && number >= 0.0).then_some(number)
}

/// The part of a whole in percent; none of nothing.
pub(crate) fn percent(part: Option<f64>, whole: Option<f64>) -> Option<f64> {
    let (part, whole) = (part?, whole?);
    (whole > 0.0).then(|| 100.0 * part / whole)
}
