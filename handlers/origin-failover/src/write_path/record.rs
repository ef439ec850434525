//! A Route 53 record: a CNAME, or an alias of type A or AAAA. Its value is one of two, and no health check has a part in it.
//!
//! Route 53 has no ETags. Instead, one batch deletes the record as it was read and creates it with another value: either both are
//! done or neither is, and a deletion is refused unless name, type, TTL and values match the existing record (API reference,
//! ChangeResourceRecordSets). The TTL and everything else of the record stay as they are.

use std::time::Duration;

use aws_config::SdkConfig;
use lambda_kit::signed::{Client, Request, Service};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::decision::{Position, Region};
use crate::settings::{RecordKind, RecordTarget};
use crate::write_path::reading::{Change, Reading, SwitchError, WritePathError, meaning};
use crate::xml::{self, Element};

const SERVICE: Service = Service {
    name: "route53",
    endpoint_variable: "AWS_ENDPOINT_URL_ROUTE_53",
    is_global: true,
    timeout: Duration::from_secs(10),
};
/// The record is not what was read.
const STALE: [&str; 1] = ["InvalidChangeBatch"];
/// Another change of the zone is not done with.
const LATER: [&str; 1] = ["PriorRequestNotComplete"];
const SETS: &str = "ListResourceRecordSetsResponse/ResourceRecordSets/ResourceRecordSet";

#[derive(Debug)]
pub(crate) struct Record {
    client: Client,
    path: String,
    query: String,
    name: String,
    kind: RecordKind,
    primary: RecordTarget,
    secondary: RecordTarget,
}

impl Record {
    pub(crate) fn new(
        config: &SdkConfig,
        hosted_zone_id: String,
        name: String,
        kind: RecordKind,
        primary: RecordTarget,
        secondary: RecordTarget,
    ) -> Self {
        let encoded = utf8_percent_encode(&name, NON_ALPHANUMERIC);
        Self {
            client: Client::new(config, SERVICE),
            path: format!("/2013-04-01/hostedzone/{hosted_zone_id}/rrset"),
            // The list begins at this name and type; a second one of both would be of a routing policy.
            query: format!("?maxitems=2&name={encoded}&type={}", kind.name()),
            name,
            kind,
            primary,
            secondary,
        }
    }

    pub(crate) async fn read(&self) -> Result<Reading, WritePathError> {
        let target = format!("{}{}", self.path, self.query);
        let request = Request {
            operation: "ListResourceRecordSets",
            method: "GET",
            target: &target,
            headers: &[],
            body: "",
        };
        let answer = self.client.send(&request).await.map_err(WritePathError::Call)?;
        let (position, change) = self.understand(&answer.body)?;
        Ok(Reading {
            position,
            revision: String::new(),
            change,
        })
    }

    pub(crate) async fn change(&self, body: &str) -> Result<(), SwitchError> {
        let target = format!("{}/", self.path);
        let request = Request {
            operation: "ChangeResourceRecordSets",
            method: "POST",
            target: &target,
            headers: &[("content-type", "application/xml")],
            body,
        };
        let answer = self.client.once(&request).await;
        answer.map_err(|error| meaning(error, &STALE, &LATER))?;
        Ok(())
    }

    fn understand(&self, body: &str) -> Result<(Position, Change), WritePathError> {
        let elements = xml::elements(body).map_err(WritePathError::Xml)?;
        let within = |outer: &Element, path: &str| -> Vec<&Element> {
            let path = format!("{SETS}/{path}");
            let found = elements
                .iter()
                .filter(|element| element.path == path && outer.inner.contains(&element.outer.start));
            found.collect()
        };
        let is = |set: &Element, path, wanted: &str| {
            within(set, path)
                .first()
                .is_some_and(|element| normal(&xml::text(body, element)) == wanted)
        };
        let sets = elements.iter().filter(|element| element.path == SETS);
        let mut sets = sets.filter(|set| {
            is(set, "Name", &normal(&self.name)) && is(set, "Type", &self.kind.name().to_ascii_lowercase())
        });
        let (set, others) = (sets.next(), sets.next());
        let (Some(set), None) = (set, others) else {
            return Err(WritePathError::Nothing(format!(
                "the hosted zone does not have exactly one {} record of LECTERN_RECORD_NAME: create a simple record, without a routing policy",
                self.kind.name()
            )));
        };
        let values = match self.kind {
            RecordKind::Cname => within(set, "ResourceRecords/ResourceRecord/Value"),
            RecordKind::A | RecordKind::Aaaa => within(set, "AliasTarget/DNSName"),
        };
        let [value] = values[..] else {
            return Err(WritePathError::Nothing(
                "the record of LECTERN_RECORD_NAME does not have exactly one value: a record of type A or AAAA must be an alias record"
                    .to_owned(),
            ));
        };
        let zones = within(set, "AliasTarget/HostedZoneId");
        let now = normal(&xml::text(body, value));
        let position = [(Region::Primary, &self.primary), (Region::Secondary, &self.secondary)];
        let position = position.into_iter().find(|(_, target)| normal(&target.name) == now);
        let Some((region, _)) = position else {
            return Err(WritePathError::Nothing(
                "the record of LECTERN_RECORD_NAME goes to neither LECTERN_PRIMARY_TARGET nor LECTERN_SECONDARY_TARGET: correct the \
                 targets, or the record"
                    .to_owned(),
            ));
        };
        let to = |target: &RecordTarget| {
            // Places in the set, and not in the document.
            let place = |element: &Element| element.inner.start - set.outer.start..element.inner.end - set.outer.start;
            let old = body.get(set.outer.clone()).unwrap_or_default();
            let mut changes = vec![(place(value), target.name.as_str())];
            changes.extend(zones.iter().map(|zone| (place(zone), target.zone_id.as_str())));
            let new = xml::replaced(old, changes);
            format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ChangeResourceRecordSetsRequest \
                 xmlns=\"https://route53.amazonaws.com/doc/2013-04-01/\"><ChangeBatch><Comment>lectern origin-failover</Comment><Changes>\
                 <Change><Action>DELETE</Action>{old}</Change><Change><Action>CREATE</Action>{new}</Change>\
                 </Changes></ChangeBatch></ChangeResourceRecordSetsRequest>"
            )
        };
        let change = Change {
            to_primary: Ok(to(&self.primary)),
            to_secondary: Ok(to(&self.secondary)),
        };
        Ok((Position::At(region), change))
    }
}

/// Route 53 writes names with a dot at the end.
fn normal(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase()
}
