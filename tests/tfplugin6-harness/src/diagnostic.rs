//! Diagnostics and attribute paths as a person reads them.

use std::fmt::{self, Write};

use tfplugin6::proto::{self, attribute_path::Selector, diagnostic::Severity as WireSeverity};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// The operation failed.
    Error,
    /// The operation continues.
    Warning,
}

/// One message of the provider to its user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Error or warning.
    pub severity: Severity,
    /// One sentence.
    pub summary: String,
    /// What was seen and what to do.
    pub detail: String,
    /// What Terraform is pointed at, as `lambda["upload"]`; empty when it is about the whole object.
    pub path: String,
}

impl Diagnostic {
    /// Where it is, as `lambda["upload"].timeout_seconds`: what the detail begins with, below `path`, or else `path`.
    #[must_use]
    pub fn place(&self) -> &str {
        match self.detail.split_once(": ") {
            Some((place, _)) if !self.path.is_empty() && place.starts_with(&self.path) => place,
            _ => &self.path,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, "{severity}: {}: {} {}", self.path, self.summary, self.detail)
    }
}

/// All diagnostics of one operation, in the provider's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl Diagnostics {
    /// The errors.
    pub fn errors(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// The warnings.
    pub fn warnings(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0
            .iter()
            .filter(|diagnostic| diagnostic.severity == Severity::Warning)
    }

    /// Whether the operation failed.
    pub fn has_errors(&self) -> bool {
        self.errors().next().is_some()
    }

    /// The only error.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub fn only_error(&self) -> anyhow::Result<&Diagnostic> {
        let mut errors = self.errors();
        match (errors.next(), errors.next()) {
            (Some(error), None) => Ok(error),
            _ => anyhow::bail!("expected exactly one error, got: {self}"),
        }
    }

    /// The warnings of a success.
    ///
    /// # Errors
    /// There are error diagnostics; all are in the message.
    pub fn ok(self) -> anyhow::Result<Self> {
        anyhow::ensure!(!self.has_errors(), "{self}");
        Ok(self)
    }

    pub(crate) fn from_wire(diagnostics: Vec<proto::Diagnostic>) -> anyhow::Result<Self> {
        let mut list = Vec::new();
        for diagnostic in diagnostics {
            let severity = match WireSeverity::try_from(diagnostic.severity) {
                Ok(WireSeverity::Error) => Severity::Error,
                Ok(WireSeverity::Warning) => Severity::Warning,
                _ => anyhow::bail!("diagnostic `{}` has no severity", diagnostic.summary),
            };
            anyhow::ensure!(
                !diagnostic.summary.is_empty(),
                "a diagnostic has no summary: {}",
                diagnostic.detail
            );
            list.push(Diagnostic {
                severity,
                summary: diagnostic.summary,
                detail: diagnostic.detail,
                path: diagnostic.attribute.map(|path| render_path(&path)).unwrap_or_default(),
            });
        }
        Ok(Self(list))
    }

    pub(crate) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("no diagnostics");
        }
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_char('\n')?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

/// A protocol path as Terraform's user would write it: `lambda["upload"].rules[0]`.
pub fn render_path(path: &proto::AttributePath) -> String {
    let mut text = String::new();
    for step in &path.steps {
        match &step.selector {
            Some(Selector::AttributeName(name)) => push_attribute(&mut text, name),
            Some(Selector::ElementKeyString(key)) => push_key(&mut text, key),
            Some(Selector::ElementKeyInt(index)) => text.push_str(&format!("[{index}]")),
            None => text.push_str("[?]"),
        }
    }
    text
}

pub(crate) fn attribute_path(path: &str, name: &str) -> String {
    let mut text = path.to_owned();
    push_attribute(&mut text, name);
    text
}

pub(crate) fn key_path(path: &str, key: &str) -> String {
    let mut text = path.to_owned();
    push_key(&mut text, key);
    text
}

pub(crate) fn index_path(path: &str, index: usize) -> String {
    format!("{path}[{index}]")
}

fn push_attribute(text: &mut String, name: &str) {
    if !text.is_empty() {
        text.push('.');
    }
    text.push_str(name);
}

fn push_key(text: &mut String, key: &str) {
    text.push_str(&format!("[{}]", serde_json::Value::from(key)));
}
