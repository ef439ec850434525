//! What is published of a scan: a finding for each flow, and a notice where there is more to say than findings can.

use std::net::IpAddr;

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::envelope::Delivery;
use crate::format::Action;
use crate::scan::{Flow, Scan, Total};
use crate::settings::{Settings, UnderRejection};

/// Of the form below.
const VERSION: u32 = 1;

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// The same for the same facts, so that a reader can drop repetitions.
    pub(crate) id: String,
    /// `public_address_flow`, `more_public_address_flows`, `unreadable_records`: attribute of an SNS message.
    pub(crate) kind: &'static str,
    /// EventBridge's detail type.
    pub(crate) title: &'static str,
    /// Of a finding: attribute of an SNS message.
    pub(crate) action: Option<&'static str>,
    /// JSON.
    pub(crate) body: String,
}

/// What all notices have.
#[derive(Serialize)]
struct Frame<'a, T> {
    version: u32,
    id: &'a str,
    kind: &'a str,
    account: &'a str,
    region: &'a str,
    log_group: &'a str,
    log_stream: &'a str,
    #[serde(flatten)]
    facts: T,
}

#[derive(Serialize)]
struct Finding<'a> {
    action: &'static str,
    /// Of `source` and `destination`, which are public.
    public: Vec<&'static str>,
    source: IpAddr,
    destination: IpAddr,
    source_port: Option<u16>,
    destination_port: Option<u16>,
    protocol: Option<u8>,
    window: Window,
    records: u64,
    packets: Option<u64>,
    bytes: Option<u64>,
    interface_ids: &'a [String],
    flow_direction: Option<&'a str>,
    traffic_path: Option<u8>,
    source_aws_service: Option<&'a str>,
    destination_aws_service: Option<&'a str>,
}

#[derive(Serialize)]
struct Window {
    start: String,
    end: String,
}

#[derive(Serialize)]
struct More {
    accepted: usize,
    rejected: usize,
    first_log_event: String,
    last_log_event: String,
}

#[derive(Serialize)]
struct Unread<'a> {
    unreadable: u64,
    lines: u64,
    examples: Vec<Example<'a>>,
}

#[derive(Serialize)]
struct Example<'a> {
    log_event: &'a str,
    reason: String,
}

/// All notices of a scan, accepted flows first. At most `findings_max` findings, and the rest of the flows in one notice.
pub(crate) fn notices(delivery: &Delivery<'_>, scan: &Scan, settings: &Settings) -> Vec<Notice> {
    let is_published = |flow: &Flow| flow.action == Action::Accept || settings.rejected == UnderRejection::Report;
    let flows: Vec<_> = scan.flows.iter().filter(|(flow, _)| is_published(flow)).collect();
    let (single, rest) = flows.split_at(flows.len().min(settings.findings_max));
    let mut notices: Vec<_> = single
        .iter()
        .map(|(flow, total)| finding(delivery, flow, total, settings))
        .collect();
    if !rest.is_empty() {
        let of = |action| rest.iter().filter(|(flow, _)| flow.action == action).count();
        let facts = More {
            accepted: of(Action::Accept),
            rejected: of(Action::Reject),
            first_log_event: edge(delivery, false),
            last_log_event: edge(delivery, true),
        };
        notices.push(about(
            delivery,
            settings,
            "more_public_address_flows",
            "More Public Address Flows",
            facts,
        ));
    }
    if scan.counts.unreadable > 0 {
        let examples = scan.unreadable.iter().map(|(id, reason)| Example {
            log_event: id,
            reason: reason.to_string(),
        });
        let facts = Unread {
            unreadable: scan.counts.unreadable,
            lines: u64::try_from(delivery.log_events.len()).unwrap_or(u64::MAX),
            examples: examples.collect(),
        };
        notices.push(about(
            delivery,
            settings,
            "unreadable_records",
            "Unreadable Flow Log Records",
            facts,
        ));
    }
    notices
}

fn finding(delivery: &Delivery<'_>, flow: &Flow, total: &Total, settings: &Settings) -> Notice {
    let text = |number: Option<String>| number.unwrap_or_else(|| "-".to_owned());
    let kind = "public_address_flow";
    let seconds = settings.rules.window_seconds;
    // Not the interface: two that see the same flow make the same finding.
    let id = id(&[
        kind,
        &delivery.owner,
        &settings.region,
        &delivery.log_group,
        flow.action.name(),
        &flow.source.to_string(),
        &flow.destination.to_string(),
        &text(flow.source_port.map(|port| port.to_string())),
        &text(flow.destination_port.map(|port| port.to_string())),
        &text(flow.protocol.map(|protocol| protocol.to_string())),
        &flow.window.to_string(),
        &seconds.to_string(),
    ]);
    let sides = [
        ("source", total.source_is_public),
        ("destination", total.destination_is_public),
    ];
    let facts = Finding {
        action: flow.action.name(),
        public: sides
            .into_iter()
            .filter(|(_, is_public)| *is_public)
            .map(|(side, _)| side)
            .collect(),
        source: flow.source,
        destination: flow.destination,
        source_port: flow.source_port,
        destination_port: flow.destination_port,
        protocol: flow.protocol,
        window: Window {
            start: time(flow.window),
            end: time(flow.window.saturating_add(seconds)),
        },
        records: total.records,
        packets: total.packets,
        bytes: total.bytes,
        interface_ids: &total.interface_ids,
        flow_direction: total.direction.as_deref(),
        traffic_path: total.path,
        source_aws_service: total.source_service.as_deref(),
        destination_aws_service: total.destination_service.as_deref(),
    };
    Notice {
        body: body(delivery, settings, &id, kind, facts),
        id,
        kind,
        title: "Public Address Flow",
        action: Some(flow.action.name()),
    }
}

/// A notice about the delivery as a whole, which is the same one if its lines are.
fn about<T: Serialize>(
    delivery: &Delivery<'_>,
    settings: &Settings,
    kind: &'static str,
    title: &'static str,
    facts: T,
) -> Notice {
    let mut parts: Vec<&str> = vec![
        kind,
        &delivery.owner,
        &settings.region,
        &delivery.log_group,
        &delivery.log_stream,
    ];
    parts.extend(delivery.log_events.iter().map(|event| event.id.as_ref()));
    let id = id(&parts);
    Notice {
        body: body(delivery, settings, &id, kind, facts),
        id,
        kind,
        title,
        action: None,
    }
}

fn body<T: Serialize>(delivery: &Delivery<'_>, settings: &Settings, id: &str, kind: &str, facts: T) -> String {
    let frame = Frame {
        version: VERSION,
        id,
        kind,
        account: &delivery.owner,
        region: &settings.region,
        log_group: &delivery.log_group,
        log_stream: &delivery.log_stream,
        facts,
    };
    // Texts, numbers and lists of them: there is nothing in it that JSON cannot have.
    serde_json::to_string(&frame).unwrap_or_default()
}

fn edge(delivery: &Delivery<'_>, is_last: bool) -> String {
    let event = if is_last {
        delivery.log_events.last()
    } else {
        delivery.log_events.first()
    };
    event.map(|event| event.id.clone().into_owned()).unwrap_or_default()
}

/// 32 hexadecimal digits. Each part comes with its length, so that no two lists of parts are one text.
fn id(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..16])
}

/// RFC 3339; a time that has none is shown as seconds.
fn time(seconds: u64) -> String {
    let time = i64::try_from(seconds).ok().map(DateTime::from_secs);
    let text = time.and_then(|time| time.fmt(Format::DateTime).ok());
    text.unwrap_or_else(|| seconds.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use serde_json::{Value, json};

    use super::*;
    use crate::envelope::LogEvent;
    use crate::format::Format as Columns;
    use crate::ranges::Ranges;
    use crate::scan::Rules;

    fn settings() -> Settings {
        Settings {
            rules: Rules {
                format: Columns::parse("interface-id srcaddr dstaddr srcport dstport protocol start action").unwrap(),
                own: Ranges::private_and([]),
                window_seconds: 60,
            },
            prefix_list_ids: vec![],
            topic_arn: None,
            event_bus: None,
            rejected: UnderRejection::Report,
            findings_max: 2,
            region: "eu-west-1".to_owned(),
        }
    }

    fn of(lines: &[&str], settings: &Settings) -> Vec<Notice> {
        let events = lines.iter().enumerate().map(|(number, line)| LogEvent {
            id: number.to_string().into(),
            timestamp: 0,
            message: (*line).into(),
        });
        let delivery = Delivery {
            message_type: "DATA_MESSAGE".into(),
            owner: "123456789012".into(),
            log_group: "flow-logs".into(),
            log_stream: "eni-1-all".into(),
            log_events: events.collect(),
        };
        notices(
            &delivery,
            &Scan::of(&delivery, &settings.rules, &Ranges::default()),
            settings,
        )
    }

    const LINE: &str = "eni-1 10.0.0.1 8.8.8.8 40000 53 17 1700000041 ACCEPT";

    #[test]
    fn a_finding_says_everything_that_is_known() {
        let notices = of(&[LINE], &settings());
        let body: Value = serde_json::from_str(&notices[0].body).unwrap();
        let expected = json!({
            "version": 1,
            "id": notices[0].id,
            "kind": "public_address_flow",
            "account": "123456789012",
            "region": "eu-west-1",
            "log_group": "flow-logs",
            "log_stream": "eni-1-all",
            "action": "ACCEPT",
            "public": ["destination"],
            "source": "10.0.0.1",
            "destination": "8.8.8.8",
            "source_port": 40000,
            "destination_port": 53,
            "protocol": 17,
            "window": { "start": "2023-11-14T22:14:00Z", "end": "2023-11-14T22:15:00Z" },
            "records": 1,
            "packets": null,
            "bytes": null,
            "interface_ids": ["eni-1"],
            "flow_direction": null,
            "traffic_path": null,
            "source_aws_service": null,
            "destination_aws_service": null,
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn a_finding_has_the_id_of_its_flow_and_window_and_of_nothing_else() {
        let id = |line: &str| of(&[line], &settings())[0].id.clone();
        assert_eq!(id(LINE), id(&LINE.replace("eni-1", "eni-2").replace("0041", "0099")));
        assert_eq!(id(LINE).len(), 32);
        for (from, to) in [
            ("10.0.0.1", "10.0.0.2"),
            ("8.8.8.8", "8.8.4.4"),
            ("40000", "40001"),
            ("53", "54"),
            ("17 ", "6 "),
            ("0041", "0100"),
            ("ACCEPT", "REJECT"),
        ] {
            assert_ne!(id(LINE), id(&LINE.replacen(from, to, 1)), "{to}");
        }
    }

    #[test]
    fn flows_past_the_most_are_in_one_notice_and_accepted_ones_come_first() {
        let rejected = LINE.replace("ACCEPT", "REJECT");
        let more = ["40001", "40002", "40003"].map(|port| LINE.replace("40000", port));
        let lines = [rejected.as_str(), LINE, &more[0], &more[1], "nothing"];
        let notices = of(&lines, &settings());
        let kinds: Vec<_> = notices.iter().map(|notice| (notice.kind, notice.action)).collect();
        let expected = [
            ("public_address_flow", Some("ACCEPT")),
            ("public_address_flow", Some("ACCEPT")),
            ("more_public_address_flows", None),
            ("unreadable_records", None),
        ];
        assert_eq!(kinds, expected);
        let more: Value = serde_json::from_str(&notices[2].body).unwrap();
        assert_eq!((&more["accepted"], &more["rejected"]), (&json!(1), &json!(1)));
        assert_eq!(
            (&more["first_log_event"], &more["last_log_event"]),
            (&json!("0"), &json!("4"))
        );
        let unread: Value = serde_json::from_str(&notices[3].body).unwrap();
        let reason = "it has 1 fields and the declared format has 8";
        assert_eq!(unread["examples"], json!([{ "log_event": "4", "reason": reason }]));
        assert!(!notices[3].body.contains("nothing"));
    }

    #[test]
    fn refused_flows_may_be_counted_only() {
        let settings = Settings {
            rejected: UnderRejection::Count,
            ..settings()
        };
        assert_eq!(of(&[&LINE.replace("ACCEPT", "REJECT")], &settings), []);
    }
}
