//! The trait a resource implements, and the erased form the server calls.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tf_provider::{AttributePath, Diagnostics};
use tfplugin6::proto::DynamicValue;
use tokio_util::sync::CancellationToken;

use crate::diagnostics::{add_new_warnings, bug};
use crate::identity::Identity;
use crate::operation::timeout_of;
use crate::tree::{TreeError, decode};
use crate::{Attr, Operation, OwnerToken, Schema, Tree, error, rules};

/// What a call may take when `timeouts` has no entry for it.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(20 * 60);

/// The attribute that every resource has besides its own: the token of its [`Operation::owner`].
///
/// It is no private state, because Terraform hands that to no destroy of a tainted object, and the old one to the create of
/// a replacement.
const OWNER_TOKEN: &str = "owner_token";

const OWNER_TOKEN_DESCRIPTION: &str = "Token that identifies the objects of this resource. Where the API has a \
    description or comment for an object, the token is part of the marker in it. Null for resources that version 0.1.0 \
    created, and for imported objects without a marker, until the next update.";

/// The states of one plan, typed.
pub struct PlanRequest<S> {
    /// What exists, refreshed; `None` for a new object.
    pub prior: Option<S>,
    /// Terraform's proposal with everything that may change marked unknown.
    pub planned: S,
    /// Exactly as typed; null where nothing was.
    pub config: S,
    /// The configuration with every default filled in.
    pub effective: S,
}

/// The states of one apply, typed. The configuration is not among them: with `ignore_changes` Terraform plans with the prior
/// values and still sends the configuration as typed, so what is applied comes from the plan alone.
pub struct ApplyRequest<S> {
    /// What exists, refreshed; `None` for a new object.
    pub prior: Option<S>,
    /// What the plan showed; attributes that only the apply can know are unknown.
    pub planned: S,
    /// Of the planned state what a configuration can set, with every default filled in; the other attributes are null.
    pub effective: S,
}

/// An existing object, found by its import id.
pub struct Imported<S> {
    /// What is known of it.
    pub state: S,
    /// The token that the object carries, so that the imported resource continues to own it.
    pub owner: Option<OwnerToken>,
}

/// A state that a version of the provider wrote and this one cannot read.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UpgradeError(pub String);

/// A managed resource over typed state. All calls run concurrently with those of other resources.
#[async_trait]
pub trait Resource: Send + Sync + 'static {
    /// The whole resource: a field per attribute, leaves that may be null or unknown as `tf_provider::value::Value`.
    type State: Serialize + DeserializeOwned + Clone + Send + Sync + 'static;

    /// The schema, with defaults, validators and plan rules.
    fn schema(&self) -> Schema;

    /// Checks a configuration without IO. Every leaf may be unknown, and unknown is never an error.
    ///
    /// Terraform validates again before every plan, so warnings are shown with the plan only: once.
    fn validate(&self, effective: &Self::State, diagnostics: &mut Diagnostics);

    /// Completes the planned state. Errors in `diagnostics` refuse the plan.
    async fn plan(&self, request: PlanRequest<Self::State>, diagnostics: &mut Diagnostics) -> Self::State;

    /// The object as it is now; `None` when it is gone. An unhealthy object is a warning, not an error.
    async fn read(
        &self,
        state: Self::State,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self::State>;

    /// Makes it. With errors in `diagnostics`, `Some` names every object that exists all the same.
    async fn create(
        &self,
        request: ApplyRequest<Self::State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self::State>;

    /// Changes it, and returns what is true afterwards, also with errors in `diagnostics`.
    async fn update(
        &self,
        request: ApplyRequest<Self::State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Self::State;

    /// Removes it. `None` when nothing is left; otherwise what still exists, with an error in `diagnostics`.
    async fn delete(
        &self,
        state: Self::State,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self::State>;

    /// The state of an existing object, from its import id.
    async fn import(
        &self,
        id: &str,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Imported<Self::State>>;

    /// Brings a state of an earlier schema version into today's shape.
    ///
    /// # Errors
    /// When that version never existed. The default knows only today's.
    fn upgrade(&self, version: i64, state: serde_json::Value) -> Result<serde_json::Value, UpgradeError> {
        let _ = state;
        Err(UpgradeError(format!(
            "no release of this provider wrote version {version}"
        )))
    }
}

/// A value as Terraform sends it. Each is read where it is needed, so that those of a thousand alarms are not in memory
/// together.
pub(crate) type Wire = Option<DynamicValue>;

/// What Terraform sends for a plan.
pub(crate) struct Change {
    pub(crate) prior: Wire,
    pub(crate) proposed: Wire,
    pub(crate) config: Wire,
}

#[async_trait]
pub(crate) trait ErasedResource: Send + Sync {
    fn schema(&self) -> &tf_provider::schema::Schema;
    fn identity(&self) -> Option<&Identity>;
    fn validate(&self, config: Tree) -> Diagnostics;
    async fn plan(&self, change: Change) -> (Tree, Vec<AttributePath>, Diagnostics);
    /// The new state; `None` where it stays as it was sent.
    async fn read(&self, state: Tree, stop: CancellationToken) -> (Option<Tree>, Diagnostics);
    /// The new state; `None` where it stays as it was sent.
    async fn apply(&self, prior: &Wire, planned: Wire, stop: CancellationToken) -> (Option<Tree>, Diagnostics);
    /// The state of an object that exists.
    async fn import(&self, id: &str, stop: CancellationToken) -> (Option<Tree>, Diagnostics);
    fn upgrade(&self, version: i64, state: &[u8]) -> (Option<Tree>, Diagnostics);
}

pub(crate) struct Adapter<R> {
    resource: R,
    schema: Schema,
    tf_schema: tf_provider::schema::Schema,
    identity: Option<Identity>,
}

impl<R: Resource> Adapter<R> {
    pub(crate) fn new(resource: R) -> Self {
        let schema = resource.schema();
        let mut tf_schema = schema.to_tf();
        let token = Attr::string(OWNER_TOKEN_DESCRIPTION).computed().to_tf();
        tf_schema.block.attributes.insert(OWNER_TOKEN.to_owned(), token);
        Self {
            resource,
            identity: Identity::of(&schema),
            schema,
            tf_schema,
        }
    }

    fn conform(&self, tree: Tree) -> Tree {
        rules::conform(&self.tf_schema.block.attributes, tree)
    }

    fn tree(&self, value: &Wire) -> Result<Tree, TreeError> {
        Ok(self.conform(Tree::from_wire(value.as_ref())?))
    }

    /// A plan's typed values, and what has to be known of the prior state afterwards; `None` for a plan to destroy.
    fn plan_request(&self, change: Change) -> Result<Option<Planning<R::State>>, TreeError> {
        let attributes = &self.schema.attributes;
        // what only the provider computes is in the proposal as it is in the prior state
        let proposed = rules::settable(attributes, self.tree(&change.proposed)?);
        if proposed.is_null() {
            return Ok(None);
        }
        drop(change.proposed);
        let prior = self.tree(&change.prior)?;
        drop(change.prior);
        let config = self.tree(&change.config)?;
        drop(change.config);
        let proposed = rules::keep_spelling(attributes, &prior, proposed);
        let planned = decode(rules::mark_unknown(attributes, &prior, &proposed, &config))?;
        drop(proposed);
        let before = Before::of(attributes, &prior);
        let request = PlanRequest {
            prior: optional(prior)?,
            planned,
            config: config.decode()?,
            effective: decode(rules::into_effective(attributes, config))?,
        };
        Ok(Some((request, before)))
    }

    /// The typed values of an apply.
    fn step(&self, prior: &Wire, planned: Wire) -> Result<Step<R::State>, TreeError> {
        let tree = self.tree(&planned)?;
        drop(planned);
        if tree.is_null() {
            return Ok(Step::Delete(self.tree(prior)?));
        }
        let attributes = &self.schema.attributes;
        let planned = tree.decode()?;
        let set = self.conform(rules::settable(attributes, tree));
        let request = ApplyRequest {
            prior: optional(self.tree(prior)?)?,
            planned,
            effective: decode(rules::effective(attributes, &set))?,
        };
        Ok(Step::Write(request, set))
    }

    /// The limits of a call on the object of these values, and its owner.
    fn operation(&self, name: &str, values: &Tree, stop: CancellationToken) -> Operation {
        let default = self.schema.default_timeout(name).unwrap_or(DEFAULT_TIMEOUT);
        let owner = match values.get(OWNER_TOKEN) {
            Tree::String(token) => OwnerToken::parse(token),
            _ => None,
        };
        Operation::new(stop, timeout_of(values, name, default)).of(owner.unwrap_or_else(OwnerToken::random))
    }

    /// The warnings of a configuration.
    fn warnings(&self, effective: &R::State) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        self.resource.validate(effective, &mut diagnostics);
        diagnostics.errors.clear();
        diagnostics
    }

    /// What is left of an object that is destroyed.
    async fn delete(&self, prior: Tree, stop: CancellationToken, diagnostics: &mut Diagnostics) -> Option<Tree> {
        let operation = self.operation("delete", &prior, stop);
        let token = prior.get(OWNER_TOKEN).clone();
        let left = match decode(prior) {
            Ok(state) => self.resource.delete(state, &operation, diagnostics).await,
            Err(cause) => {
                bug(diagnostics, "reading the state", &cause);
                return None;
            }
        };
        match left {
            None => diagnostics.errors.is_empty().then_some(Tree::Null),
            Some(left) => {
                if diagnostics.errors.is_empty() {
                    error(
                        diagnostics,
                        AttributePath::root(),
                        "Destroy did not finish.",
                        "Some of the objects still exist and stay in the state. Run the destroy again.",
                    );
                }
                self.encode(left, token, diagnostics)
            }
        }
    }

    /// A state for Terraform; with errors, unknowns that nobody resolved become null so that the rest is kept. `None` with a
    /// further error.
    fn encode(&self, state: R::State, token: Tree, diagnostics: &mut Diagnostics) -> Option<Tree> {
        match Tree::encode(state) {
            Ok(tree) if diagnostics.errors.is_empty() => Some(with_token(self.conform(tree), token)),
            Ok(tree) => Some(with_token(self.conform(rules::unknown_to_null(tree)), token)),
            Err(cause) => {
                bug(diagnostics, "encoding the new state", &cause);
                None
            }
        }
    }
}

/// The object with its owner's token; resources do not see the attribute.
fn with_token(mut object: Tree, token: Tree) -> Tree {
    if let Tree::Map(attributes) = &mut object {
        attributes.insert(OWNER_TOKEN.to_owned(), token);
    }
    object
}

/// Logs what a call returns, without values, because a state can have secrets. The type of the resource is in the span that
/// tfplugin6 puts around each call.
fn log(call: &'static str, new_state: Option<&Tree>, diagnostics: &Diagnostics) {
    let new_state = match new_state {
        None => "as before",
        Some(Tree::Null) => "none",
        Some(_) => "object",
    };
    tracing::debug!(new_state, errors = diagnostics.errors.len(), "{call} ended");
}

fn listed(paths: &[AttributePath]) -> String {
    let paths: Vec<_> = paths.iter().map(ToString::to_string).collect();
    paths.join(", ")
}

fn optional<S: DeserializeOwned>(tree: Tree) -> Result<Option<S>, TreeError> {
    if tree.is_null() {
        Ok(None)
    } else {
        decode(tree).map(Some)
    }
}

/// What an apply does.
enum Step<S> {
    /// Removes the object of this state.
    Delete(Tree),
    /// Makes or changes one; besides, what a configuration can set of the planned state, and the token.
    Write(ApplyRequest<S>, Tree),
}

/// A plan's typed values, and what the finished plan is compared with.
type Planning<S> = (PlanRequest<S>, Before);

/// What a finished plan is compared with.
struct Before {
    /// Of the prior state, what a replacement depends on.
    replacing: Tree,
    token: Tree,
    /// The whole of a prior state without a token: it gets one with the next change, and until then every object of it is
    /// compared as it is. A state of 0.1.0 has none, nor has one that was imported.
    without_token: Option<Tree>,
}

impl Before {
    fn of(attributes: &BTreeMap<&'static str, Attr>, prior: &Tree) -> Self {
        let token = match prior.get(OWNER_TOKEN) {
            Tree::String(token) => Tree::String(token.clone()),
            _ => Tree::Unknown,
        };
        Self {
            replacing: rules::only_replacing(attributes, prior),
            without_token: (!prior.is_null() && token == Tree::Unknown).then(|| prior.clone()),
            token,
        }
    }
}

#[async_trait]
impl<R: Resource> ErasedResource for Adapter<R> {
    fn schema(&self) -> &tf_provider::schema::Schema {
        &self.tf_schema
    }

    fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    fn validate(&self, config: Tree) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let config = self.conform(config);
        rules::validate(
            &self.schema.attributes,
            &config,
            &AttributePath::root(),
            &mut diagnostics,
        );
        match rules::effective(&self.schema.attributes, &config).decode() {
            Ok(effective) => self.resource.validate(&effective, &mut diagnostics),
            Err(cause) => bug(&mut diagnostics, "reading the configuration", &cause),
        }
        diagnostics.warnings.clear();
        tracing::debug!(errors = diagnostics.errors.len(), "validate ended");
        diagnostics
    }

    async fn plan(&self, change: Change) -> (Tree, Vec<AttributePath>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        // Terraform does not use what comes with an error
        let (request, before) = match self.plan_request(change) {
            Ok(Some(read)) => read,
            Ok(None) => return (Tree::Null, Vec::new(), diagnostics),
            Err(cause) => {
                bug(&mut diagnostics, "reading the plan's values", &cause);
                return (Tree::Null, Vec::new(), diagnostics);
            }
        };
        let warned = self.warnings(&request.effective);
        let planned = self.resource.plan(request, &mut diagnostics).await;
        add_new_warnings(&mut diagnostics, warned);
        let planned = match Tree::encode(planned) {
            Ok(planned) => self.conform(planned),
            Err(cause) => {
                bug(&mut diagnostics, "encoding the planned state", &cause);
                return (Tree::Null, Vec::new(), diagnostics);
            }
        };
        let prior = before.replacing;
        let replace = if prior.is_null() {
            Vec::new()
        } else {
            rules::requires_replace(&self.schema.attributes, &prior, &planned, &AttributePath::root())
        };
        let is_unchanged = before.without_token.is_some_and(|prior| prior == planned);
        let planned = with_token(planned, if is_unchanged { Tree::Null } else { before.token });
        let (is_new, errors) = (prior.is_null(), diagnostics.errors.len());
        tracing::debug!(is_new, requires_replace = %listed(&replace), errors, "plan ended");
        (planned, replace, diagnostics)
    }

    async fn read(&self, state: Tree, stop: CancellationToken) -> (Option<Tree>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let state = self.conform(state);
        let operation = self.operation("read", &state, stop);
        let token = state.get(OWNER_TOKEN).clone();
        let typed = match decode(state) {
            Ok(typed) => typed,
            Err(cause) => {
                bug(&mut diagnostics, "reading the state", &cause);
                return (None, diagnostics);
            }
        };
        let new_state = match self.resource.read(typed, &operation, &mut diagnostics).await {
            Some(new_state) => self.encode(new_state, token, &mut diagnostics),
            None => diagnostics.errors.is_empty().then_some(Tree::Null),
        };
        log("read", new_state.as_ref(), &diagnostics);
        (new_state, diagnostics)
    }

    async fn apply(&self, prior: &Wire, planned: Wire, stop: CancellationToken) -> (Option<Tree>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let step = match self.step(prior, planned) {
            Ok(step) => step,
            Err(cause) => {
                bug(&mut diagnostics, "reading the plan", &cause);
                return (None, diagnostics);
            }
        };
        let (request, set) = match step {
            Step::Delete(prior) => {
                let new_state = self.delete(prior, stop, &mut diagnostics).await;
                log("delete", new_state.as_ref(), &diagnostics);
                return (new_state, diagnostics);
            }
            Step::Write(request, set) => (request, set),
        };
        let is_new = request.prior.is_none();
        let call = if is_new { "create" } else { "update" };
        let operation = self.operation(call, &set, stop);
        let new_state = if is_new {
            self.resource.create(request, &operation, &mut diagnostics).await
        } else {
            Some(self.resource.update(request, &operation, &mut diagnostics).await)
        };
        let token = Tree::from(operation.owner().as_str());
        let new_state = match new_state {
            Some(new_state) => self.encode(new_state, token, &mut diagnostics),
            None => {
                if diagnostics.errors.is_empty() {
                    error(
                        &mut diagnostics,
                        AttributePath::root(),
                        "Create returned nothing.",
                        "Nothing was created and no reason was given. This is a bug in the provider. Please report it.",
                    );
                }
                Some(Tree::Null)
            }
        };
        log(call, new_state.as_ref(), &diagnostics);
        (new_state, diagnostics)
    }

    async fn import(&self, id: &str, stop: CancellationToken) -> (Option<Tree>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let operation = self.operation("read", &Tree::Null, stop);
        let imported = self.resource.import(id, &operation, &mut diagnostics).await;
        let imported = imported.map(|imported| {
            let token = imported.owner.map_or(Tree::Null, |owner| Tree::from(owner.as_str()));
            self.encode(imported.state, token, &mut diagnostics).unwrap_or_default()
        });
        log("import", Some(imported.as_ref().unwrap_or(&Tree::Null)), &diagnostics);
        (imported, diagnostics)
    }

    fn upgrade(&self, version: i64, state: &[u8]) -> (Option<Tree>, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        if version == self.schema.version {
            let read = Tree::from_json_text(&String::from_utf8_lossy(state));
            return match read {
                Ok(tree) => (Some(self.conform(tree)), diagnostics),
                Err(cause) => {
                    error(
                        &mut diagnostics,
                        AttributePath::root(),
                        "State cannot be read.",
                        format!(
                            "{cause}. If the state was edited by hand, restore it from its backup or version history."
                        ),
                    );
                    (None, diagnostics)
                }
            };
        }
        let upgraded = Tree::from_json_text(&String::from_utf8_lossy(state))
            .map_err(|cause| UpgradeError(format!("it is not JSON: {cause}")))
            .and_then(|stored| self.resource.upgrade(version, stored.to_json()))
            .and_then(|json| Tree::from_json(&json).map_err(|cause| UpgradeError(cause.to_string())));
        match upgraded {
            Ok(tree) => (Some(self.conform(tree)), diagnostics),
            Err(UpgradeError(reason)) => {
                error(
                    &mut diagnostics,
                    AttributePath::root(),
                    "State was written by an unknown version of the provider.",
                    format!(
                        "The state has schema version {version}, this provider writes version {}: {reason}. \
                         Use the provider version that wrote it, or a newer one.",
                        self.schema.version
                    ),
                );
                (None, diagnostics)
            }
        }
    }
}
