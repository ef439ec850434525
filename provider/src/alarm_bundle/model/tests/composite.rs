//! The composite: rule, muted children, limits.

use super::*;
use crate::alarm_bundle::state::{Composite, Suppressor};

fn composite(severity: &str) -> Composite {
    Composite {
        severity: text(severity),
        ..Composite::default()
    }
}

fn with_composite(bundle: Bundle, composite: Composite) -> Bundle {
    Bundle {
        composite: Value::Value(composite),
        ..bundle
    }
}

/// A bundle with this many critical children named by four digits.
fn many(functions: usize) -> Bundle {
    let lambda = (0..functions).map(|index| (format!("f{index:04}"), Value::Value(lambda())));
    Bundle {
        lambda: Value::Value(lambda.collect()),
        ..bundle()
    }
}

#[test]
fn the_rule_names_every_alarm_of_the_severity() {
    let suppressor = Suppressor {
        alarm: text("maintenance"),
        wait_period_seconds: number("60"),
        extension_period_seconds: number("120"),
    };
    let bundle = with_composite(
        Bundle {
            extra_alarms: map([(
                "queue_age",
                ExtraAlarm {
                    severity: text("critical"),
                    ..ratio()
                },
            )]),
            ..with_lambda(lambda())
        },
        Composite {
            actions_suppressor: Value::Value(suppressor.clone()),
            ..composite("critical")
        },
    );
    let Value::Value(planned) = planned(&bundle).composite_alarm else {
        panic!("there is a composite")
    };
    assert_eq!(planned.name, text("edu-prod/composite/critical"));
    assert_eq!(
        planned.rule,
        text(
            "ALARM(\"edu-prod/extra/queue_age/critical\") OR ALARM(\"edu-prod/lambda/upload/errors/critical\") OR \
             ALARM(\"edu-prod/lambda/upload/throttles/critical\")"
        )
    );
    assert_eq!(
        (planned.alarm_actions, planned.ok_actions),
        (set(&[PAGE]), set(&[PAGE]))
    );
    assert_eq!(planned.suppressor, Value::Value(suppressor));
    assert_eq!(planned.actions_enabled, Value::Value(true));
    assert!(planned.description.is_value(), "the description is known");
}

#[test]
fn muted_children_keep_their_actions_switched_off() {
    let muted = Composite {
        mute_children: Value::Value(true),
        ..composite("critical")
    };
    let bundle = with_composite(everything(), muted);
    let plan = planned(&bundle);
    for (key, alarm) in alarms(&plan) {
        assert_eq!(alarm.actions_enabled, Value::Value(key.ends_with("/warning")), "{key}");
    }
    assert_eq!(
        alarms(&plan)["lambda/upload/errors/critical"].alarm_actions,
        set(&[PAGE]),
        "the list stays"
    );
    let loud = Override {
        actions_enabled: Value::Value(true),
        ..Override::default()
    };
    let bundle = with_override(bundle, "lambda/upload/errors", loud);
    assert_eq!(
        alarm(&bundle, "lambda/upload/errors/critical").actions_enabled,
        Value::Value(true),
        "overrides are stronger"
    );
}

#[test]
fn unknown_muting_leaves_only_the_actions_unknown() {
    for (case, composite) in [
        ("composite", Value::Unknown),
        (
            "mute_children",
            Value::Value(Composite {
                mute_children: Value::Unknown,
                ..composite("critical")
            }),
        ),
        (
            "severity",
            Value::Value(Composite {
                severity: Value::Unknown,
                mute_children: Value::Value(true),
                ..Composite::default()
            }),
        ),
    ] {
        let errors = alarm(
            &Bundle {
                composite,
                ..with_lambda(lambda())
            },
            "lambda/upload/errors/critical",
        );
        assert_eq!(errors.actions_enabled, Value::Unknown, "{case}");
    }
}

#[test]
fn the_rule_is_unknown_while_the_children_are() {
    let unknown = with_lambda(LambdaTarget {
        timeout_seconds: Value::Unknown,
        ..lambda()
    });
    let Value::Value(planned) = planned(&with_composite(unknown, composite("critical"))).composite_alarm else {
        panic!("there is a composite");
    };
    assert_eq!(
        (planned.rule, planned.name),
        (Value::Unknown, text("edu-prod/composite/critical"))
    );
}

#[test]
fn a_hundred_children_are_taken_and_one_more_is_not() {
    let errors_of = |functions: usize| {
        let (_, diagnostics) = plan(
            &with_composite(many(functions), composite("critical")),
            &in_region("us-east-1"),
        );
        diagnostics
            .errors
            .into_iter()
            .map(|error| error.summary.into_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(errors_of(50), [""; 0], "100 children");
    assert_eq!(errors_of(51), ["Composite has too many children."]);
}

#[test]
fn without_composite_a_bundle_may_be_any_size() {
    assert_eq!(keys(&many(500)).len(), 1000);
}
