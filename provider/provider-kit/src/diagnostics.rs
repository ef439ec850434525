//! tf-provider's diagnostics on the wire.

use std::borrow::Cow;

use tf_provider::{AttributePath, AttributePathStep, Diagnostic, Diagnostics};
use tfplugin6::proto;
use tfplugin6::proto::attribute_path::{Selector, Step};
use tfplugin6::proto::diagnostic::Severity;

/// A diagnostic without the backtrace that tf-provider's constructors append when `RUST_BACKTRACE` is set.
fn diagnostic(
    path: AttributePath,
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) -> Diagnostic {
    Diagnostic {
        summary: summary.into(),
        detail: detail.into(),
        attribute: path,
    }
}

/// Adds an error: `summary` is one fixed sentence, `detail` says what was seen, why it matters and what to type.
pub fn error(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) {
    diagnostics.errors.push(diagnostic(path, summary, detail));
}

/// Adds a warning, in the form of [`error`].
pub fn warning(
    diagnostics: &mut Diagnostics,
    path: AttributePath,
    summary: impl Into<Cow<'static, str>>,
    detail: impl Into<Cow<'static, str>>,
) {
    diagnostics.warnings.push(diagnostic(path, summary, detail));
}

pub(crate) fn to_wire(diagnostics: Diagnostics) -> Vec<proto::Diagnostic> {
    let with = |severity: Severity| {
        move |diagnostic: Diagnostic| proto::Diagnostic {
            severity: severity.into(),
            summary: diagnostic.summary.into_owned(),
            detail: diagnostic.detail.into_owned(),
            attribute: (!diagnostic.attribute.steps.is_empty()).then(|| path_to_wire(&diagnostic.attribute)),
        }
    };
    let errors = diagnostics.errors.into_iter().map(with(Severity::Error));
    errors
        .chain(diagnostics.warnings.into_iter().map(with(Severity::Warning)))
        .collect()
}

pub(crate) fn path_to_wire(path: &AttributePath) -> proto::AttributePath {
    let step = |step: &AttributePathStep| Step {
        selector: Some(match step {
            AttributePathStep::Attribute(name) => Selector::AttributeName(name.to_string()),
            AttributePathStep::Key(key) => Selector::ElementKeyString(key.to_string()),
            AttributePathStep::Index(index) => Selector::ElementKeyInt(*index),
        }),
    };
    proto::AttributePath {
        steps: path.steps.iter().map(step).collect(),
    }
}

/// A failure that no user can cause: schema and code disagree. Says so, and how to report it.
pub(crate) fn bug(diagnostics: &mut Diagnostics, what: &str, cause: &dyn std::error::Error) {
    error(
        diagnostics,
        AttributePath::root(),
        "The provider met a value that does not fit its own schema.",
        format!(
            "While {what}: {cause}. This is a bug in the provider; nothing was changed. Please report it with this message."
        ),
    );
}
