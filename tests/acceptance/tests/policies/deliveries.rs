//! Who plans, applies, deploys and looks for drift, and what they do not reach. Roles for GitHub and GitLab are the same ones, by tokens
//! whose conditions the module's own tests read.

use super::table::{Row, With, no, yes};

const PLAN: &str = "role/edu-delivery-plan-eu-west-1";
const APPLY: &str = "role/edu-delivery-apply-eu-west-1";
const DRIFT: &str = "role/edu-delivery-drift-eu-west-1";
const PIPELINE: &str = "role/edu-delivery-pipeline-eu-west-1";
const DEPLOY: &str = "role/edu-delivery-deploy-eu-west-1";
const SCHEDULE: &str = "role/edu-delivery-drift-schedule-eu-west-1";

const CODEBUILD: &str = "service/codebuild.amazonaws.com";
const STATE: &str = "arn:aws:s3:::edu-state/platform/terraform.tfstate";
const LOCK: &str = "arn:aws:s3:::edu-state/platform/terraform.tfstate.tflock";
const ARTIFACT: &str = "bucket/edu-artifacts/edu/plan/a1b2c3";
const BOUNDARY: &str = "arn:aws:iam::111122223333:policy/edu-boundary";
const FUNCTION: &str = "arn:aws:lambda:eu-west-1:111122223333:function:edu-upload-api";

const OF_PLAN: With = &[(
    "aws:SourceArn",
    "arn:aws:codebuild:eu-west-1:111122223333:project/edu-plan",
)];
const OF_APPLY: With = &[(
    "aws:SourceArn",
    "arn:aws:codebuild:eu-west-1:111122223333:project/edu-apply",
)];
const OF_DRIFT: With = &[(
    "aws:SourceArn",
    "arn:aws:codebuild:eu-west-1:111122223333:project/edu-drift",
)];
const OF_PIPELINE: With = &[("aws:SourceArn", "arn:aws:codepipeline:eu-west-1:111122223333:edu")];
const OF_ANOTHER: With = &[(
    "aws:SourceArn",
    "arn:aws:codebuild:eu-west-1:444455556666:project/edu-plan",
)];
const HERE: With = &[("aws:SourceAccount", "111122223333")];
const ELSEWHERE: With = &[("aws:SourceAccount", "444455556666")];
const BY_S3: With = &[("kms:ViaService", "s3.eu-west-1.amazonaws.com")];
const BOUNDED: With = &[("iam:PermissionsBoundary", BOUNDARY)];

/// Deliveries (D5, D6, E1, F4).
pub(crate) const DELIVERIES: &[Row] = &[
    yes(CODEBUILD, "sts:AssumeRole", PLAN, OF_PLAN),
    no(CODEBUILD, "sts:AssumeRole", PLAN, OF_ANOTHER),
    no("admin", "sts:AssumeRole", PLAN, &[]),
    yes(CODEBUILD, "sts:AssumeRole", APPLY, OF_APPLY),
    no(CODEBUILD, "sts:AssumeRole", APPLY, OF_PLAN),
    yes(CODEBUILD, "sts:AssumeRole", DRIFT, OF_DRIFT),
    no(CODEBUILD, "sts:AssumeRole", DRIFT, OF_APPLY),
    yes(
        "service/codepipeline.amazonaws.com",
        "sts:AssumeRole",
        PIPELINE,
        OF_PIPELINE,
    ),
    no(CODEBUILD, "sts:AssumeRole", PIPELINE, OF_PLAN),
    yes("service/codedeploy.amazonaws.com", "sts:AssumeRole", DEPLOY, HERE),
    no("service/codedeploy.amazonaws.com", "sts:AssumeRole", DEPLOY, ELSEWHERE),
    yes("service/scheduler.amazonaws.com", "sts:AssumeRole", SCHEDULE, HERE),
    no("service/scheduler.amazonaws.com", "sts:AssumeRole", SCHEDULE, ELSEWHERE),
    // A plan reads the state and what resources are, and no data.
    yes(PLAN, "s3:GetObject", STATE, &[]),
    no(PLAN, "s3:PutObject", STATE, &[]),
    no(PLAN, "s3:DeleteObject", LOCK, &[]),
    yes(PLAN, "s3:GetBucketPolicy", "bucket/edu-files", &[]),
    no(PLAN, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    no(
        PLAN,
        "s3:GetObjectVersion",
        "bucket/edu-dumps/mongo/main/latest.json",
        &[],
    ),
    no(
        PLAN,
        "ssm:GetParameter",
        "arn:aws:ssm:eu-west-1:111122223333:parameter/edu",
        &[],
    ),
    no(
        PLAN,
        "dynamodb:Query",
        "arn:aws:dynamodb:eu-west-1:111122223333:table/edu",
        &[],
    ),
    no(
        PLAN,
        "logs:FilterLogEvents",
        "arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/edu-upload-api:*",
        &[],
    ),
    no(
        PLAN,
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:mongo-AbCdEf",
        &[],
    ),
    yes(PLAN, "s3:PutObject", ARTIFACT, &[]),
    yes(PLAN, "kms:GenerateDataKey", "key/edu-artifacts", BY_S3),
    no(PLAN, "kms:Decrypt", "key/edu-artifacts", &[]),
    no(PLAN, "kms:Decrypt", "key/edu-files", BY_S3),
    no(
        PLAN,
        "cloudwatch:PutMetricData",
        "*",
        &[("cloudwatch:namespace", "Lectern/Delivery")],
    ),
    // An apply does what it is given, within the boundary, and leaves the delivery alone.
    yes(APPLY, "s3:PutObject", STATE, &[]),
    yes(APPLY, "s3:DeleteObject", LOCK, &[]),
    no(APPLY, "s3:DeleteObject", STATE, &[]),
    yes(APPLY, "iam:CreateRole", "role/edu-upload-api-eu-west-1", BOUNDED),
    no(APPLY, "iam:CreateRole", "role/edu-upload-api-eu-west-1", &[]),
    no(
        APPLY,
        "iam:CreateRole",
        "role/edu-upload-api-eu-west-1",
        &[("iam:PermissionsBoundary", "arn:aws:iam::aws:policy/AdministratorAccess")],
    ),
    no(APPLY, "iam:PutRolePolicy", APPLY, BOUNDED),
    no(APPLY, "iam:CreateRole", PLAN, BOUNDED),
    no(
        APPLY,
        "iam:DeleteRolePermissionsBoundary",
        "role/edu-upload-api-eu-west-1",
        BOUNDED,
    ),
    no(APPLY, "iam:CreatePolicyVersion", BOUNDARY, &[]),
    no(
        APPLY,
        "iam:CreatePolicyVersion",
        "arn:aws:iam::111122223333:policy/edu-apply",
        &[],
    ),
    yes(
        APPLY,
        "iam:CreatePolicyVersion",
        "arn:aws:iam::111122223333:policy/another",
        &[],
    ),
    no(APPLY, "iam:CreateAccessKey", "arn:aws:iam::111122223333:user/edu", &[]),
    yes(
        APPLY,
        "codedeploy:CreateDeployment",
        "arn:aws:codedeploy:eu-west-1:111122223333:deploymentgroup:edu/upload",
        &[],
    ),
    no(
        APPLY,
        "codedeploy:CreateDeployment",
        "arn:aws:codedeploy:eu-west-1:111122223333:deploymentgroup:other/upload",
        &[],
    ),
    yes(APPLY, "s3:GetObject", ARTIFACT, &[]),
    // Who looks for drift says so, and nothing else.
    yes(
        DRIFT,
        "cloudwatch:PutMetricData",
        "*",
        &[("cloudwatch:namespace", "Lectern/Delivery")],
    ),
    no(
        DRIFT,
        "cloudwatch:PutMetricData",
        "*",
        &[("cloudwatch:namespace", "Lectern/MongoDump")],
    ),
    yes(DRIFT, "sns:Publish", "topic/edu-warning", &[]),
    no(DRIFT, "s3:PutObject", ARTIFACT, &[]),
    no(DRIFT, "s3:GetObject", "bucket/edu-files/files/a", &[]),
    yes(
        DRIFT,
        "s3:GetObject",
        "bucket/edu-artifacts/mirror/registry.terraform.io/a",
        &[],
    ),
    // The pipeline carries artifacts and starts two builds.
    yes(PIPELINE, "s3:GetObject", ARTIFACT, &[]),
    no(
        PIPELINE,
        "s3:PutObject",
        "bucket/edu-artifacts/packages/upload-api/a.zip",
        &[],
    ),
    yes(
        PIPELINE,
        "codebuild:StartBuild",
        "arn:aws:codebuild:eu-west-1:111122223333:project/edu-apply",
        &[],
    ),
    no(
        PIPELINE,
        "codebuild:StartBuild",
        "arn:aws:codebuild:eu-west-1:111122223333:project/other",
        &[],
    ),
    // CodeDeploy moves the aliases of the functions that it was given.
    yes(DEPLOY, "lambda:UpdateAlias", FUNCTION, &[]),
    no(
        DEPLOY,
        "lambda:UpdateAlias",
        "arn:aws:lambda:eu-west-1:111122223333:function:edu-profile-api",
        &[],
    ),
    no(DEPLOY, "lambda:UpdateFunctionCode", FUNCTION, &[]),
    yes(
        SCHEDULE,
        "codebuild:StartBuild",
        "arn:aws:codebuild:eu-west-1:111122223333:project/edu-drift",
        &[],
    ),
    no(
        SCHEDULE,
        "codebuild:StartBuild",
        "arn:aws:codebuild:eu-west-1:111122223333:project/edu-apply",
        &[],
    ),
    no("admin", "s3:PutObject", ARTIFACT, &[("aws:SecureTransport", "false")]),
];
