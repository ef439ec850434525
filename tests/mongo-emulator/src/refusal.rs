//! Refusals: what a command is answered when it fails.

use crate::bson::Builder;

/// The server's error codes, as far as they are used here.
pub mod code {
    #![allow(missing_docs, reason = "the names are the server's")]

    pub const INTERNAL_ERROR: i32 = 1;
    pub const BAD_VALUE: i32 = 2;
    pub const HOST_UNREACHABLE: i32 = 6;
    pub const FAILED_TO_PARSE: i32 = 9;
    pub const USER_NOT_FOUND: i32 = 11;
    pub const UNAUTHORIZED: i32 = 13;
    pub const TYPE_MISMATCH: i32 = 14;
    pub const AUTHENTICATION_FAILED: i32 = 18;
    pub const ILLEGAL_OPERATION: i32 = 20;
    pub const ALREADY_INITIALIZED: i32 = 23;
    pub const NAMESPACE_NOT_FOUND: i32 = 26;
    pub const CURSOR_NOT_FOUND: i32 = 43;
    pub const NAMESPACE_EXISTS: i32 = 48;
    pub const INVALID_ID_FIELD: i32 = 53;
    pub const MAX_TIME_MS_EXPIRED: i32 = 50;
    pub const COMMAND_NOT_FOUND: i32 = 59;
    pub const SHARD_KEY_NOT_FOUND: i32 = 61;
    pub const WRITE_CONCERN_FAILED: i32 = 64;
    pub const CANNOT_CREATE_INDEX: i32 = 67;
    pub const INVALID_OPTIONS: i32 = 72;
    pub const INVALID_NAMESPACE: i32 = 73;
    pub const NO_REPLICATION_ENABLED: i32 = 76;
    pub const INDEX_OPTIONS_CONFLICT: i32 = 85;
    pub const INDEX_KEY_SPECS_CONFLICT: i32 = 86;
    pub const NETWORK_TIMEOUT: i32 = 89;
    pub const SHUTDOWN_IN_PROGRESS: i32 = 91;
    pub const DOCUMENT_VALIDATION_FAILURE: i32 = 121;
    pub const NOT_A_REPLICA_SET: i32 = 123;
    pub const COMMAND_NOT_SUPPORTED_ON_VIEW: i32 = 166;
    pub const VIEW_DEPTH_LIMIT_EXCEEDED: i32 = 165;
    pub const QUERY_PLAN_KILLED: i32 = 175;
    pub const ZONE_NOT_FOUND: i32 = 177;
    pub const RANGE_OVERLAP_CONFLICT: i32 = 178;
    pub const PRIMARY_STEPPED_DOWN: i32 = 189;
    pub const INVALID_INDEX_SPECIFICATION_OPTION: i32 = 197;
    pub const SNAPSHOT_TOO_OLD: i32 = 239;
    pub const SNAPSHOT_UNAVAILABLE: i32 = 246;
    pub const NO_SUCH_TRANSACTION: i32 = 251;
    pub const EXCEEDED_TIME_LIMIT: i32 = 262;
    pub const OPERATION_NOT_SUPPORTED_IN_TRANSACTION: i32 = 263;
    pub const ATLAS_ERROR: i32 = 8000;
    pub const SOCKET_EXCEPTION: i32 = 9001;
    pub const NOT_WRITABLE_PRIMARY: i32 = 10_107;
    pub const BSON_OBJECT_TOO_LARGE: i32 = 10_334;
    pub const DUPLICATE_KEY: i32 = 11_000;
    pub const INTERRUPTED_AT_SHUTDOWN: i32 = 11_600;
    pub const INTERRUPTED: i32 = 11_601;
    pub const INTERRUPTED_DUE_TO_REPL_STATE_CHANGE: i32 = 11_602;
    pub const NOT_PRIMARY_NO_SECONDARY_OK: i32 = 13_435;
    pub const NOT_PRIMARY_OR_SECONDARY: i32 = 13_436;
    pub const UNKNOWN_FIELD: i32 = 40_415;
    /// Without a name of its own.
    pub const USER_EXISTS: i32 = 51_003;
}

/// The server's name of a code; `Location<code>` where it has none, as the server says it too.
pub(crate) fn code_name(code: i32) -> String {
    let name = match code {
        code::INTERNAL_ERROR => "InternalError",
        code::BAD_VALUE => "BadValue",
        code::HOST_UNREACHABLE => "HostUnreachable",
        code::FAILED_TO_PARSE => "FailedToParse",
        code::USER_NOT_FOUND => "UserNotFound",
        code::UNAUTHORIZED => "Unauthorized",
        code::TYPE_MISMATCH => "TypeMismatch",
        code::AUTHENTICATION_FAILED => "AuthenticationFailed",
        code::ILLEGAL_OPERATION => "IllegalOperation",
        code::NAMESPACE_NOT_FOUND => "NamespaceNotFound",
        code::CURSOR_NOT_FOUND => "CursorNotFound",
        code::NAMESPACE_EXISTS => "NamespaceExists",
        code::INVALID_ID_FIELD => "InvalidIdField",
        code::MAX_TIME_MS_EXPIRED => "MaxTimeMSExpired",
        code::COMMAND_NOT_FOUND => "CommandNotFound",
        code::WRITE_CONCERN_FAILED => "WriteConcernFailed",
        code::CANNOT_CREATE_INDEX => "CannotCreateIndex",
        code::INVALID_OPTIONS => "InvalidOptions",
        code::INVALID_NAMESPACE => "InvalidNamespace",
        code::NO_REPLICATION_ENABLED => "NoReplicationEnabled",
        code::INDEX_OPTIONS_CONFLICT => "IndexOptionsConflict",
        code::INDEX_KEY_SPECS_CONFLICT => "IndexKeySpecsConflict",
        code::NETWORK_TIMEOUT => "NetworkTimeout",
        code::SHUTDOWN_IN_PROGRESS => "ShutdownInProgress",
        code::DOCUMENT_VALIDATION_FAILURE => "DocumentValidationFailure",
        code::NOT_A_REPLICA_SET => "NotAReplicaSet",
        code::COMMAND_NOT_SUPPORTED_ON_VIEW => "CommandNotSupportedOnView",
        code::VIEW_DEPTH_LIMIT_EXCEEDED => "ViewDepthLimitExceeded",
        code::QUERY_PLAN_KILLED => "QueryPlanKilled",
        code::PRIMARY_STEPPED_DOWN => "PrimarySteppedDown",
        code::INVALID_INDEX_SPECIFICATION_OPTION => "InvalidIndexSpecificationOption",
        code::SNAPSHOT_TOO_OLD => "SnapshotTooOld",
        code::SNAPSHOT_UNAVAILABLE => "SnapshotUnavailable",
        code::NO_SUCH_TRANSACTION => "NoSuchTransaction",
        code::EXCEEDED_TIME_LIMIT => "ExceededTimeLimit",
        code::OPERATION_NOT_SUPPORTED_IN_TRANSACTION => "OperationNotSupportedInTransaction",
        code::ATLAS_ERROR => "AtlasError",
        code::SOCKET_EXCEPTION => "SocketException",
        code::NOT_WRITABLE_PRIMARY => "NotWritablePrimary",
        code::BSON_OBJECT_TOO_LARGE => "BSONObjectTooLarge",
        code::DUPLICATE_KEY => "DuplicateKey",
        code::INTERRUPTED_AT_SHUTDOWN => "InterruptedAtShutdown",
        code::INTERRUPTED => "Interrupted",
        code::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE => "InterruptedDueToReplStateChange",
        code::NOT_PRIMARY_NO_SECONDARY_OK => "NotPrimaryNoSecondaryOk",
        code::NOT_PRIMARY_OR_SECONDARY => "NotPrimaryOrSecondary",
        code::ALREADY_INITIALIZED => "AlreadyInitialized",
        code::SHARD_KEY_NOT_FOUND => "ShardKeyNotFound",
        code::ZONE_NOT_FOUND => "ZoneNotFound",
        code::RANGE_OVERLAP_CONFLICT => "RangeOverlapConflict",
        _ => return format!("Location{code}"),
    };
    name.to_owned()
}

/// After these a write in a session may be tried again, and the server says so in a label.
pub(crate) fn is_retryable(code: i32) -> bool {
    matches!(
        code,
        code::HOST_UNREACHABLE
            | code::NETWORK_TIMEOUT
            | code::SHUTDOWN_IN_PROGRESS
            | code::PRIMARY_STEPPED_DOWN
            | code::EXCEEDED_TIME_LIMIT
            | code::SOCKET_EXCEPTION
            | code::NOT_WRITABLE_PRIMARY
            | code::INTERRUPTED_AT_SHUTDOWN
            | code::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE
            | code::NOT_PRIMARY_NO_SECONDARY_OK
            | code::NOT_PRIMARY_OR_SECONDARY
    )
}

/// These say that the member's state changed; drivers then ask for it anew.
pub(crate) fn is_state_change(code: i32) -> bool {
    matches!(
        code,
        code::SHUTDOWN_IN_PROGRESS
            | code::PRIMARY_STEPPED_DOWN
            | code::NOT_WRITABLE_PRIMARY
            | code::INTERRUPTED_AT_SHUTDOWN
            | code::INTERRUPTED_DUE_TO_REPL_STATE_CHANGE
            | code::NOT_PRIMARY_NO_SECONDARY_OK
            | code::NOT_PRIMARY_OR_SECONDARY
    )
}

/// Why a command is not done.
#[derive(Debug, Clone)]
pub(crate) struct Refusal {
    pub(crate) code: i32,
    pub(crate) message: String,
    pub(crate) labels: Vec<String>,
    /// Documents that belong to the code.
    pub(crate) details: Vec<(&'static str, Vec<u8>)>,
}

impl Refusal {
    pub(crate) fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            labels: Vec::new(),
            details: Vec::new(),
        }
    }

    /// Something the server can do and this cannot: never a silent guess.
    pub(crate) fn not_emulated(what: impl std::fmt::Display) -> Self {
        Self::new(code::BAD_VALUE, format!("not emulated: {what}"))
    }

    pub(crate) fn missing(field: &str) -> Self {
        // The server's number for a missing field of a command.
        Self::new(40_414, format!("BSON field '{field}' is missing but a required field"))
    }

    /// Into the document of a whole answer.
    pub(crate) fn write(&self, builder: Builder) -> Builder {
        let mut builder = self.write_details(builder.f64("ok", 0.0));
        builder = builder.str("codeName", &code_name(self.code));
        if self.labels.is_empty() {
            builder
        } else {
            builder.strings("errorLabels", &self.labels)
        }
    }

    /// Code, text and details, as a write's error has them too.
    pub(crate) fn write_details(&self, builder: Builder) -> Builder {
        let builder = builder.i32("code", self.code).str("errmsg", &self.message);
        self.details
            .iter()
            .fold(builder, |builder, (name, document)| builder.document(name, document))
    }
}
