//! `coverage`: what watches each documented metric of each target.

use std::collections::BTreeMap;

use alarm_catalog::coverage::Coverage;
use alarm_catalog::metrics;
use tf_provider::value::Value;

use super::catalogue::{Entry, Outcome, by_target};
use super::target::Targets;
use super::values::text;
use crate::alarm_bundle::state::Map;

/// The whole map; unknown while an input that decides is.
pub(crate) fn coverage<'a>(targets: &'a Targets, entries: &[Entry<'a>]) -> Map<String> {
    let mut map = BTreeMap::new();
    for (target, own) in by_target(targets, entries) {
        for metric in metrics().filter(|metric| metric.service == target.service && metric.graph.is_some()) {
            let mut found = Coverage::default();
            match metric.needs.map(|param| (param, target.is_set(param))) {
                Some((_, None)) => return Value::Unknown,
                Some((param, Some(false))) => found.metric_needs = Some(param.name().to_owned()),
                Some((_, Some(true))) | None => {}
            }
            for entry in &own {
                if !entry
                    .spec
                    .watched_metrics()
                    .iter()
                    .any(|watched| watched.name == metric.name)
                {
                    continue;
                }
                match &entry.outcome {
                    Outcome::Exists(_) => found.alarms.push(entry.key.clone()),
                    Outcome::Absent(absence) => found.absent.push((entry.key.clone(), absence.clone())),
                    Outcome::Open(_) => return Value::Unknown,
                }
            }
            map.insert(
                format!("{}/{}/{}", target.service, target.name, metric.name),
                text(found.to_string()),
            );
        }
    }
    Value::Value(map)
}
