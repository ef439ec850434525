//! Data source `lectern_alarm_catalog`: the catalogue, for modules that document or filter it.

use alarm_catalog::{AlarmSpec, Preset, Service, Threshold, alarms};
use async_trait::async_trait;
use provider_kit::{Attr, DataSource, Num, Operation, ReadRequest, Schema, error};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The data source. It reads nothing remote and needs no credentials.
pub(crate) struct AlarmCatalog;

#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    preset: Value<String>,
    service: Value<String>,
    entries: Value<Vec<Value<Entry>>>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    service: String,
    alarm: String,
    severity: String,
    title: String,
    metric_names: Vec<String>,
    fires_when: String,
    threshold: Value<Num>,
    threshold_unit: String,
    periods: String,
    needs: Value<String>,
    treat_missing_data: Value<String>,
    source: String,
    operator_action: String,
}

fn schema() -> Schema {
    Schema::new(
        "Returns the alarm catalogue of `lectern_alarm_bundle`: the alarms of each preset, when they fire, where the \
         numbers come from, and what to do when an alarm fires. The catalogue is part of the provider, so the data \
         source requires no credentials and no network access.",
        [
            (
                "preset",
                Attr::string(
                    "Preset to return. Valid values: `platform`, `aws_recommended`, `none`. Default: \
                    `platform`.",
                ),
            ),
            (
                "service",
                Attr::string("Kind of target to return, for example `lambda`. Default: all kinds."),
            ),
            (
                "entries",
                Attr::list(
                    "List of the alarms, ordered by service.",
                    [
                        (
                            "service",
                            Attr::string(
                                "Kind of target: the name of the target map in \
                            `lectern_alarm_bundle`.",
                            )
                            .computed(),
                        ),
                        (
                            "alarm",
                            Attr::string("Name of the alarm: the third segment of its key.").computed(),
                        ),
                        (
                            "severity",
                            Attr::string("Severity: `warning` or `critical`.").computed(),
                        ),
                        ("title", Attr::string("Problem that the alarm indicates.").computed()),
                        (
                            "metric_names",
                            Attr::strings("Names of the metrics that the alarm evaluates.").computed(),
                        ),
                        (
                            "fires_when",
                            Attr::string("Condition in which the alarm fires.").computed(),
                        ),
                        (
                            "threshold",
                            Attr::number(
                                "Default threshold. Null if it depends on the target or must be set in \
                                `overrides`.",
                            )
                            .computed(),
                        ),
                        (
                            "threshold_unit",
                            Attr::string(
                                "Unit of the threshold, also in `overrides`: `percent`, `milliseconds`, `per second` \
                                 or `count`.",
                            )
                            .computed(),
                        ),
                        (
                            "periods",
                            Attr::string("Evaluation periods, for example `5 of 5 x 60 s`.").computed(),
                        ),
                        (
                            "needs",
                            Attr::string("Attribute of the target that is required for the alarm.").computed(),
                        ),
                        (
                            "treat_missing_data",
                            Attr::string(
                                "How missing data points are treated. Null if `defaults.treat_missing_data` \
                                of the bundle applies.",
                            )
                            .computed(),
                        ),
                        ("source", Attr::string("Source of the numbers.").computed()),
                        (
                            "operator_action",
                            Attr::string("What to do when the alarm fires.").computed(),
                        ),
                    ],
                )
                .computed(),
            ),
        ],
    )
}

fn entry(spec: &'static AlarmSpec) -> Entry {
    Entry {
        service: spec.service.name().to_owned(),
        alarm: spec.name.to_owned(),
        severity: spec.severity.name().to_owned(),
        title: spec.title.to_owned(),
        metric_names: spec
            .watched_metrics()
            .iter()
            .map(|metric| metric.name.to_owned())
            .collect(),
        fires_when: spec.fires_when(),
        threshold: match spec.threshold {
            Threshold::Fixed(number) => Value::Value(i64::from(number).into()),
            Threshold::Share { .. } | Threshold::FromOverride => Value::Null,
        },
        threshold_unit: spec.threshold_unit().to_owned(),
        periods: spec.periods_text(),
        needs: spec.needs.map(|param| param.name().to_owned()).into(),
        treat_missing_data: spec.treat_missing_data.map(str::to_owned).into(),
        source: spec.source.to_owned(),
        operator_action: spec.operator_action.to_owned(),
    }
}

/// A word of the catalogue, or an error that lists them.
fn word<T: std::str::FromStr>(
    value: &Value<String>,
    attribute: &'static str,
    words: &[&'static str],
    diagnostics: &mut Diagnostics,
) -> Option<T> {
    let text = value.as_ref_option()?;
    let parsed = text.parse().ok();
    if parsed.is_none() {
        error(
            diagnostics,
            AttributePath::new(attribute),
            "The catalogue has no such value.",
            format!("Got {text:?}. Set `{attribute}` to one of: {}.", words.join(", ")),
        );
    }
    parsed
}

fn words(state: &State, diagnostics: &mut Diagnostics) -> (Option<Preset>, Option<Service>) {
    let preset = word(&state.preset, "preset", &Preset::ALL.map(Preset::name), diagnostics);
    let service = word(&state.service, "service", &Service::ALL.map(Service::name), diagnostics);
    (preset, service)
}

#[async_trait]
impl DataSource for AlarmCatalog {
    type State = State;

    fn schema(&self) -> Schema {
        schema()
    }

    fn validate(&self, effective: &State, diagnostics: &mut Diagnostics) {
        words(effective, diagnostics);
    }

    async fn read(
        &self,
        ReadRequest { config, effective }: ReadRequest<State>,
        _: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<State> {
        let (preset, service) = words(&effective, diagnostics);
        let entries = alarms(preset.unwrap_or_default())
            .filter(|spec| service.is_none_or(|service| spec.service == service))
            .map(|spec| Value::Value(entry(spec)))
            .collect();
        Some(State {
            entries: Value::Value(entries),
            ..config
        })
    }
}
