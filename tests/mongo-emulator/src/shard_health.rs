//! What routers know of a shard.

/// A shard as its routers see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardHealth {
    /// Members of its replica set.
    pub members: u32,
    /// Number of members, from the first on, that the routers do not reach.
    pub unreachable: u32,
    /// Whether the last member is the primary.
    pub has_primary: bool,
    /// Bytes of its file system that are used, of 10 GiB.
    pub disk_used_bytes: u64,
}

impl Default for ShardHealth {
    /// Three members, all up, one the primary, a tenth of the disk used.
    fn default() -> Self {
        Self {
            members: 3,
            unreachable: 0,
            has_primary: true,
            disk_used_bytes: 1 << 30,
        }
    }
}
