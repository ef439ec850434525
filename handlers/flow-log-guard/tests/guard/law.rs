//! Laws: a line that any format renders reads back, and a broken line is never another record.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use flow_log_guard::{Action, FIELDS, Format, Line, Record};
use proptest::prelude::*;
use proptest::sample::{Index, subsequence};

/// A record with everything in it.
#[derive(Debug, Clone)]
struct Values {
    source: IpAddr,
    destination: IpAddr,
    ports: (Option<u16>, Option<u16>),
    protocol: Option<u8>,
    numbers: [Option<u64>; 4],
    action: Action,
    interface: Option<String>,
    direction: Option<String>,
    path: Option<u8>,
    services: (Option<String>, Option<String>),
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<u32>().prop_map(|bits| IpAddr::V4(Ipv4Addr::from(bits))),
        any::<u128>().prop_map(|bits| IpAddr::V6(Ipv6Addr::from(bits)).to_canonical()),
    ]
}

fn values() -> impl Strategy<Value = Values> {
    let word = || prop::option::of("[A-Za-z0-9_/:-]{2,24}");
    let texts = (word(), word(), prop::option::of(any::<u8>()), (word(), word()));
    let numbers = (
        any::<(Option<u16>, Option<u16>)>(),
        any::<Option<u8>>(),
        any::<[Option<u64>; 4]>(),
    );
    (address(), address(), numbers, prop::bool::ANY, texts).prop_map(
        |(source, destination, numbers, is_accepted, texts)| Values {
            source,
            destination,
            ports: numbers.0,
            protocol: numbers.1,
            numbers: numbers.2,
            action: if is_accepted { Action::Accept } else { Action::Reject },
            interface: texts.0,
            direction: texts.1,
            path: texts.2,
            services: texts.3,
        },
    )
}

/// What a format has to have, in one of its spellings, then any others, in any order.
fn fields() -> impl Strategy<Value = Vec<&'static str>> {
    let needed = (prop::bool::ANY, prop::bool::ANY).prop_map(|(source, destination)| {
        vec![
            if source { "pkt-srcaddr" } else { "srcaddr" },
            if destination { "pkt-dstaddr" } else { "dstaddr" },
            "action",
        ]
    });
    (needed, subsequence(FIELDS.to_vec(), 0..FIELDS.len())).prop_flat_map(|(needed, more)| {
        let more = more.into_iter().filter(|field| !needed.contains(field));
        let all: Vec<_> = needed.iter().copied().chain(more.collect::<Vec<_>>()).collect();
        Just(all).prop_shuffle()
    })
}

fn shown<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn render(fields: &[&str], values: &Values) -> String {
    let cells: Vec<_> = fields
        .iter()
        .map(|field| match *field {
            "srcaddr" | "pkt-srcaddr" => values.source.to_string(),
            "dstaddr" | "pkt-dstaddr" => values.destination.to_string(),
            "srcport" => shown(values.ports.0),
            "dstport" => shown(values.ports.1),
            "protocol" => shown(values.protocol),
            "packets" => shown(values.numbers[0]),
            "bytes" => shown(values.numbers[1]),
            "start" => shown(values.numbers[2]),
            "end" => shown(values.numbers[3]),
            "action" => values.action.name().to_owned(),
            "log-status" => "OK".to_owned(),
            "interface-id" => shown(values.interface.clone()),
            "flow-direction" => shown(values.direction.clone()),
            "traffic-path" => shown(values.path),
            "pkt-src-aws-service" => shown(values.services.0.clone()),
            "pkt-dst-aws-service" => shown(values.services.1.clone()),
            _ => "anything".to_owned(),
        })
        .collect();
    cells.join(" ")
}

/// What the format keeps of a record.
fn expected<'a>(fields: &[&str], values: &'a Values) -> Record<'a> {
    let has = |field: &str| fields.contains(&field);
    Record {
        source: values.source,
        destination: values.destination,
        source_port: values.ports.0.filter(|_| has("srcport")),
        destination_port: values.ports.1.filter(|_| has("dstport")),
        protocol: values.protocol.filter(|_| has("protocol")),
        packets: values.numbers[0].filter(|_| has("packets")),
        bytes: values.numbers[1].filter(|_| has("bytes")),
        start: values.numbers[2].filter(|_| has("start")),
        end: values.numbers[3].filter(|_| has("end")),
        action: values.action,
        interface_id: values.interface.as_deref().filter(|_| has("interface-id")),
        direction: values.direction.as_deref().filter(|_| has("flow-direction")),
        path: values.path.filter(|_| has("traffic-path")),
        source_service: values.services.0.as_deref().filter(|_| has("pkt-src-aws-service")),
        destination_service: values.services.1.as_deref().filter(|_| has("pkt-dst-aws-service")),
    }
}

fn declared(fields: &[&str]) -> Format {
    let names: Vec<_> = fields.iter().map(|field| format!("${{{field}}}")).collect();
    Format::parse(&names.join(" ")).unwrap()
}

proptest! {
    #[test]
    fn a_line_rendered_by_any_format_reads_back(fields in fields(), values in values()) {
        let line = render(&fields, &values);
        prop_assert_eq!(declared(&fields).read(&line), Ok(Line::Record(expected(&fields, &values))));
    }

    #[test]
    fn a_line_without_traffic_is_told_by_its_status_in_any_format(fields in fields(), is_skipped in prop::bool::ANY) {
        let status = if is_skipped { "SKIPDATA" } else { "NODATA" };
        let fields = [fields.into_iter().filter(|field| *field != "log-status").collect(), vec!["log-status"]].concat();
        let line = [vec!["-"; fields.len() - 1], vec![status]].concat().join(" ");
        let wanted = if is_skipped { Line::SkipData } else { Line::NoData };
        prop_assert_eq!(declared(&fields).read(&line), Ok(wanted));
    }

    #[test]
    fn a_line_with_a_field_more_or_less_is_unreadable(fields in fields(), values in values(), at in any::<Index>(), is_more in prop::bool::ANY) {
        let line = render(&fields, &values);
        let mut cells: Vec<_> = line.split(' ').collect();
        let at = at.index(cells.len());
        if is_more { cells.insert(at, "-"); } else { cells.remove(at); }
        prop_assert!(declared(&fields).read(&cells.join(" ")).is_err());
    }

    #[test]
    fn no_text_is_a_panic(fields in fields(), line in "[ -~é\u{0}]{0,200}") {
        let _ = declared(&fields).read(&line);
    }
}
