//! `defaults`: what fills the fields the catalogue, or an extra alarm, leaves open.

use alarm_catalog::{DEFAULT_MIN_REQUESTS, DEFAULT_TREAT_MISSING_DATA, TREAT_MISSING_DATA};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::limits;
use super::severity::Severities;
use super::values::{or_default, text, whole};
use crate::alarm_bundle::state::{Bundle, Number, Text};

/// Values of `defaults`, filled in.
#[derive(Debug, Clone)]
pub(crate) struct Defaults {
    /// Treatment of missing data.
    pub(crate) treat_missing_data: Text,
    /// Gate of the rates.
    pub(crate) min_requests: Number,
    /// Link, or null.
    pub(crate) runbook_url: Text,
}

impl Defaults {
    /// Reads and checks `defaults`.
    pub(crate) fn read(bundle: &Bundle, diagnostics: &mut Diagnostics) -> Self {
        let path = AttributePath::new("defaults");
        let treat = || text(DEFAULT_TREAT_MISSING_DATA);
        let requests = || whole(DEFAULT_MIN_REQUESTS);
        let defaults = match &bundle.defaults {
            Value::Unknown => {
                return Self {
                    treat_missing_data: Value::Unknown,
                    min_requests: Value::Unknown,
                    runbook_url: Value::Unknown,
                };
            }
            Value::Null => {
                return Self {
                    treat_missing_data: treat(),
                    min_requests: requests(),
                    runbook_url: Value::Null,
                };
            }
            Value::Value(defaults) => defaults,
        };
        let at = |attribute: &'static str| path.clone().attribute(attribute);
        limits::one_of(
            diagnostics,
            &at("treat_missing_data"),
            &defaults.treat_missing_data,
            &TREAT_MISSING_DATA,
        );
        limits::whole_number(
            diagnostics,
            &at("min_requests"),
            &defaults.min_requests,
            0,
            1_000_000_000,
        );
        limits::runbook_url(diagnostics, &at("runbook_url"), &defaults.runbook_url);
        Self {
            treat_missing_data: or_default(&defaults.treat_missing_data, treat),
            min_requests: or_default(&defaults.min_requests, requests),
            runbook_url: defaults.runbook_url.clone(),
        }
    }
}

/// What the alarms are made from.
pub(crate) struct Inputs<'a> {
    /// The configuration.
    pub(crate) bundle: &'a Bundle,
    /// `defaults`.
    pub(crate) defaults: &'a Defaults,
    /// `severities`.
    pub(crate) severities: &'a Severities,
    /// The effective region; unknown while it is.
    pub(crate) region: &'a Text,
}
