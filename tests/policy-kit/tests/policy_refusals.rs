//! What AWS refuses, and what is not evaluated here, is an error and never skipped.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use policy_kit::{Policies, Policy, Principal, Request, RequestError};

#[test]
fn a_policy_that_aws_refuses_or_that_is_not_evaluated_here_is_an_error_that_says_where() {
    let identity = |json: &str| Policy::identity("p", json).unwrap_err();
    let resource = |json: &str| Policy::resource("p", json).unwrap_err();
    let trust = |json: &str| Policy::trust("p", json).unwrap_err();
    let with = |rest: &str| format!(r#"{{"Version": "2012-10-17", "Statement": [{{"Effect": "Allow", {rest}}}]}}"#);
    let about_all = |rest: &str| with(&format!(r#""Action": "*", "Resource": "*", {rest}"#));
    for (error, says) in [
        (identity(""), "the document"),
        (identity("[]"), "it is no object"),
        (identity("{}"), "Statement: there is none"),
        (identity(r#"{"Statement": []}"#), "Statement: there is none"),
        (
            identity(r#"{"Version": "2012-10-17", "Statements": []}"#),
            "Statements is no element",
        ),
        (identity(r#"{"Version": "2012-10-18", "Statement": []}"#), "Version"),
        (
            identity(r#"{"Statement": [{"Effect": "allow", "Action": "*", "Resource": "*"}]}"#),
            "Statement[0].Effect",
        ),
        (
            identity(&with(r#""Action": "s3:GetObject""#)),
            "neither Resource nor NotResource",
        ),
        (identity(&with(r#""Resource": "*""#)), "neither Action nor NotAction"),
        (
            identity(&with(r#""Action": "*", "NotAction": "*", "Resource": "*""#)),
            "both Action and NotAction",
        ),
        (
            identity(&with(r#""Action": [], "Resource": "*""#)),
            "Statement[0].Action: it is empty",
        ),
        (
            identity(&with(r#""Action": "GetObject", "Resource": "*""#)),
            "no action",
        ),
        (identity(&with(r#""Action": "s*:Get", "Resource": "*""#)), "no action"),
        (identity(&with(r#""Action": "*", "Resource": "bucket""#)), "no ARN"),
        (
            identity(&with(r#""Action": "*", "Resource": "arn:aws:s3:::${aws:username""#)),
            "not closed",
        ),
        (
            identity(&with(
                r#""Action": "*", "Resource": "arn:aws:iam::${aws:PrincipalAccount}:role/r""#,
            )),
            "fifth colon",
        ),
        (
            identity(&with(r#""Action": "*", "Resource": "arn:aws:s3:::${a, b}""#)),
            "single quotes",
        ),
        (identity(&about_all(r#""Principal": "*""#)), "Principal is no element"),
        (identity(&about_all(r#""Conditions": {}"#)), "Conditions is no element"),
        (
            identity(&about_all(r#""Condition": {"StringEqual": {"k": "v"}}"#)),
            "StringEqual is not evaluated",
        ),
        (
            identity(&about_all(r#""Condition": {"DateLessThan": {"k": "2030-01-01"}}"#)),
            "DateLessThan is not evaluated",
        ),
        (
            identity(&about_all(r#""Condition": {"BinaryEquals": {"k": "aa=="}}"#)),
            "BinaryEquals is not evaluated",
        ),
        (
            identity(&about_all(r#""Condition": {"NullIfExists": {"k": "true"}}"#)),
            "NullIfExists is not evaluated",
        ),
        (
            identity(&about_all(r#""Condition": {"Null": {"k": "yes"}}"#)),
            "neither true nor false",
        ),
        (
            identity(&about_all(r#""Condition": {"Bool": {"k": "${a}"}}"#)),
            "takes no policy variable",
        ),
        (
            identity(&about_all(r#""Condition": {"NumericLessThan": {"k": "ten"}}"#)),
            "no number",
        ),
        (
            identity(&about_all(r#""Condition": {"IpAddress": {"k": "10.0.0.0/33"}}"#)),
            "no range",
        ),
        (
            identity(&about_all(r#""Condition": {"ArnLike": {"k": "arn:aws:s3"}}"#)),
            "six components",
        ),
        (
            identity(&about_all(r#""Condition": {"StringEquals": {"k": {"a": "b"}}}"#)),
            "no text",
        ),
        (
            identity(
                r#"{"Statement": [{"Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*"}, {"Sid": "A", "Effect": "Deny", "Action": "*", "Resource": "*"}]}"#,
            ),
            "Statement[1]: another statement has the Sid A too",
        ),
        (
            resource(&with(r#""Action": "*", "Resource": "*""#)),
            "Statement[0].Principal: it is missing",
        ),
        (
            resource(&about_all(r#""NotPrincipal": {"AWS": "111122223333"}"#)),
            "NotPrincipal is no element",
        ),
        (resource(&about_all(r#""Principal": {}"#)), "names nobody"),
        (resource(&about_all(r#""Principal": {"AWS": []}"#)), "names nobody"),
        (resource(&about_all(r#""Principal": "111122223333""#)), "names nobody"),
        (
            resource(&about_all(
                r#""Principal": {"AWS": "arn:aws:iam::111122223333:role/*"}"#,
            )),
            "wildcard",
        ),
        (
            resource(&about_all(r#""Principal": {"AWS": "arn:aws:s3:::bucket"}"#)),
            "no account, user, role",
        ),
        (
            resource(&about_all(r#""Principal": {"AWS": "AROAEXAMPLE"}"#)),
            "no account, user, role",
        ),
        (resource(&about_all(r#""Principal": {"Service": "*"}"#)), "wildcard"),
        (
            resource(&about_all(r#""Principal": {"Service": "lambda"}"#)),
            "no service",
        ),
        (
            resource(&about_all(r#""Principal": {"Federated": "accounts.google.com"}"#)),
            "kind Federated",
        ),
        (
            resource(&about_all(r#""Principal": {"CanonicalUser": "79a59df9"}"#)),
            "kind CanonicalUser",
        ),
        (
            trust(&about_all(r#""Principal": {"Service": "lambda.amazonaws.com"}"#)),
            "Resource is no element",
        ),
    ] {
        let text = error.to_string();
        assert!(
            text.starts_with("policy p, ") && text.contains(says),
            "{text:?} does not say {says:?}"
        );
    }
}

#[test]
fn a_request_that_none_to_aws_can_be_is_an_error_and_no_denial() {
    let policy = |condition: &str| {
        let json = format!(
            r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}}}"#
        );
        Policy::identity("p", &json).unwrap()
    };
    let role = Principal::role("arn:aws:iam::111122223333:role/r").unwrap();
    let decide = |policy: &Policy, request: &Request| {
        let policies = Policies {
            identity: vec![policy],
            ..Policies::default()
        };
        policies.decide(request)
    };
    let request = Request::new(&role, "s3:GetObject", "arn:aws:s3:::b/k").owned_by("111122223333");
    let plain = policy("{}");
    assert!(decide(&plain, &request).unwrap().is_allowed());
    let unowned = Request::new(&role, "s3:GetObject", "arn:aws:s3:::b/k");
    assert!(matches!(decide(&plain, &unowned), Err(RequestError::NoOwner { .. })));
    let service = Request::new(
        &Principal::service("s3.amazonaws.com"),
        "s3:GetObject",
        "arn:aws:s3:::b/k",
    );
    assert!(matches!(decide(&plain, &service), Err(RequestError::NoIdentity { .. })));
    let several = policy(r#"{"StringEquals": {"aws:TagKeys": "a"}}"#);
    let tags = request.clone().with_all("aws:TagKeys", &["a", "b"]);
    assert!(matches!(
        decide(&several, &tags),
        Err(RequestError::SeveralValues { count: 2, .. })
    ));
    for (condition, value) in [
        (r#"{"NumericLessThan": {"k": "1"}}"#, "one"),
        (r#"{"Bool": {"k": "true"}}"#, "yes"),
        (r#"{"IpAddress": {"k": "10.0.0.0/8"}}"#, "here"),
    ] {
        let result = decide(&policy(condition), &request.clone().with("k", value));
        assert!(
            matches!(result, Err(RequestError::NotComparable { .. })),
            "{condition}: {result:?}"
        );
    }
    for arn in [
        "arn:aws:iam::1:role/r",
        "arn:aws:sts::111122223333:assumed-role/r/s",
        "r",
        "arn:aws:iam::111122223333:user/u",
    ] {
        assert!(Principal::role(arn).is_err(), "{arn}");
    }
    assert!(Principal::user("arn:aws:iam::111122223333:role/r").is_err());
}
