//! What holds whatever the policies are.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use policy_kit::condition::Condition;
use policy_kit::context::Context;
use policy_kit::pattern::Pattern;
use policy_kit::{Policies, Policy, Principal, Request};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// A small world, so that statements often are about the request.
const ACCOUNTS: [&str; 2] = ["111122223333", "444455556666"];
const ACTIONS: [&str; 4] = ["s3:GetObject", "s3:*", "kms:Decrypt", "*"];
const RESOURCES: [&str; 4] = [
    "arn:aws:s3:::b/k",
    "arn:aws:s3:::b/*",
    "arn:aws:kms:eu-west-1:111122223333:key/k",
    "*",
];
const PRINCIPALS: [&str; 8] = [
    r#""*""#,
    r#"{"AWS": "111122223333"}"#,
    r#"{"AWS": "arn:aws:iam::444455556666:root"}"#,
    r#"{"AWS": "arn:aws:iam::111122223333:role/r"}"#,
    r#"{"AWS": "arn:aws:sts::111122223333:assumed-role/r/session"}"#,
    r#"{"AWS": "arn:aws:iam::111122223333:user/u"}"#,
    r#"{"AWS": "arn:aws:iam::444455556666:role/r"}"#,
    r#"{"Service": "s3.amazonaws.com"}"#,
];
const CONDITIONS: [&str; 6] = [
    "{}",
    r#"{"StringEquals": {"k": "a"}}"#,
    r#"{"StringNotEquals": {"k": "a"}}"#,
    r#"{"StringEqualsIfExists": {"k": "a"}}"#,
    r#"{"Null": {"k": "true"}}"#,
    r#"{"ForAllValues:StringLike": {"k": ["a*", "b"]}}"#,
];

/// A statement without its effect.
#[derive(Debug, Clone)]
struct Drawn {
    deny: bool,
    principal: &'static str,
    action: (&'static str, &'static str),
    resource: (&'static str, &'static str),
    condition: &'static str,
}

impl Drawn {
    fn json(&self, with_principal: bool) -> String {
        let effect = if self.deny { "Deny" } else { "Allow" };
        let principal = if with_principal {
            format!(r#""Principal": {},"#, self.principal)
        } else {
            String::new()
        };
        let ((action, actions), (resource, resources)) = (self.action, self.resource);
        format!(
            r#"{{"Effect": "{effect}", {principal} "{action}": "{actions}", "{resource}": "{resources}", "Condition": {}}}"#,
            self.condition
        )
    }
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let element = |name: &'static str, not: &'static str| prop_oneof![11 => Just(name), 1 => Just(not)];
    (
        prop::bool::weighted(0.07),
        prop_oneof![1 => Just(PRINCIPALS[0]), 2 => select(&PRINCIPALS[..])],
        (
            element("Action", "NotAction"),
            prop_oneof![Just("*"), select(&ACTIONS[..])],
        ),
        (
            element("Resource", "NotResource"),
            prop_oneof![Just("*"), select(&RESOURCES[..])],
        ),
        prop_oneof![Just(CONDITIONS[0]), select(&CONDITIONS[..])],
    )
        .prop_map(|(deny, principal, action, resource, condition)| Drawn {
            deny,
            principal,
            action,
            resource,
            condition,
        })
}

/// The statements of the five places; an empty one has no policy.
#[derive(Debug, Clone)]
struct World {
    identity: Vec<Drawn>,
    boundary: Vec<Drawn>,
    session: Vec<Drawn>,
    resource: Vec<Drawn>,
    endpoint: Vec<Drawn>,
}

impl World {
    fn places(&mut self) -> [&mut Vec<Drawn>; 5] {
        [
            &mut self.identity,
            &mut self.boundary,
            &mut self.session,
            &mut self.resource,
            &mut self.endpoint,
        ]
    }

    fn allows(&self, request: &Request) -> bool {
        let policy = |statements: &[Drawn], with_principal| {
            if statements.is_empty() {
                return None;
            }
            let all: Vec<_> = statements
                .iter()
                .map(|statement| statement.json(with_principal))
                .collect();
            let json = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, all.join(","));
            Some(
                if with_principal {
                    Policy::resource("p", &json)
                } else {
                    Policy::identity("p", &json)
                }
                .unwrap(),
            )
        };
        let has_identity = request.principal().account().is_some();
        let own = |statements| if has_identity { policy(statements, false) } else { None };
        let (identity, boundary, session) = (own(&self.identity), own(&self.boundary), own(&self.session));
        let (resource, endpoint) = (policy(&self.resource, true), policy(&self.endpoint, true));
        let policies = Policies {
            identity: identity.iter().collect(),
            boundary: boundary.as_ref(),
            session: session.as_ref(),
            resource: resource.as_ref(),
            endpoint: endpoint.as_ref(),
        };
        policies.decide(request).unwrap().is_allowed()
    }
}

fn worlds() -> impl Strategy<Value = World> {
    let statements = |most| prop::collection::vec(drawn(), 0..=most);
    let limit = || prop_oneof![3 => Just(Vec::new()), 1 => prop::collection::vec(drawn(), 1..=3)];
    (statements(4), limit(), limit(), statements(4), limit()).prop_map(
        |(identity, boundary, session, resource, endpoint)| World {
            identity,
            boundary,
            session,
            resource,
            endpoint,
        },
    )
}

fn principals() -> impl Strategy<Value = Principal> {
    select(vec![
        Principal::role("arn:aws:iam::111122223333:role/r").unwrap(),
        Principal::role("arn:aws:iam::444455556666:role/r").unwrap(),
        Principal::user("arn:aws:iam::111122223333:user/u").unwrap(),
        Principal::root("111122223333"),
        Principal::service("s3.amazonaws.com"),
        Principal::Anonymous,
    ])
}

fn requests() -> impl Strategy<Value = Request> {
    (
        principals(),
        select(vec!["s3:GetObject", "kms:Decrypt"]),
        select(&ACCOUNTS[..]),
        select(vec![None, Some("a"), Some("b")]),
    )
        .prop_map(|(principal, action, owner, value)| {
            let request = match action {
                "kms:Decrypt" => Request::new(&principal, action, RESOURCES[2]),
                _ => Request::new(&principal, action, RESOURCES[0]).owned_by(owner),
            };
            value
                .into_iter()
                .fold(request, |request, value| request.with("k", value))
        })
}

/// A statement about every request.
fn about_all(deny: bool) -> Drawn {
    Drawn {
        deny,
        principal: PRINCIPALS[0],
        action: ("Action", "*"),
        resource: ("Resource", "*"),
        condition: "{}",
    }
}

/// The laws say nothing of worlds in which nobody may anything, or everybody everything.
#[test]
fn some_of_the_worlds_allow_and_most_do_not() {
    let mut runner = TestRunner::deterministic();
    let draws = (worlds(), requests());
    let allowed = (0..1000).filter(|_| {
        let (world, request) = draws.new_tree(&mut runner).unwrap().current();
        world.allows(&request)
    });
    let allowed = allowed.count();
    assert!((200..500).contains(&allowed), "{allowed} of 1000");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    /// "By default, all requests are implicitly denied with the exception of the AWS account root user."
    #[test]
    fn without_a_policy_nobody_may_anything(request in requests()) {
        let nothing = World { identity: vec![], boundary: vec![], session: vec![], resource: vec![], endpoint: vec![] };
        let is_own_root = matches!(request.principal(), Principal::Root { .. });
        prop_assert!(is_own_root || !nothing.allows(&request));
    }

    /// "An explicit deny overrides an explicit allow."
    #[test]
    fn a_deny_in_any_place_is_never_overcome(world in worlds(), request in requests(), place in 0..5_usize) {
        // a policy of an identity is not there for who has none
        let place = if request.principal().account().is_none() { 3 + place % 2 } else { place };
        let mut denied = world;
        denied.places()[place].push(about_all(true));
        prop_assert!(!denied.allows(&request));
    }

    #[test]
    fn one_more_allow_never_takes_a_permission_away(
        world in worlds(), request in requests(), allow in drawn(), place in 0..5_usize,
    ) {
        let before = world.allows(&request);
        let mut more = world;
        let statements = &mut more.places()[place];
        // a first statement of a limit is a new limit, and no statement more
        if !statements.is_empty() || [0, 3].contains(&place) {
            statements.push(Drawn { deny: false, ..allow });
        }
        prop_assert!(!before || more.allows(&request));
    }

    #[test]
    fn one_more_deny_never_gives_a_permission(
        world in worlds(), request in requests(), deny in drawn(), place in 0..5_usize,
    ) {
        let before = world.allows(&request);
        let mut more = world;
        more.places()[place].push(Drawn { deny: true, ..deny });
        prop_assert!(before || !more.allows(&request));
    }

    #[test]
    fn a_limit_that_is_lifted_never_takes_a_permission_away(world in worlds(), request in requests(), limit in 0..3_usize) {
        let before = world.allows(&request);
        let mut open = world;
        open.places()[[1, 2, 4][limit]].clear();
        prop_assert!(!before || open.allows(&request));
    }

    #[test]
    fn a_limit_alone_gives_nothing(world in worlds(), request in requests()) {
        let mut limits = world;
        limits.identity.clear();
        limits.resource.clear();
        let is_own_root = matches!(request.principal(), Principal::Root { .. });
        prop_assert!(is_own_root || !limits.allows(&request));
    }

    #[test]
    fn the_order_of_statements_means_nothing(world in worlds(), request in requests()) {
        let before = world.allows(&request);
        let mut turned = world;
        for place in turned.places() {
            place.reverse();
        }
        prop_assert_eq!(before, turned.allows(&request));
    }

    /// "The request is allowed only if both evaluations return a decision of Allow."
    #[test]
    fn across_accounts_no_side_is_enough(world in worlds(), without_identity in any::<bool>()) {
        let stranger = Principal::role("arn:aws:iam::444455556666:role/r").unwrap();
        let mut one_sided = world;
        if without_identity {
            one_sided.identity.clear();
        } else {
            one_sided.resource.clear();
        }
        prop_assert!(!one_sided.allows(&Request::new(&stranger, "kms:Decrypt", RESOURCES[2])));
    }

    #[test]
    fn a_key_that_does_not_let_the_account_in_is_nobodys(world in worlds(), principal in principals()) {
        let mut closed = world;
        closed.resource.clear();
        prop_assert!(!closed.allows(&Request::new(&principal, "kms:Decrypt", RESOURCES[2])));
    }

    /// Of one value, a negated operator is the opposite; of none, the plain one fails and the negated one holds.
    #[test]
    fn a_negated_operator_is_the_opposite(
        policy in prop::collection::vec("[ab*?]{0,3}", 1..4), value in prop::option::of("[ab]{1,3}"),
    ) {
        let mut context = Context::default();
        if let Some(value) = &value {
            context.set("k", &[value]);
        }
        for (plain, negated) in [
            ("StringEquals", "StringNotEquals"),
            ("StringLike", "StringNotLike"),
            ("StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        ] {
            let holds = |operator: &str| Condition::parse(operator, "k", &policy, true).unwrap().holds(&context).unwrap();
            prop_assert_ne!(holds(plain), holds(negated));
            let if_exists = holds(&format!("{plain}IfExists"));
            prop_assert_eq!(if_exists, value.is_none() || holds(plain));
        }
    }

    /// The matcher against the definition of a wildcard by recursion.
    #[test]
    fn wildcards_match_by_their_definition(pattern in "[ab:*?]{0,7}", text in "[ab:]{0,7}") {
        fn defined(pattern: &[char], text: &[char]) -> bool {
            match (pattern, text) {
                ([], _) => text.is_empty(),
                (['*', rest @ ..], _) => (0..=text.len()).any(|taken| defined(rest, &text[taken..])),
                (['?', rest @ ..], [_, text @ ..]) => defined(rest, text),
                ([literal, rest @ ..], [character, text @ ..]) => literal == character && defined(rest, text),
                (_, []) => false,
            }
        }
        let (characters, wanted): (Vec<_>, Vec<_>) = (pattern.chars().collect(), text.chars().collect());
        let like = Pattern::like(&pattern, true).unwrap();
        prop_assert_eq!(like.matches(&text, &Context::default()), defined(&characters, &wanted));
        // what a resource's pattern matches, the free pattern does too
        let resource = Pattern::resource(&pattern, true).unwrap();
        if resource.matches(&text, &Context::default()) {
            prop_assert!(like.matches(&text, &Context::default()));
        }
    }
}
