//! The table: who, does what, on what, in which request, and whether AWS allows it.

use super::deliveries::DELIVERIES;
use super::records::{ATLAS_KEYS, RECORDS};

/// One question and its answer.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) who: &'static str,
    pub(crate) action: &'static str,
    pub(crate) on: &'static str,
    pub(crate) with: &'static [(&'static str, &'static str)],
    pub(crate) allowed: bool,
}

pub(crate) type With = &'static [(&'static str, &'static str)];

pub(crate) const fn yes(who: &'static str, action: &'static str, on: &'static str, with: With) -> Row {
    Row {
        who,
        action,
        on,
        with,
        allowed: true,
    }
}

pub(crate) const fn no(who: &'static str, action: &'static str, on: &'static str, with: With) -> Row {
    Row {
        who,
        action,
        on,
        with,
        allowed: false,
    }
}

/// All rows.
pub(crate) const TABLE: [&[Row]; 19] = [
    FUNCTIONS,
    FILES,
    CDN,
    CLEANING,
    PROFILES,
    DUMPS,
    PROBES,
    ROTATIONS,
    RESTORES,
    NETWORK,
    GUARD,
    FAILOVER,
    USERS,
    REPLICATION,
    NOTICES,
    THE_REST,
    RECORDS,
    ATLAS_KEYS,
    DELIVERIES,
];

const UPLOAD: &str = "role/edu-upload-api-eu-west-1";
const UPLOAD_FILES: &str = "role/edu-upload-api-files-eu-west-1";
const DOWNLOAD: &str = "role/edu-download-api-eu-west-1";
const DOWNLOAD_FILES: &str = "role/edu-download-api-files-eu-west-1";
const JANITOR: &str = "role/edu-upload-janitor-eu-west-1";
const JANITOR_FILES: &str = "role/edu-upload-janitor-files-eu-west-1";
const JANITOR_SCHEDULER: &str = "role/edu-upload-janitor-scheduler-eu-west-1";
const PROFILE: &str = "role/edu-profile-api-eu-west-1";
const DUMP: &str = "role/edu-mongo-dump-eu-west-1";
const DUMP_ROLE: &str = "role/BucketMongoDBBackup";
const RESTORE: &str = "role/edu-mongo-restore-eu-west-1";
const RESTORE_ROLE: &str = "role/edu-restore-eu-west-1";
const SCHEDULER: &str = "role/edu-scheduler-eu-west-1";
const STATES: &str = "role/edu-states-eu-west-1";
const SMALL_DUMP: &str = "role/small-mongo-dump-eu-west-1";
const SMALL_DUMP_ROLE: &str = "role/small-dump-eu-west-1";
const SMALL_RESTORE_ROLE: &str = "role/small-restore-eu-west-1";
const SMALL_SCHEDULER: &str = "role/small-scheduler-eu-west-1";
const FLOW_LOGS: &str = "role/edu-flow-logs-eu-west-1";
const GUARD_ROLE: &str = "role/edu-flow-log-guard-eu-west-1";
const API_LOGS: &str = "role/edu-api-gateway-logs-eu-west-1";
const SMS: &str = "role/texting-cognito-sms-eu-west-1";

const PROBE: &str = "role/edu-mongo-probe-eu-west-1";
const PROBE_SCHEDULER: &str = "role/edu-probe-scheduler-eu-west-1";

const FAILOVER_ROLE: &str = "role/edu-origin-failover-eu-west-1";
const FAILOVER_SCHEDULER: &str = "role/edu-failover-scheduler-eu-west-1";
const RECORD_FAILOVER_ROLE: &str = "role/record-origin-failover-eu-west-1";
const RECORD_FAILOVER_SCHEDULER: &str = "role/record-failover-scheduler-eu-west-1";

const EXPORT: &str = "role/edu-cognito-export-eu-west-1";
const EXPORT_ROLE: &str = "role/edu-cognito-export-export-eu-west-1";
const EXPORT_SCHEDULER: &str = "role/edu-cognito-export-scheduler-eu-west-1";
const IMPORT: &str = "role/edu-cognito-import-eu-west-1";
const IMPORT_ROLE: &str = "role/edu-cognito-import-import-eu-west-1";
const EXPORTED_POOL: &str = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf";
const IMPORTED_POOL: &str = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_GhIjKl";
const EXPORTED_PART: &str =
    "arn:aws:s3:::edu-exports/cognito/eu-west-1_AbCdEf/20261130T060000Z-3fa9c1/users/000001.jsonl.zst.sealed";
const IMPORT_REPORT: &str =
    "arn:aws:s3:::edu-exports/cognito/imports/eu-west-1_GhIjKl/20261130T060000Z-3fa9c1/import/1/report.json";
const EXPORTS_KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/b0c4e700-0000-4000-8000-000000000000";
const DATA_KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/da7a4e70-0000-4000-8000-000000000000";
const OF_AN_EXPORT: With = &[
    ("kms:EncryptionContext:purpose", "lectern-cognito-export"),
    ("kms:EncryptionContext:run", "20261130T060000Z-3fa9c1"),
];
const OF_AN_IMPORT: With = &[
    ("kms:EncryptionContext:purpose", "lectern-cognito-import"),
    ("kms:EncryptionContext:run", "20261130T060000Z-3fa9c1/import/1"),
];
const OF_NO_RUN: With = &[("kms:EncryptionContext:purpose", "lectern-cognito-export")];

const ROTATION: &str = "role/edu-secret-rotation-eu-west-1";
const ROTATION_SCHEDULER: &str = "role/edu-rotation-scheduler-eu-west-1";

const LAMBDA: &str = "service/lambda.amazonaws.com";
pub(crate) const HERE: With = &[("aws:SourceAccount", "111122223333")];
pub(crate) const ELSEWHERE: With = &[("aws:SourceAccount", "444455556666")];
const VIA_S3: With = &[("kms:ViaService", "s3.eu-west-1.amazonaws.com")];
const VIA_SECRETS: With = &[("kms:ViaService", "secretsmanager.eu-west-1.amazonaws.com")];
const VIA_SNS: With = &[("kms:ViaService", "sns.eu-west-1.amazonaws.com")];

const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-AbCdEf";
const DUMP_SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-dump-AbCdEf";
const DRILL_SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-drill-AbCdEf";
const PROBE_SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-probe-AbCdEf";
const APP_SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-app-AbCdEf";
const MASTER_SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-admin-AbCdEf";
/// The administrator's secret's key.
const MASTER_KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/5ec4e700-0000-4000-8000-000000000001";
/// The secrets' key.
const SECRET_KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/5ec4e700-0000-4000-8000-000000000000";
const RUN: &str = "bucket/edu-dumps/mongo/main/2026/11/30/20261130T000000Z-1";

/// In a request that the function's code makes; Lambda's own, as the function's role, has none ("Working with Lambda execution
/// environment credentials").
const BY_UPLOAD: With = &[(
    "lambda:SourceFunctionArn",
    "arn:aws:lambda:eu-west-1:111122223333:function:edu-upload-api",
)];
const BY_DUMP: With = &[(
    "lambda:SourceFunctionArn",
    "arn:aws:lambda:eu-west-1:111122223333:function:edu-mongo-dump",
)];

/// What every function has.
const FUNCTIONS: &[Row] = &[
    yes(LAMBDA, "sts:AssumeRole", UPLOAD, &[]),
    no("service/ec2.amazonaws.com", "sts:AssumeRole", UPLOAD, &[]),
    yes(LAMBDA, "sts:AssumeRole", DOWNLOAD, &[]),
    no("service/ec2.amazonaws.com", "sts:AssumeRole", DOWNLOAD, &[]),
    yes(LAMBDA, "sts:AssumeRole", PROFILE, &[]),
    no("admin", "sts:AssumeRole", PROFILE, &[]),
    yes(LAMBDA, "sts:AssumeRole", DUMP, &[]),
    no("admin", "sts:AssumeRole", DUMP, &[]),
    yes(LAMBDA, "sts:AssumeRole", RESTORE, &[]),
    no("admin", "sts:AssumeRole", RESTORE, &[]),
    yes(LAMBDA, "sts:AssumeRole", SMALL_DUMP, &[]),
    no("admin", "sts:AssumeRole", SMALL_DUMP, &[]),
    // its log and no other
    yes(
        UPLOAD,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-upload-api:log-stream:a",
        &[],
    ),
    no(
        UPLOAD,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-profile-api:log-stream:a",
        &[],
    ),
    no(
        UPLOAD,
        "logs:DeleteLogGroup",
        "log-group//aws/lambda/edu-upload-api",
        &[],
    ),
    yes(
        SMALL_DUMP,
        "logs:CreateLogStream",
        "log-group//aws/lambda/small-mongo-dump:log-stream:a",
        &[],
    ),
    // its place in the VPC is Lambda's to make, and not the code's
    yes(UPLOAD, "ec2:CreateNetworkInterface", "*", &[]),
    yes(UPLOAD, "ec2:DescribeSubnets", "*", &[]),
    yes(
        UPLOAD,
        "ec2:DeleteNetworkInterface",
        "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1",
        &[],
    ),
    no(UPLOAD, "ec2:CreateNetworkInterface", "*", BY_UPLOAD),
    no(UPLOAD, "ec2:DescribeNetworkInterfaces", "*", BY_UPLOAD),
    no(
        UPLOAD,
        "ec2:DeleteNetworkInterface",
        "arn:aws:ec2:eu-west-1:111122223333:network-interface/eni-1",
        BY_UPLOAD,
    ),
    yes(DUMP, "ec2:CreateNetworkInterface", "*", &[]),
    no(DUMP, "ec2:CreateNetworkInterface", "*", BY_DUMP),
    // the one without a VPC has no such thing
    no(SMALL_DUMP, "ec2:CreateNetworkInterface", "*", &[]),
    // Lambda reads the environment with the key, the code does not
    yes(UPLOAD, "kms:Decrypt", "key/edu-logs", &[]),
    no(UPLOAD, "kms:Decrypt", "key/edu-logs", BY_UPLOAD),
    yes(DUMP, "kms:Decrypt", "key/edu-logs", &[]),
    no(DUMP, "kms:Decrypt", "key/edu-logs", BY_DUMP),
    yes(UPLOAD, "xray:PutTraceSegments", "*", BY_UPLOAD),
    no(UPLOAD, "xray:GetTraceSummaries", "*", BY_UPLOAD),
    // CloudWatch has no resources; metrics go by way of the log
    no(UPLOAD, "cloudwatch:PutMetricData", "*", BY_UPLOAD),
    // one API's methods are in the laws
    no(
        "anonymous",
        "lambda:InvokeFunction",
        "function/edu-upload-api:live",
        &[],
    ),
    no(
        "service/apigateway.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-upload-api",
        &[],
    ),
    no(
        "service/apigateway.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-upload-api:live",
        &[],
    ),
];

/// Administrators' uploads, users' downloads (B6, D6, D7).
const FILES: &[Row] = &[
    yes(UPLOAD, "secretsmanager:GetSecretValue", SECRET, BY_UPLOAD),
    no(UPLOAD, "secretsmanager:GetSecretValue", DUMP_SECRET, BY_UPLOAD),
    no(UPLOAD, "secretsmanager:ListSecrets", "*", BY_UPLOAD),
    // by way of Secrets Manager only
    yes(UPLOAD, "kms:Decrypt", SECRET_KEY, VIA_SECRETS),
    no(UPLOAD, "kms:Decrypt", SECRET_KEY, &[]),
    no(UPLOAD_FILES, "kms:Decrypt", SECRET_KEY, VIA_SECRETS),
    // the role of the function reaches no object; the role that it becomes does
    no(UPLOAD, "s3:PutObject", "bucket/edu-files/files/a", &[]),
    no(UPLOAD, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    yes(UPLOAD, "sts:AssumeRole", UPLOAD_FILES, &[]),
    no(UPLOAD, "sts:AssumeRole", DOWNLOAD_FILES, &[]),
    no(UPLOAD, "sts:AssumeRole", DUMP_ROLE, &[]),
    no("admin", "sts:AssumeRole", UPLOAD_FILES, &[]),
    no(LAMBDA, "sts:AssumeRole", UPLOAD_FILES, &[]),
    yes(UPLOAD_FILES, "s3:PutObject", "bucket/edu-files/files/a", &[]),
    yes(
        UPLOAD_FILES,
        "s3:PutObject",
        "bucket/edu-files/files/a",
        &[("endpoint", "s3")],
    ),
    yes(UPLOAD_FILES, "s3:AbortMultipartUpload", "bucket/edu-files/files/a", &[]),
    yes(
        UPLOAD_FILES,
        "s3:ListMultipartUploadParts",
        "bucket/edu-files/files/a",
        &[],
    ),
    yes(UPLOAD_FILES, "s3:PutObjectTagging", "bucket/edu-files/files/a", &[]),
    yes(UPLOAD_FILES, "s3:DeleteObject", "bucket/edu-files/files/a", &[]),
    yes(UPLOAD_FILES, "s3:ListBucket", "bucket/edu-files", &[]),
    no(UPLOAD_FILES, "s3:DeleteObjectVersion", "bucket/edu-files/files/a", &[]),
    no(UPLOAD_FILES, "s3:PutObject", "bucket/edu-files/elsewhere/a", &[]),
    no(UPLOAD_FILES, "s3:PutObject", "bucket/edu-dumps/mongo/main/a", &[]),
    no(
        UPLOAD_FILES,
        "s3:PutObject",
        "bucket/edu-files/files/a",
        &[("aws:SecureTransport", "false")],
    ),
    // S3 encrypts and decrypts for it with the files' key, and for nothing else
    yes(UPLOAD_FILES, "kms:GenerateDataKey", "key/edu-files", VIA_S3),
    yes(UPLOAD_FILES, "kms:Decrypt", "key/edu-files", VIA_S3),
    no(UPLOAD_FILES, "kms:GenerateDataKey", "key/edu-files", &[]),
    no(UPLOAD_FILES, "kms:Decrypt", "key/edu-files", VIA_SECRETS),
    no(UPLOAD_FILES, "kms:Decrypt", "key/edu-profile", VIA_S3),
    no(UPLOAD_FILES, "secretsmanager:GetSecretValue", SECRET, &[]),
    yes(DOWNLOAD, "secretsmanager:GetSecretValue", SECRET, &[]),
    no(DOWNLOAD, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    yes(DOWNLOAD, "sts:AssumeRole", DOWNLOAD_FILES, &[]),
    no(DOWNLOAD, "sts:AssumeRole", UPLOAD_FILES, &[]),
    no("admin", "sts:AssumeRole", DOWNLOAD_FILES, &[]),
    yes(DOWNLOAD_FILES, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    yes(DOWNLOAD_FILES, "s3:GetObjectVersion", "bucket/edu-files/files/a", &[]),
    no(DOWNLOAD_FILES, "s3:PutObject", "bucket/edu-files/files/a", &[]),
    no(DOWNLOAD_FILES, "s3:DeleteObject", "bucket/edu-files/files/a", &[]),
    no(DOWNLOAD_FILES, "s3:ListBucket", "bucket/edu-files", &[]),
    no(DOWNLOAD_FILES, "s3:GetObject", "bucket/logged-files/files/a", &[]),
    yes(DOWNLOAD_FILES, "kms:Decrypt", "key/edu-files", VIA_S3),
    no(DOWNLOAD_FILES, "kms:GenerateDataKey", "key/edu-files", VIA_S3),
    yes("admin", "s3:GetObject", "bucket/logged-files/files/a", &[]),
    no("stranger", "s3:GetObject", "bucket/logged-files/files/a", &[]),
    yes("admin", "kms:Decrypt", "key/logged-files", &[]),
    no(UPLOAD_FILES, "kms:Decrypt", "key/logged-files", VIA_S3),
    // S3 writes the logs of this bucket, and of no other
    yes(
        "service/logging.s3.amazonaws.com",
        "s3:PutObject",
        "bucket/logged-files-logs/s3/logged-files/a",
        &[
            ("aws:SourceArn", "arn:aws:s3:::logged-files"),
            ("aws:SourceAccount", "111122223333"),
        ],
    ),
    no(
        "service/logging.s3.amazonaws.com",
        "s3:PutObject",
        "bucket/logged-files-logs/s3/logged-files/a",
        &[
            ("aws:SourceArn", "arn:aws:s3:::another"),
            ("aws:SourceAccount", "444455556666"),
        ],
    ),
    no(
        "service/logging.s3.amazonaws.com",
        "s3:PutObject",
        "bucket/logged-files-logs/s3/logged-files/a",
        &[
            ("aws:SourceArn", "arn:aws:s3:::logged-files"),
            ("aws:SourceAccount", "444455556666"),
        ],
    ),
    // the example's are on too, and who uploads files writes no logs
    yes(
        "service/logging.s3.amazonaws.com",
        "s3:PutObject",
        "bucket/edu-files-logs/s3/edu-files/a",
        &[
            ("aws:SourceArn", "arn:aws:s3:::edu-files"),
            ("aws:SourceAccount", "111122223333"),
        ],
    ),
    no(
        UPLOAD_FILES,
        "s3:PutObject",
        "bucket/edu-files-logs/s3/edu-files/a",
        &[],
    ),
    no(
        "service/logging.s3.amazonaws.com",
        "s3:GetObject",
        "bucket/logged-files-logs/s3/logged-files/a",
        &[
            ("aws:SourceArn", "arn:aws:s3:::logged-files"),
            ("aws:SourceAccount", "111122223333"),
        ],
    ),
];

const CLOUDFRONT: &str = "service/cloudfront.amazonaws.com";
const LOG_DELIVERY: &str = "service/delivery.logs.amazonaws.com";
const SITE: With = &[("aws:SourceArn", "arn:aws:cloudfront::111122223333:distribution/site")];
const ANOTHER_SITE: With = &[("aws:SourceArn", "arn:aws:cloudfront::111122223333:distribution/another")];
const STRANGE_SITE: With = &[("aws:SourceArn", "arn:aws:cloudfront::444455556666:distribution/site")];
const FILE: &str = "bucket/logged-files/files/a";
const SITE_LOG: &str = "bucket/logged-files/cdn/AWSLogs/111122223333/CloudFront/a";
/// As the log service writes for the distribution's source.
const OF_THE_SITE: With = &[
    ("aws:SourceAccount", "111122223333"),
    (
        "aws:SourceArn",
        "arn:aws:logs:us-east-1:111122223333:delivery-source:site-cdn-access",
    ),
    ("s3:x-amz-acl", "bucket-owner-full-control"),
];
const OF_ANOTHER_SOURCE: With = &[
    ("aws:SourceAccount", "111122223333"),
    (
        "aws:SourceArn",
        "arn:aws:logs:us-east-1:111122223333:delivery-source:another",
    ),
    ("s3:x-amz-acl", "bucket-owner-full-control"),
];
const OF_A_STRANGER: With = &[
    ("aws:SourceAccount", "444455556666"),
    (
        "aws:SourceArn",
        "arn:aws:logs:us-east-1:444455556666:delivery-source:site-cdn-access",
    ),
    ("s3:x-amz-acl", "bucket-owner-full-control"),
];
const WAF_LOG: &str = "log-group/aws-waf-logs-edu-api:log-stream:a";

/// The distribution reads its folders, this one alone, and its logs and the web ACLs' are written for this account (D6, D8, D9, D11).
const CDN: &[Row] = &[
    yes(CLOUDFRONT, "s3:GetObject", FILE, SITE),
    yes(CLOUDFRONT, "s3:GetObjectVersion", FILE, SITE),
    yes(CLOUDFRONT, "s3:GetObject", "bucket/logged-files/site/index.html", SITE),
    no(
        CLOUDFRONT,
        "s3:GetObjectVersion",
        "bucket/logged-files/site/index.html",
        SITE,
    ),
    yes(CLOUDFRONT, "kms:Decrypt", "key/logged-files", SITE),
    // no other distribution, of this account or another, and nobody who does not say which
    no(CLOUDFRONT, "s3:GetObject", FILE, ANOTHER_SITE),
    no(CLOUDFRONT, "s3:GetObject", FILE, STRANGE_SITE),
    no(CLOUDFRONT, "s3:GetObject", FILE, &[]),
    no("anonymous", "s3:GetObject", FILE, SITE),
    no(CLOUDFRONT, "kms:Decrypt", "key/logged-files", ANOTHER_SITE),
    no(CLOUDFRONT, "kms:Decrypt", "key/logged-files", STRANGE_SITE),
    no(CLOUDFRONT, "kms:Decrypt", "key/logged-files", &[]),
    // nothing else of the bucket, and it writes and lists nothing
    no(CLOUDFRONT, "s3:GetObject", "bucket/logged-files/exports/a", SITE),
    no(CLOUDFRONT, "s3:GetObject", "bucket/logged-files/files", SITE),
    no(CLOUDFRONT, "s3:GetObject", "bucket/edu-files/files/a", SITE),
    no(CLOUDFRONT, "s3:ListBucket", "bucket/logged-files", SITE),
    no(CLOUDFRONT, "s3:PutObject", FILE, SITE),
    no(CLOUDFRONT, "s3:DeleteObject", FILE, SITE),
    no(CLOUDFRONT, "kms:GenerateDataKey", "key/logged-files", SITE),
    // not over TLS 1.1, which no rule above mentions
    no(
        CLOUDFRONT,
        "s3:GetObject",
        FILE,
        &[
            ("aws:SourceArn", "arn:aws:cloudfront::111122223333:distribution/site"),
            ("s3:TlsVersion", "1.1"),
        ],
    ),
    // access logs
    yes(LOG_DELIVERY, "s3:PutObject", SITE_LOG, OF_THE_SITE),
    yes(LOG_DELIVERY, "kms:GenerateDataKey", "key/logged-files", OF_THE_SITE),
    no(LOG_DELIVERY, "s3:PutObject", SITE_LOG, OF_ANOTHER_SOURCE),
    no(LOG_DELIVERY, "s3:PutObject", SITE_LOG, OF_A_STRANGER),
    no(LOG_DELIVERY, "s3:PutObject", FILE, OF_THE_SITE),
    no(LOG_DELIVERY, "s3:GetObject", SITE_LOG, OF_THE_SITE),
    no(LOG_DELIVERY, "kms:GenerateDataKey", "key/logged-files", OF_A_STRANGER),
    // the web ACLs' logs
    yes(
        LOG_DELIVERY,
        "logs:PutLogEvents",
        WAF_LOG,
        &[
            ("aws:SourceAccount", "111122223333"),
            ("aws:SourceArn", "arn:aws:logs:eu-west-1:111122223333:log-group:a"),
        ],
    ),
    no(
        LOG_DELIVERY,
        "logs:PutLogEvents",
        WAF_LOG,
        &[
            ("aws:SourceAccount", "444455556666"),
            ("aws:SourceArn", "arn:aws:logs:eu-west-1:444455556666:log-group:a"),
        ],
    ),
    no(LOG_DELIVERY, "logs:PutLogEvents", WAF_LOG, &[]),
    // the web ACL guards one stage, and the API has no other
    yes("anonymous", "execute-api:Invoke", "api/guarded/v1/GET/profile", &[]),
    no("anonymous", "execute-api:Invoke", "api/guarded/test/GET/profile", &[]),
];

const S3: &str = "service/s3.amazonaws.com";
const REPLICATE_FILES: &str = "role/edu-crr-files-eu-west-1";
const REPLICATE_FILES_BACK: &str = "role/edu-crr-files-back-eu-west-1";
const REPLICATE_EXPORTS: &str = "role/edu-crr-exports-eu-west-1";
const REPLICA: &str = "arn:aws:s3:::logged-files-2/files/a";
const REPLICAS_KEY: &str = "arn:aws:kms:eu-central-1:111122223333:key/f11e5000-0000-4000-8000-000000000000";
const EXPORT_REPLICA: &str = "arn:aws:s3:::edu-exports-2/cognito/eu-west-1_AbCdEf/latest.json";
/// As S3 uses a key for an object, with and without a bucket key.
const OF_THE_BUCKET: With = &[
    ("kms:ViaService", "s3.eu-west-1.amazonaws.com"),
    ("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::logged-files"),
];
const OF_THE_OBJECT: With = &[
    ("kms:ViaService", "s3.eu-west-1.amazonaws.com"),
    ("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::logged-files/files/a"),
];
const OF_ANOTHER_BUCKET: With = &[
    ("kms:ViaService", "s3.eu-west-1.amazonaws.com"),
    ("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::edu-files"),
];
const OF_THE_REPLICAS: With = &[
    ("kms:ViaService", "s3.eu-central-1.amazonaws.com"),
    ("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::logged-files-2"),
];
const OF_THE_EXPORTS_REPLICAS: With = &[
    ("kms:ViaService", "s3.eu-central-1.amazonaws.com"),
    ("kms:EncryptionContext:aws:s3:arn", "arn:aws:s3:::edu-exports-2"),
];

/// A role of each bucket that sends reads there, writes to the other and uses their two keys by way of S3 (F2, D3, D6).
const REPLICATION: &[Row] = &[
    yes(S3, "sts:AssumeRole", REPLICATE_FILES, &[]),
    no(LAMBDA, "sts:AssumeRole", REPLICATE_FILES, &[]),
    no("admin", "sts:AssumeRole", REPLICATE_FILES, &[]),
    yes(S3, "sts:AssumeRole", REPLICATE_FILES_BACK, &[]),
    no("admin", "sts:AssumeRole", REPLICATE_FILES_BACK, &[]),
    yes(S3, "sts:AssumeRole", REPLICATE_EXPORTS, &[]),
    no("admin", "sts:AssumeRole", REPLICATE_EXPORTS, &[]),
    yes(
        REPLICATE_FILES,
        "s3:GetReplicationConfiguration",
        "bucket/logged-files",
        &[],
    ),
    yes(REPLICATE_FILES, "s3:ListBucket", "bucket/logged-files", &[]),
    yes(REPLICATE_FILES, "s3:GetObjectVersionForReplication", FILE, &[]),
    yes(REPLICATE_FILES, "s3:GetObjectVersionAcl", FILE, &[]),
    yes(REPLICATE_FILES, "s3:GetObjectVersionTagging", FILE, &[]),
    yes(REPLICATE_FILES, "s3:ReplicateObject", REPLICA, &[]),
    yes(REPLICATE_FILES, "s3:ReplicateTags", REPLICA, &[]),
    yes(REPLICATE_FILES, "s3:ReplicateDelete", REPLICA, &[]),
    yes(REPLICATE_FILES, "kms:Decrypt", "key/logged-files", OF_THE_BUCKET),
    yes(REPLICATE_FILES, "kms:Decrypt", "key/logged-files", OF_THE_OBJECT),
    yes(REPLICATE_FILES, "kms:Encrypt", REPLICAS_KEY, OF_THE_REPLICAS),
    yes(REPLICATE_FILES, "kms:Decrypt", REPLICAS_KEY, OF_THE_REPLICAS),
    // it reads no object for anybody, writes nothing where it reads, and deletes no version
    no(REPLICATE_FILES, "s3:GetObject", FILE, &[]),
    no(REPLICATE_FILES, "s3:GetObjectVersion", FILE, &[]),
    no(REPLICATE_FILES, "s3:ReplicateObject", FILE, &[]),
    no(REPLICATE_FILES, "s3:PutObject", REPLICA, &[]),
    no(REPLICATE_FILES, "s3:DeleteObject", REPLICA, &[]),
    no(REPLICATE_FILES, "s3:DeleteObjectVersion", REPLICA, &[]),
    no(
        REPLICATE_FILES,
        "s3:PutReplicationConfiguration",
        "bucket/logged-files",
        &[],
    ),
    // no other bucket, and no other use of the keys
    no(
        REPLICATE_FILES,
        "s3:GetObjectVersionForReplication",
        "bucket/edu-files/files/a",
        &[],
    ),
    no(REPLICATE_FILES, "s3:ReplicateObject", EXPORT_REPLICA, &[]),
    no(REPLICATE_FILES, "kms:Decrypt", "key/logged-files", &[]),
    no(REPLICATE_FILES, "kms:Decrypt", "key/logged-files", OF_ANOTHER_BUCKET),
    no(REPLICATE_FILES, "kms:Encrypt", "key/logged-files", OF_THE_BUCKET),
    no(REPLICATE_FILES, "kms:Encrypt", REPLICAS_KEY, OF_THE_EXPORTS_REPLICAS),
    no(REPLICATE_FILES, "kms:GenerateDataKey", REPLICAS_KEY, OF_THE_REPLICAS),
    // the way back
    yes(REPLICATE_FILES_BACK, "s3:GetObjectVersionForReplication", REPLICA, &[]),
    yes(REPLICATE_FILES_BACK, "s3:ReplicateObject", FILE, &[]),
    yes(REPLICATE_FILES_BACK, "kms:Encrypt", "key/logged-files", OF_THE_BUCKET),
    yes(REPLICATE_FILES_BACK, "kms:Decrypt", REPLICAS_KEY, OF_THE_REPLICAS),
    no(REPLICATE_FILES_BACK, "s3:GetObjectVersionForReplication", FILE, &[]),
    no(REPLICATE_FILES_BACK, "kms:Encrypt", REPLICAS_KEY, OF_THE_REPLICAS),
    // a part of a bucket, whose delete markers stay where they are
    yes(
        REPLICATE_EXPORTS,
        "s3:GetObjectVersionForReplication",
        EXPORTED_PART,
        &[],
    ),
    yes(REPLICATE_EXPORTS, "s3:ReplicateObject", EXPORT_REPLICA, &[]),
    no(REPLICATE_EXPORTS, "s3:ReplicateDelete", EXPORT_REPLICA, &[]),
    no(
        REPLICATE_EXPORTS,
        "s3:GetObjectVersionForReplication",
        "arn:aws:s3:::edu-exports/elsewhere/a",
        &[],
    ),
    no(
        REPLICATE_EXPORTS,
        "s3:ReplicateObject",
        "arn:aws:s3:::edu-exports-2/elsewhere/a",
        &[],
    ),
];

/// The removal of abandoned uploads (A1, B6, D6).
const CLEANING: &[Row] = &[
    yes(LAMBDA, "sts:AssumeRole", JANITOR, &[]),
    no("admin", "sts:AssumeRole", JANITOR, &[]),
    yes(JANITOR, "secretsmanager:GetSecretValue", SECRET, &[]),
    no(JANITOR, "secretsmanager:GetSecretValue", DUMP_SECRET, &[]),
    yes(JANITOR, "kms:Decrypt", SECRET_KEY, VIA_SECRETS),
    no(JANITOR, "kms:Decrypt", SECRET_KEY, &[]),
    yes(JANITOR, "sts:AssumeRole", JANITOR_FILES, &[]),
    no(JANITOR, "sts:AssumeRole", UPLOAD_FILES, &[]),
    no(UPLOAD, "sts:AssumeRole", JANITOR_FILES, &[]),
    no("admin", "sts:AssumeRole", JANITOR_FILES, &[]),
    no(JANITOR, "s3:DeleteObject", "bucket/edu-files/files/a", &[]),
    yes(JANITOR, "sns:Publish", "topic/edu-warning", &[]),
    no(JANITOR, "sns:Publish", "topic/edu-critical", &[]),
    // it hides and tags
    yes(
        JANITOR_FILES,
        "s3:AbortMultipartUpload",
        "bucket/edu-files/files/a",
        &[],
    ),
    yes(JANITOR_FILES, "s3:DeleteObject", "bucket/edu-files/files/a", &[]),
    yes(JANITOR_FILES, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    yes(
        JANITOR_FILES,
        "s3:PutObjectVersionTagging",
        "bucket/edu-files/files/a",
        &[],
    ),
    yes(JANITOR_FILES, "s3:ListBucket", "bucket/edu-files", &[]),
    // it deletes no version, writes nothing, and without the key it reads nothing
    no(JANITOR_FILES, "s3:DeleteObjectVersion", "bucket/edu-files/files/a", &[]),
    no(
        JANITOR_FILES,
        "s3:DeleteObjectVersionTagging",
        "bucket/edu-files/files/a",
        &[],
    ),
    no(JANITOR_FILES, "s3:PutObject", "bucket/edu-files/files/a", &[]),
    no(JANITOR_FILES, "s3:DeleteObject", "bucket/edu-files/elsewhere/a", &[]),
    no(JANITOR_FILES, "s3:DeleteObject", "bucket/edu-dumps/mongo/main/a", &[]),
    no(JANITOR_FILES, "kms:Decrypt", "key/edu-files", VIA_S3),
    // one function's schedule
    yes(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        JANITOR_SCHEDULER,
        HERE,
    ),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        JANITOR_SCHEDULER,
        ELSEWHERE,
    ),
    yes(
        JANITOR_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-upload-janitor:live",
        &[],
    ),
    no(
        JANITOR_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-upload-janitor",
        &[],
    ),
    no(
        JANITOR_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-upload-api:live",
        &[],
    ),
];

/// The profiles' key is bound to one user (D4).
const PROFILES: &[Row] = &[
    yes(PROFILE, "secretsmanager:GetSecretValue", SECRET, &[]),
    yes(
        PROFILE,
        "kms:GenerateDataKey",
        "key/edu-profile",
        &[
            ("kms:EncryptionContext:purpose", "lectern-profile"),
            ("kms:EncryptionContext:user", "u1"),
            ("kms:EncryptionContextKeys", "purpose|user"),
        ],
    ),
    // a data key of nobody's, of another purpose, of more than a user
    no(
        PROFILE,
        "kms:Decrypt",
        "key/edu-profile",
        &[
            ("kms:EncryptionContext:purpose", "lectern-profile"),
            ("kms:EncryptionContextKeys", "purpose"),
        ],
    ),
    no(
        PROFILE,
        "kms:Decrypt",
        "key/edu-profile",
        &[
            ("kms:EncryptionContext:purpose", "lectern-export"),
            ("kms:EncryptionContext:user", "u1"),
            ("kms:EncryptionContextKeys", "purpose|user"),
        ],
    ),
    no(
        PROFILE,
        "kms:Decrypt",
        "key/edu-profile",
        &[
            ("kms:EncryptionContext:purpose", "lectern-profile"),
            ("kms:EncryptionContext:user", "u1"),
            ("kms:EncryptionContext:course", "c1"),
            ("kms:EncryptionContextKeys", "course|purpose|user"),
        ],
    ),
    no(PROFILE, "kms:Decrypt", "key/edu-profile", &[]),
    no(PROFILE, "kms:Decrypt", "key/edu-files", VIA_S3),
    no(PROFILE, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    no(UPLOAD, "kms:Decrypt", "key/edu-profile", &[]),
];

/// Dumps: the schedule, the state machine, the function, the role that writes (F1).
const DUMPS: &[Row] = &[
    yes("service/scheduler.amazonaws.com", "sts:AssumeRole", SCHEDULER, HERE),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        SCHEDULER,
        ELSEWHERE,
    ),
    no("service/scheduler.amazonaws.com", "sts:AssumeRole", SCHEDULER, &[]),
    no("service/events.amazonaws.com", "sts:AssumeRole", SCHEDULER, HERE),
    yes(SCHEDULER, "states:StartExecution", "machine/edu-mongo-dump", &[]),
    yes(
        SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-mongo-restore:live",
        &[],
    ),
    no(SCHEDULER, "lambda:InvokeFunction", "function/edu-mongo-dump:live", &[]),
    no(SCHEDULER, "lambda:InvokeFunction", "function/edu-upload-api:live", &[]),
    no(SCHEDULER, "lambda:InvokeFunction", "function/edu-mongo-restore", &[]),
    yes("service/states.amazonaws.com", "sts:AssumeRole", STATES, HERE),
    no("service/states.amazonaws.com", "sts:AssumeRole", STATES, ELSEWHERE),
    yes(STATES, "lambda:InvokeFunction", "function/edu-mongo-dump:live", &[]),
    no(STATES, "lambda:InvokeFunction", "function/edu-mongo-restore:live", &[]),
    yes(STATES, "states:StartExecution", "machine/edu-mongo-dump", &[]),
    no(
        STATES,
        "states:StartExecution",
        "arn:aws:states:eu-west-1:111122223333:stateMachine:another",
        &[],
    ),
    // a distributed map's child executions: "execution:<state machine>/<label of the map run>:<name>"
    yes(
        STATES,
        "states:DescribeExecution",
        "arn:aws:states:eu-west-1:111122223333:execution:edu-mongo-dump/Ranges:a1b2",
        &[],
    ),
    yes(
        STATES,
        "states:StopExecution",
        "arn:aws:states:eu-west-1:111122223333:execution:edu-mongo-dump/Ranges:a1b2",
        &[],
    ),
    no(
        STATES,
        "states:StopExecution",
        "arn:aws:states:eu-west-1:111122223333:execution:another/Ranges:a1b2",
        &[],
    ),
    // its logs go by way of a delivery, and no other group is its to write to
    yes(STATES, "logs:CreateLogDelivery", "*", &[]),
    yes(
        STATES,
        "logs:PutLogEvents",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/vendedlogs/states/edu-mongo-dump:log-stream:a",
        &[],
    ),
    no(
        STATES,
        "logs:PutLogEvents",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/edu-mongo-dump:log-stream:a",
        &[],
    ),
    yes(STATES, "xray:PutTraceSegments", "*", &[]),
    no(STATES, "xray:GetTraceSummaries", "*", &[]),
    yes(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        SMALL_SCHEDULER,
        HERE,
    ),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        SMALL_SCHEDULER,
        ELSEWHERE,
    ),
    yes(
        SMALL_SCHEDULER,
        "lambda:InvokeFunction",
        "function/small-mongo-dump:live",
        &[],
    ),
    no(
        SMALL_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-mongo-dump:live",
        &[],
    ),
    no(SMALL_SCHEDULER, "states:StartExecution", "machine/edu-mongo-dump", &[]),
    yes(DUMP, "secretsmanager:GetSecretValue", DUMP_SECRET, BY_DUMP),
    no(DUMP, "secretsmanager:GetSecretValue", DRILL_SECRET, BY_DUMP),
    no(DUMP, "secretsmanager:GetSecretValue", SECRET, BY_DUMP),
    yes(DUMP, "kms:Decrypt", SECRET_KEY, VIA_SECRETS),
    no(DUMP, "kms:Decrypt", SECRET_KEY, BY_DUMP),
    // it hands over to itself
    yes(DUMP, "lambda:InvokeFunction", "function/edu-mongo-dump", BY_DUMP),
    yes(DUMP, "lambda:InvokeFunction", "function/edu-mongo-dump:live", BY_DUMP),
    no(
        DUMP,
        "lambda:InvokeFunction",
        "function/edu-mongo-restore:live",
        BY_DUMP,
    ),
    no(DUMP, "s3:PutObject", "bucket/edu-dumps/mongo/main/latest.json", BY_DUMP),
    yes(DUMP, "sts:AssumeRole", DUMP_ROLE, BY_DUMP),
    no(DUMP, "sts:AssumeRole", RESTORE_ROLE, BY_DUMP),
    no(SMALL_DUMP, "sts:AssumeRole", DUMP_ROLE, &[]),
    no("admin", "sts:AssumeRole", DUMP_ROLE, &[]),
    // the dump role writes, and reads only what steers a dump
    yes(
        DUMP_ROLE,
        "s3:PutObject",
        "bucket/edu-dumps/mongo/main/latest.json",
        &[],
    ),
    yes(
        DUMP_ROLE,
        "s3:PutObject",
        "bucket/edu-dumps/mongo/main/2026/11/30/20261130T000000Z-1/data/a.bson.zst",
        &[],
    ),
    yes(
        DUMP_ROLE,
        "s3:GetObject",
        "bucket/edu-dumps/mongo/main/latest.json",
        &[],
    ),
    yes(
        DUMP_ROLE,
        "s3:GetObject",
        "bucket/edu-dumps/mongo/main/2026/11/30/20261130T000000Z-1/manifest.json",
        &[],
    ),
    no(
        DUMP_ROLE,
        "s3:GetObject",
        "bucket/edu-dumps/mongo/main/2026/11/30/20261130T000000Z-1/data/a.bson.zst",
        &[],
    ),
    no(
        DUMP_ROLE,
        "s3:DeleteObject",
        "bucket/edu-dumps/mongo/main/latest.json",
        &[],
    ),
    no(DUMP_ROLE, "s3:ListBucket", "bucket/edu-dumps", &[]),
    no(
        DUMP_ROLE,
        "s3:PutObject",
        "bucket/edu-dumps/mongo/another/latest.json",
        &[],
    ),
    no(
        DUMP_ROLE,
        "s3:PutObject",
        "bucket/small-dumps/mongo/small/latest.json",
        &[],
    ),
    no(DUMP_ROLE, "s3:PutObject", "bucket/edu-files/files/a", &[]),
    yes(DUMP_ROLE, "kms:GenerateDataKey", "key/edu-dumps", VIA_S3),
    yes(DUMP_ROLE, "kms:Decrypt", "key/edu-dumps", VIA_S3),
    no(DUMP_ROLE, "kms:Decrypt", "key/edu-dumps", &[]),
    no(DUMP_ROLE, "kms:GenerateDataKey", "key/small-dumps", VIA_S3),
    yes(SMALL_DUMP, "sts:AssumeRole", SMALL_DUMP_ROLE, &[]),
    no(DUMP, "sts:AssumeRole", SMALL_DUMP_ROLE, BY_DUMP),
    yes(
        SMALL_DUMP_ROLE,
        "s3:PutObject",
        "bucket/small-dumps/mongo/small/latest.json",
        &[],
    ),
    yes(SMALL_DUMP_ROLE, "kms:GenerateDataKey", "key/small-dumps", VIA_S3),
    no(
        SMALL_DUMP_ROLE,
        "s3:PutObject",
        "bucket/edu-dumps/mongo/main/latest.json",
        &[],
    ),
    yes(
        "service/logging.s3.amazonaws.com",
        "s3:PutObject",
        "bucket/edu-dump-logs/s3/edu-dumps/a",
        &[
            ("aws:SourceArn", "arn:aws:s3:::edu-dumps"),
            ("aws:SourceAccount", "111122223333"),
        ],
    ),
    no(
        "service/logging.s3.amazonaws.com",
        "s3:PutObject",
        "bucket/edu-dump-logs/s3/edu-dumps/a",
        &[
            ("aws:SourceArn", "arn:aws:s3:::another"),
            ("aws:SourceAccount", "111122223333"),
        ],
    ),
    no(DUMP_ROLE, "s3:PutObject", "bucket/edu-dump-logs/s3/edu-dumps/a", &[]),
];

/// The probe of a cluster and its schedule (C1, D6).
const PROBES: &[Row] = &[
    yes(LAMBDA, "sts:AssumeRole", PROBE, &[]),
    no("admin", "sts:AssumeRole", PROBE, &[]),
    yes(PROBE, "secretsmanager:GetSecretValue", PROBE_SECRET, &[]),
    no(PROBE, "secretsmanager:GetSecretValue", DUMP_SECRET, &[]),
    yes(PROBE, "kms:Decrypt", SECRET_KEY, VIA_SECRETS),
    no(PROBE, "kms:Decrypt", SECRET_KEY, &[]),
    // metrics go by way of the log
    yes(
        PROBE,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-mongo-probe:log-stream:a",
        &[],
    ),
    no(PROBE, "cloudwatch:PutMetricData", "*", &[]),
    no(PROBE, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    yes(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        PROBE_SCHEDULER,
        HERE,
    ),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        PROBE_SCHEDULER,
        ELSEWHERE,
    ),
    yes(
        PROBE_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-mongo-probe:live",
        &[],
    ),
    no(
        PROBE_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-mongo-probe",
        &[],
    ),
    no(
        PROBE_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-upload-api:live",
        &[],
    ),
];

/// The role that rotates secrets changes these and no others (D2, D6).
const ROTATIONS: &[Row] = &[
    yes(LAMBDA, "sts:AssumeRole", ROTATION, &[]),
    no("admin", "sts:AssumeRole", ROTATION, &[]),
    no("service/secretsmanager.amazonaws.com", "sts:AssumeRole", ROTATION, &[]),
    yes(ROTATION, "secretsmanager:DescribeSecret", APP_SECRET, &[]),
    yes(ROTATION, "secretsmanager:GetSecretValue", APP_SECRET, &[]),
    yes(ROTATION, "secretsmanager:PutSecretValue", APP_SECRET, &[]),
    yes(ROTATION, "secretsmanager:UpdateSecretVersionStage", APP_SECRET, &[]),
    no(ROTATION, "secretsmanager:UpdateSecret", APP_SECRET, &[]),
    no(ROTATION, "secretsmanager:DeleteSecret", APP_SECRET, &[]),
    no(ROTATION, "secretsmanager:PutResourcePolicy", APP_SECRET, &[]),
    yes(ROTATION, "secretsmanager:GetSecretValue", MASTER_SECRET, &[]),
    no(ROTATION, "secretsmanager:PutSecretValue", MASTER_SECRET, &[]),
    no(ROTATION, "secretsmanager:GetSecretValue", DUMP_SECRET, &[]),
    no(ROTATION, "secretsmanager:PutSecretValue", DUMP_SECRET, &[]),
    yes(ROTATION, "kms:Decrypt", SECRET_KEY, VIA_SECRETS),
    yes(ROTATION, "kms:GenerateDataKey", SECRET_KEY, VIA_SECRETS),
    no(ROTATION, "kms:GenerateDataKey", SECRET_KEY, &[]),
    yes(ROTATION, "kms:Decrypt", MASTER_KEY, VIA_SECRETS),
    no(ROTATION, "kms:GenerateDataKey", MASTER_KEY, VIA_SECRETS),
    yes(
        ROTATION,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-secret-rotation:log-stream:a",
        &[],
    ),
    no(ROTATION, "cloudwatch:PutMetricData", "*", &[]),
    // Secrets Manager starts the alias, for this secret
    yes(
        "service/secretsmanager.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-secret-rotation:live",
        &[("aws:SourceArn", APP_SECRET)],
    ),
    no(
        "service/secretsmanager.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-secret-rotation:live",
        &[("aws:SourceArn", MASTER_SECRET)],
    ),
    no(
        "service/secretsmanager.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-secret-rotation",
        &[("aws:SourceArn", APP_SECRET)],
    ),
    no(
        "service/secretsmanager.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-upload-api:live",
        &[("aws:SourceArn", APP_SECRET)],
    ),
    yes(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        ROTATION_SCHEDULER,
        HERE,
    ),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        ROTATION_SCHEDULER,
        ELSEWHERE,
    ),
    yes(
        ROTATION_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-secret-rotation:live",
        &[],
    ),
    no(
        ROTATION_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-mongo-probe:live",
        &[],
    ),
];

const RESTORES: &[Row] = &[
    yes(RESTORE, "secretsmanager:GetSecretValue", DRILL_SECRET, &[]),
    no(RESTORE, "secretsmanager:GetSecretValue", DUMP_SECRET, &[]),
    yes(RESTORE, "kms:Decrypt", SECRET_KEY, VIA_SECRETS),
    no(RESTORE, "kms:Decrypt", SECRET_KEY, VIA_S3),
    yes(RESTORE, "lambda:InvokeFunction", "function/edu-mongo-restore", &[]),
    no(RESTORE, "lambda:InvokeFunction", "function/edu-mongo-dump:live", &[]),
    no(RESTORE, "s3:GetObject", "bucket/edu-dumps/mongo/main/latest.json", &[]),
    yes(RESTORE, "sts:AssumeRole", RESTORE_ROLE, &[]),
    no(RESTORE, "sts:AssumeRole", DUMP_ROLE, &[]),
    no("admin", "sts:AssumeRole", RESTORE_ROLE, &[]),
    // with no function that restores, the account's own policies decide
    yes("admin", "sts:AssumeRole", SMALL_RESTORE_ROLE, &[]),
    no(SMALL_DUMP, "sts:AssumeRole", SMALL_RESTORE_ROLE, &[]),
    yes(RESTORE_ROLE, "s3:GetObject", RUN, &[]),
    yes(RESTORE_ROLE, "s3:GetObjectVersion", RUN, &[]),
    yes(
        RESTORE_ROLE,
        "s3:ListBucket",
        "bucket/edu-dumps",
        &[("s3:prefix", "mongo/main/2026/")],
    ),
    no(
        RESTORE_ROLE,
        "s3:ListBucket",
        "bucket/edu-dumps",
        &[("s3:prefix", "mongo/another/")],
    ),
    no(RESTORE_ROLE, "s3:ListBucket", "bucket/edu-dumps", &[]),
    no(RESTORE_ROLE, "s3:PutObject", RUN, &[]),
    no(RESTORE_ROLE, "s3:DeleteObject", RUN, &[]),
    no(RESTORE_ROLE, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    no(RESTORE_ROLE, "s3:GetObjectVersion", "bucket/edu-files/files/a", &[]),
    yes(RESTORE_ROLE, "kms:Decrypt", "key/edu-dumps", VIA_S3),
    no(RESTORE_ROLE, "kms:GenerateDataKey", "key/edu-dumps", VIA_S3),
    no(RESTORE_ROLE, "kms:Decrypt", "key/edu-dumps", &[]),
    yes(
        SMALL_RESTORE_ROLE,
        "s3:GetObject",
        "bucket/small-dumps/mongo/small/latest.json",
        &[],
    ),
    no(
        SMALL_RESTORE_ROLE,
        "s3:GetObject",
        "bucket/edu-dumps/mongo/main/latest.json",
        &[],
    ),
];

/// The endpoints let out this account's principals, to this account's resources (B5, B9).
const NETWORK: &[Row] = &[
    yes("admin", "s3:PutObject", "arn:aws:s3:::of-a-stranger/files/a", &[]),
    no(
        UPLOAD_FILES,
        "s3:PutObject",
        "arn:aws:s3:::of-a-stranger/files/a",
        &[("endpoint", "s3")],
    ),
    no(
        "admin",
        "s3:PutObject",
        "arn:aws:s3:::of-a-stranger/files/a",
        &[("endpoint", "s3")],
    ),
    no(
        "stranger",
        "s3:GetObject",
        "bucket/edu-files/files/a",
        &[("endpoint", "s3")],
    ),
    no(
        "anonymous",
        "s3:GetObject",
        "bucket/edu-files/files/a",
        &[("endpoint", "s3")],
    ),
    yes(
        DOWNLOAD_FILES,
        "s3:GetObject",
        "bucket/edu-files/files/a",
        &[("endpoint", "s3")],
    ),
    yes(
        UPLOAD,
        "secretsmanager:GetSecretValue",
        SECRET,
        &[("endpoint", "secretsmanager")],
    ),
    no(
        "stranger",
        "secretsmanager:PutSecretValue",
        "arn:aws:secretsmanager:eu-west-1:444455556666:secret:mongo-AbCdEf",
        &[("endpoint", "secretsmanager")],
    ),
    yes(UPLOAD, "sts:AssumeRole", UPLOAD_FILES, &[("endpoint", "sts")]),
    no("stranger", "sts:GetCallerIdentity", "*", &[("endpoint", "sts")]),
    yes(
        PROFILE,
        "kms:GenerateDataKey",
        "key/edu-profile",
        &[
            ("endpoint", "kms"),
            ("kms:EncryptionContext:purpose", "lectern-profile"),
            ("kms:EncryptionContext:user", "u1"),
            ("kms:EncryptionContextKeys", "purpose|user"),
        ],
    ),
    no(
        "admin",
        "kms:Encrypt",
        "arn:aws:kms:eu-west-1:444455556666:key/of-a-stranger",
        &[("endpoint", "kms")],
    ),
    yes(
        DUMP,
        "lambda:InvokeFunction",
        "function/edu-mongo-dump",
        &[("endpoint", "lambda")],
    ),
    no(
        "stranger",
        "lambda:InvokeFunction",
        "function/edu-mongo-dump",
        &[("endpoint", "lambda")],
    ),
    yes("service/vpc-flow-logs.amazonaws.com", "sts:AssumeRole", FLOW_LOGS, HERE),
    no(
        "service/vpc-flow-logs.amazonaws.com",
        "sts:AssumeRole",
        FLOW_LOGS,
        ELSEWHERE,
    ),
    yes(
        FLOW_LOGS,
        "logs:PutLogEvents",
        "log-group//aws/vpc/edu/flow-logs:log-stream:eni-1",
        &[],
    ),
    yes(
        FLOW_LOGS,
        "logs:DescribeLogGroups",
        "arn:aws:logs:eu-west-1:111122223333:log-group:*",
        &[],
    ),
    no(
        FLOW_LOGS,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-upload-api:log-stream:a",
        &[],
    ),
];

/// The function that reads flow logs: who invokes it, and what it reads and tells (C7).
const GUARD: &[Row] = &[
    yes(LAMBDA, "sts:AssumeRole", GUARD_ROLE, &[]),
    no("service/logs.amazonaws.com", "sts:AssumeRole", GUARD_ROLE, &[]),
    no("admin", "sts:AssumeRole", GUARD_ROLE, &[]),
    // CloudWatch Logs invokes the alias; of which group it may is in the laws
    no(
        "service/logs.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-flow-log-guard:live",
        &[],
    ),
    no(
        "service/logs.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-flow-log-guard",
        &[],
    ),
    no(
        "service/logs.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-upload-api:live",
        &[],
    ),
    yes(
        GUARD_ROLE,
        "ec2:GetManagedPrefixListEntries",
        "arn:aws:ec2:eu-west-1:aws:prefix-list/pl-6da54004",
        &[],
    ),
    no(
        GUARD_ROLE,
        "ec2:GetManagedPrefixListEntries",
        "arn:aws:ec2:eu-west-1:111122223333:prefix-list/pl-0123456789abcdef0",
        &[],
    ),
    no(GUARD_ROLE, "ec2:DescribeManagedPrefixLists", "*", &[]),
    no(
        GUARD_ROLE,
        "ec2:ModifyManagedPrefixList",
        "arn:aws:ec2:eu-west-1:aws:prefix-list/pl-6da54004",
        &[],
    ),
    yes(GUARD_ROLE, "sns:Publish", "topic/edu-critical", &[]),
    yes(GUARD_ROLE, "kms:GenerateDataKey", "key/edu-alarms", VIA_SNS),
    no(GUARD_ROLE, "kms:GenerateDataKey", "key/edu-alarms", &[]),
    // where Lambda tells of failures
    yes(GUARD_ROLE, "sns:Publish", "topic/edu-warning", &[]),
    no(GUARD_ROLE, "sns:Publish", "topic/events-critical", &[]),
    yes(
        GUARD_ROLE,
        "events:PutEvents",
        "arn:aws:events:eu-west-1:111122223333:event-bus/security",
        &[],
    ),
    no(
        GUARD_ROLE,
        "events:PutEvents",
        "arn:aws:events:eu-west-1:111122223333:event-bus/default",
        &[],
    ),
    // it is handed the lines, and reads no log
    no(
        GUARD_ROLE,
        "logs:GetLogEvents",
        "log-group//aws/vpc/edu/flow-logs:log-stream:a",
        &[],
    ),
    yes(
        GUARD_ROLE,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-flow-log-guard:log-stream:a",
        &[],
    ),
    no(
        GUARD_ROLE,
        "logs:PutLogEvents",
        "log-group//aws/vpc/edu/flow-logs:log-stream:a",
        &[],
    ),
];

/// Users, exported and imported (F3, D4, D6).
const USERS: &[Row] = &[
    yes(LAMBDA, "sts:AssumeRole", EXPORT, &[]),
    no("admin", "sts:AssumeRole", EXPORT, &[]),
    yes(LAMBDA, "sts:AssumeRole", IMPORT, &[]),
    no("admin", "sts:AssumeRole", IMPORT, &[]),
    yes(EXPORT, "sts:AssumeRole", EXPORT_ROLE, &[]),
    no(IMPORT, "sts:AssumeRole", EXPORT_ROLE, &[]),
    yes(IMPORT, "sts:AssumeRole", IMPORT_ROLE, &[]),
    no(EXPORT, "sts:AssumeRole", IMPORT_ROLE, &[]),
    yes(EXPORT, "cognito-idp:DescribeUserPool", EXPORTED_POOL, &[]),
    yes(EXPORT, "cognito-idp:ListUsers", EXPORTED_POOL, &[]),
    yes(EXPORT, "cognito-idp:ListGroups", EXPORTED_POOL, &[]),
    yes(EXPORT, "cognito-idp:ListUsersInGroup", EXPORTED_POOL, &[]),
    // another pool, and nobody is changed
    no(EXPORT, "cognito-idp:ListUsers", IMPORTED_POOL, &[]),
    no(EXPORT, "cognito-idp:AdminSetUserPassword", EXPORTED_POOL, &[]),
    no(EXPORT, "cognito-idp:AdminCreateUser", EXPORTED_POOL, &[]),
    yes(IMPORT, "cognito-idp:AdminCreateUser", IMPORTED_POOL, &[]),
    yes(IMPORT, "cognito-idp:AdminSetUserPassword", IMPORTED_POOL, &[]),
    yes(IMPORT, "cognito-idp:AdminGetUser", IMPORTED_POOL, &[]),
    yes(IMPORT, "cognito-idp:CreateGroup", IMPORTED_POOL, &[]),
    no(IMPORT, "cognito-idp:AdminSetUserPassword", EXPORTED_POOL, &[]),
    no(IMPORT, "cognito-idp:AdminUpdateUserAttributes", IMPORTED_POOL, &[]),
    no(IMPORT, "cognito-idp:AdminDeleteUser", IMPORTED_POOL, &[]),
    no(IMPORT, "cognito-idp:AdminEnableUser", IMPORTED_POOL, &[]),
    // data keys: of exports and of results, and each bound to a run
    yes(EXPORT, "kms:GenerateDataKey", DATA_KEY, OF_AN_EXPORT),
    yes(EXPORT, "kms:Decrypt", DATA_KEY, OF_AN_EXPORT),
    no(EXPORT, "kms:Decrypt", DATA_KEY, OF_AN_IMPORT),
    no(EXPORT, "kms:Decrypt", DATA_KEY, OF_NO_RUN),
    no(EXPORT, "kms:Decrypt", DATA_KEY, &[]),
    no(EXPORT, "kms:Decrypt", EXPORTS_KEY, OF_AN_EXPORT),
    yes(IMPORT, "kms:Decrypt", DATA_KEY, OF_AN_EXPORT),
    no(IMPORT, "kms:GenerateDataKey", DATA_KEY, OF_AN_EXPORT),
    yes(IMPORT, "kms:GenerateDataKey", DATA_KEY, OF_AN_IMPORT),
    yes(IMPORT, "kms:Decrypt", DATA_KEY, OF_AN_IMPORT),
    no(IMPORT, "kms:Decrypt", DATA_KEY, OF_NO_RUN),
    // who reaches S3 opens nothing, and who opens does not reach S3
    no(EXPORT_ROLE, "kms:Decrypt", DATA_KEY, OF_AN_EXPORT),
    no(IMPORT_ROLE, "kms:Decrypt", DATA_KEY, OF_AN_EXPORT),
    no(EXPORT, "s3:GetObject", EXPORTED_PART, &[]),
    no(IMPORT, "s3:GetObject", EXPORTED_PART, &[]),
    yes(EXPORT_ROLE, "s3:PutObject", EXPORTED_PART, &[]),
    yes(EXPORT_ROLE, "s3:GetObject", EXPORTED_PART, &[]),
    yes(EXPORT_ROLE, "kms:GenerateDataKey", EXPORTS_KEY, &[]),
    no(EXPORT_ROLE, "s3:DeleteObject", EXPORTED_PART, &[]),
    no(EXPORT_ROLE, "s3:ListBucket", "arn:aws:s3:::edu-exports", &[]),
    no(EXPORT_ROLE, "s3:PutObject", IMPORT_REPORT, &[]),
    yes(IMPORT_ROLE, "s3:GetObjectVersion", EXPORTED_PART, &[]),
    no(IMPORT_ROLE, "s3:PutObject", EXPORTED_PART, &[]),
    yes(IMPORT_ROLE, "s3:PutObject", IMPORT_REPORT, &[]),
    no(IMPORT_ROLE, "s3:DeleteObject", IMPORT_REPORT, &[]),
    yes(IMPORT_ROLE, "kms:Decrypt", EXPORTS_KEY, &[]),
    // the next invocation, and notices of what failed
    yes(EXPORT, "lambda:InvokeFunction", "function/edu-cognito-export:live", &[]),
    no(EXPORT, "lambda:InvokeFunction", "function/edu-cognito-import:live", &[]),
    yes(IMPORT, "lambda:InvokeFunction", "function/edu-cognito-import:live", &[]),
    yes(EXPORT, "sns:Publish", "topic/edu-warning", &[]),
    no(EXPORT, "sns:Publish", "topic/edu-critical", &[]),
    no(IMPORT, "sns:Publish", "topic/edu-warning", &[]),
    yes(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        EXPORT_SCHEDULER,
        HERE,
    ),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        EXPORT_SCHEDULER,
        ELSEWHERE,
    ),
    yes(
        EXPORT_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-cognito-export:live",
        &[],
    ),
    no(
        EXPORT_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-cognito-export",
        &[],
    ),
    no(
        EXPORT_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-cognito-import:live",
        &[],
    ),
];

/// The switch of the write path (F5, D6).
const FAILOVER: &[Row] = &[
    yes(LAMBDA, "sts:AssumeRole", FAILOVER_ROLE, &[]),
    no("service/events.amazonaws.com", "sts:AssumeRole", FAILOVER_ROLE, &[]),
    no("admin", "sts:AssumeRole", FAILOVER_ROLE, &[]),
    yes(LAMBDA, "sts:AssumeRole", RECORD_FAILOVER_ROLE, &[]),
    no("admin", "sts:AssumeRole", RECORD_FAILOVER_ROLE, &[]),
    yes(
        FAILOVER_ROLE,
        "cloudwatch:DescribeAlarms",
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:*",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "cloudwatch:SetAlarmState",
        "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:edu/region-1",
        &[],
    ),
    yes(
        FAILOVER_ROLE,
        "ssm:GetParameter",
        "arn:aws:ssm:eu-west-1:111122223333:parameter/edu/write-path",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "ssm:PutParameter",
        "arn:aws:ssm:eu-west-1:111122223333:parameter/edu/write-path",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "ssm:GetParameter",
        "arn:aws:ssm:eu-west-1:111122223333:parameter/record/write-path",
        &[],
    ),
    yes(
        FAILOVER_ROLE,
        "cloudfront:GetDistributionConfig",
        "arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL",
        &[],
    ),
    yes(
        FAILOVER_ROLE,
        "cloudfront:UpdateDistribution",
        "arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "cloudfront:UpdateDistribution",
        "arn:aws:cloudfront::111122223333:distribution/E1OTHER",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "cloudfront:DeleteDistribution",
        "arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL",
        &[],
    ),
    no(
        RECORD_FAILOVER_ROLE,
        "cloudfront:UpdateDistribution",
        "arn:aws:cloudfront::111122223333:distribution/E2QWRUHAPOMQZL",
        &[],
    ),
    // what CloudFront requires of principals that change it
    yes(
        FAILOVER_ROLE,
        "wafv2:GetWebACL",
        "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edu/a1b2",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "wafv2:UpdateWebACL",
        "arn:aws:wafv2:us-east-1:111122223333:global/webacl/edu/a1b2",
        &[],
    ),
    yes(FAILOVER_ROLE, "s3:GetBucketAcl", "arn:aws:s3:::edu-cdn-logs", &[]),
    yes(FAILOVER_ROLE, "s3:PutBucketAcl", "arn:aws:s3:::edu-cdn-logs", &[]),
    no(FAILOVER_ROLE, "s3:PutBucketAcl", "bucket/edu-files", &[]),
    // one record of the zone, by a deletion and a creation
    yes(
        RECORD_FAILOVER_ROLE,
        "route53:ListResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1D633PJN98FT9",
        &[],
    ),
    yes(
        RECORD_FAILOVER_ROLE,
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1D633PJN98FT9",
        OF_THE_RECORD,
    ),
    no(
        RECORD_FAILOVER_ROLE,
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z2OTHER",
        OF_THE_RECORD,
    ),
    no(
        RECORD_FAILOVER_ROLE,
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1D633PJN98FT9",
        OF_ANOTHER_RECORD,
    ),
    no(
        RECORD_FAILOVER_ROLE,
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1D633PJN98FT9",
        OF_ANOTHER_TYPE,
    ),
    no(
        RECORD_FAILOVER_ROLE,
        "route53:ChangeResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1D633PJN98FT9",
        OF_ANOTHER_ACTION,
    ),
    no(
        FAILOVER_ROLE,
        "route53:ListResourceRecordSets",
        "arn:aws:route53:::hostedzone/Z1D633PJN98FT9",
        &[],
    ),
    yes(FAILOVER_ROLE, "sns:Publish", "topic/edu-critical", &[]),
    no(FAILOVER_ROLE, "sns:Publish", "topic/edu-warning", &[]),
    no(RECORD_FAILOVER_ROLE, "sns:Publish", "topic/edu-critical", &[]),
    yes(FAILOVER_ROLE, "kms:GenerateDataKey", "key/edu-alarms", VIA_SNS),
    no(FAILOVER_ROLE, "kms:GenerateDataKey", "key/edu-alarms", &[]),
    yes(
        FAILOVER_ROLE,
        "events:PutEvents",
        "arn:aws:events:eu-west-1:111122223333:event-bus/operations",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "events:PutEvents",
        "arn:aws:events:eu-west-1:111122223333:event-bus/default",
        &[],
    ),
    yes(
        FAILOVER_ROLE,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-origin-failover:log-stream:a",
        &[],
    ),
    no(
        FAILOVER_ROLE,
        "logs:PutLogEvents",
        "log-group//aws/vpc/edu/flow-logs:log-stream:a",
        &[],
    ),
    // EventBridge invokes the alias for one rule, and leaves at one queue what it cannot hand over
    yes(
        "service/events.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-origin-failover:live",
        FROM_THE_RULE,
    ),
    no(
        "service/events.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-origin-failover:live",
        FROM_ANOTHER_RULE,
    ),
    no(
        "service/events.amazonaws.com",
        "lambda:InvokeFunction",
        "function/edu-origin-failover",
        FROM_THE_RULE,
    ),
    yes(
        "service/events.amazonaws.com",
        "sqs:SendMessage",
        "queue/edu-origin-failover-dead-letters",
        FROM_THE_RULE,
    ),
    no(
        "service/events.amazonaws.com",
        "sqs:SendMessage",
        "queue/edu-origin-failover-dead-letters",
        FROM_ANOTHER_RULE,
    ),
    no(
        "service/events.amazonaws.com",
        "sqs:SendMessage",
        "queue/record-origin-failover-dead-letters",
        FROM_THE_RULE,
    ),
    no(
        "anonymous",
        "sqs:SendMessage",
        "queue/edu-origin-failover-dead-letters",
        FROM_THE_RULE,
    ),
    // one function's schedule
    yes(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        FAILOVER_SCHEDULER,
        HERE,
    ),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        FAILOVER_SCHEDULER,
        ELSEWHERE,
    ),
    yes(
        FAILOVER_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-origin-failover:live",
        &[],
    ),
    no(
        FAILOVER_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-origin-failover",
        &[],
    ),
    no(
        FAILOVER_SCHEDULER,
        "lambda:InvokeFunction",
        "function/record-origin-failover:live",
        &[],
    ),
    yes(
        RECORD_FAILOVER_SCHEDULER,
        "lambda:InvokeFunction",
        "function/record-origin-failover:live",
        &[],
    ),
    yes(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        RECORD_FAILOVER_SCHEDULER,
        HERE,
    ),
    no(
        "service/scheduler.amazonaws.com",
        "sts:AssumeRole",
        RECORD_FAILOVER_SCHEDULER,
        ELSEWHERE,
    ),
    no(
        RECORD_FAILOVER_SCHEDULER,
        "lambda:InvokeFunction",
        "function/edu-origin-failover:live",
        &[],
    ),
    yes(
        "service/events.amazonaws.com",
        "sqs:SendMessage",
        "queue/record-origin-failover-dead-letters",
        FROM_ANOTHER_RULE,
    ),
];

const FROM_THE_RULE: With = &[(
    "aws:SourceArn",
    "arn:aws:events:eu-west-1:111122223333:rule/edu-origin-failover",
)];
const FROM_ANOTHER_RULE: With = &[(
    "aws:SourceArn",
    "arn:aws:events:eu-west-1:111122223333:rule/record-origin-failover",
)];
const OF_THE_RECORD: With = &[
    (
        "route53:ChangeResourceRecordSetsNormalizedRecordNames",
        "write.example.com",
    ),
    ("route53:ChangeResourceRecordSetsRecordTypes", "CNAME"),
    ("route53:ChangeResourceRecordSetsActions", "CREATE|DELETE"),
];
const OF_ANOTHER_RECORD: With = &[
    (
        "route53:ChangeResourceRecordSetsNormalizedRecordNames",
        "write.example.com|www.example.com",
    ),
    ("route53:ChangeResourceRecordSetsRecordTypes", "CNAME"),
    ("route53:ChangeResourceRecordSetsActions", "CREATE|DELETE"),
];
const OF_ANOTHER_TYPE: With = &[
    (
        "route53:ChangeResourceRecordSetsNormalizedRecordNames",
        "write.example.com",
    ),
    ("route53:ChangeResourceRecordSetsRecordTypes", "TXT"),
    ("route53:ChangeResourceRecordSetsActions", "CREATE|DELETE"),
];
const OF_ANOTHER_ACTION: With = &[
    (
        "route53:ChangeResourceRecordSetsNormalizedRecordNames",
        "write.example.com",
    ),
    ("route53:ChangeResourceRecordSetsRecordTypes", "CNAME"),
    ("route53:ChangeResourceRecordSetsActions", "UPSERT"),
];

/// Alarms and failures reach encrypted topics (C).
const NOTICES: &[Row] = &[
    yes(
        "service/cloudwatch.amazonaws.com",
        "sns:Publish",
        "topic/edu-critical",
        HERE,
    ),
    no(
        "service/cloudwatch.amazonaws.com",
        "sns:Publish",
        "topic/edu-critical",
        ELSEWHERE,
    ),
    no(
        "service/cloudwatch.amazonaws.com",
        "sns:Subscribe",
        "topic/edu-critical",
        HERE,
    ),
    yes(
        "service/cloudwatch.amazonaws.com",
        "sns:Publish",
        "topic/edu-warning",
        HERE,
    ),
    no("service/events.amazonaws.com", "sns:Publish", "topic/edu-warning", &[]),
    yes(
        "service/cloudwatch.amazonaws.com",
        "kms:GenerateDataKey",
        "key/edu-alarms",
        HERE,
    ),
    yes(
        "service/cloudwatch.amazonaws.com",
        "kms:Decrypt",
        "key/edu-alarms",
        HERE,
    ),
    no(
        "service/cloudwatch.amazonaws.com",
        "kms:Decrypt",
        "key/edu-alarms",
        ELSEWHERE,
    ),
    no("service/cloudwatch.amazonaws.com", "kms:Decrypt", "key/edu-files", HERE),
    // failures of asynchronous invocations, as the function's role
    yes(DUMP, "sns:Publish", "topic/edu-critical", &[]),
    yes(DUMP, "kms:GenerateDataKey", "key/edu-alarms", VIA_SNS),
    yes(RESTORE, "sns:Publish", "topic/edu-critical", &[]),
    yes(RESTORE, "kms:Decrypt", "key/edu-alarms", VIA_SNS),
    no(DUMP, "kms:GenerateDataKey", "key/edu-alarms", &[]),
    no(DUMP, "sns:Publish", "topic/edu-warning", &[]),
    no(UPLOAD, "sns:Publish", "topic/edu-critical", &[]),
    no(SMALL_DUMP, "sns:Publish", "topic/edu-critical", &[]),
    // EventBridge names no account
    yes(
        "service/events.amazonaws.com",
        "sns:Publish",
        "topic/events-critical",
        &[],
    ),
    yes(
        "service/events.amazonaws.com",
        "sns:Publish",
        "topic/events-warning",
        &[],
    ),
    yes(
        "service/events.amazonaws.com",
        "kms:GenerateDataKey",
        "key/events-alarms",
        &[],
    ),
    no("service/s3.amazonaws.com", "sns:Publish", "topic/events-critical", HERE),
    no("service/s3.amazonaws.com", "sns:Publish", "topic/events-warning", HERE),
    no(
        "service/events.amazonaws.com",
        "kms:CreateGrant",
        "key/events-alarms",
        &[],
    ),
];

/// Logs' key, the API's logs, its policy, Cognito's messages.
const THE_REST: &[Row] = &[
    yes(
        "service/logs.eu-west-1.amazonaws.com",
        "kms:GenerateDataKey",
        "key/edu-logs",
        &[(
            "kms:EncryptionContext:aws:logs:arn",
            "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/edu-upload-api",
        )],
    ),
    no(
        "service/logs.eu-west-1.amazonaws.com",
        "kms:Decrypt",
        "key/edu-logs",
        &[(
            "kms:EncryptionContext:aws:logs:arn",
            "arn:aws:logs:eu-west-1:444455556666:log-group:/aws/lambda/edu-upload-api",
        )],
    ),
    no(
        "service/logs.eu-west-1.amazonaws.com",
        "kms:Decrypt",
        "key/edu-logs",
        &[],
    ),
    yes("service/apigateway.amazonaws.com", "sts:AssumeRole", API_LOGS, &[]),
    no("service/lambda.amazonaws.com", "sts:AssumeRole", API_LOGS, &[]),
    yes(
        API_LOGS,
        "logs:PutLogEvents",
        "log-group//aws/apigateway/edu/v1/access:log-stream:a",
        &[],
    ),
    no(
        API_LOGS,
        "logs:DeleteLogGroup",
        "log-group//aws/apigateway/edu/v1/access",
        &[],
    ),
    // as API Gateway asks the API's policy for a caller with a token of Cognito
    yes(
        "anonymous",
        "execute-api:Invoke",
        "api/closed/v1/GET/profile",
        &[("aws:SourceIp", "203.0.113.7")],
    ),
    no(
        "anonymous",
        "execute-api:Invoke",
        "api/closed/v1/GET/profile",
        &[("aws:SourceIp", "198.51.100.7")],
    ),
    yes(
        "service/cognito-idp.amazonaws.com",
        "sts:AssumeRole",
        SMS,
        &[
            ("sts:ExternalId", "texting-sms"),
            ("aws:SourceAccount", "111122223333"),
            (
                "aws:SourceArn",
                "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI",
            ),
        ],
    ),
    no(
        "service/cognito-idp.amazonaws.com",
        "sts:AssumeRole",
        SMS,
        &[
            ("sts:ExternalId", "texting-sms"),
            ("aws:SourceAccount", "444455556666"),
            (
                "aws:SourceArn",
                "arn:aws:cognito-idp:eu-west-1:444455556666:userpool/eu-west-1_AbCdEfGhI",
            ),
        ],
    ),
    no(
        "service/cognito-idp.amazonaws.com",
        "sts:AssumeRole",
        SMS,
        &[
            ("sts:ExternalId", "guessed"),
            ("aws:SourceAccount", "111122223333"),
            (
                "aws:SourceArn",
                "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEfGhI",
            ),
        ],
    ),
    yes(SMS, "sns:Publish", "+15555550100", &[]),
    no(SMS, "sns:Publish", "topic/edu-critical", &[]),
];
