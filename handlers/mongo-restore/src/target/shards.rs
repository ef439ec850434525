//! Sharded clusters: whether the target is one, and the commands that set a collection's shard key and zones.

use dump_format::names::Namespace;

use super::layout::{Layout, Zone};
use super::raw::field;
use super::{Deployment, Raw, TargetError};

const ILLEGAL_OPERATION: i32 = 20;
const COMMAND_NOT_FOUND: i32 = 59;
const ZONE_NOT_FOUND: i32 = 177;

impl Deployment {
    /// Whether a router answers. Source: MongoDB manual, hello: `msg` is `isdbgrid` there.
    pub(crate) async fn is_sharded(&self) -> Result<bool, TargetError> {
        let timeout = self.limits.command_timeout;
        let ask = |name| self.command("hello", "admin", "", Raw::new().i32(name, 1), timeout);
        let answer = match ask("hello").await {
            // Servers before 4.4.2 know the older name alone.
            Err(error) if error.trouble.code() == Some(COMMAND_NOT_FOUND) => ask("isMaster").await?,
            answer => answer?,
        };
        Ok(answer.get_str("msg").is_ok_and(|said| said == "isdbgrid"))
    }

    /// Shards a collection; nothing changes in one that is sharded by the same key.
    pub(crate) async fn shard(
        &self,
        namespace: &Namespace,
        options: &[u8],
        layout: &Layout,
    ) -> Result<(), TargetError> {
        let command = || {
            let command = Raw::new().str("shardCollection", &namespace.to_string());
            let command = command.document("key", &layout.key).bool("unique", layout.is_unique);
            // A collection with a collation of its own is sharded only by one who says that the shard key has none.
            match field(options, "collation") {
                Some(_) => command.document("collation", &Raw::new().str("locale", "simple").build()),
                None => command,
            }
        };
        match self.tell("shardCollection", namespace, command()).await {
            // Before MongoDB 6.0 a database is made ready first.
            Err(error) if error.trouble.code() == Some(ILLEGAL_OPERATION) => {
                let enable = Raw::new().str("enableSharding", namespace.database());
                self.tell("enableSharding", namespace, enable).await?;
                self.tell("shardCollection", namespace, command()).await
            }
            answer => answer,
        }
    }

    /// Gives a range of a collection's shard key to a zone; `false`: no shard is in that zone.
    pub(crate) async fn give_to_zone(&self, namespace: &Namespace, zone: &Zone) -> Result<bool, TargetError> {
        let command = Raw::new().str("updateZoneKeyRange", &namespace.to_string());
        let command = command.document("min", &zone.min).document("max", &zone.max);
        let command = command.str("zone", &zone.name);
        match self.tell("updateZoneKeyRange", namespace, command).await {
            Ok(()) => Ok(true),
            Err(error) if error.trouble.code() == Some(ZONE_NOT_FOUND) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// How a collection is sharded, without its zones; `None`: it is not. `documents_in`: where its documents are.
    pub(crate) async fn layout(&self, documents_in: &Namespace, options: &[u8]) -> Result<Option<Layout>, TargetError> {
        let id = Raw::new().str("_id", &documents_in.to_string()).build();
        let command = || Raw::new().str("find", "collections").document("filter", &id);
        let mut found = None;
        let mut visit = |document: Option<&[u8]>| {
            found = document.and_then(|document| Layout::of(document, [], options));
        };
        self.cursor("find", "config", "collections", command, 0, &mut visit)
            .await?;
        Ok(found)
    }

    async fn tell(&self, operation: &'static str, namespace: &Namespace, command: Raw) -> Result<(), TargetError> {
        let timeout = self.limits.command_timeout;
        let answer = self.command(operation, "admin", "", command, timeout).await;
        answer.map(drop).map_err(|error| TargetError {
            namespace: namespace.to_string(),
            ..error
        })
    }
}
