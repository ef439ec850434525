//! The examples of AWS's guides, each with the page that it is on.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use policy_kit::condition::Condition;
use policy_kit::context::Context;
use policy_kit::pattern::{ArnPattern, Pattern};
use policy_kit::{Policies, Policy, Principal, Request};

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";
const ROLE: &str = "arn:aws:iam::111122223333:role/path/examplerole";
const USER: &str = "arn:aws:iam::111122223333:user/exampleuser";
const SESSION: &str = "arn:aws:sts::111122223333:assumed-role/examplerole/session";
const OBJECT: &str = "arn:aws:s3:::amzn-s3-demo-bucket/key";
const KEY: &str = "arn:aws:kms:us-west-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn holds(operator: &str, key: &str, values: &[&str], request: &[(&str, &[&str])]) -> bool {
    let mut context = Context::default();
    for (key, values) in request {
        context.set(key, values);
    }
    let values: Vec<_> = values.iter().map(|value| (*value).to_owned()).collect();
    Condition::parse(operator, key, &values, true)
        .unwrap()
        .holds(&context)
        .unwrap()
}

/// "IAM JSON policy elements: Condition operators" and "Condition with multiple context keys or values".
#[test]
fn conditions_hold_as_the_guide_says() {
    type Row<'a> = (&'a str, &'a [&'a str], &'a [&'a str], bool);
    // operator, the policy's values, the request's values (none: the key is not there), whether it holds
    let rows: &[Row<'_>] = &[
        // exact and case sensitive; wildcards are none
        ("StringEquals", &["iamuser-admin"], &["iamuser-admin"], true),
        ("StringEquals", &["iamuser-admin"], &["IAMuser-admin"], false),
        ("StringEquals", &["a*"], &["ab"], false),
        ("StringEquals", &["a*"], &["a*"], true),
        ("StringEqualsIgnoreCase", &["Admin"], &["aDMIN"], true),
        ("StringNotEqualsIgnoreCase", &["Admin"], &["aDMIN"], false),
        // OR over values, NOR where negated
        ("StringEquals", &["a", "b"], &["b"], true),
        ("StringNotEquals", &["a", "b"], &["b"], false),
        ("StringNotEquals", &["a", "b"], &["c"], true),
        ("StringLike", &["home/*"], &["home/x/y"], true),
        ("StringLike", &["home/?"], &["home/xy"], false),
        ("StringLike", &["", "home/"], &[""], true),
        ("StringNotLike", &["home/*"], &["home/x"], false),
        // a missing key: false, true where negated
        ("StringEquals", &["a"], &[], false),
        ("StringLike", &["*"], &[], false),
        ("StringNotEquals", &["a"], &[], true),
        ("StringNotLike", &["*"], &[], true),
        ("ArnNotLike", &["arn:aws:s3:::*"], &[], true),
        ("NotIpAddress", &["203.0.113.0/24"], &[], true),
        ("NumericLessThan", &["10"], &[], false),
        ("NumericNotEquals", &["10"], &[], true),
        ("Bool", &["false"], &[], false),
        // IfExists: true of a missing key, else as without
        ("StringEqualsIfExists", &["a"], &[], true),
        ("StringEqualsIfExists", &["a"], &["b"], false),
        ("StringNotEqualsIfExists", &["a"], &[], true),
        ("NumericLessThanIfExists", &["1.2"], &["1.1"], true),
        ("NumericLessThanIfExists", &["1.2"], &["1.2"], false),
        // Null
        ("Null", &["true"], &[], true),
        ("Null", &["true"], &["x"], false),
        ("Null", &["false"], &["x"], true),
        ("Null", &["false"], &[], false),
        // numbers are no text
        ("NumericEquals", &["10"], &["10.0"], true),
        ("NumericLessThanEquals", &["10"], &["10"], true),
        ("NumericLessThan", &["10"], &["9"], true),
        ("NumericGreaterThan", &["9"], &["10"], true),
        ("NumericGreaterThanEquals", &["10"], &["9.9"], false),
        ("NumericNotEquals", &["10", "11"], &["11"], false),
        ("Bool", &["false"], &["false"], true),
        ("Bool", &["true"], &["false"], false),
        ("IpAddress", &["203.0.113.0/24"], &["203.0.113.255"], true),
        (
            "IpAddress",
            &["203.0.113.0/24", "2001:DB8:1234:5678::/64"],
            &["2001:db8:1234:5678::1"],
            true,
        ),
        ("IpAddress", &["203.0.113.7"], &["203.0.113.8"], false),
        ("NotIpAddress", &["203.0.113.0/24"], &["203.0.113.255"], false),
        // ARNs: component by component, the same for Equals and Like
        (
            "ArnEquals",
            &["arn:aws:sns:*:111122223333:topic-*"],
            &["arn:aws:sns:eu-west-1:111122223333:topic-1"],
            true,
        ),
        (
            "ArnLike",
            &["arn:*:sns:eu-west-1:111122223333:topic"],
            &["arn:aws:x:sns:eu-west-1:111122223333:topic"],
            false,
        ),
        (
            "ArnNotEquals",
            &["arn:aws:sns:*:*:a"],
            &["arn:aws:sns:eu-west-1:111122223333:a"],
            false,
        ),
        ("ArnLike", &["arn:aws:sns:*:*:*"], &["no-arn"], false),
        ("ArnNotLike", &["arn:aws:sns:*:*:*"], &["no-arn"], true),
        // sets: the guide's table of PostDateTime, UserName
        (
            "ForAllValues:StringEquals",
            &["PostDateTime", "Message", "Tags"],
            &["PostDateTime", "Tags"],
            true,
        ),
        (
            "ForAllValues:StringEquals",
            &["PostDateTime", "Message", "Tags"],
            &["PostDateTime", "UserName"],
            false,
        ),
        ("ForAllValues:StringEquals", &["PostDateTime"], &[], true),
        ("ForAllValues:StringEquals", &["PostDateTime"], &[""], true),
        (
            "ForAnyValue:StringEquals",
            &["ID", "PostDateTime"],
            &["UserName", "Message", "PostDateTime"],
            true,
        ),
        (
            "ForAnyValue:StringEquals",
            &["ID", "PostDateTime"],
            &["UserName"],
            false,
        ),
        ("ForAnyValue:StringEquals", &["ID"], &[], false),
        ("ForAnyValue:StringEquals", &[""], &[""], false),
        ("ForAnyValue:StringEqualsIfExists", &["ID"], &[], true),
        ("ForAnyValue:StringNotEquals", &["ID"], &["ID", "Tags"], true),
        ("ForAllValues:StringNotEquals", &["ID"], &["ID", "Tags"], false),
    ];
    for (operator, policy, request, expected) in rows {
        let request: Vec<(&str, &[&str])> = if request.is_empty() {
            vec![]
        } else {
            vec![("s3:key", *request)]
        };
        // "Key names are case-insensitive."
        assert_eq!(
            holds(operator, "S3:Key", policy, &request),
            *expected,
            "{operator} {policy:?} on {request:?}"
        );
    }
}

/// "IAM policy elements: Variables and tags".
#[test]
fn variables_are_what_the_request_carries() {
    let tagged: &[(&str, &[&str])] = &[("aws:PrincipalTag/team", &["yellow"]), ("s3:prefix", &["yellow/x"])];
    let untagged: &[(&str, &[&str])] = &[("s3:prefix", &["yellow/x"])];
    let own = &["${aws:PrincipalTag/team}/*"];
    assert!(holds("StringLike", "s3:prefix", own, tagged));
    // "effectively null. There is no equal or like value." "Inverted condition operators ... do match against a null value"
    assert!(!holds("StringLike", "s3:prefix", own, untagged));
    assert!(holds("StringNotLike", "s3:prefix", own, untagged));
    assert!(holds(
        "StringLike",
        "s3:prefix",
        &["${aws:PrincipalTag/team, 'yellow'}/*"],
        untagged
    ));
    // a value is no pattern
    assert!(!holds(
        "StringLike",
        "s3:prefix",
        own,
        &[("aws:PrincipalTag/team", &["*"]), ("s3:prefix", &["red/x"])]
    ));
    for (special, character) in [("${*}", "*"), ("${?}", "?"), ("${$}", "$")] {
        assert!(holds(
            "StringLike",
            "s3:prefix",
            &[special],
            &[("s3:prefix", &[character])]
        ));
        assert!(!holds("StringLike", "s3:prefix", &[special], &[("s3:prefix", &["x"])]));
    }

    let bucket = Pattern::resource(
        "arn:aws:s3:::amzn-s3-demo-bucket-${aws:PrincipalTag/team, 'company-wide'}",
        true,
    )
    .unwrap();
    let mut context = Context::default();
    assert!(bucket.matches("arn:aws:s3:::amzn-s3-demo-bucket-company-wide", &context));
    context.set("AWS:principaltag/TEAM", &["yellow"]);
    assert!(bucket.matches("arn:aws:s3:::amzn-s3-demo-bucket-yellow", &context));
    assert!(!bucket.matches("arn:aws:s3:::amzn-s3-demo-bucket-company-wide", &context));

    // "If you don't include the Version element ..., variables are treated as literal strings"
    let old = Pattern::exact("${aws:username}", false).unwrap();
    assert!(old.matches("${aws:username}", &context));
}

/// "IAM JSON policy elements: Resource".
#[test]
fn resources_match_as_the_guide_says() {
    let tests = "arn:aws:s3:::amzn-s3-demo-bucket/*/test/*";
    for (pattern, resource, expected) in [
        (tests, "amzn-s3-demo-bucket/1/test/object.jpg", true),
        (tests, "amzn-s3-demo-bucket/1/2/test/3/object.jpg", true),
        (tests, "amzn-s3-demo-bucket/1///test///object.jpg", true),
        (tests, "amzn-s3-demo-bucket//test/object.jpg", true),
        (tests, "amzn-s3-demo-bucket/1/test/", true),
        (tests, "amzn-s3-demo-bucket/1-test/object.jpg", false),
        (tests, "amzn-s3-demo-bucket/test/object.jpg", false),
        (tests, "amzn-s3-demo-bucket/1/2/test.jpg", false),
        ("arn:aws:s3:::b/*", "b/a:b", true),
        ("arn:aws:s3:::b/*", "b", false),
        ("*", "b", true),
    ] {
        let resource = format!("arn:aws:s3:::{resource}");
        let matches = Pattern::resource(pattern, true)
            .unwrap()
            .matches(&resource, &Context::default());
        assert_eq!(matches, expected, "{pattern} on {resource}");
    }
    // "If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon boundaries."
    let table = "arn:aws:dynamodb:us-east-1:111122223333:table/prod-x";
    for (pattern, expected) in [
        ("arn:aws:dynamodb:*:table/prod-*", true),
        ("arn:aws:dynamodb:*", true),
        ("arn:aws:dynamodb:us-*-1:111122223333:table/*", true),
        ("arn:aws:dynamodb:us-*-9:111122223333:table/*", false),
        ("arn:aws:d*-x", false),
        ("arn:aws:dynamodb:us-east-1?111122223333:table/prod-x", false),
        ("arn:aws:dynamodb:us-east-1:111122223333:table?prod-?", true),
        ("arn:aws:DynamoDB:*", false),
    ] {
        assert_eq!(
            Pattern::resource(pattern, true)
                .unwrap()
                .matches(table, &Context::default()),
            expected,
            "{pattern}"
        );
    }
    let components = ArnPattern::parse("arn:aws:dynamodb:*:*:table/*", true).unwrap();
    assert!(components.matches(table, &Context::default()));
}

fn allow(principal: Option<&str>, action: &str, resource: &str) -> String {
    statement("Allow", principal, action, resource)
}

fn statement(effect: &str, principal: Option<&str>, action: &str, resource: &str) -> String {
    let principal = principal.map_or_else(String::new, |principal| format!(r#""Principal": {principal},"#));
    format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "{effect}", {principal} "Action": "{action}", "Resource": "{resource}"}}}}"#
    )
}

fn aws(arn: &str) -> String {
    format!(r#"{{"AWS": "{arn}"}}"#)
}

/// The table "Resource-based policies and implicit denies in other policy types (same account)" of "Policy evaluation logic".
#[test]
fn a_resources_policy_in_the_same_account_counts_by_whom_it_names() {
    let identity = Policy::identity("identity", &allow(None, "s3:GetObject", "*")).unwrap();
    let elsewhere = Policy::identity("elsewhere", &allow(None, "s3:GetObject", "arn:aws:s3:::another/*")).unwrap();
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    // named in the bucket's policy; who asks; identity policy, boundary, session policy each allow; the decision
    for (named, asks, by_identity, by_boundary, by_session, expected) in [
        // a role's ARN: limited by boundary and session policy, needs no identity policy
        (ROLE, ROLE, false, true, true, true),
        (ROLE, ROLE, false, false, true, false),
        (ROLE, ROLE, false, true, false, false),
        (ROLE, ROLE, true, true, true, true),
        (ROLE, ROLE, true, false, true, false),
        // its session's ARN: limited by nothing
        (SESSION, ROLE, false, false, false, true),
        // a user's ARN: limited by nothing
        (USER, USER, false, false, true, true),
        // everyone: limited by nothing
        ("*", ROLE, false, false, false, true),
        ("*", USER, false, false, true, true),
        // the account: it delegates, so an identity policy has to allow
        (root.as_str(), ROLE, false, true, true, false),
        (root.as_str(), ROLE, true, true, true, true),
        (root.as_str(), ROLE, true, false, true, false),
        (ACCOUNT, USER, false, true, true, false),
        (ACCOUNT, USER, true, true, true, true),
        // somebody else: the identity policy alone
        (USER, ROLE, true, true, true, true),
        (USER, ROLE, false, true, true, false),
        (USER, ROLE, true, true, false, false),
        (OTHER, ROLE, true, true, true, true),
    ] {
        let bucket = Policy::resource("bucket", &allow(Some(&aws(named)), "s3:GetObject", OBJECT)).unwrap();
        let choose = |allows| if allows { &identity } else { &elsewhere };
        let policies = Policies {
            identity: vec![choose(by_identity)],
            boundary: Some(choose(by_boundary)),
            session: Some(choose(by_session)),
            resource: Some(&bucket),
            endpoint: None,
        };
        let principal = Principal::role(asks).or_else(|_| Principal::user(asks)).unwrap();
        let request = Request::new(&principal, "s3:GetObject", OBJECT).owned_by(ACCOUNT);
        let decision = policies.decide(&request).unwrap();
        assert_eq!(
            decision.is_allowed(),
            expected,
            "{named} is named, {asks} asks, {by_identity} {by_boundary} {by_session}: {decision}"
        );
    }
}

/// "Cross-account policy evaluation logic": both accounts have to allow.
#[test]
fn across_accounts_both_sides_have_to_allow() {
    let identity = Policy::identity("identity", &allow(None, "s3:GetObject", "*")).unwrap();
    let nothing = Policy::identity("nothing", &allow(None, "s3:PutObject", "*")).unwrap();
    let root = format!("arn:aws:iam::{ACCOUNT}:root");
    for (named, by_identity, by_boundary, expected) in [
        (Some(ROLE), true, true, true),
        (Some(ROLE), false, true, false),
        (Some(ROLE), true, false, false),
        (Some(SESSION), false, true, false),
        (Some(root.as_str()), true, true, true),
        (Some(root.as_str()), false, true, false),
        (Some("*"), false, true, false),
        (Some(USER), true, true, false),
        (None, true, true, false),
    ] {
        let bucket = named.map(|named| Policy::resource("bucket", &allow(Some(&aws(named)), "s3:*", OBJECT)).unwrap());
        let choose = |allows| if allows { &identity } else { &nothing };
        let policies = Policies {
            identity: vec![choose(by_identity)],
            boundary: Some(choose(by_boundary)),
            resource: bucket.as_ref(),
            ..Policies::default()
        };
        let request = Request::new(&Principal::role(ROLE).unwrap(), "s3:GetObject", OBJECT).owned_by(OTHER);
        let decision = policies.decide(&request).unwrap();
        assert_eq!(
            decision.is_allowed(),
            expected,
            "{named:?} {by_identity} {by_boundary}: {decision}"
        );
    }
}

/// "Key policies in AWS KMS" and "Allows access to the AWS account and enables IAM policies".
#[test]
fn a_keys_policy_decides_whether_the_accounts_policies_count() {
    let identity = Policy::identity("identity", &allow(None, "kms:Decrypt", KEY)).unwrap();
    let role = Principal::role(ROLE).unwrap();
    let root = Principal::root(ACCOUNT);
    let stranger = Principal::role("arn:aws:iam::444455556666:role/stranger").unwrap();
    let account = aws(&format!("arn:aws:iam::{ACCOUNT}:root"));
    for (case, named, asks, by_identity, expected) in [
        (
            "the account is let in and the role may",
            account.clone(),
            &role,
            true,
            true,
        ),
        (
            "the account is let in and the role may not",
            account.clone(),
            &role,
            false,
            false,
        ),
        ("the account is not let in", aws(USER), &role, true, false),
        ("the role itself is named", aws(ROLE), &role, false, true),
        ("the root user, named by its account", account, &root, false, true),
        (
            "the root user, not named: no exception for it",
            aws(ROLE),
            &root,
            false,
            false,
        ),
        (
            "a stranger whose account is named needs its own policy",
            aws(OTHER),
            &stranger,
            false,
            false,
        ),
        (
            "a stranger whose account is named has its own policy",
            aws(OTHER),
            &stranger,
            true,
            true,
        ),
        ("a stranger who is not named", aws(ROLE), &stranger, true, false),
    ] {
        let key = Policy::resource("key", &allow(Some(&named), "kms:*", "*")).unwrap();
        let policies = Policies {
            identity: if by_identity { vec![&identity] } else { vec![] },
            resource: Some(&key),
            ..Policies::default()
        };
        let decision = policies.decide(&Request::new(asks, "kms:Decrypt", KEY)).unwrap();
        assert_eq!(decision.is_allowed(), expected, "{case}: {decision}");
    }
    let without_policy = Policies {
        identity: vec![&identity],
        ..Policies::default()
    };
    assert!(
        !without_policy
            .decide(&Request::new(&role, "kms:Decrypt", KEY))
            .unwrap()
            .is_allowed()
    );
}

/// "IAM role trust policies ... must explicitly allow access for principals".
#[test]
fn a_role_is_assumed_by_whom_its_trust_policy_names() {
    let target = "arn:aws:iam::111122223333:role/target";
    let identity = Policy::identity("identity", &allow(None, "sts:AssumeRole", target)).unwrap();
    let trust = |principal: &str, condition: &str| {
        let json = format!(
            r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", "Principal": {principal}, "Action": "sts:AssumeRole" {condition}}}]}}"#
        );
        Policy::trust("trust", &json).unwrap()
    };
    let role = Principal::role(ROLE).unwrap();
    let service = Principal::service("scheduler.amazonaws.com");
    let scheduler = r#"{"Service": "scheduler.amazonaws.com"}"#;
    let of_the_account = r#", "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}"#;
    let account = aws(ACCOUNT);
    for (case, trust, asks, by_identity, source, expected) in [
        (
            "named, without a policy of its own",
            trust(&aws(ROLE), ""),
            &role,
            false,
            None,
            true,
        ),
        (
            "its account is named, and it has a policy",
            trust(&account, ""),
            &role,
            true,
            None,
            true,
        ),
        (
            "its account is named, and it has none",
            trust(&account, ""),
            &role,
            false,
            None,
            false,
        ),
        (
            "not named, whatever its policy says",
            trust(&aws(USER), ""),
            &role,
            true,
            None,
            false,
        ),
        ("the service", trust(scheduler, ""), &service, false, None, true),
        (
            "another service",
            trust(r#"{"Service": "lambda.amazonaws.com"}"#, ""),
            &service,
            false,
            None,
            false,
        ),
        (
            "for this account",
            trust(scheduler, of_the_account),
            &service,
            false,
            Some(ACCOUNT),
            true,
        ),
        (
            "for another account",
            trust(scheduler, of_the_account),
            &service,
            false,
            Some(OTHER),
            false,
        ),
        (
            "for nobody",
            trust(scheduler, of_the_account),
            &service,
            false,
            None,
            false,
        ),
    ] {
        let policies = Policies {
            identity: if by_identity { vec![&identity] } else { vec![] },
            resource: Some(&trust),
            ..Policies::default()
        };
        let mut request = Request::new(asks, "sts:AssumeRole", target);
        if let Some(source) = source {
            request = request.with("aws:SourceAccount", source);
        }
        let decision = policies.decide(&request).unwrap();
        assert_eq!(decision.is_allowed(), expected, "{case}: {decision}");
    }
}

/// "Control access to VPC endpoints using endpoint policies".
#[test]
fn an_endpoints_policy_limits_and_gives_nothing() {
    let identity = Policy::identity("identity", &allow(None, "s3:GetObject", "*")).unwrap();
    let open = Policy::resource("open", &allow(Some("\"*\""), "*", "*")).unwrap();
    let other = Policy::resource("other", &allow(Some("\"*\""), "s3:*", "arn:aws:s3:::another/*")).unwrap();
    let request = Request::new(&Principal::role(ROLE).unwrap(), "s3:GetObject", OBJECT).owned_by(ACCOUNT);
    for (identity, endpoint, expected) in [
        (vec![&identity], &open, true),
        (vec![&identity], &other, false),
        (vec![], &open, false),
    ] {
        let policies = Policies {
            identity,
            endpoint: Some(endpoint),
            ..Policies::default()
        };
        assert_eq!(policies.decide(&request).unwrap().is_allowed(), expected);
    }
}

/// Services and anonymous callers have nothing but the resource's policy.
#[test]
fn who_has_no_identity_needs_the_resources_policy() {
    let function = "arn:aws:lambda:eu-west-1:111122223333:function:f";
    let api = Principal::service("apigateway.amazonaws.com");
    let named = Policy::resource(
        "f",
        &allow(
            Some(r#"{"Service": "apigateway.amazonaws.com"}"#),
            "lambda:InvokeFunction",
            function,
        ),
    );
    let named = named.unwrap();
    let everyone = Policy::resource("f", &allow(Some("\"*\""), "lambda:InvokeFunction", function)).unwrap();
    for (policy, asks, expected) in [
        (Some(&named), &api, true),
        (Some(&named), &Principal::Anonymous, false),
        (Some(&everyone), &Principal::Anonymous, true),
        (None, &api, false),
    ] {
        let policies = Policies {
            resource: policy,
            ..Policies::default()
        };
        // "The prefix and the action name are case insensitive."
        let decision = policies
            .decide(&Request::new(asks, "LAMBDA:invokefunction", function))
            .unwrap();
        assert_eq!(decision.is_allowed(), expected, "{asks}");
    }
}

/// A deny that says its place.
#[test]
fn a_deny_in_any_policy_wins() {
    let identity = Policy::identity("identity", &allow(None, "*", "*")).unwrap();
    let denied = Policy::identity("denied", &statement("Deny", None, "s3:Get*", "*")).unwrap();
    let everyone = Some("\"*\"");
    let bucket = Policy::resource("bucket", &allow(everyone, "*", "*")).unwrap();
    let denying = Policy::resource("denying", &statement("Deny", everyone, "s3:*", "*")).unwrap();
    let request = Request::new(&Principal::role(ROLE).unwrap(), "s3:GetObject", OBJECT).owned_by(ACCOUNT);
    let open = Policies {
        identity: vec![&identity],
        boundary: Some(&identity),
        session: Some(&identity),
        resource: Some(&bucket),
        endpoint: Some(&bucket),
    };
    assert!(open.decide(&request).unwrap().is_allowed());
    for (policies, by) in [
        (
            Policies {
                identity: vec![&identity, &denied],
                ..open.clone()
            },
            "denied",
        ),
        (
            Policies {
                boundary: Some(&denied),
                ..open.clone()
            },
            "denied",
        ),
        (
            Policies {
                session: Some(&denied),
                ..open.clone()
            },
            "denied",
        ),
        (
            Policies {
                resource: Some(&denying),
                ..open.clone()
            },
            "denying",
        ),
        (
            Policies {
                endpoint: Some(&denying),
                ..open.clone()
            },
            "denying",
        ),
    ] {
        let decision = policies.decide(&request).unwrap();
        assert_eq!(decision.to_string(), format!("denied by statement 1 of {by}"));
    }
}

/// `NotAction` and `NotResource`: "explicitly matches everything except the specified list".
#[test]
fn a_negated_list_is_about_all_else() {
    let json = r#"{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "sns:Publish", "NotResource": "arn:aws:sns:*:*:*"},
        {"Effect": "Allow", "NotAction": ["iam:*", "sns:*"], "Resource": "*"}
    ]}"#;
    let identity = Policy::identity("identity", json).unwrap();
    let policies = Policies {
        identity: vec![&identity],
        ..Policies::default()
    };
    let role = Principal::role(ROLE).unwrap();
    for (action, resource, expected) in [
        ("sns:Publish", "+15555550100", true),
        ("sns:Publish", "arn:aws:sns:eu-west-1:111122223333:topic", false),
        ("sns:Subscribe", "+15555550100", false),
        ("iam:PassRole", "arn:aws:iam::111122223333:role/r", false),
        ("sqs:SendMessage", "arn:aws:sqs:eu-west-1:111122223333:queue", true),
    ] {
        let decision = policies
            .decide(&Request::new(&role, action, resource).owned_by(ACCOUNT))
            .unwrap();
        assert_eq!(decision.is_allowed(), expected, "{action} on {resource}: {decision}");
    }
}

#[test]
fn a_request_knows_what_follows_from_its_principal() {
    let role = Principal::role(ROLE).unwrap();
    let user = Principal::user(USER).unwrap();
    let service = Principal::service("lambda.amazonaws.com");
    for (asks, key, expected) in [
        (&role, "aws:PrincipalArn", Some(ROLE)),
        (&role, "aws:PrincipalAccount", Some(ACCOUNT)),
        (&role, "aws:PrincipalType", Some("AssumedRole")),
        (&role, "aws:PrincipalIsAWSService", Some("false")),
        (&role, "aws:username", None),
        (&user, "aws:username", Some("exampleuser")),
        (&user, "aws:PrincipalType", Some("User")),
        (&service, "aws:PrincipalIsAWSService", Some("true")),
        (&service, "aws:PrincipalServiceName", Some("lambda.amazonaws.com")),
        (&service, "aws:PrincipalArn", None),
        (&Principal::Anonymous, "aws:PrincipalAccount", Some("anonymous")),
        (&Principal::Anonymous, "aws:PrincipalIsAWSService", None),
        (&role, "aws:ResourceAccount", Some(OTHER)),
    ] {
        let condition = match expected {
            Some(value) => format!(r#"{{"StringEquals": {{"{key}": "{value}"}}}}"#),
            None => format!(r#"{{"Null": {{"{key}": "true"}}}}"#),
        };
        let json = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        );
        let bucket = Policy::resource("bucket", &json).unwrap();
        let policies = Policies {
            resource: Some(&bucket),
            ..Policies::default()
        };
        let request = Request::new(asks, "s3:GetObject", OBJECT).owned_by(OTHER);
        let decision = policies.decide(&request).unwrap();
        assert_eq!(decision.to_string(), "denied by statement 1 of bucket", "{asks} {key}");
    }
}
