//! What the columns of a flow log's lines mean: its format, as it was declared when the flow log was made.
//!
//! Source: Amazon VPC user guide, "Flow log records"; Amazon VPC transit gateways, "Transit gateway flow log records".

use std::net::IpAddr;

use strsim::levenshtein;

/// The format of a flow log that was made without one: the fields of version 2.
pub const DEFAULT_FORMAT: &str = "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} \
    ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}";

/// Every field of the versions 2 to 8, in their order.
pub const FIELDS: [&str; 58] = [
    // 2
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
    // 3
    "vpc-id",
    "subnet-id",
    "instance-id",
    "tcp-flags",
    "type",
    "pkt-srcaddr",
    "pkt-dstaddr",
    // 4
    "region",
    "az-id",
    "sublocation-type",
    "sublocation-id",
    // 5
    "pkt-src-aws-service",
    "pkt-dst-aws-service",
    "flow-direction",
    "traffic-path",
    // 6
    "resource-type",
    "tgw-id",
    "tgw-attachment-id",
    "tgw-src-vpc-account-id",
    "tgw-dst-vpc-account-id",
    "tgw-src-vpc-id",
    "tgw-dst-vpc-id",
    "tgw-src-subnet-id",
    "tgw-dst-subnet-id",
    "tgw-src-eni",
    "tgw-dst-eni",
    "tgw-src-az-id",
    "tgw-dst-az-id",
    "tgw-pair-attachment-id",
    "packets-lost-no-route",
    "packets-lost-blackhole",
    "packets-lost-mtu-exceeded",
    "packets-lost-ttl-expired",
    // 7
    "ecs-cluster-arn",
    "ecs-cluster-name",
    "ecs-container-instance-arn",
    "ecs-container-instance-id",
    "ecs-container-id",
    "ecs-second-container-id",
    "ecs-service-name",
    "ecs-task-definition-arn",
    "ecs-task-arn",
    "ecs-task-id",
    // 8
    "reject-reason",
];

/// The value of a field that does not apply, or could not be worked out.
const NONE: &str = "-";

/// A column that is read. The others are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Interface,
    Source,
    Destination,
    PacketSource,
    PacketDestination,
    SourcePort,
    DestinationPort,
    Protocol,
    Packets,
    Bytes,
    Start,
    End,
    Action,
    Status,
    Direction,
    Path,
    SourceService,
    DestinationService,
    /// Any other.
    Other,
}

const SLOTS: usize = Slot::Other as usize + 1;

impl Slot {
    fn of(field: &str) -> Self {
        match field {
            "interface-id" => Self::Interface,
            "srcaddr" => Self::Source,
            "dstaddr" => Self::Destination,
            "pkt-srcaddr" => Self::PacketSource,
            "pkt-dstaddr" => Self::PacketDestination,
            "srcport" => Self::SourcePort,
            "dstport" => Self::DestinationPort,
            "protocol" => Self::Protocol,
            "packets" => Self::Packets,
            "bytes" => Self::Bytes,
            "start" => Self::Start,
            "end" => Self::End,
            "action" => Self::Action,
            "log-status" => Self::Status,
            "flow-direction" => Self::Direction,
            "traffic-path" => Self::Path,
            "pkt-src-aws-service" => Self::SourceService,
            "pkt-dst-aws-service" => Self::DestinationService,
            _ => Self::Other,
        }
    }
}

/// The order of the fields in each line of a flow log. The default is that of a format that could not be read, of which no line is one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Format {
    columns: Box<[Slot]>,
    /// Of a transit gateway's flow log, which has no action: a gateway forwards what it can.
    is_of_a_gateway: bool,
}

/// Why a text is not a format. It quotes nothing of the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// Nothing in it.
    #[error(
        "it has no fields: write it as the flow log has it, as in ${{version}} ${{srcaddr}} ${{dstaddr}} ${{action}}"
    )]
    Empty,
    /// A field that flow logs do not have.
    #[error("field {number} is not a field of flow logs of versions 2 to 8; the most similar name is {nearest}")]
    Unknown {
        /// From 1.
        number: usize,
        /// Of [`FIELDS`].
        nearest: &'static str,
    },
    /// A field that was there before.
    #[error("field {number} is a duplicate: {field}")]
    Twice {
        /// From 1, the second time.
        number: usize,
        /// Of [`FIELDS`].
        field: &'static str,
    },
    /// Without it no flow can be judged.
    #[error(
        "it does not contain {0}: create a new flow log with this field, because the format of a flow log cannot be \
         changed"
    )]
    Lacks(&'static str),
}

/// Whether security groups and network ACLs let the traffic pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// `ACCEPT`.
    Accept,
    /// `REJECT`.
    Reject,
}

impl Action {
    /// As flow logs write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accept => "ACCEPT",
            Self::Reject => "REJECT",
        }
    }
}

/// One line, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line<'a> {
    /// Traffic.
    Record(Record<'a>),
    /// `NODATA`: there was none.
    NoData,
    /// `SKIPDATA`: there was some, and AWS left it out, for lack of capacity or by an error of its own.
    SkipData,
}

/// The traffic of one five-tuple at one interface in one window. What the format lacks, or the line has as `-`, is `None`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record<'a> {
    /// The packet's own address where the line has it (`pkt-srcaddr`), since `srcaddr` may be the interface's.
    pub source: IpAddr,
    /// In the same way.
    pub destination: IpAddr,
    /// Of the source.
    pub source_port: Option<u16>,
    /// Of the destination.
    pub destination_port: Option<u16>,
    /// IANA's number.
    pub protocol: Option<u8>,
    /// Number of packets.
    pub packets: Option<u64>,
    /// Number of bytes.
    pub bytes: Option<u64>,
    /// Of the first packet, in seconds since 1970.
    pub start: Option<u64>,
    /// Of the last packet, in seconds since 1970.
    pub end: Option<u64>,
    /// What became of it.
    pub action: Action,
    /// `eni-...`.
    pub interface_id: Option<&'a str>,
    /// `ingress` or `egress`.
    pub direction: Option<&'a str>,
    /// How egress traffic leaves: 8 is an internet gateway, 7 a gateway endpoint.
    pub path: Option<u8>,
    /// The AWS service of the source's address, such as `S3`.
    pub source_service: Option<&'a str>,
    /// Of the destination's.
    pub destination_service: Option<&'a str>,
}

/// Why a line is not one of this format. It quotes nothing of the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Another number of fields.
    #[error("it has {found} fields and the declared format has {declared}")]
    Fields {
        /// In the line.
        found: usize,
        /// In the format.
        declared: usize,
    },
    /// A value that the field cannot have.
    #[error("{0} has a value that it cannot have")]
    Value(&'static str),
}

impl Format {
    /// Reads a format as the flow log's `log_format` has it, `${srcaddr} ${dstaddr} ...`; the names alone will do.
    ///
    /// # Errors
    /// [`FormatError`].
    pub fn parse(text: &str) -> Result<Self, FormatError> {
        let mut known = Vec::new();
        for (number, field) in (1..).zip(text.split_ascii_whitespace()) {
            let name = field
                .strip_prefix("${")
                .and_then(|field| field.strip_suffix('}'))
                .unwrap_or(field);
            let Some(field) = FIELDS.into_iter().find(|field| *field == name) else {
                let nearest = nearest(name);
                return Err(FormatError::Unknown { number, nearest });
            };
            if known.contains(&field) {
                return Err(FormatError::Twice { number, field });
            }
            known.push(field);
        }
        if known.is_empty() {
            return Err(FormatError::Empty);
        }
        let is_of_a_gateway = known.contains(&"tgw-id");
        let has = |name| known.contains(&name);
        for (is_there, lacking) in [
            (has("srcaddr") || has("pkt-srcaddr"), "pkt-srcaddr or srcaddr"),
            (has("dstaddr") || has("pkt-dstaddr"), "pkt-dstaddr or dstaddr"),
            (has("action") || is_of_a_gateway, "action"),
        ] {
            if !is_there {
                return Err(FormatError::Lacks(lacking));
            }
        }
        Ok(Self {
            columns: known.into_iter().map(Slot::of).collect(),
            is_of_a_gateway,
        })
    }

    /// Reads a line, without its end, and copies nothing of it.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read<'a>(&self, line: &'a str) -> Result<Line<'a>, Unreadable> {
        let mut values = [NONE; SLOTS];
        let mut found = 0;
        for value in line.split(' ') {
            if let Some(slot) = self.columns.get(found) {
                values[*slot as usize] = value;
            }
            found += 1;
        }
        let declared = self.columns.len();
        if found != declared {
            return Err(Unreadable::Fields { found, declared });
        }
        let value = |slot: Slot| values[slot as usize];
        match value(Slot::Status) {
            "OK" => {}
            "NODATA" => return Ok(Line::NoData),
            "SKIPDATA" => return Ok(Line::SkipData),
            // Of a format without the status, lines without traffic have no addresses.
            NONE => {
                let addresses = [
                    Slot::Source,
                    Slot::Destination,
                    Slot::PacketSource,
                    Slot::PacketDestination,
                ];
                if addresses.into_iter().all(|slot| value(slot) == NONE) {
                    return Ok(Line::NoData);
                }
            }
            _ => return Err(Unreadable::Value("log-status")),
        }
        let text = |slot| Some(value(slot)).filter(|value| *value != NONE);
        Ok(Line::Record(Record {
            source: address(value(Slot::PacketSource), value(Slot::Source)).ok_or(Unreadable::Value("srcaddr"))?,
            destination: address(value(Slot::PacketDestination), value(Slot::Destination))
                .ok_or(Unreadable::Value("dstaddr"))?,
            source_port: number(value(Slot::SourcePort), "srcport")?,
            destination_port: number(value(Slot::DestinationPort), "dstport")?,
            protocol: number(value(Slot::Protocol), "protocol")?,
            packets: number(value(Slot::Packets), "packets")?,
            bytes: number(value(Slot::Bytes), "bytes")?,
            start: number(value(Slot::Start), "start")?,
            end: number(value(Slot::End), "end")?,
            action: match value(Slot::Action) {
                "ACCEPT" => Action::Accept,
                "REJECT" => Action::Reject,
                NONE if self.is_of_a_gateway => Action::Accept,
                _ => return Err(Unreadable::Value("action")),
            },
            interface_id: text(Slot::Interface),
            direction: text(Slot::Direction),
            path: number(value(Slot::Path), "traffic-path")?,
            source_service: text(Slot::SourceService),
            destination_service: text(Slot::DestinationService),
        }))
    }
}

/// The packet's, or else the interface's. An IPv4 address within an IPv6 one is what it is.
fn address(packet: &str, interface: &str) -> Option<IpAddr> {
    let text = if packet == NONE { interface } else { packet };
    text.parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

fn number<T: std::str::FromStr>(text: &str, field: &'static str) -> Result<Option<T>, Unreadable> {
    if text == NONE {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| Unreadable::Value(field))
}

/// By the number of single characters to change.
fn nearest(name: &str) -> &'static str {
    let nearest = FIELDS.into_iter().min_by_key(|field| levenshtein(name, field));
    nearest.unwrap_or("srcaddr")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const V2: &str = "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249 1418530010 \
        1418530070 ACCEPT OK";

    fn record<'a>(format: &str, line: &'a str) -> Record<'a> {
        match Format::parse(format).unwrap().read(line).unwrap() {
            Line::Record(record) => record,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_line_of_the_default_format_is_read() {
        let record = record(DEFAULT_FORMAT, V2);
        assert_eq!(record.source.to_string(), "172.31.16.139");
        assert_eq!((record.source_port, record.destination_port), (Some(20641), Some(22)));
        assert_eq!(
            (record.protocol, record.packets, record.bytes),
            (Some(6), Some(20), Some(4249))
        );
        assert_eq!((record.start, record.end), (Some(1_418_530_010), Some(1_418_530_070)));
        assert_eq!(
            (record.action, record.interface_id),
            (Action::Accept, Some("eni-1235b8ca123456789"))
        );
    }

    /// The examples of "Flow log record examples" in the user guide.
    #[test]
    fn lines_without_traffic_are_told_apart() {
        let format = Format::parse(DEFAULT_FORMAT).unwrap();
        let no_data = "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA";
        let skipped = "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA";
        assert_eq!(format.read(no_data), Ok(Line::NoData));
        assert_eq!(format.read(skipped), Ok(Line::SkipData));
        let without_status = Format::parse("${srcaddr} ${dstaddr} ${action}").unwrap();
        assert_eq!(without_status.read("- - -"), Ok(Line::NoData));
    }

    #[test]
    fn the_packets_own_addresses_count_where_the_line_has_them() {
        let format = "${srcaddr} ${dstaddr} ${pkt-srcaddr} ${pkt-dstaddr} ${action} ${log-status}";
        let through_a_gateway = record(format, "10.0.0.220 203.0.113.5 10.0.1.5 203.0.113.5 ACCEPT OK");
        assert_eq!(through_a_gateway.source.to_string(), "10.0.1.5");
        let without = record(format, "10.0.0.220 203.0.113.5 - - ACCEPT OK");
        assert_eq!(without.source.to_string(), "10.0.0.220");
    }

    #[test]
    fn ipv6_is_read_and_a_mapped_address_is_the_ipv4_address_it_is() {
        let format = "${version} ${pkt-srcaddr} ${pkt-dstaddr} ${action} ${log-status}";
        let record = record(
            format,
            "3 2001:db8:1234:a100:8d6e:3477:df66:f105 ::ffff:10.0.0.1 REJECT OK",
        );
        assert!(record.source.is_ipv6());
        assert_eq!(
            (record.destination.to_string().as_str(), record.action),
            ("10.0.0.1", Action::Reject)
        );
    }

    #[test]
    fn a_transit_gateways_flow_log_has_no_action_and_forwards() {
        let format =
            "${version} ${resource-type} ${tgw-id} ${srcaddr} ${dstaddr} ${log-status} ${packets-lost-no-route}";
        let record = record(format, "6 TransitGateway tgw-1 10.0.0.1 10.1.0.1 OK 0");
        assert_eq!(record.action, Action::Accept);
    }

    #[test]
    fn what_is_no_line_of_the_format_says_which_field_and_quotes_nothing() {
        let format = Format::parse(DEFAULT_FORMAT).unwrap();
        for (from, to, field) in [
            ("172.31.16.139", "172.31.16.1399", "srcaddr"),
            ("172.31.16.21", "hunter2", "dstaddr"),
            (" 20641 ", " 65536 ", "srcport"),
            (" 22 ", " -1 ", "dstport"),
            (" 6 ", " 256 ", "protocol"),
            (" 20 ", " 1e3 ", "packets"),
            (" 4249 ", "  ", "bytes"),
            ("1418530010", "yesterday", "start"),
            ("ACCEPT", "accept", "action"),
            ("ACCEPT", "-", "action"),
            (" OK", " FINE", "log-status"),
        ] {
            assert_eq!(
                format.read(&V2.replacen(from, to, 1)),
                Err(Unreadable::Value(field)),
                "{to}"
            );
        }
        for line in ["", "2 1", &format!("{V2} more"), &V2.replacen(' ', "  ", 1)] {
            assert!(
                matches!(format.read(line), Err(Unreadable::Fields { declared: 14, .. })),
                "{line}"
            );
        }
    }

    #[test]
    fn a_format_that_cannot_be_used_says_what_to_change() {
        for (text, error) in [
            ("", FormatError::Empty),
            (
                "${srcaddr} ${dstadr} ${action}",
                FormatError::Unknown {
                    number: 2,
                    nearest: "dstaddr",
                },
            ),
            (
                "srcaddr dstaddr action srcaddr",
                FormatError::Twice {
                    number: 4,
                    field: "srcaddr",
                },
            ),
            ("${srcaddr} ${action}", FormatError::Lacks("pkt-dstaddr or dstaddr")),
            ("${pkt-dstaddr} ${action}", FormatError::Lacks("pkt-srcaddr or srcaddr")),
            ("${srcaddr} ${dstaddr}", FormatError::Lacks("action")),
        ] {
            assert_eq!(Format::parse(text), Err(error), "{text}");
        }
    }
}
