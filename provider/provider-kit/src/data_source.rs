//! tf-provider's typed data sources, erased.

use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::{DataSource, Diagnostics};

use crate::diagnostics::bug;
use crate::{Tree, rules};

#[async_trait]
pub(crate) trait ErasedDataSource: Send + Sync {
    fn schema(&self) -> &Schema;
    async fn validate(&self, config: Tree) -> Diagnostics;
    async fn read(&self, config: Tree) -> (Tree, Diagnostics);
}

pub(crate) struct Adapter<D> {
    data_source: D,
    schema: Schema,
}

impl<D: DataSource> Adapter<D> {
    pub(crate) fn new(data_source: D) -> Self {
        let schema = data_source
            .schema(&mut Diagnostics::default())
            .unwrap_or_else(|| Schema {
                version: 0,
                block: tf_provider::schema::Block::default(),
            });
        Self { data_source, schema }
    }
}

#[async_trait]
impl<D: DataSource> ErasedDataSource for Adapter<D> {
    fn schema(&self) -> &Schema {
        &self.schema
    }

    async fn validate(&self, config: Tree) -> Diagnostics {
        let mut diagnostics = Diagnostics::default();
        let bytes = rules::conform(&self.schema.block.attributes, config).to_msgpack();
        match rmp_serde::from_slice(&bytes) {
            Ok(config) => {
                self.data_source.validate(&mut diagnostics, config).await;
            }
            Err(cause) => bug(&mut diagnostics, "reading the configuration", &cause),
        }
        diagnostics
    }

    async fn read(&self, config: Tree) -> (Tree, Diagnostics) {
        let mut diagnostics = Diagnostics::default();
        let bytes = rules::conform(&self.schema.block.attributes, config).to_msgpack();
        let (config, meta) = match (rmp_serde::from_slice(&bytes), rmp_serde::from_slice(&[0xc0])) {
            (Ok(config), Ok(meta)) => (config, meta),
            (Err(cause), _) | (_, Err(cause)) => {
                bug(&mut diagnostics, "reading the configuration", &cause);
                return (Tree::Null, diagnostics);
            }
        };
        let state = self.data_source.read(&mut diagnostics, config, meta).await;
        let tree = match state.as_ref().map(Tree::encode) {
            Some(Ok(tree)) => rules::conform(&self.schema.block.attributes, tree),
            Some(Err(cause)) => {
                bug(&mut diagnostics, "encoding the result", &cause);
                Tree::Null
            }
            None => Tree::Null,
        };
        (tree, diagnostics)
    }
}
