//! tf-provider's diagnostics on the wire.

use std::borrow::Cow;
use std::collections::BTreeSet;

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

/// Adds the warnings of `more` that are not there yet.
pub(crate) fn add_new_warnings(diagnostics: &mut Diagnostics, more: Diagnostics) {
    let key = |warning: &Diagnostic| format!("{}\n{}\n{}", warning.attribute, warning.summary, warning.detail);
    let there: BTreeSet<_> = diagnostics.warnings.iter().map(key).collect();
    let new = more
        .warnings
        .into_iter()
        .filter(|warning| !there.contains(&key(warning)));
    diagnostics.warnings.extend(new);
}

/// The detail as a user reads it. Terraform points at the line of a root attribute or of an element of it, and at nothing below, so a
/// path of several steps is said in words.
fn said(diagnostic: &Diagnostic) -> String {
    match diagnostic.attribute.steps.len() {
        0 | 1 => diagnostic.detail.clone().into_owned(),
        _ => format!("{}: {}", diagnostic.attribute, diagnostic.detail),
    }
}

/// The path without what Terraform takes for another place: it looks for the last attribute's name among those of the root, so that
/// `dump.role_arn` would point at the line of `role_arn`.
fn pointed_at(mut path: AttributePath) -> AttributePath {
    let is_attribute = |step: &AttributePathStep| matches!(step, AttributePathStep::Attribute(_));
    let second = path.steps.iter().skip(1).position(is_attribute);
    path.steps
        .truncate(second.map_or(path.steps.len(), |position| position + 1));
    path
}

pub(crate) fn to_wire(diagnostics: Diagnostics) -> Vec<proto::Diagnostic> {
    let with = |severity: Severity| {
        move |diagnostic: Diagnostic| proto::Diagnostic {
            severity: severity.into(),
            detail: said(&diagnostic),
            summary: diagnostic.summary.into_owned(),
            attribute: (!diagnostic.attribute.steps.is_empty())
                .then(|| path_to_wire(&pointed_at(diagnostic.attribute))),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terraform_is_pointed_at_the_root_attribute_that_holds_the_place() {
        let dump = AttributePath::new("dump");
        let lambda = AttributePath::new("lambda").key("upload");
        for (path, pointed_at) in [
            (AttributePath::new("threshold"), AttributePath::new("threshold")),
            (dump.clone().attribute("role_arn"), dump.clone()),
            (dump.clone().attribute("include").index(1), dump),
            (lambda.clone(), lambda.clone()),
            (lambda.clone().attribute("timeout_seconds"), lambda),
        ] {
            let mut diagnostics = Diagnostics::default();
            error(&mut diagnostics, path, "Number is out of range.", "Got 12.5.");
            assert_eq!(to_wire(diagnostics)[0].attribute, Some(path_to_wire(&pointed_at)));
        }
    }

    #[test]
    fn a_place_below_a_root_attribute_is_said_in_the_detail() {
        for (path, detail) in [
            (AttributePath::root(), "Got 12.5."),
            (AttributePath::new("threshold"), "Got 12.5."),
            (
                AttributePath::new("lambda").key("upload").attribute("timeout_seconds"),
                "lambda[\"upload\"].timeout_seconds: Got 12.5.",
            ),
        ] {
            let mut diagnostics = Diagnostics::default();
            error(&mut diagnostics, path, "Number is out of range.", "Got 12.5.");
            assert_eq!(to_wire(diagnostics)[0].detail, detail);
        }
    }
}
