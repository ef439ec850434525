//! The names of the metrics that our Lambda functions emit: a module per handler, with the namespace, its dimension and the
//! metrics.
//!
//! The handlers write them and the alarm catalogue of the provider reads them, so a rename on one side does not compile.

/// Metrics of every route of an API.
pub mod api {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/Api";
    /// Dimension: the operation's id in openapi.json.
    pub const OPERATION: &str = "Operation";
    /// Requests that reached the function, without preflights.
    pub const REQUESTS: &str = "Requests";
    /// Responses with a status of 400 to 499.
    pub const CLIENT_ERRORS: &str = "ClientErrors";
    /// Responses with a status of 500 and above.
    pub const SERVER_ERRORS: &str = "ServerErrors";
    /// Time from the event to the response, in milliseconds.
    pub const DURATION_MILLISECONDS: &str = "DurationMilliseconds";
}

/// Metrics of the cognito-export handler (F3).
pub mod cognito_export {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/CognitoExport";
    /// Dimension: id of the user pool.
    pub const USER_POOL: &str = "UserPool";
    /// Exports that became complete.
    pub const COMPLETED: &str = "Completed";
    /// Invocations that failed.
    pub const FAILED: &str = "Failed";
    /// Users of a complete export, by its lines.
    pub const USERS: &str = "Users";
    /// Groups of a complete export.
    pub const GROUPS: &str = "Groups";
    /// Memberships of a complete export.
    pub const MEMBERSHIPS: &str = "Memberships";
    /// Stored bytes of a complete export.
    pub const BYTES: &str = "Bytes";
    /// Wall seconds of a complete export, over all invocations.
    pub const DURATION_SECONDS: &str = "DurationSeconds";
}

/// Metrics of the cognito-import handler (F3).
pub mod cognito_import {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/CognitoImport";
    /// Dimension: id of the user pool that is imported into.
    pub const USER_POOL: &str = "UserPool";
    /// Imports that came to their end; none of dry runs.
    pub const COMPLETED: &str = "Completed";
    /// Invocations that failed.
    pub const FAILED: &str = "Failed";
    /// Users that an import made.
    pub const CREATED: &str = "Created";
    /// Users that were there and differ, and users that Cognito refused.
    pub const UNRESOLVED: &str = "Unresolved";
    /// Wall seconds of an import, over all invocations.
    pub const DURATION_SECONDS: &str = "DurationSeconds";
}

/// Metrics of invocations of any function that ended before the handler could report them.
pub mod functions {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/Functions";
    /// Dimension: name of the function, without version and alias.
    pub const FUNCTION_NAME: &str = "FunctionName";
    /// Invocations that were stopped shortly before their deadline.
    pub const OUT_OF_TIME: &str = "OutOfTime";
    /// Invocations that panicked.
    pub const PANICS: &str = "Panics";
}

/// Metrics of the mongo-probe handler (C1).
pub mod mongodb {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/MongoDB";
    /// Dimension: name of the cluster.
    pub const CLUSTER: &str = "Cluster";
    /// Second dimension, beside the cluster, of what is measured of each shard: its name.
    pub const SHARD: &str = "Shard";
    /// 1 where the cluster answers, 0 where it cannot be asked.
    pub const UP: &str = "Up";
    /// Open connections of the primary, or of all routers: a gauge.
    pub const CONNECTIONS: &str = "Connections";
    /// Connections that could be opened besides.
    pub const AVAILABLE_CONNECTIONS: &str = "AvailableConnections";
    /// Operations a second since the last probe.
    pub const OPS_PER_SECOND: &str = "OpsPerSecond";
    /// How far the secondary that is furthest behind is behind the primary, in seconds.
    pub const REPLICATION_LAG_SECONDS: &str = "ReplicationLagSeconds";
    /// From the probe to the cluster and back, in milliseconds.
    pub const ROUND_TRIP_MILLISECONDS: &str = "RoundTripMilliseconds";
    /// 1 where there is a primary, of every shard; 0 where there is none.
    pub const HAS_PRIMARY: &str = "HasPrimary";
    /// Members that are down or neither primary, secondary nor arbiter.
    pub const UNHEALTHY_MEMBERS: &str = "UnhealthyMembers";
    /// Routers of a sharded cluster that do not answer.
    pub const UNREACHABLE_ROUTERS: &str = "UnreachableRouters";
    /// Of the primary's cache: what is in use.
    pub const CACHE_USED_PERCENT: &str = "CacheUsedPercent";
    /// Of the primary's cache: what is still to be written to disk.
    pub const CACHE_DIRTY_PERCENT: &str = "CacheDirtyPercent";
    /// Of the disk with the primary's data, or of the fullest shard's: what is in use.
    pub const DISK_USED_PERCENT: &str = "DiskUsedPercent";
}

/// Metrics of the flow-log-guard handler (C7), each with every delivery of log lines.
pub mod flow_logs {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/FlowLogs";
    /// Dimension: log group of the flow log.
    pub const FLOW_LOG_GROUP: &str = "FlowLogGroup";
    /// Accepted flows from or to a public address that is not S3's.
    pub const PUBLIC_ADDRESS_FLOWS: &str = "PublicAddressFlows";
    /// Refused flows from or to such an address.
    pub const REJECTED_PUBLIC_ADDRESS_FLOWS: &str = "RejectedPublicAddressFlows";
    /// Records of traffic that were read.
    pub const RECORDS: &str = "Records";
    /// Lines that are none of the declared format.
    pub const UNREADABLE_RECORDS: &str = "UnreadableRecords";
    /// Lines that say that AWS left records out (`SKIPDATA`).
    pub const SKIPPED_RECORDS: &str = "SkippedRecords";
}

/// Metrics of the mongo-dump handler (C8).
pub mod mongo_dump {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/MongoDump";
    /// Dimension: name of the schedule.
    pub const SCHEDULE: &str = "Schedule";
    /// Complete dumps: 1 when the manifest is written.
    pub const COMPLETED: &str = "Completed";
    /// Failed runs.
    pub const FAILED: &str = "Failed";
    /// 1 with a complete dump whose documents are all of one cluster time, 0 with one that was to be so and is not.
    pub const SNAPSHOT: &str = "Snapshot";
    /// Documents of a complete dump.
    pub const DOCUMENTS: &str = "Documents";
    /// Compressed bytes of a complete dump.
    pub const BYTES: &str = "Bytes";
    /// Wall seconds of a complete dump.
    pub const DURATION_SECONDS: &str = "DurationSeconds";
}

/// Metrics of the mongo-restore handler's drills (C8).
pub mod mongo_restore {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/MongoRestore";
    /// Dimension: name of the cluster whose dump is restored.
    pub const CLUSTER: &str = "Cluster";
    /// Drills that restored a dump and found everything as it was dumped.
    pub const DRILL_COMPLETED: &str = "DrillCompleted";
    /// Drills that did not.
    pub const DRILL_FAILED: &str = "DrillFailed";
    /// How long a completed drill's restore took, in seconds.
    pub const RTO_SECONDS: &str = "RtoSeconds";
    /// How old a completed drill's dump was when the drill began, in seconds.
    pub const RPO_SECONDS: &str = "RpoSeconds";
    /// Documents of a completed drill.
    pub const DOCUMENTS: &str = "Documents";
    /// Bytes of those documents as BSON.
    pub const BYTES: &str = "Bytes";
}

/// Metrics of the secret-rotation handler (D2).
pub mod secret_rotation {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/SecretRotation";
    /// Dimension: name of the secret.
    pub const SECRET: &str = "Secret";
    /// Dimension of a failure besides: the step of the rotation, like `setSecret`.
    pub const STEP: &str = "Step";
    /// Steps that failed: 1 or 0 with each step.
    pub const FAILURES: &str = "Failures";
    /// Rotations that came to their end.
    pub const ROTATIONS: &str = "Rotations";
    /// Days since the current version was made, measured once a day.
    pub const AGE_DAYS: &str = "AgeDays";
}

/// Metrics of the origin-failover handler (F5), one datapoint of each an invocation.
pub mod origin_failover {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/OriginFailover";
    /// Dimension: id of the distribution, or name of the record, that is switched.
    pub const WRITE_PATH: &str = "WritePath";
    /// 1 with an invocation that switched the write path.
    pub const SWITCHED: &str = "Switched";
    /// 1 with an invocation that did not, although the region that is used is in alarm.
    pub const REFUSED: &str = "Refused";
    /// 1 with an invocation that failed.
    pub const FAILED: &str = "Failed";
    /// 1 while the write path, or a part of it, points to region 2. None where that is not known.
    pub const ON_SECONDARY: &str = "OnSecondary";
    /// 1 while the write path would be switched if the region that is used went into alarm. None where that is not known.
    pub const READY: &str = "Ready";
}

/// Metrics of the upload-janitor handler, one datapoint of each an invocation.
pub mod upload_janitor {
    /// Namespace.
    pub const NAMESPACE: &str = "Lectern/UploadJanitor";
    /// Dimension: name of the bucket of the files.
    pub const BUCKET: &str = "Bucket";
    /// Abandoned uploads that were removed.
    pub const REMOVED: &str = "Removed";
    /// Abandoned uploads whose removal failed; at least 1 with an invocation that failed.
    pub const FAILED: &str = "Failed";
    /// Abandoned uploads that the invocation did not get to, counted up to 10,000. None where they could not be counted.
    pub const LEFT: &str = "Left";
}
