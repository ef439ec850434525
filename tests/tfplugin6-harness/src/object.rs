//! What the verbs take and answer: stored objects, planned changes, outcomes.

use serde_json::Value;

use crate::Diagnostics;

/// An object as Terraform stores it.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// Its attributes.
    pub value: Value,
    /// The provider's own bytes.
    pub private: Vec<u8>,
    /// Its identity; null where the type has none.
    pub identity: Value,
    /// Its creation failed half-way: the next plan replaces it.
    pub tainted: bool,
}

/// What Terraform would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs, reason = "Terraform's own names")]
pub enum Action {
    NoOp,
    Create,
    Update,
    /// Destroy, then create.
    Replace,
    Destroy,
}

/// A planned change of one object.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The resource type.
    pub type_name: String,
    /// What apply will do. Meaningless when there are errors.
    pub action: Action,
    /// The object before.
    pub prior: Option<State>,
    /// The complete configuration; null for a destroy.
    pub config: Value,
    /// The planned object, with unknown values; null for a destroy.
    pub planned: Value,
    /// The provider's own bytes, for apply.
    pub private: Vec<u8>,
    /// The identity as far as the plan knows it; null where it does not.
    pub identity: Value,
    /// Paths whose change makes a replacement, as `lambda["upload"].name`.
    pub requires_replace: Vec<String>,
    /// Of validation and planning.
    pub diagnostics: Diagnostics,
}

impl Plan {
    /// The plan of a success.
    ///
    /// # Errors
    /// There are error diagnostics.
    pub fn ok(self) -> anyhow::Result<Self> {
        self.diagnostics.clone().ok()?;
        Ok(self)
    }
}

/// What Terraform stores after a call, and what it tells its user.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The object as stored; `None` when there is none.
    pub state: Option<State>,
    /// Of the call.
    pub diagnostics: Diagnostics,
}

impl Outcome {
    /// The outcome of a success.
    ///
    /// # Errors
    /// There are error diagnostics.
    pub fn ok(self) -> anyhow::Result<Self> {
        self.diagnostics.clone().ok()?;
        Ok(self)
    }

    /// The object's attributes; null when there is none.
    pub fn value(&self) -> &Value {
        self.state.as_ref().map_or(&Value::Null, |state| &state.value)
    }
}
