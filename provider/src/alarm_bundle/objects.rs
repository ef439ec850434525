//! What a bundle consists of: as a state or a plan says it, and as it is in CloudWatch.

use std::collections::{BTreeMap, BTreeSet};

use provider_kit::OwnerToken;
use tf_provider::value::Value;

use super::state::{Alarm, Bundle, CompositeAlarm, Map, Text};

/// The alarms of a bundle and their tags.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Objects {
    /// By key.
    pub(crate) alarms: BTreeMap<String, Alarm>,
    pub(crate) composite: Option<CompositeAlarm>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl Objects {
    /// Takes them out of a state or a fully known plan; what is null or unknown does not exist.
    pub(crate) fn take_from(bundle: &mut Bundle) -> Self {
        Self {
            alarms: known(bundle.alarms.take()),
            composite: bundle.composite_alarm.take().as_option(),
            tags: known(bundle.tags_all.take()),
        }
    }

    /// Puts them into the computed attributes.
    pub(crate) fn put_into(self, bundle: &mut Bundle) {
        bundle.alarms = all_known(self.alarms);
        bundle.composite_alarm = self.composite.into();
        bundle.tags_all = all_known(self.tags);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.alarms.is_empty() && self.composite.is_none()
    }

    /// The names of all alarms, the composite's included.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let alarms = self.alarms.values().filter_map(|alarm| alarm.name.as_ref_option());
        alarms.chain(self.composite_name()).cloned().collect()
    }

    pub(crate) fn composite_name(&self) -> Option<&String> {
        self.composite.as_ref()?.name.as_ref_option()
    }

    /// The ARN of any alarm: it holds the account.
    pub(crate) fn any_arn(&self) -> Option<&String> {
        let composite = self.composite.iter().filter_map(|alarm| alarm.arn.as_ref_option());
        self.alarms
            .values()
            .filter_map(|alarm| alarm.arn.as_ref_option())
            .chain(composite)
            .next()
    }
}

/// What a state says of a bundle, without the definitions of its alarms.
pub(crate) struct InState {
    /// The names of all alarms, the composite's included.
    pub(crate) names: BTreeSet<String>,
    pub(crate) composite: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

impl From<Objects> for InState {
    fn from(state: Objects) -> Self {
        Self {
            names: state.names(),
            composite: state.composite_name().cloned(),
            tags: state.tags,
        }
    }
}

fn known<T>(map: Map<T>) -> BTreeMap<String, T> {
    let entries = map.as_option().into_iter().flatten();
    entries
        .filter_map(|(key, value)| Some((key, value.as_option()?)))
        .collect()
}

fn all_known<T>(map: BTreeMap<String, T>) -> Map<T> {
    let entries = map.into_iter().map(|(key, value)| (key, Value::Value(value)));
    Value::Value(entries.collect())
}

/// An alarm as it is in CloudWatch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Existing {
    pub(crate) alarm: Found,
    /// The token in its marker; `None` without a marker, and with one that version 0.1.0 wrote.
    pub(crate) owner: Option<OwnerToken>,
}

/// An alarm of either kind, its description without the marker.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Found {
    Metric(Box<Alarm>),
    Composite(Box<CompositeAlarm>),
}

/// Alarms by name.
pub(crate) type Described = BTreeMap<String, Existing>;

impl Existing {
    pub(crate) fn arn(&self) -> &Text {
        match &self.alarm {
            Found::Metric(alarm) => &alarm.arn,
            Found::Composite(alarm) => &alarm.arn,
        }
    }

    pub(crate) fn is_composite(&self) -> bool {
        matches!(self.alarm, Found::Composite(_))
    }

    /// Whether it is defined as `wanted`; the ARN is CloudWatch's to give.
    pub(crate) fn is_as(&self, wanted: &Alarm) -> bool {
        match &self.alarm {
            Found::Metric(alarm) => {
                let alarm = Alarm {
                    arn: wanted.arn.clone(),
                    ..(**alarm).clone()
                };
                alarm == *wanted
            }
            Found::Composite(_) => false,
        }
    }

    /// The same for a composite alarm.
    pub(crate) fn is_as_composite(&self, wanted: &CompositeAlarm) -> bool {
        match &self.alarm {
            Found::Composite(alarm) => {
                let alarm = CompositeAlarm {
                    arn: wanted.arn.clone(),
                    ..(**alarm).clone()
                };
                alarm == *wanted
            }
            Found::Metric(_) => false,
        }
    }
}

/// The key in the name of an alarm of this bundle.
pub(crate) fn key_of<'a>(bundle: &str, name: &'a str) -> Option<&'a str> {
    name.strip_prefix(bundle)?.strip_prefix('/')
}

/// A bundle as it is: the described alarms, with `tags`, which are no part of a description.
pub(crate) fn from_described(bundle: &str, described: Described, tags: BTreeMap<String, String>) -> Objects {
    let mut objects = Objects {
        tags,
        ..Objects::default()
    };
    for (name, existing) in described {
        match existing.alarm {
            Found::Metric(alarm) => objects
                .alarms
                .extend(key_of(bundle, &name).map(|key| (key.to_owned(), *alarm))),
            Found::Composite(alarm) => objects.composite = Some(*alarm),
        }
    }
    objects
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alarm(arn: Text, threshold: i64) -> Alarm {
        Alarm {
            name: Value::Value("edu/extra/a/critical".to_owned()),
            arn,
            threshold: Value::Value(threshold.into()),
            ..Alarm::default()
        }
    }

    #[test]
    fn an_alarm_is_compared_without_its_arn() {
        let existing = Existing {
            alarm: Found::Metric(Box::new(alarm(Value::Value("arn".to_owned()), 1))),
            owner: None,
        };
        assert!(existing.is_as(&alarm(Value::Unknown, 1)));
        assert!(!existing.is_as(&alarm(Value::Unknown, 2)));
    }

    #[test]
    fn what_is_taken_out_of_a_state_goes_back_into_it() {
        let one = alarm(Value::Null, 1);
        let mut bundle = Bundle {
            alarms: Value::Value([("extra/a/critical".to_owned(), Value::Value(one))].into()),
            tags_all: Value::Value([("team".to_owned(), Value::Value("a".to_owned()))].into()),
            ..Bundle::default()
        };
        let before = bundle.clone();
        let objects = Objects::take_from(&mut bundle);
        assert_eq!(objects.names().len(), 1);
        objects.put_into(&mut bundle);
        assert_eq!(bundle, before);
    }
}
