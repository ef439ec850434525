//! Rows about the modules audit and atlas: who writes and reads the account's records, and how Atlas uses its key.

use super::table::{ELSEWHERE, HERE, Row, no, yes};

const CLOUDTRAIL: &str = "service/cloudtrail.amazonaws.com";
const CONFIG: &str = "service/config.amazonaws.com";
const LOGS: &str = "service/logs.eu-west-1.amazonaws.com";
const TRAIL_ROLE: &str = "role/edu-cloudtrail-eu-west-1";
const LOG: &str = "log-group//aws/cloudtrail/edu:log-stream:111122223333_CloudTrail_eu-west-1";
const OF_THE_TRAIL: (&str, &str) = (
    "aws:SourceArn",
    "arn:aws:cloudtrail:eu-west-1:111122223333:trail/edu-eu-west-1",
);
const OF_ANOTHER_TRAIL: (&str, &str) = (
    "aws:SourceArn",
    "arn:aws:cloudtrail:eu-west-1:444455556666:trail/edu-eu-west-1",
);
const OWNED: (&str, &str) = ("s3:x-amz-acl", "bucket-owner-full-control");
const OURS: (&str, &str) = ("aws:SourceAccount", "111122223333");
const THEIRS: (&str, &str) = ("aws:SourceAccount", "444455556666");
const TRAIL_FILE: &str = "bucket/edu-audit/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/11/30/a.json.gz";
const CONFIG_FILE: &str = "bucket/edu-audit/AWSLogs/111122223333/Config/eu-west-1/2026/11/30/ConfigSnapshot/a.json.gz";
const KEY: &str = "key/edu-audit";

/// Atlas is another account, here the strangers': that it comes from there is not enough.
const ATLAS: &str = "stranger";
const ATLAS_ROLE: &str = "role/edu-atlas-eu-west-1";
const ATLAS_KEY: &str = "key/edu-atlas";

/// CloudTrail and AWS Config (E2, E3, D3).
pub(crate) const RECORDS: &[Row] = &[
    yes(CLOUDTRAIL, "s3:GetBucketAcl", "bucket/edu-audit", &[OF_THE_TRAIL]),
    no(CLOUDTRAIL, "s3:GetBucketAcl", "bucket/edu-audit", &[OF_ANOTHER_TRAIL]),
    yes(CLOUDTRAIL, "s3:PutObject", TRAIL_FILE, &[OF_THE_TRAIL, OWNED]),
    yes(
        CLOUDTRAIL,
        "s3:PutObject",
        "bucket/edu-audit/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/30/a.json.gz",
        &[OF_THE_TRAIL, OWNED],
    ),
    no(CLOUDTRAIL, "s3:PutObject", TRAIL_FILE, &[OF_ANOTHER_TRAIL, OWNED]),
    no(CLOUDTRAIL, "s3:PutObject", TRAIL_FILE, &[OF_THE_TRAIL]),
    no(CLOUDTRAIL, "s3:PutObject", TRAIL_FILE, &[OWNED]),
    no(
        CLOUDTRAIL,
        "s3:PutObject",
        "bucket/edu-audit/AWSLogs/444455556666/CloudTrail/a.json.gz",
        &[OF_THE_TRAIL, OWNED],
    ),
    no(CLOUDTRAIL, "s3:GetObject", TRAIL_FILE, &[OF_THE_TRAIL]),
    no(CLOUDTRAIL, "s3:DeleteObject", TRAIL_FILE, &[OF_THE_TRAIL]),
    yes(CONFIG, "s3:ListBucket", "bucket/edu-audit", HERE),
    no(CONFIG, "s3:ListBucket", "bucket/edu-audit", ELSEWHERE),
    yes(CONFIG, "s3:PutObject", CONFIG_FILE, &[OURS, OWNED]),
    no(CONFIG, "s3:PutObject", CONFIG_FILE, &[THEIRS, OWNED]),
    no(CONFIG, "s3:PutObject", CONFIG_FILE, HERE),
    no(CONFIG, "s3:PutObject", TRAIL_FILE, &[OURS, OWNED]),
    // nobody changes a record
    no(TRAIL_ROLE, "s3:PutObject", TRAIL_FILE, &[]),
    no(TRAIL_ROLE, "s3:DeleteObject", TRAIL_FILE, &[]),
    // the key, for who writes
    yes(CLOUDTRAIL, "kms:GenerateDataKey", KEY, &[OF_THE_TRAIL]),
    yes(CLOUDTRAIL, "kms:DescribeKey", KEY, &[OF_THE_TRAIL]),
    no(CLOUDTRAIL, "kms:GenerateDataKey", KEY, &[OF_ANOTHER_TRAIL]),
    no(CLOUDTRAIL, "kms:Decrypt", KEY, &[OF_THE_TRAIL]),
    yes(CONFIG, "kms:GenerateDataKey", KEY, HERE),
    no(CONFIG, "kms:GenerateDataKey", KEY, ELSEWHERE),
    yes(
        LOGS,
        "kms:Encrypt",
        KEY,
        &[(
            "kms:EncryptionContext:aws:logs:arn",
            "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/cloudtrail/edu",
        )],
    ),
    no(
        LOGS,
        "kms:Encrypt",
        KEY,
        &[(
            "kms:EncryptionContext:aws:logs:arn",
            "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/cloudtrail/another",
        )],
    ),
    // the role that writes the log
    yes(CLOUDTRAIL, "sts:AssumeRole", TRAIL_ROLE, &[OF_THE_TRAIL, OURS]),
    no(CLOUDTRAIL, "sts:AssumeRole", TRAIL_ROLE, &[OF_ANOTHER_TRAIL, THEIRS]),
    no("admin", "sts:AssumeRole", TRAIL_ROLE, &[]),
    yes(TRAIL_ROLE, "logs:CreateLogStream", LOG, &[]),
    yes(TRAIL_ROLE, "logs:PutLogEvents", LOG, &[]),
    no(
        TRAIL_ROLE,
        "logs:PutLogEvents",
        "log-group//aws/cloudtrail/edu:log-stream:another",
        &[],
    ),
    no(
        TRAIL_ROLE,
        "logs:PutLogEvents",
        "log-group//aws/lambda/edu-upload-api:log-stream:111122223333_CloudTrail_eu-west-1",
        &[],
    ),
    no(TRAIL_ROLE, "logs:DeleteLogGroup", "log-group//aws/cloudtrail/edu", &[]),
];

/// The cluster's key (D3).
pub(crate) const ATLAS_KEYS: &[Row] = &[
    yes(
        ATLAS,
        "sts:AssumeRole",
        ATLAS_ROLE,
        &[("sts:ExternalId", "7c9e6679-7425-40de-944b-e07fc1f90ae7")],
    ),
    no(
        ATLAS,
        "sts:AssumeRole",
        ATLAS_ROLE,
        &[("sts:ExternalId", "of-another-customer")],
    ),
    no(
        "admin",
        "sts:AssumeRole",
        ATLAS_ROLE,
        &[("sts:ExternalId", "7c9e6679-7425-40de-944b-e07fc1f90ae7")],
    ),
    yes(ATLAS_ROLE, "kms:Encrypt", ATLAS_KEY, &[]),
    yes(ATLAS_ROLE, "kms:Decrypt", ATLAS_KEY, &[]),
    yes(ATLAS_ROLE, "kms:DescribeKey", ATLAS_KEY, &[]),
    no(ATLAS_ROLE, "kms:GenerateDataKey", ATLAS_KEY, &[]),
    no(ATLAS_ROLE, "kms:Decrypt", KEY, &[]),
    no(ATLAS, "kms:Decrypt", ATLAS_KEY, &[]),
];
