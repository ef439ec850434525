//! Targets of every kind in one form: a service, a name, and parameters the catalogue asks for.

use std::collections::BTreeMap;

use alarm_catalog::{Dimension, DimensionValue, MetricSpec, Param, ParamKind, Preset, Service, Severity, alarms};
use provider_kit::Num;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::key;
use super::limits;
use super::values::{flag_is_on, text, whole};
use crate::alarm_bundle::diagnostics;
use crate::alarm_bundle::state::{Bundle, Map, Number, ParamValue, TargetFields, Text};

/// One target.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// Its kind.
    pub(crate) service: Service,
    /// Its name, second segment of the keys.
    pub(crate) name: String,
    params: BTreeMap<Param, ParamValue>,
}

/// Every target of a bundle.
#[derive(Debug, Clone, Default)]
pub(crate) struct Targets {
    /// The configured targets, by service and name.
    pub(crate) known: Vec<Target>,
    /// Maps and elements of which it is unknown whether they are configured.
    pub(crate) open: Vec<AttributePath>,
    /// Services whose whole map is unknown.
    pub(crate) open_services: Vec<Service>,
}

impl Targets {
    /// The severities of which a preset has alarms for these targets.
    pub(crate) fn severities(&self, preset: Preset) -> Vec<Severity> {
        let has = |severity: &Severity| {
            alarms(preset).any(|spec| {
                spec.severity == *severity && self.known.iter().any(|target| target.service == spec.service)
            })
        };
        Severity::ALL.into_iter().filter(has).collect()
    }
}

impl Target {
    /// `lambda["upload"]`.
    pub(crate) fn path(&self) -> AttributePath {
        AttributePath::new(self.service.name()).key(self.name.clone())
    }

    /// `lambda["upload"].timeout_seconds`.
    pub(crate) fn param_path(&self, param: Param) -> AttributePath {
        self.path().attribute(param.name())
    }

    /// A text parameter; null when it is not set.
    pub(crate) fn text(&self, param: Param) -> Text {
        match self.params.get(&param) {
            Some(ParamValue::Text(value)) => value.clone(),
            _ => Value::Null,
        }
    }

    /// A number parameter, its default where it is null.
    pub(crate) fn number(&self, param: Param) -> Number {
        match self.params.get(&param) {
            Some(ParamValue::Number(Value::Null)) | None => param.default_number().map_or(Value::Null, whole),
            Some(ParamValue::Number(value)) => value.clone(),
            Some(_) => Value::Null,
        }
    }

    /// Whether a parameter is set: a flag must be true. `None` while that is unknown.
    pub(crate) fn is_set(&self, param: Param) -> Option<bool> {
        match self.params.get(&param)? {
            ParamValue::Flag(flag) => flag_is_on(flag),
            ParamValue::Text(Value::Unknown) | ParamValue::Number(Value::Unknown) => None,
            ParamValue::Text(value) => Some(value.is_value()),
            ParamValue::Number(value) => Some(value.is_value()),
        }
    }

    /// The dimensions of a metric for this target; wholly unknown while it is unknown which there are.
    pub(crate) fn dimensions(&self, metric: &MetricSpec) -> Map<String> {
        let mut dimensions = BTreeMap::new();
        for Dimension { name, value } in metric.dimensions {
            let value = match value {
                DimensionValue::Param(param) => self.text(*param),
                DimensionValue::Constant(constant) => text(*constant),
                DimensionValue::FunctionAlias => match self.text(Param::Alias) {
                    Value::Null => continue,
                    Value::Unknown => return Value::Unknown,
                    Value::Value(alias) => self
                        .text(Param::FunctionName)
                        .map(|function| format!("{function}:{alias}")),
                },
            };
            dimensions.insert((*name).to_owned(), value);
        }
        Value::Value(dimensions)
    }

    fn check(&self, diagnostics: &mut Diagnostics) {
        if !key::is_name(&self.name) {
            diagnostics::name_invalid(diagnostics, self.path(), "target", &self.name);
        }
        for (param, value) in &self.params {
            let path = self.param_path(*param);
            match value {
                ParamValue::Text(Value::Value(value)) => {
                    check_text(diagnostics, path.clone(), *param, value);
                    if !value.is_empty() {
                        limits::dimension_value(diagnostics, path, &text(value.as_str()));
                    }
                }
                ParamValue::Text(Value::Null) | ParamValue::Number(Value::Null) if param.required() => {
                    diagnostics::input_missing(diagnostics, path, param.doc());
                }
                ParamValue::Number(value) => {
                    if let Some((least, largest)) = param.range() {
                        limits::whole_number(diagnostics, &path, value, least.into(), largest.into());
                    }
                }
                ParamValue::Text(_) | ParamValue::Flag(_) => {}
            }
        }
    }
}

fn check_text(diagnostics: &mut Diagnostics, path: AttributePath, param: Param, value: &str) {
    if value.is_empty() {
        diagnostics::input_missing(diagnostics, path, param.doc());
    } else if value.starts_with("arn:") {
        diagnostics::input_is_an_arn(diagnostics, path, value, param.doc());
    } else if param == Param::FunctionName && !value.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
        diagnostics::function_name_invalid(diagnostics, path, value);
    } else {
        let prefix = match param {
            Param::LoadBalancer => "net/",
            Param::TargetGroup => "targetgroup/",
            _ => return,
        };
        if !value.starts_with(prefix) {
            diagnostics::input_without_prefix(diagnostics, path, value, prefix);
        }
    }
}

/// Reads and checks every target.
pub(crate) fn read(bundle: &Bundle, diagnostics: &mut Diagnostics) -> Targets {
    let mut targets = Targets::default();
    collect(&bundle.lambda, &mut targets);
    collect(&bundle.api_gateway, &mut targets);
    collect(&bundle.s3, &mut targets);
    collect(&bundle.cloudfront, &mut targets);
    collect(&bundle.cognito, &mut targets);
    collect(&bundle.nlb, &mut targets);
    collect(&bundle.mongodb, &mut targets);
    collect(&bundle.flow_logs, &mut targets);
    collect(&bundle.mongo_dump, &mut targets);
    collect(&bundle.cognito_export, &mut targets);
    collect(&bundle.upload_janitor, &mut targets);
    collect(&bundle.secret_rotation, &mut targets);
    collect(&bundle.origin_failover, &mut targets);
    for target in &targets.known {
        target.check(diagnostics);
    }
    targets
}

fn collect<T: TargetFields>(map: &Map<T>, targets: &mut Targets) {
    let path = AttributePath::new(T::SERVICE.name());
    match map {
        Value::Null => {}
        Value::Unknown => {
            targets.open.push(path);
            targets.open_services.push(T::SERVICE);
        }
        Value::Value(map) => {
            for (name, fields) in map {
                match fields {
                    Value::Null => {}
                    Value::Unknown => {
                        targets.open.push(path.clone().key(name.clone()));
                        targets.open_services.push(T::SERVICE);
                    }
                    Value::Value(fields) => {
                        let params = fields.params().into_iter().map(normalised).collect();
                        targets.known.push(Target {
                            service: T::SERVICE,
                            name: name.clone(),
                            params,
                        });
                    }
                }
            }
        }
    }
}

/// `aws_lambda_function` reports no reservation as -1.
fn normalised((param, value): (Param, ParamValue)) -> (Param, ParamValue) {
    let none = ParamValue::Number(Value::Value(Num::from(-1)));
    let value = if param == Param::ReservedConcurrency && value == none {
        ParamValue::Number(Value::Null)
    } else {
        value
    };
    debug_assert!(
        matches!(
            (param.kind(), &value),
            (ParamKind::Text, ParamValue::Text(_))
                | (ParamKind::Number, ParamValue::Number(_))
                | (ParamKind::Flag, ParamValue::Flag(_))
        ),
        "{param} has another kind in the catalogue"
    );
    (param, value)
}
