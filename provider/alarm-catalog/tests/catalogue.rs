//! The catalogue against the metric catalogue, CloudWatch's rules, the required numbers and the documentation.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeSet;
use std::path::Path;

use alarm_catalog::{
    AlarmSpec, COMPARISON_OPERATORS, DimensionValue, MAX_METRICS_PER_ALARM, Param, ParamKind, Periods, Preset, Service,
    Severity, Signal, Statistic, TREAT_MISSING_DATA, Threshold, alarms, alarms_by_threshold_unit, alarms_markdown,
    find_metric, metrics,
};

fn id(spec: &AlarmSpec) -> String {
    format!("{}: {}/{}/{}", spec.preset, spec.service, spec.name, spec.severity)
}

fn every_alarm() -> impl Iterator<Item = &'static AlarmSpec> {
    Preset::ALL.into_iter().flat_map(alarms)
}

/// Finding 8 of the facts: a well-known module's error rate divides invocations by invocations.
#[test]
fn every_alarm_asks_a_metric_for_a_statistic_it_has() {
    for spec in every_alarm() {
        let mut asked = 0;
        for form in spec.signal.forms() {
            let pairs: Vec<(&str, &str)> = match form {
                Signal::Metric { metric, statistic } => vec![(metric, statistic)],
                Signal::Math { queries, .. } => queries.iter().map(|query| (query.metric, query.statistic)).collect(),
                Signal::Either { .. } => unreachable!("forms are leaves"),
            };
            for (name, statistic) in pairs {
                let metric =
                    find_metric(spec.service, name).unwrap_or_else(|| panic!("{}: no metric {name}", id(spec)));
                let statistic: Statistic = statistic.parse().unwrap();
                assert!(
                    metric.has_statistic(&statistic),
                    "{}: {name} has no {statistic}",
                    id(spec)
                );
                asked += 1;
            }
        }
        assert!(asked > 0, "{} asks for nothing", id(spec));
        assert!(!spec.watched_metrics().is_empty(), "{} watches nothing", id(spec));
    }
}

/// An expression uses every metric it asks for and no other id.
#[test]
fn every_expression_uses_exactly_its_metrics() {
    for spec in every_alarm() {
        for form in spec.signal.forms() {
            let Signal::Math { queries, expression } = form else {
                continue;
            };
            let text = expression.replace("{min_requests}", "20");
            let used: BTreeSet<&str> = text
                .split(|char: char| !(char.is_ascii_alphanumeric() || char == '_'))
                .filter(|word| word.starts_with(|char: char| char.is_ascii_lowercase()))
                .collect();
            let given: BTreeSet<&str> = queries.iter().map(|query| query.id).collect();
            assert_eq!(used, given, "{}: {expression}", id(spec));
            assert_eq!(given.len(), queries.len(), "{}: an id twice", id(spec));
            assert!(queries.len() <= MAX_METRICS_PER_ALARM, "{}", id(spec));
        }
    }
}

#[test]
fn every_metric_of_a_target_gets_complete_dimensions_from_its_service() {
    for metric in metrics() {
        let case = format!("{} {}", metric.namespace, metric.name);
        let optional = |value: DimensionValue| match value {
            DimensionValue::FunctionAlias => true,
            DimensionValue::Param(param) => !param.required() && metric.needs != Some(param),
            DimensionValue::Constant(_) => false,
        };
        for dimension in metric.dimensions {
            if let DimensionValue::Param(param) = dimension.value {
                assert!(
                    metric.service.params().contains(&param),
                    "{case}: {param} is no input of {}",
                    metric.service
                );
            }
        }
        if let Some(needs) = metric.needs {
            assert!(metric.service.params().contains(&needs), "{case}: {needs}");
        }
        match metric.graph {
            Some(statistic) => {
                let sure: Vec<&str> = metric
                    .dimensions
                    .iter()
                    .filter(|dimension| !optional(dimension.value))
                    .map(|dimension| dimension.name)
                    .collect();
                let all: Vec<&str> = metric.dimensions.iter().map(|dimension| dimension.name).collect();
                for names in [sure, all] {
                    assert!(
                        metric.has_dimensions(&names),
                        "{case}: {names:?} is none of {:?}",
                        metric.dimension_sets
                    );
                }
                assert!(
                    metric.has_statistic(&statistic.parse().unwrap()),
                    "{case}: graphed with {statistic}"
                );
            }
            None => assert!(
                metric.dimensions.is_empty(),
                "{case} is not graphed, so no target gives it dimensions"
            ),
        }
        for statistic in metric.basic_statistics {
            assert!(
                matches!(statistic.parse().unwrap(), Statistic::Basic(_)),
                "{case}: {statistic}"
            );
        }
    }
}

#[test]
fn every_alarm_keeps_cloudwatch_rules() {
    for spec in every_alarm() {
        let case = id(spec);
        let most = match spec.evaluation_periods {
            Periods::Fixed(number) => number,
            Periods::Param(param) => {
                assert!(param.required(), "{case}: {param} must be there");
                param.range().unwrap().1
            }
        };
        assert!(most >= 1, "{case}");
        assert_eq!(spec.period_seconds % 60, 0, "{case}: metrics are stored once a minute");
        let window = spec.period_seconds * most;
        assert!(
            window <= if spec.period_seconds < 3600 { 86_400 } else { 604_800 },
            "{case}: {window} s"
        );
        assert!(COMPARISON_OPERATORS.contains(&spec.comparison_operator), "{case}");
        assert!(
            spec.treat_missing_data
                .is_none_or(|value| TREAT_MISSING_DATA.contains(&value)),
            "{case}"
        );
        if let Threshold::Share { of, .. } = spec.threshold {
            assert_eq!(of.kind(), ParamKind::Number, "{case}");
            assert!(
                of.required() || spec.needs == Some(of) || of.default_number().is_some(),
                "{case}: {of} may be null"
            );
        }
        for param in spec
            .needs
            .into_iter()
            .chain(spec.watched_metrics().iter().filter_map(|metric| metric.needs))
        {
            assert!(spec.service.params().contains(&param), "{case}: {param}");
            let either = matches!(spec.signal, Signal::Either { param: chosen, .. } if chosen == param);
            assert!(spec.needs == Some(param) || either, "{case}: its metric needs {param}");
        }
        for text in [spec.title, spec.operator_action] {
            assert!(text.ends_with('.') && !text.contains('|'), "{case}: {text}");
        }
        assert!(!spec.source.is_empty(), "{case}");
    }
}

#[test]
fn keys_are_unique_and_words_read_back() {
    let mut seen = BTreeSet::new();
    for spec in every_alarm() {
        assert!(seen.insert(id(spec)), "{} twice", id(spec));
        assert!(
            spec.name
                .chars()
                .all(|char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '_')
        );
    }
    for service in Service::ALL {
        assert_eq!(service.name().parse::<Service>(), Ok(service));
        assert!(!service.params().is_empty(), "{service}");
    }
    for preset in Preset::ALL {
        assert_eq!(preset.name().parse::<Preset>(), Ok(preset));
    }
    for severity in Severity::ALL {
        assert_eq!(severity.name().parse::<Severity>(), Ok(severity));
    }
    let unknown = "pager".parse::<Severity>().unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "\"pager\" is not a severity; known are warning, critical"
    );
}

/// One row for each number of requirements C1-C8 and of the interface, read from there and not from the catalogue.
#[test]
fn the_platform_preset_has_the_missions_numbers() {
    let fixed = Threshold::Fixed;
    let share = |of, percent, unit_factor| Threshold::Share {
        of,
        percent,
        unit_factor,
    };
    let (greater, at_least, less) = (
        "GreaterThanThreshold",
        "GreaterThanOrEqualToThreshold",
        "LessThanThreshold",
    );
    let hours = Periods::Param(Param::MaxAgeHours);
    let n = Periods::Fixed;
    let timeout = Param::TimeoutSeconds;
    let reserved = Param::ReservedConcurrency;
    #[rustfmt::skip]
    let rows = [
        ("C1", "mongodb/connections/critical", "Connections", fixed(500), greater, 60, n(1)),
        ("C1", "mongodb/operations/critical", "OpsPerSecond", fixed(5000), greater, 60, n(1)),
        ("C1", "mongodb/probe_silent/critical", "Connections", fixed(1), less, 60, n(5)),
        ("C2", "lambda/errors/critical", "Errors", fixed(0), greater, 60, n(1)),
        ("C2", "lambda/throttles/critical", "Throttles", fixed(0), greater, 60, n(1)),
        ("C2", "lambda/duration/warning", "Duration", share(timeout, 80, 1000), greater, 60, n(5)),
        ("C2", "lambda/duration/critical", "Duration", share(timeout, 95, 1000), greater, 60, n(3)),
        ("C2", "lambda/concurrency/warning", "ConcurrentExecutions", share(reserved, 80, 1), greater, 60, n(5)),
        ("C2", "lambda/concurrency/critical", "ConcurrentExecutions", share(reserved, 90, 1), greater, 60, n(3)),
        ("C3", "s3/errors_4xx/warning", "4xxErrors", fixed(100), greater, 60, n(1)),
        ("C3", "s3/errors_5xx/critical", "5xxErrors", fixed(100), greater, 60, n(1)),
        ("C4", "cloudfront/error_rate_4xx/warning", "4xxErrorRate", fixed(2), greater, 60, n(5)),
        ("C4", "cloudfront/error_rate_4xx/critical", "4xxErrorRate", fixed(5), greater, 60, n(5)),
        ("C4", "cloudfront/error_rate_5xx/warning", "5xxErrorRate", fixed(1), greater, 60, n(5)),
        ("C4", "cloudfront/error_rate_5xx/critical", "5xxErrorRate", fixed(3), greater, 60, n(5)),
        ("C4", "cloudfront/error_rate_total/warning", "TotalErrorRate", fixed(1), greater, 60, n(5)),
        ("C4", "cloudfront/error_rate_total/critical", "TotalErrorRate", fixed(5), greater, 60, n(5)),
        ("C4", "cloudfront/origin_latency/warning", "OriginLatency", share(Param::OriginReadTimeoutSeconds, 80, 1000), greater, 60, n(5)),
        ("C5", "api_gateway/error_rate_4xx/warning", "4XXError", fixed(2), greater, 60, n(5)),
        ("C5", "api_gateway/error_rate_4xx/critical", "4XXError", fixed(5), greater, 60, n(5)),
        ("C5", "api_gateway/error_rate_5xx/warning", "5XXError", fixed(1), greater, 60, n(5)),
        ("C5", "api_gateway/error_rate_5xx/critical", "5XXError", fixed(3), greater, 60, n(5)),
        ("C5", "api_gateway/request_count/warning", "Count", share(Param::ExpectedPeakRpm, 120, 1), greater, 60, n(1)),
        ("C5", "api_gateway/integration_latency/warning", "IntegrationLatency", fixed(2000), at_least, 60, n(5)),
        ("C6", "cognito/sign_in_failures/warning", "SignInSuccesses", fixed(20), greater, 300, n(3)),
        ("C6", "cognito/sign_in_failures/critical", "SignInSuccesses", fixed(50), greater, 300, n(3)),
        ("C6", "cognito/sign_up_failures/warning", "SignUpSuccesses", fixed(20), greater, 300, n(3)),
        ("C6", "cognito/sign_up_failures/critical", "SignUpSuccesses", fixed(50), greater, 300, n(3)),
        ("C6", "cognito/token_refresh_failures/warning", "TokenRefreshSuccesses", fixed(5), greater, 300, n(3)),
        ("C6", "cognito/token_refresh_failures/critical", "TokenRefreshSuccesses", fixed(20), greater, 300, n(3)),
        ("C6", "cognito/federation_failures/warning", "FederationSuccesses", fixed(20), greater, 300, n(3)),
        ("C6", "cognito/throttles/warning", "SignInThrottles", fixed(0), greater, 300, n(5)),
        ("B7", "nlb/unhealthy_hosts/critical", "UnHealthyHostCount", fixed(0), greater, 60, n(3)),
        ("B7", "nlb/target_resets/warning", "TCP_Target_Reset_Count", fixed(100), greater, 60, n(5)),
        ("B7", "nlb/port_allocation_errors/warning", "PortAllocationErrorCount", fixed(0), greater, 60, n(1)),
        ("C7", "flow_logs/public_addresses/critical", "PublicAddressFlows", fixed(0), greater, 60, n(1)),
        ("C8", "mongo_dump/failures/critical", "Failed", fixed(0), greater, 3600, n(1)),
        ("C8", "mongo_dump/snapshot/warning", "Snapshot", fixed(1), less, 3600, n(1)),
        ("C8", "mongo_dump/age/critical", "Completed", fixed(1), less, 3600, hours),
        ("F3", "cognito_export/failures/warning", "Failed", fixed(0), greater, 3600, n(1)),
        ("F3", "cognito_export/age/critical", "Completed", fixed(1), less, 3600, hours),
        ("A1", "upload_janitor/failures/warning", "Failed", fixed(0), greater, 3600, n(1)),
        ("A1", "upload_janitor/left/warning", "Left", fixed(0), greater, 3600, n(24)),
        ("D2", "secret_rotation/failures/warning", "Failures", fixed(0), greater, 300, n(1)),
        ("D2", "secret_rotation/age/critical", "AgeDays", share(Param::MaxAgeDays, 100, 1), greater, 86_400, n(2)),
        ("F5", "origin_failover/on_secondary/warning", "OnSecondary", fixed(0), greater, 60, n(1)),
        ("F5", "origin_failover/refused/critical", "Refused", fixed(0), greater, 60, n(1)),
        ("F5", "origin_failover/failures/critical", "Failed", fixed(0), greater, 60, n(3)),
        ("F5", "origin_failover/not_ready/warning", "Ready", fixed(1), less, 60, n(15)),
    ];
    let short = |spec: &AlarmSpec| format!("{}/{}/{}", spec.service, spec.name, spec.severity);
    for (requirement, key, metric, threshold, operator, period, periods) in rows {
        let spec = alarms(Preset::Platform)
            .find(|spec| short(spec) == key)
            .unwrap_or_else(|| panic!("{requirement}: no {key}"));
        assert_eq!(
            spec.watched_metrics().first().map(|metric| metric.name),
            Some(metric),
            "{requirement} {key}"
        );
        assert_eq!(spec.threshold, threshold, "{requirement} {key}");
        assert_eq!(spec.comparison_operator, operator, "{requirement} {key}");
        assert_eq!(spec.period_seconds, period, "{requirement} {key}");
        assert_eq!(spec.evaluation_periods, periods, "{requirement} {key}");
        assert_eq!(spec.service.requirement(), requirement, "{key}");
    }
    assert_eq!(
        alarms(Preset::Platform).count(),
        rows.len(),
        "an alarm without a row here"
    );
}

/// AWS's page, as far as it names numbers; where it says that the threshold depends, an override must give it.
#[test]
fn the_aws_preset_has_awss_numbers() {
    let fixed = Threshold::Fixed;
    let depends = Threshold::FromOverride;
    let origin = Threshold::Share {
        of: Param::OriginReadTimeoutSeconds,
        percent: 80,
        unit_factor: 1000,
    };
    let rows = [
        ("lambda/errors", "Sum", depends, 3),
        ("lambda/throttles", "Sum", depends, 5),
        ("lambda/duration", "p90", depends, 15),
        ("lambda/concurrency", "Maximum", depends, 10),
        ("api_gateway/error_rate_4xx", "e * 100", fixed(5), 5),
        ("api_gateway/error_rate_5xx", "e * 100", fixed(5), 3),
        ("api_gateway/latency", "p90", fixed(2500), 5),
        ("api_gateway/low_request_count", "SampleCount", depends, 10),
        ("s3/error_rate_4xx", "e * 100", fixed(5), 15),
        ("s3/error_rate_5xx", "e * 100", fixed(5), 15),
        ("cloudfront/error_rate_5xx", "Average", depends, 5),
        ("cloudfront/origin_latency", "p90", origin, 5),
        ("cognito/sign_in_throttles", "Sum", fixed(0), 5),
        ("cognito/sign_up_throttles", "Sum", fixed(0), 5),
        ("cognito/token_refresh_throttles", "Sum", fixed(0), 5),
        ("cognito/federation_throttles", "Sum", fixed(0), 5),
    ];
    for (key, compared, threshold, periods) in rows {
        let spec = alarms(Preset::AwsRecommended)
            .find(|spec| format!("{}/{}", spec.service, spec.name) == key)
            .unwrap_or_else(|| panic!("no {key}"));
        let found = match spec.signal {
            Signal::Metric { statistic, .. } => statistic,
            Signal::Math { expression, .. } => expression,
            Signal::Either { .. } => "",
        };
        assert_eq!((found, spec.threshold), (compared, threshold), "{key}");
        assert_eq!(
            (spec.period_seconds, spec.evaluation_periods),
            (60, Periods::Fixed(periods)),
            "{key}"
        );
    }
    assert_eq!(
        alarms(Preset::AwsRecommended).count(),
        rows.len(),
        "an alarm without a row here"
    );
}

#[test]
fn rates_of_services_that_report_fractions_are_multiplied_and_others_are_not() {
    let expressions = |service| {
        alarms(Preset::Platform)
            .filter(move |spec| spec.service == service && spec.percent)
            .flat_map(|spec| spec.signal.forms())
    };
    for form in expressions(Service::ApiGateway) {
        assert!(
            matches!(
                form,
                Signal::Math {
                    expression: "IF(n >= {min_requests}, e * 100)",
                    ..
                }
            ),
            "{form:?}"
        );
    }
    for form in expressions(Service::CloudFront) {
        assert!(
            matches!(
                form,
                Signal::Metric {
                    statistic: "Average",
                    ..
                }
            ),
            "{form:?}"
        );
    }
}

/// Each threshold's unit, and no alarm name with two: the schema lists the units by name.
#[test]
fn every_threshold_has_the_unit_of_what_it_is_compared_with() {
    let by_unit = alarms_by_threshold_unit();
    let of = |unit: &str| {
        let found = by_unit.iter().find(|(known, _)| *known == unit);
        found.map(|(_, names)| names.clone()).unwrap_or_default()
    };
    assert_eq!(
        of("milliseconds"),
        ["duration", "integration_latency", "origin_latency", "latency"]
    );
    assert_eq!(
        of("percent"),
        [
            "error_rate_4xx",
            "error_rate_5xx",
            "error_rate_total",
            "sign_in_failures",
            "sign_up_failures",
            "token_refresh_failures",
            "federation_failures",
        ]
    );
    assert_eq!(of("per second"), ["operations"]);
    let named: Vec<&str> = by_unit.iter().flat_map(|(_, names)| names.clone()).collect();
    let unique: BTreeSet<&str> = named.iter().copied().collect();
    assert_eq!(named.len(), unique.len(), "an alarm's name has two units");
    for (key, unit) in [
        ("lambda/errors", "count"),
        ("lambda/concurrency", "count"),
        ("s3/errors_4xx", "count"),
        ("api_gateway/request_count", "count"),
        ("cognito/throttles", "count"),
        ("mongodb/probe_silent", "count"),
        ("mongo_dump/age", "count"),
    ] {
        let mut found = alarms(Preset::Platform).filter(|spec| format!("{}/{}", spec.service, spec.name) == key);
        assert!(found.all(|spec| spec.threshold_unit() == unit), "{key}");
    }
}

#[test]
fn silence_is_breaching_only_where_silence_is_the_fault() {
    let breaching: Vec<&str> = every_alarm()
        .filter(|spec| spec.treat_missing_data == Some("breaching"))
        .map(|spec| spec.name)
        .collect();
    let expected = ["probe_silent", "age", "age", "left", "age", "not_ready"];
    assert_eq!(breaching, expected, "C1, C8, F3, A1, D2, F5");
    assert!(every_alarm().all(|spec| matches!(spec.treat_missing_data, None | Some("breaching"))));
}

#[test]
fn the_documentation_is_the_catalogues() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/alarms.md");
    let page = std::fs::read_to_string(&path).unwrap();
    assert!(
        page == alarms_markdown(),
        "docs/guides/alarms.md differs from the catalogue: run `cargo run -p alarm-catalog --example generate_docs`"
    );
}
