//! What holds of every role, key, bucket, topic and permission.

use super::rendered::{ACCOUNT, REGION};
use super::world::{STRANGERS, World, via};

/// Each adds what it finds.
pub(crate) const LAWS: [fn(&World, &mut Vec<String>); 6] = [
    nobody_escalates,
    strangers_get_nothing,
    buckets_take_only_tls_and_their_own_key,
    keys_stay_the_accounts,
    whoever_publishes_may_use_the_topics_key,
    permissions_are_of_one_source,
];

/// What no role here may do to anything: with each of these it would be more than it is.
const ESCALATIONS: [(&str, &[&str]); 5] = [
    (
        "role/",
        &[
            "iam:AttachRolePolicy",
            "iam:CreateAccessKey",
            "iam:CreatePolicyVersion",
            "iam:PassRole",
            "iam:PutRolePolicy",
            "iam:UpdateAssumeRolePolicy",
        ],
    ),
    (
        "key/",
        &[
            "kms:CreateGrant",
            "kms:DisableKey",
            "kms:PutKeyPolicy",
            "kms:ReEncryptFrom",
            "kms:ScheduleKeyDeletion",
        ],
    ),
    (
        "function/",
        &[
            "lambda:AddPermission",
            "lambda:CreateFunction",
            "lambda:UpdateFunctionCode",
            "lambda:UpdateFunctionConfiguration",
        ],
    ),
    (
        "bucket/",
        &[
            "s3:DeleteBucket",
            "s3:DeleteObjectVersion",
            "s3:PutBucketPolicy",
            "s3:PutBucketVersioning",
        ],
    ),
    (
        "topic/",
        &["sns:AddPermission", "sns:SetTopicAttributes", "sns:Subscribe"],
    ),
];

fn nobody_escalates(world: &World, faults: &mut Vec<String>) {
    for role in world.roles.keys() {
        let who = format!("role/{role}");
        for (prefix, actions) in ESCALATIONS {
            for on in world.named(prefix).into_iter().chain(["*"]) {
                for action in actions {
                    let on = match *action {
                        "s3:DeleteObjectVersion" if on != "*" => format!("{on}/files/a"),
                        _ => on.to_owned(),
                    };
                    if world.decide(&who, action, &on, &[]).is_allowed() {
                        faults.push(format!("{who} may {action} on {on}"));
                    }
                }
            }
        }
    }
}

/// Neither an anonymous caller nor another account's administrator gets in anywhere, nor a service for another account.
fn strangers_get_nothing(world: &World, faults: &mut Vec<String>) {
    for who in ["anonymous", "stranger"] {
        for (prefix, actions) in [
            ("role/", &["sts:AssumeRole", "sts:TagSession"][..]),
            ("bucket/", &["s3:ListBucket", "s3:GetBucketPolicy"][..]),
            ("key/", &["kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"][..]),
            ("topic/", &["sns:Publish", "sns:Subscribe"][..]),
            ("queue/", &["sqs:SendMessage", "sqs:ReceiveMessage"][..]),
            ("function/", &["lambda:InvokeFunction"][..]),
            ("machine/", &["states:StartExecution"][..]),
        ] {
            for on in world.named(prefix) {
                for action in actions {
                    if world.decide(who, action, on, &[]).is_allowed() {
                        faults.push(format!("{who} may {action} on {on}"));
                    }
                }
            }
        }
        for bucket in world.named("bucket/") {
            for action in ["s3:GetObject", "s3:PutObject"] {
                if world
                    .decide(who, action, &format!("{bucket}/files/a"), &[])
                    .is_allowed()
                {
                    faults.push(format!("{who} may {action} in {bucket}"));
                }
            }
        }
    }
}

/// Nobody reaches an object without TLS 1.2, and no object is encrypted with another key than its bucket's (D4, D7).
fn buckets_take_only_tls_and_their_own_key(world: &World, faults: &mut Vec<String>) {
    for bucket in world.named("bucket/") {
        let object = format!("{bucket}/files/a");
        let mut expect = |allowed, action, with: &[(&str, &str)]| {
            let decision = world.decide("admin", action, &object, with);
            if decision.is_allowed() != allowed {
                faults.push(format!("{action} on {object} with {with:?}: {decision}"));
            }
        };
        expect(true, "s3:GetObject", &[]);
        expect(true, "s3:PutObject", &[]);
        expect(false, "s3:GetObject", &[("aws:SecureTransport", "false")]);
        expect(false, "s3:PutObject", &[("aws:SecureTransport", "false")]);
        expect(false, "s3:GetObject", &[("s3:TlsVersion", "1.1")]);
        expect(true, "s3:GetObject", &[("s3:TlsVersion", "1.2")]);
        let Some(key) = world.keys.get(bucket) else {
            continue;
        };
        let key = world.resources[key].0.as_str();
        let another = format!("arn:aws:kms:{REGION}:{STRANGERS}:key/another");
        let (how, which) = (
            "s3:x-amz-server-side-encryption",
            "s3:x-amz-server-side-encryption-aws-kms-key-id",
        );
        expect(true, "s3:PutObject", &[(how, "aws:kms"), (which, key)]);
        expect(false, "s3:PutObject", &[(how, "aws:kms"), (which, &another)]);
        expect(false, "s3:PutObject", &[(how, "AES256")]);
        expect(false, "s3:PutObject", &[(how, "aws:kms")]);
        expect(
            false,
            "s3:PutObject",
            &[("s3:x-amz-server-side-encryption-customer-algorithm", "AES256")],
        );
    }
}

/// A key that the account's administrators cannot manage is lost, and its data with it.
fn keys_stay_the_accounts(world: &World, faults: &mut Vec<String>) {
    for key in world.named("key/") {
        for who in ["admin", "root"] {
            for action in [
                "kms:PutKeyPolicy",
                "kms:ScheduleKeyDeletion",
                "kms:CancelKeyDeletion",
                "kms:Decrypt",
            ] {
                let decision = world.decide(who, action, key, &[]);
                if !decision.is_allowed() {
                    faults.push(format!("{who} {action} {key}: {decision}"));
                }
            }
        }
    }
}

/// A notice to an encrypted topic from who may not use its key vanishes (C, "who publishes").
fn whoever_publishes_may_use_the_topics_key(world: &World, faults: &mut Vec<String>) {
    let roles = world.roles.keys().map(|role| format!("role/{role}"));
    let services = ["cloudwatch", "events", "s3", "budgets"].map(|name| format!("service/{name}.amazonaws.com"));
    let via_sns = via("sns");
    for who in roles.chain(services) {
        for topic in world.named("topic/") {
            // as the service comes: with this account's name, or, as EventBridge, with none
            for source in [&[("aws:SourceAccount", ACCOUNT)][..], &[]] {
                if !world.decide(&who, "sns:Publish", topic, source).is_allowed() {
                    continue;
                }
                let Some(key) = world.keys.get(topic) else {
                    faults.push(format!("{topic} has no key of the account"));
                    continue;
                };
                let with = [source, &[("kms:ViaService", via_sns.as_str())]].concat();
                for action in ["kms:GenerateDataKey", "kms:Decrypt"] {
                    let decision = world.decide(&who, action, key, &with);
                    if !decision.is_allowed() {
                        faults.push(format!(
                            "{who} may publish to {topic}, but {action} on {key} with {source:?} is {decision}"
                        ));
                    }
                }
            }
        }
    }
}

/// Each permission allows its API's method, its log group, its rule or its secret, and no other source and no other account.
fn permissions_are_of_one_source(world: &World, faults: &mut Vec<String>) {
    for permission in &world.permissions {
        let who = format!("service/{}", permission.service);
        let mut expect = |allowed, source: &str| {
            let decision = world.decide(
                &who,
                "lambda:InvokeFunction",
                &permission.function,
                &[("aws:SourceArn", source)],
            );
            if decision.is_allowed() != allowed {
                faults.push(format!("{}: {source}: {decision}", permission.address));
            }
        };
        let source = permission.source_arn.as_str();
        expect(true, &source.replace('*', "a1b2"));
        expect(false, &source.replace(ACCOUNT, STRANGERS));
        let parts: Vec<_> = source.splitn(6, ':').collect();
        if let ["arn", _, "execute-api", _, _, path] = parts.as_slice() {
            let (api, rest) = path.split_once('/').unwrap();
            let (stage, method) = rest.split_once('/').unwrap();
            let with = |api: &str, stage: &str, method: &str| {
                format!(
                    "arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/{stage}/{}",
                    method.replace('*', "a1b2")
                )
            };
            expect(false, &with("another", stage, method));
            expect(false, &with(api, "another", method));
            expect(false, &with(api, stage, "PATCH/another"));
        } else if let ["arn", _, "logs", _, _, group] = parts.as_slice() {
            let group = group.strip_suffix(":*").unwrap_or_default();
            for another in [format!("{group}-of-another"), "log-group:another".to_owned()] {
                expect(false, &format!("arn:aws:logs:{REGION}:{ACCOUNT}:{another}:*"));
            }
        } else if let ["arn", _, "events", _, _, rule] = parts.as_slice() {
            for another in [format!("{rule}-of-another"), "rule/another".to_owned()] {
                expect(false, &format!("arn:aws:events:{REGION}:{ACCOUNT}:{another}"));
            }
        } else if let ["arn", _, "secretsmanager", _, _, secret] = parts.as_slice() {
            for another in [format!("{secret}-of-another"), "secret:another-AbCdEf".to_owned()] {
                expect(false, &format!("arn:aws:secretsmanager:{REGION}:{ACCOUNT}:{another}"));
            }
        } else {
            faults.push(format!(
                "{}: {source} is no method of an API, no log group, no rule and no secret: which laws hold of it?",
                permission.address
            ));
        }
    }
}
