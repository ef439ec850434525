//! An entry of the access list.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::course::{Course, Pace, leg};
use crate::profile::Profile;
use crate::reply::ApiError;
use crate::snapshot::AccessListSnapshot;
use crate::staleness::{Seen, Staleness};

/// The description's limits.
const LONGEST_COMMENT: usize = 80;
const LONGEST_LIFE: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Our choice; nothing was measured.
const ACTIVATION_SECONDS: u64 = 30;

#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) kind: Kind,
    pub(crate) comment: String,
    pub(crate) delete_after: Option<SystemTime>,
    pub(crate) course: Course,
    staleness: Staleness,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A CIDR block; of a single address, with that address.
    Cidr {
        block: String,
        address: Option<IpAddr>,
    },
    SecurityGroup(String),
}

impl Kind {
    fn value(&self) -> &str {
        match self {
            Self::Cidr { block, .. } => block,
            Self::SecurityGroup(group) => group,
        }
    }

    fn of_address(address: IpAddr) -> Self {
        let bits = if address.is_ipv4() { 32 } else { 128 };
        Self::Cidr {
            block: format!("{address}/{bits}"),
            address: Some(address),
        }
    }

    fn of_block(block: &str) -> Option<Self> {
        let (address, bits) = block.split_once('/')?;
        let address: IpAddr = address.parse().ok()?;
        let bits: u8 = bits.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        match bits {
            bits if bits == most => Some(Self::of_address(address)),
            bits if bits < most => Some(Self::Cidr {
                block: block.to_owned(),
                address: None,
            }),
            _ => None,
        }
    }
}

impl Entry {
    /// As the API reads it.
    pub(crate) fn parse(pace: Pace, profile: &Profile, vpc_peering: bool, entry: &Value) -> Result<Self, ApiError> {
        let Value::Object(entry) = entry else {
            return Err(ApiError::malformed_json());
        };
        let kind = kind_of(entry, vpc_peering)?;
        let comment = text(entry, "comment").unwrap_or_default();
        if comment.chars().count() > LONGEST_COMMENT {
            return Err(ApiError::invalid_attribute(
                "comment",
                "it is longer than 80 characters",
            ));
        }
        let delete_after = text(entry, "deleteAfterDate").map(deletion_time).transpose()?;
        if delete_after.is_some() && matches!(kind, Kind::SecurityGroup(_)) {
            return Err(ApiError::invalid_attribute(
                "deleteAfterDate",
                "a security group cannot expire",
            ));
        }
        Ok(Self {
            kind,
            comment: comment.to_owned(),
            delete_after,
            course: Course::new(pace, "PENDING", [leg("ACTIVE", ACTIVATION_SECONDS)]),
            staleness: Staleness::of_creation(profile),
        })
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.delete_after.is_some_and(|end| end <= SystemTime::now())
    }

    /// By CIDR block, a single address by itself too, or security group.
    pub(crate) fn is_named(&self, value: &str) -> bool {
        let address = value.parse::<IpAddr>().ok().map(Kind::of_address);
        self.kind.value() == value || address.is_some_and(|kind| kind == self.kind)
    }

    pub(crate) fn read(&mut self, context: &Context<'_>, project: &str) -> Option<Value> {
        match self.staleness.read() {
            Seen::Nothing => None,
            Seen::Former(former) => Some(former),
            Seen::Present => Some(self.to_json(context, project)),
        }
    }

    pub(crate) fn to_json(&self, context: &Context<'_>, project: &str) -> Value {
        let encoded = self.kind.value().replace('/', "%2F");
        let href = format!("{}/api/atlas/v2/groups/{project}/accessList/{encoded}", context.origin);
        let mut entry = json!({
            "comment": self.comment,
            "groupId": project,
            "links": [{ "href": href, "rel": "self" }],
        });
        match &self.kind {
            Kind::Cidr { block, address } => {
                entry["cidrBlock"] = json!(block);
                if let Some(address) = address {
                    entry["ipAddress"] = json!(address.to_string());
                }
            }
            Kind::SecurityGroup(group) => entry["awsSecurityGroup"] = json!(group),
        }
        if let Some(date) = self.delete_after_date() {
            entry["deleteAfterDate"] = json!(date);
        }
        entry
    }

    fn delete_after_date(&self) -> Option<String> {
        self.delete_after
            .map(|date| humantime::format_rfc3339_seconds(date).to_string())
    }

    pub(crate) fn snapshot(&self) -> AccessListSnapshot {
        AccessListSnapshot {
            value: self.kind.value().to_owned(),
            comment: self.comment.clone(),
            delete_after_date: self.delete_after_date(),
        }
    }
}

fn text<'a>(entry: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    entry.get(name).and_then(Value::as_str)
}

fn kind_of(entry: &Map<String, Value>, vpc_peering: bool) -> Result<Kind, ApiError> {
    let members = ["ipAddress", "cidrBlock", "awsSecurityGroup"].map(|name| text(entry, name));
    match members {
        [Some(address), None, None] => match address.parse() {
            Ok(address) => Ok(Kind::of_address(address)),
            Err(_) => Err(ApiError::invalid_attribute("ipAddress", "it is no address")),
        },
        // Reads give a single address with its block: what was read may be written again.
        [address, Some(block), None] => {
            let kind =
                Kind::of_block(block).ok_or_else(|| ApiError::invalid_attribute("cidrBlock", "it is no CIDR block"))?;
            let address = address.and_then(|address| address.parse().ok()).map(Kind::of_address);
            match address {
                Some(other) if other != kind => Err(ApiError::invalid_attribute(
                    "cidrBlock",
                    "it is not the block of the address beside it",
                )),
                _ => Ok(kind),
            }
        }
        [None, None, Some(_)] if !vpc_peering => {
            let detail = "A security group needs a VPC peering connection in the project.";
            let code = "CANNOT_USE_AWS_SECURITY_GROUP_WITHOUT_VPC_PEERING_CONNECTION";
            Err(ApiError::new(400, code, detail, vec![]))
        }
        [None, None, Some(group)] if group.starts_with("sg-") => Ok(Kind::SecurityGroup(group.to_owned())),
        [None, None, Some(_)] => Err(ApiError::invalid_attribute(
            "awsSecurityGroup",
            "it is no security group",
        )),
        [None, None, None] => Err(ApiError::missing_attribute("ipAddress")),
        _ => Err(ApiError::invalid_attribute(
            "awsSecurityGroup",
            "an entry has one value",
        )),
    }
}

fn deletion_time(date: &str) -> Result<SystemTime, ApiError> {
    let refused = |why| ApiError::invalid_attribute("deleteAfterDate", why);
    let time = humantime::parse_rfc3339(date).map_err(|_| refused("it is no UTC date and time"))?;
    match time.duration_since(SystemTime::now()) {
        Err(_) => Err(refused("it is past")),
        Ok(life) if life > LONGEST_LIFE => Err(refused("it is more than a week away")),
        Ok(_) => Ok(time),
    }
}
