//! An error with all its causes in one line.

use std::error::Error;

/// An error and all its causes, outermost first.
pub(crate) fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| (*error).source())
}

/// An error and all its causes in one line, each said once.
pub(crate) fn chain(error: &(dyn Error + 'static)) -> String {
    causes(error)
        .map(ToString::to_string)
        .fold(String::new(), |mut text, next| {
            if !text.ends_with(&next) {
                text.push_str(if text.is_empty() { "" } else { ": " });
                text.push_str(&next);
            }
            text
        })
}
