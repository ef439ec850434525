//! The function's settings, from its environment variables.

use std::time::Duration;

use lambda_kit::Environment;

use crate::decision::{Failback, Rules};

/// Our choice: longer than an alarm of five minutes needs to see that a region fails again.
const HOLD_SECONDS: u64 = 900;

/// Settings of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Name of the alarm that says how region 1 is; of the function's own region.
    pub primary_alarm: String,
    /// The same of region 2.
    pub secondary_alarm: String,
    /// What is switched.
    pub write_path: WritePathSettings,
    /// Name of the parameter with which a person decides.
    pub override_parameter: String,
    /// What it is decided by.
    pub rules: Rules,
    /// Decide, log and publish, and change nothing.
    pub dry_run: bool,
    /// ARN of the SNS topic.
    pub topic_arn: Option<String>,
    /// Name or ARN of the event bus.
    pub event_bus: Option<String>,
}

/// What is switched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WritePathSettings {
    /// The cache behaviours of a CloudFront distribution that go to one of two origins.
    Distribution {
        /// Its id.
        id: String,
        /// Id of the origin, or of the origin group, of region 1.
        primary_origin_id: String,
        /// The same of region 2.
        secondary_origin_id: String,
    },
    /// A record of a hosted zone of Route 53.
    Record {
        /// Id of the zone.
        hosted_zone_id: String,
        /// Full name of the record.
        name: String,
        /// Its type.
        kind: RecordKind,
        /// Its value for region 1.
        primary: RecordTarget,
        /// Its value for region 2.
        secondary: RecordTarget,
    },
}

impl WritePathSettings {
    /// Id of the distribution or name of the record: the dimension of the metrics.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Distribution { id, .. } => id,
            Self::Record { name, .. } => name,
        }
    }
}

/// Type of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordKind {
    /// A name.
    Cname,
    /// An alias with IPv4 addresses.
    A,
    /// An alias with IPv6 addresses.
    Aaaa,
}

impl RecordKind {
    /// As DNS has it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Cname => "CNAME",
            Self::A => "A",
            Self::Aaaa => "AAAA",
        }
    }
}

/// Value of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordTarget {
    /// Host name.
    pub name: String,
    /// Of an alias, the hosted zone of that name; else empty.
    pub zone_id: String,
}

impl Settings {
    /// Reads them; what is wrong is kept by `environment`.
    pub fn of(environment: &mut Environment<'_>) -> Self {
        let primary_alarm = environment.required("LECTERN_PRIMARY_ALARM", "the name of region 1's alarm");
        let secondary_alarm = environment.required("LECTERN_SECONDARY_ALARM", "the name of region 2's alarm");
        if !primary_alarm.is_empty() && primary_alarm == secondary_alarm {
            environment.problem(
                "LECTERN_PRIMARY_ALARM and LECTERN_SECONDARY_ALARM have the same name: set them to two different \
                 alarms, one for each Region"
                    .to_owned(),
            );
        }
        let hold = environment.parsed(
            "LECTERN_HOLD_SECONDS",
            HOLD_SECONDS,
            |seconds| *seconds <= 86_400,
            "a number of seconds up to 86400",
        );
        let manual = one_of(environment, "LECTERN_FAILBACK", ["manual", "automatic"]);
        Self {
            primary_alarm,
            secondary_alarm,
            write_path: write_path(environment),
            override_parameter: environment.required(
                "LECTERN_OVERRIDE_PARAMETER",
                "the name of the parameter with auto, primary or secondary",
            ),
            rules: Rules {
                hold: Duration::from_secs(hold),
                failback: if manual { Failback::Manual } else { Failback::Automatic },
            },
            dry_run: !one_of(environment, "LECTERN_DRY_RUN", ["false", "true"]),
            topic_arn: environment.optional("LECTERN_TOPIC_ARN"),
            event_bus: environment.optional("LECTERN_EVENT_BUS"),
        }
    }
}

/// Whether a variable has the first of two values, which it has also if it is not set.
fn one_of(environment: &mut Environment<'_>, name: &str, [first, second]: [&str; 2]) -> bool {
    let value = environment.optional(name);
    match value.as_deref() {
        None => true,
        Some(value) if value == first => true,
        Some(value) if value == second => false,
        Some(_) => {
            environment.problem(format!("{name} has an invalid value: set it to {first} or {second}"));
            true
        }
    }
}

fn write_path(environment: &mut Environment<'_>) -> WritePathSettings {
    let zone = environment.optional("LECTERN_HOSTED_ZONE_ID");
    match (environment.optional("LECTERN_DISTRIBUTION_ID"), zone) {
        (Some(id), None) => distribution(environment, id),
        (None, Some(zone)) => record(environment, zone),
        (distribution, _) => {
            let seen = if distribution.is_some() { "both" } else { "none of them" };
            environment.problem(format!(
                "LECTERN_DISTRIBUTION_ID or LECTERN_HOSTED_ZONE_ID selects what is switched, but {seen} is set: set \
                 one of them"
            ));
            WritePathSettings::Distribution {
                id: String::new(),
                primary_origin_id: String::new(),
                secondary_origin_id: String::new(),
            }
        }
    }
}

fn distribution(environment: &mut Environment<'_>, id: String) -> WritePathSettings {
    if !is_id(&id) {
        environment.problem(
            "LECTERN_DISTRIBUTION_ID is not the ID of a distribution: set it to an ID such as E2QWRUHAPOMQZL"
                .to_owned(),
        );
    }
    let primary = environment.required("LECTERN_PRIMARY_ORIGIN_ID", "the id of region 1's origin");
    let secondary = environment.required("LECTERN_SECONDARY_ORIGIN_ID", "the id of region 2's origin");
    if !primary.is_empty() && primary == secondary {
        environment.problem(
            "LECTERN_PRIMARY_ORIGIN_ID and LECTERN_SECONDARY_ORIGIN_ID are equal: set them to two different origins"
                .to_owned(),
        );
    }
    WritePathSettings::Distribution {
        id,
        primary_origin_id: primary,
        secondary_origin_id: secondary,
    }
}

fn record(environment: &mut Environment<'_>, hosted_zone_id: String) -> WritePathSettings {
    let hosted_zone_id = hosted_zone_id.trim_start_matches("/hostedzone/").to_owned();
    if !is_id(&hosted_zone_id) {
        environment.problem(
            "LECTERN_HOSTED_ZONE_ID is not the ID of a hosted zone: set it to an ID such as Z1D633PJN98FT9".to_owned(),
        );
    }
    let kind = match environment.optional("LECTERN_RECORD_TYPE").as_deref() {
        None | Some("CNAME") => RecordKind::Cname,
        Some("A") => RecordKind::A,
        Some("AAAA") => RecordKind::Aaaa,
        Some(_) => {
            environment.problem("LECTERN_RECORD_TYPE has an invalid value: set it to CNAME, A or AAAA".to_owned());
            RecordKind::Cname
        }
    };
    let name = environment.required("LECTERN_RECORD_NAME", "the full name of the record");
    if name.contains(['*', '\\']) {
        environment.problem("LECTERN_RECORD_NAME contains a wildcard: set it to one host name".to_owned());
    }
    let mut target = |name: &str, zone: &str, region: &str| RecordTarget {
        name: environment.required(name, &format!("the host name of {region}")),
        zone_id: match kind {
            RecordKind::Cname => String::new(),
            RecordKind::A | RecordKind::Aaaa => environment.required(
                zone,
                &format!("the hosted zone id of {region}'s host name, which an alias needs"),
            ),
        },
    };
    let primary = target("LECTERN_PRIMARY_TARGET", "LECTERN_PRIMARY_TARGET_ZONE_ID", "region 1");
    let secondary = target(
        "LECTERN_SECONDARY_TARGET",
        "LECTERN_SECONDARY_TARGET_ZONE_ID",
        "region 2",
    );
    if !primary.name.is_empty() && primary.name == secondary.name {
        environment.problem(
            "LECTERN_PRIMARY_TARGET and LECTERN_SECONDARY_TARGET are equal: set them to two different hosts".to_owned(),
        );
    }
    WritePathSettings::Record {
        hosted_zone_id,
        name,
        kind,
        primary,
        secondary,
    }
}

/// It goes into a path as it is.
fn is_id(id: &str) -> bool {
    (1..=64).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const COMMON: [(&str, &str); 3] = [
        ("LECTERN_PRIMARY_ALARM", "one"),
        ("LECTERN_SECONDARY_ALARM", "two"),
        ("LECTERN_OVERRIDE_PARAMETER", "/edu/write-path"),
    ];
    const DISTRIBUTION: [(&str, &str); 3] = [
        ("LECTERN_DISTRIBUTION_ID", "E2QWRUHAPOMQZL"),
        ("LECTERN_PRIMARY_ORIGIN_ID", "api-1"),
        ("LECTERN_SECONDARY_ORIGIN_ID", "api-2"),
    ];
    const RECORD: [(&str, &str); 4] = [
        ("LECTERN_HOSTED_ZONE_ID", "/hostedzone/Z1D633PJN98FT9"),
        ("LECTERN_RECORD_NAME", "write.example.com"),
        ("LECTERN_PRIMARY_TARGET", "api-1.example.com"),
        ("LECTERN_SECONDARY_TARGET", "api-2.example.com"),
    ];

    /// With the later of two values of one name.
    fn read(variables: &[&[(&str, &str)]]) -> Result<Settings, String> {
        let variables = variables.concat();
        let mut environment = Environment::new(move |name| {
            let found = variables.iter().rev().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let settings = Settings::of(&mut environment);
        environment
            .finish()
            .map(|()| settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_not_set_is_careful() {
        let settings = read(&[&COMMON, &DISTRIBUTION]).unwrap();
        assert_eq!(
            settings.rules,
            Rules {
                hold: Duration::from_secs(900),
                failback: Failback::Manual
            }
        );
        assert!(!settings.dry_run);
        assert_eq!(settings.write_path.name(), "E2QWRUHAPOMQZL");
    }

    #[test]
    fn a_record_is_a_cname_unless_it_is_an_alias_with_the_zones_of_its_targets() {
        let WritePathSettings::Record {
            hosted_zone_id, kind, ..
        } = read(&[&COMMON, &RECORD]).unwrap().write_path
        else {
            panic!("a distribution");
        };
        assert_eq!((hosted_zone_id.as_str(), kind), ("Z1D633PJN98FT9", RecordKind::Cname));
        let alias = [("LECTERN_RECORD_TYPE", "A")];
        let error = read(&[&COMMON, &RECORD, &alias]).unwrap_err();
        assert!(error.contains("LECTERN_PRIMARY_TARGET_ZONE_ID"), "{error}");
        assert!(error.contains("LECTERN_SECONDARY_TARGET_ZONE_ID"), "{error}");
    }

    #[test]
    fn what_cannot_be_used_is_said_with_what_to_write_and_not_quoted() {
        for (name, value, told) in [
            ("LECTERN_SECONDARY_ALARM", "one", "one for each Region"),
            ("LECTERN_DISTRIBUTION_ID", "../hunter2", "E2QWRUHAPOMQZL"),
            ("LECTERN_SECONDARY_ORIGIN_ID", "api-1", "two different origins"),
            ("LECTERN_HOLD_SECONDS", "86401", "up to 86400"),
            ("LECTERN_FAILBACK", "never", "manual or automatic"),
            ("LECTERN_DRY_RUN", "yes", "false or true"),
        ] {
            let error = read(&[&COMMON, &DISTRIBUTION, &[(name, value)]]).unwrap_err();
            assert!(error.contains(name) && error.contains(told), "{error}");
            assert!(!error.contains("hunter2"), "{error}");
        }
        for (name, value, told) in [
            ("LECTERN_HOSTED_ZONE_ID", "a/b", "Z1D633PJN98FT9"),
            ("LECTERN_RECORD_TYPE", "TXT", "CNAME, A or AAAA"),
            ("LECTERN_RECORD_NAME", "*.example.com", "one host"),
            ("LECTERN_SECONDARY_TARGET", "api-1.example.com", "two different hosts"),
            ("LECTERN_DISTRIBUTION_ID", "E1", "both"),
        ] {
            let error = read(&[&COMMON, &RECORD, &[(name, value)]]).unwrap_err();
            assert!(error.contains(name) && error.contains(told), "{error}");
        }
        let error = read(&[&COMMON]).unwrap_err();
        assert!(error.contains("none of them is set"), "{error}");
    }
}
