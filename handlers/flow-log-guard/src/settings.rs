//! The function's settings, from its environment variables.

use ipnet::IpNet;
use lambda_kit::Environment;

use crate::format::{DEFAULT_FORMAT, Format};
use crate::ranges::Ranges;
use crate::scan::Rules;

/// Findings of one event that are published one by one, unless set. Our choice: 50 calls of each service, a second or two.
const FINDINGS_MAX: usize = 500;

/// What is done with flows that security groups or network ACLs refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnderRejection {
    /// They are published as accepted ones are.
    Report,
    /// They are only counted: for networks that the internet reaches, where every scanner is refused all day.
    Count,
}

/// Settings of the function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// By what lines are read and judged.
    pub rules: Rules,
    /// Prefix lists of AWS whose addresses are not reported.
    pub prefix_list_ids: Vec<String>,
    /// ARN of the SNS topic.
    pub topic_arn: Option<String>,
    /// Name or ARN of the event bus.
    pub event_bus: Option<String>,
    /// What is done with refused flows.
    pub rejected: UnderRejection,
    /// Findings of one event that are published one by one.
    pub findings_max: usize,
    /// Region of the function, which notices name.
    pub region: String,
}

impl Settings {
    /// Reads them; what is wrong is kept by `environment`.
    pub fn of(environment: &mut Environment<'_>) -> Self {
        let own = own_cidrs(environment);
        let rules = Rules {
            format: format(environment),
            own: Ranges::private_and(own),
            window_seconds: environment.parsed(
                "LECTERN_WINDOW_SECONDS",
                60,
                |seconds| (60..=86_400).contains(seconds) && seconds % 60 == 0,
                "a multiple of 60 seconds up to 86400",
            ),
        };
        let prefix_list_ids = environment.list("LECTERN_PREFIX_LIST_IDS");
        if !prefix_list_ids.iter().all(|id| is_prefix_list_id(id)) {
            environment.problem(
                "LECTERN_PREFIX_LIST_IDS contains a value that is not the ID of a prefix list: set it to IDs such as \
                 pl-6da54004,pl-67a5400e"
                    .to_owned(),
            );
        }
        let rejected = match environment.optional("LECTERN_REJECTED").as_deref() {
            None | Some("report") => UnderRejection::Report,
            Some("count") => UnderRejection::Count,
            Some(_) => {
                environment.problem("LECTERN_REJECTED has an invalid value: set it to report or count".to_owned());
                UnderRejection::Report
            }
        };
        Self {
            rules,
            prefix_list_ids,
            topic_arn: environment.optional("LECTERN_FINDINGS_TOPIC_ARN"),
            event_bus: environment.optional("LECTERN_EVENT_BUS"),
            rejected,
            findings_max: environment.parsed(
                "LECTERN_FINDINGS_PER_EVENT",
                FINDINGS_MAX,
                |findings| (1..=5000).contains(findings),
                "a number from 1 to 5000",
            ),
            region: environment.required("AWS_REGION", "the function's region, as Lambda does"),
        }
    }
}

fn format(environment: &mut Environment<'_>) -> Format {
    let text = environment.optional("LECTERN_FLOW_LOG_FORMAT");
    let format = Format::parse(text.as_deref().unwrap_or(DEFAULT_FORMAT));
    format.unwrap_or_else(|error| {
        environment.problem(format!(
            "LECTERN_FLOW_LOG_FORMAT is not the format of a flow log: {error}"
        ));
        Format::default()
    })
}

fn own_cidrs(environment: &mut Environment<'_>) -> Vec<IpNet> {
    let texts = environment.list("LECTERN_OWN_CIDRS");
    let nets = texts
        .iter()
        .map(|text| text.parse().ok().filter(|net: &IpNet| net.prefix_len() > 0));
    nets.collect::<Option<_>>().unwrap_or_else(|| {
        environment.problem(
            "LECTERN_OWN_CIDRS has an element that is no range of addresses, or that is all of them: write them like \
             100.64.0.0/16,2001:db8:1::/48"
                .to_owned(),
        );
        Vec::new()
    })
}

fn is_prefix_list_id(id: &str) -> bool {
    id.strip_prefix("pl-")
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<Settings, String> {
        let variables = [&[("AWS_REGION", "eu-west-1")][..], variables].concat();
        let mut environment = Environment::new(move |name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        });
        let settings = Settings::of(&mut environment);
        environment
            .finish()
            .map(|()| settings)
            .map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_has_to_be_set() {
        let settings = read(&[]).unwrap();
        assert_eq!(settings.rules.format, Format::parse(DEFAULT_FORMAT).unwrap());
        assert_eq!((settings.rules.window_seconds, settings.findings_max), (60, 500));
        assert_eq!(settings.rejected, UnderRejection::Report);
    }

    #[test]
    fn own_ranges_are_not_public() {
        let settings = read(&[("LECTERN_OWN_CIDRS", "100.64.0.0/16, 2001:db8::/32")]).unwrap();
        assert!(settings.rules.own.contains("2001:db8::1".parse().unwrap()));
    }

    #[test]
    fn what_cannot_be_used_is_said_with_what_to_write_and_not_quoted() {
        for (name, value, told) in [
            ("LECTERN_FLOW_LOG_FORMAT", "${srcaddr} ${destination}", "field 2"),
            ("LECTERN_OWN_CIDRS", "10.0.0.0/8,hunter2", "100.64.0.0/16"),
            ("LECTERN_OWN_CIDRS", "0.0.0.0/0", "all of them"),
            ("LECTERN_OWN_CIDRS", "::/0", "all of them"),
            ("LECTERN_PREFIX_LIST_IDS", "com.amazonaws.eu-west-1.s3", "pl-6da54004"),
            ("LECTERN_REJECTED", "ignore", "report or count"),
            ("LECTERN_WINDOW_SECONDS", "90", "a multiple of 60"),
            ("LECTERN_WINDOW_SECONDS", "86460", "a multiple of 60"),
            ("LECTERN_FINDINGS_PER_EVENT", "5001", "from 1 to 5000"),
        ] {
            let error = read(&[(name, value)]).unwrap_err();
            assert!(
                error.contains(name) && error.contains(told) && !error.contains(value),
                "{error}"
            );
        }
    }
}
