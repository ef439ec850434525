//! The trait a data source implements, and the erased form the server calls.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tf_provider::{AttributePath, Diagnostics};
use tokio_util::sync::CancellationToken;

use crate::diagnostics::{add_new_warnings, bug, error};
use crate::operation::timeout_of;
use crate::tree::TreeError;
use crate::{Operation, Schema, Tree, rules};

/// The configuration of one read, typed. Everything in it is known, and was checked by [`DataSource::validate`].
pub struct ReadRequest<S> {
    /// Exactly as typed; null where nothing was. What is returned repeats it.
    pub config: S,
    /// The configuration with every default filled in.
    pub effective: S,
}

/// A data source over typed state. All reads run concurrently with those of others.
#[async_trait]
pub trait DataSource: Send + Sync + 'static {
    /// The whole data source: a field per attribute, leaves that may be null or unknown as `tf_provider::value::Value`.
    type State: Serialize + DeserializeOwned + Send + Sync + 'static;

    /// The schema, with defaults and validators.
    fn schema(&self) -> Schema;

    /// Longest time of a read, where `timeouts` has no `read`.
    fn timeout(&self) -> Duration {
        Duration::from_secs(10 * 60)
    }

    /// Checks a configuration without IO. Every leaf may be unknown, and unknown is never an error.
    ///
    /// Terraform validates again before every read, so warnings are shown with the read only: once.
    fn validate(&self, effective: &Self::State, diagnostics: &mut Diagnostics);

    /// Reads. `None` goes with an error in `diagnostics`.
    async fn read(
        &self,
        request: ReadRequest<Self::State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Self::State>;
}

#[async_trait]
pub(crate) trait ErasedDataSource: Send + Sync {
    fn schema(&self) -> &tf_provider::schema::Schema;
    fn validate(&self, config: Tree) -> Diagnostics;
    async fn read(&self, config: Tree, stop: CancellationToken) -> (Tree, Diagnostics);
}

pub(crate) struct Adapter<D> {
    data_source: D,
    schema: Schema,
    tf_schema: tf_provider::schema::Schema,
}

impl<D: DataSource> Adapter<D> {
    pub(crate) fn new(data_source: D) -> Self {
        let schema = data_source.schema();
        let tf_schema = schema.to_tf();
        Self {
            data_source,
            schema,
            tf_schema,
        }
    }

    fn conform(&self, tree: Tree) -> Tree {
        rules::conform(&self.tf_schema.block.attributes, tree)
    }

    /// What is wrong with a conforming configuration, warnings included.
    fn check(&self, config: &Tree) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let attributes = &self.schema.attributes;
        rules::validate(attributes, config, &AttributePath::root(), &mut diagnostics);
        match rules::effective(attributes, config).decode() {
            Ok(effective) => self.data_source.validate(&effective, &mut diagnostics),
            Err(cause) => bug(&mut diagnostics, "reading the configuration", &cause),
        }
        diagnostics
    }

    fn request(&self, config: &Tree) -> Result<ReadRequest<D::State>, TreeError> {
        Ok(ReadRequest {
            config: config.decode()?,
            effective: rules::effective(&self.schema.attributes, config).decode()?,
        })
    }
}

#[async_trait]
impl<D: DataSource> ErasedDataSource for Adapter<D> {
    fn schema(&self) -> &tf_provider::schema::Schema {
        &self.tf_schema
    }

    fn validate(&self, config: Tree) -> Diagnostics {
        let mut diagnostics = self.check(&self.conform(config));
        diagnostics.warnings.clear();
        diagnostics
    }

    async fn read(&self, config: Tree, stop: CancellationToken) -> (Tree, Diagnostics) {
        let config = self.conform(config);
        // What was unknown at validation is known by now.
        let checked = self.check(&config);
        if !checked.errors.is_empty() {
            return (Tree::Null, checked);
        }
        let mut diagnostics = Diagnostics::default();
        let request = match self.request(&config) {
            Ok(request) => request,
            Err(cause) => {
                bug(&mut diagnostics, "reading the configuration", &cause);
                return (Tree::Null, diagnostics);
            }
        };
        let default = self.schema.default_timeout("read");
        let timeout = timeout_of(&config, "read", default.unwrap_or_else(|| self.data_source.timeout()));
        let operation = Operation::new(stop, timeout);
        let state = self.data_source.read(request, &operation, &mut diagnostics).await;
        add_new_warnings(&mut diagnostics, checked);
        let tree = match state.as_ref().map(Tree::encode) {
            Some(Ok(tree)) => self.conform(tree),
            Some(Err(cause)) => {
                bug(&mut diagnostics, "encoding the result", &cause);
                Tree::Null
            }
            None if diagnostics.errors.is_empty() => {
                error(
                    &mut diagnostics,
                    AttributePath::root(),
                    "The data source returned nothing.",
                    "Nothing was read and no reason was given. This is a bug in the provider. Please report it.",
                );
                Tree::Null
            }
            None => Tree::Null,
        };
        (tree, diagnostics)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use serde::Deserialize;
    use tf_provider::value::Value;

    use super::*;
    use crate::{Attr, Interrupt, Num, warning};

    /// Refuses the name "bad", warns of the name "odd", and reads until the end of its operation if `wait` is true.
    struct Sample;

    #[derive(Serialize, Deserialize)]
    struct State {
        name: Value<String>,
        limit: Value<Num>,
        wait: Value<bool>,
        found: Value<String>,
    }

    #[async_trait]
    impl DataSource for Sample {
        type State = State;

        fn schema(&self) -> Schema {
            Schema::new(
                "",
                [
                    ("name", Attr::string("").required()),
                    ("limit", Attr::number("").default(7)),
                    ("wait", Attr::bool("")),
                    ("found", Attr::string("").computed()),
                ],
            )
        }

        fn timeout(&self) -> Duration {
            Duration::from_secs(30)
        }

        fn validate(&self, effective: &State, diagnostics: &mut Diagnostics) {
            let path = AttributePath::new("name");
            match effective.name.as_deref_option() {
                Some("bad") => error(diagnostics, path, "Bad name.", ""),
                Some("odd") => warning(diagnostics, path, "Odd name.", ""),
                _ => {}
            }
        }

        async fn read(
            &self,
            ReadRequest { config, effective }: ReadRequest<State>,
            operation: &Operation,
            diagnostics: &mut Diagnostics,
        ) -> Option<State> {
            if config.wait == Value::Value(true) {
                let interrupt = operation.read(std::future::pending::<()>()).await.unwrap_err();
                let summary = match interrupt {
                    Interrupt::Stopped => "Stopped.",
                    Interrupt::TimedOut => "Timed out.",
                };
                error(diagnostics, AttributePath::root(), summary, "");
                return None;
            }
            let limit = effective.limit.as_ref_option()?.to_i64()?;
            Some(State {
                found: Value::Value(format!("at most {limit}")),
                ..config
            })
        }
    }

    fn config(name: Tree, wait: bool) -> Tree {
        Tree::Map([("name".to_owned(), name), ("wait".to_owned(), wait.into())].into())
    }

    async fn read(config: Tree, stop: &CancellationToken) -> (Tree, Vec<String>) {
        let (tree, diagnostics) = Adapter::new(Sample).read(config, stop.clone()).await;
        let all = diagnostics.errors.iter().chain(&diagnostics.warnings);
        (tree, all.map(|found| found.summary.to_string()).collect())
    }

    #[tokio::test]
    async fn a_default_is_read_with_and_stays_null_in_the_state() {
        let (tree, told) = read(config("a".into(), false), &CancellationToken::new()).await;
        assert_eq!(
            (tree.get("limit"), tree.get("found")),
            (&Tree::Null, &"at most 7".into())
        );
        assert!(told.is_empty(), "{told:?}");
    }

    #[tokio::test]
    async fn what_was_unknown_at_validation_is_checked_before_the_read() {
        let validated = Adapter::new(Sample).validate(config(Tree::Unknown, true));
        assert!(validated.errors.is_empty());
        let (tree, told) = read(config("bad".into(), true), &CancellationToken::new()).await;
        assert_eq!((tree, told), (Tree::Null, vec!["Bad name.".to_owned()]));
    }

    #[tokio::test]
    async fn a_warning_is_shown_once_with_the_read() {
        assert!(
            Adapter::new(Sample)
                .validate(config("odd".into(), false))
                .warnings
                .is_empty()
        );
        let (_, told) = read(config("odd".into(), false), &CancellationToken::new()).await;
        assert_eq!(told, ["Odd name."]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_ends_at_its_deadline_and_at_a_stop() {
        let stop = CancellationToken::new();
        let began = tokio::time::Instant::now();
        assert_eq!(read(config("a".into(), true), &stop).await.1, ["Timed out."]);
        assert_eq!(began.elapsed().as_secs(), 30);
        stop.cancel();
        assert_eq!(read(config("a".into(), true), &stop).await.1, ["Stopped."]);
    }
}
