//! The lines of one delivery: what is in them, and which flows are from or to a public address.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::envelope::{Delivery, LogEvent};
use crate::format::{Action, Format, Line, Record, Unreadable};
use crate::ranges::Ranges;

/// Maximum number of unreadable lines, and of network interfaces, that a notice names; all are counted.
pub(crate) const NAMED_MAX: usize = 10;

/// By what lines are read and judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rules {
    /// Of the flow log.
    pub format: Format,
    /// Addresses that are not public, those of the own network among them.
    pub own: Ranges,
    /// Seconds of a window: records of one five-tuple in one window are one flow.
    pub window_seconds: u64,
}

/// One five-tuple in one window, in the order in which flows are published: accepted ones first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow {
    /// Whether it was let pass.
    pub action: Action,
    /// Beginning of the window, in seconds since 1970.
    pub window: u64,
    /// Address.
    pub source: IpAddr,
    /// Address.
    pub destination: IpAddr,
    /// Port, if the format has it.
    pub source_port: Option<u16>,
    /// Port, if the format has it.
    pub destination_port: Option<u16>,
    /// IANA's number, if the format has it.
    pub protocol: Option<u8>,
}

/// What the records of a flow add up to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Total {
    /// Number of records.
    pub records: u64,
    /// Of all records that have it; `None` if none has.
    pub packets: Option<u64>,
    /// The same.
    pub bytes: Option<u64>,
    /// Whether the source's address is public.
    pub source_is_public: bool,
    /// Whether the destination's is.
    pub destination_is_public: bool,
    /// Interfaces, the first ten.
    pub interface_ids: Vec<String>,
    /// Of the first record that has it.
    pub direction: Option<String>,
    /// Of the first record that has it.
    pub path: Option<u8>,
    /// Of the first record that has it.
    pub source_service: Option<String>,
    /// Of the first record that has it.
    pub destination_service: Option<String>,
}

/// How many lines there were of which kind. Their sum is the number of lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Traffic.
    pub records: u64,
    /// `NODATA`.
    pub no_data: u64,
    /// `SKIPDATA`.
    pub skipped: u64,
    /// Lines that are none of the format.
    pub unreadable: u64,
}

/// What was found in one delivery.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Lines.
    pub counts: Counts,
    /// Flows with a public address.
    pub flows: BTreeMap<Flow, Total>,
    /// Ids of the first ten lines that could not be read, and why.
    pub unreadable: Vec<(String, Unreadable)>,
}

impl Scan {
    /// Reads all lines. `services` are addresses that are public and count as the own network's: those of S3 and DynamoDB, which
    /// traffic through a gateway endpoint has.
    #[must_use]
    pub fn of(delivery: &Delivery<'_>, rules: &Rules, services: &Ranges) -> Self {
        let mut scan = Self::default();
        for event in &delivery.log_events {
            match rules.format.read(event.message.trim_ascii_end()) {
                Ok(Line::Record(record)) => scan.judge(&record, event, rules, services),
                Ok(Line::NoData) => scan.counts.no_data += 1,
                Ok(Line::SkipData) => scan.counts.skipped += 1,
                Err(reason) => scan.keep_unreadable(event, reason),
            }
        }
        scan
    }

    /// Number of flows that were let pass, or refused.
    #[must_use]
    pub fn flows_of(&self, action: Action) -> usize {
        self.flows.keys().filter(|flow| flow.action == action).count()
    }

    fn judge(&mut self, record: &Record<'_>, event: &LogEvent<'_>, rules: &Rules, services: &Ranges) {
        self.counts.records += 1;
        let is_public = |address| !rules.own.contains(address) && !services.contains(address);
        let source_is_public = is_public(record.source);
        let destination_is_public = is_public(record.destination);
        if !source_is_public && !destination_is_public {
            return;
        }
        // CloudWatch Logs has the time of the record's start, for formats without it.
        let at = record
            .start
            .unwrap_or_else(|| u64::try_from(event.timestamp / 1000).unwrap_or_default());
        let flow = Flow {
            action: record.action,
            window: at - at % rules.window_seconds,
            source: record.source,
            destination: record.destination,
            source_port: record.source_port,
            destination_port: record.destination_port,
            protocol: record.protocol,
        };
        let total = self.flows.entry(flow).or_default();
        total.source_is_public = source_is_public;
        total.destination_is_public = destination_is_public;
        total.add(record);
    }

    fn keep_unreadable(&mut self, event: &LogEvent<'_>, reason: Unreadable) {
        self.counts.unreadable += 1;
        if self.unreadable.len() < NAMED_MAX {
            self.unreadable.push((event.id.clone().into_owned(), reason));
        }
    }
}

impl Total {
    fn add(&mut self, record: &Record<'_>) {
        self.records += 1;
        self.packets = sum(self.packets, record.packets);
        self.bytes = sum(self.bytes, record.bytes);
        if let Some(id) = record.interface_id {
            let is_new = !self.interface_ids.iter().any(|known| known == id);
            if is_new && self.interface_ids.len() < NAMED_MAX {
                self.interface_ids.push(id.to_owned());
            }
        }
        keep_first(&mut self.direction, record.direction);
        keep_first(&mut self.source_service, record.source_service);
        keep_first(&mut self.destination_service, record.destination_service);
        self.path = self.path.or(record.path);
    }
}

fn sum(total: Option<u64>, more: Option<u64>) -> Option<u64> {
    match (total, more) {
        (Some(total), Some(more)) => Some(total.saturating_add(more)),
        (total, more) => total.or(more),
    }
}

fn keep_first(kept: &mut Option<String>, text: Option<&str>) {
    if kept.is_none() {
        *kept = text.map(str::to_owned);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const FORMAT: &str = "version interface-id pkt-srcaddr pkt-dstaddr srcport dstport protocol packets bytes start end action log-status";

    fn rules() -> Rules {
        Rules {
            format: Format::parse(FORMAT).unwrap(),
            own: Ranges::private_and(["100.64.0.0/16".parse().unwrap()]),
            window_seconds: 60,
        }
    }

    fn scan(lines: &[&str]) -> Scan {
        let events = lines.iter().enumerate().map(|(number, line)| LogEvent {
            id: number.to_string().into(),
            timestamp: 1_700_000_000_000,
            message: (*line).into(),
        });
        let delivery = Delivery {
            message_type: "DATA_MESSAGE".into(),
            owner: "123456789012".into(),
            log_group: "/aws/vpc/edu/flow-logs".into(),
            log_stream: "eni-1-all".into(),
            log_events: events.collect(),
        };
        let services = ["52.218.0.0/17".parse().unwrap(), "2600:1fa0::/32".parse().unwrap()];
        Scan::of(&delivery, &rules(), &services.into_iter().collect())
    }

    fn line(source: &str, destination: &str, start: u64, action: &str) -> String {
        format!(
            "5 eni-1 {source} {destination} 40000 443 6 10 1000 {start} {} {action} OK",
            start + 50
        )
    }

    #[test]
    fn only_flows_with_a_public_address_are_kept_and_all_lines_are_counted() {
        for (source, destination, is_kept) in [
            ("10.0.0.1", "10.1.0.1", false),
            ("10.0.0.1", "52.218.1.1", false),
            ("52.218.127.255", "10.0.0.1", false),
            ("10.0.0.1", "52.218.128.0", true),
            ("10.0.0.1", "100.64.3.3", false),
            ("10.0.0.1", "100.65.3.3", true),
            ("198.51.100.7", "10.0.0.1", true),
            ("fd00::1", "2600:1fa0::9", false),
            ("fd00::1", "2600:1f00::9", true),
        ] {
            let scan = scan(&[&line(source, destination, 1_700_000_000, "ACCEPT")]);
            assert_eq!(scan.flows.len(), usize::from(is_kept), "{source} {destination}");
            assert_eq!(scan.counts.records, 1);
        }
    }

    #[test]
    fn records_of_a_five_tuple_in_a_window_are_one_flow() {
        let at = 1_700_000_040;
        let scan = scan(&[
            &line("10.0.0.1", "8.8.8.8", at, "ACCEPT"),
            &line("10.0.0.1", "8.8.8.8", at + 19, "ACCEPT").replace("eni-1", "eni-2"),
            &line("10.0.0.1", "8.8.8.8", at + 60, "ACCEPT"),
            &line("10.0.0.1", "8.8.8.8", at, "REJECT"),
        ]);
        assert_eq!((scan.flows_of(Action::Accept), scan.flows_of(Action::Reject)), (2, 1));
        let (flow, total) = scan.flows.first_key_value().unwrap();
        assert_eq!((flow.action, flow.window), (Action::Accept, 1_700_000_040));
        assert_eq!((total.records, total.packets, total.bytes), (2, Some(20), Some(2000)));
        assert_eq!(total.interface_ids, ["eni-1", "eni-2"]);
        assert!(total.destination_is_public && !total.source_is_public);
        assert_eq!(scan.flows.last_key_value().unwrap().0.action, Action::Reject);
    }

    #[test]
    fn no_line_is_lost_whatever_it_is() {
        let private = line("10.0.0.1", "10.0.0.2", 1, "ACCEPT");
        let wrong = vec!["no record"; 12];
        let mut lines = vec![
            private.as_str(),
            "5 eni-1 - - - - - - - 1 2 - NODATA",
            "5 eni-1 - - - - - - - 1 2 - SKIPDATA\n",
        ];
        lines.extend(wrong);
        let scan = scan(&lines);
        let counts = Counts {
            records: 1,
            no_data: 1,
            skipped: 1,
            unreadable: 12,
        };
        assert_eq!(scan.counts, counts);
        assert_eq!(scan.unreadable.len(), NAMED_MAX);
        assert_eq!(
            scan.unreadable[0],
            ("3".to_owned(), Unreadable::Fields { found: 2, declared: 13 })
        );
    }
}
