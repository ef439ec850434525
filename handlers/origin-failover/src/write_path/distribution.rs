//! A CloudFront distribution: the cache behaviours that go to one of two origins.
//!
//! CloudFront API reference, UpdateDistribution: get the configuration, change it, send all of it with the ETag in If-Match; what is left
//! out of it is taken away. So it goes back as it came but for the ids that change, whatever members it has. A distribution that is still
//! being deployed can be changed again.

use std::time::Duration;

use aws_config::SdkConfig;
use lambda_kit::aws::AwsError;
use lambda_kit::signed::{Client, Request, Service};

use crate::decision::{Position, Region};
use crate::write_path::reading::{Change, Reading, SwitchError, WritePathError, meaning};
use crate::xml::{self, Element};

const SERVICE: Service = Service {
    name: "cloudfront",
    endpoint_variable: "AWS_ENDPOINT_URL_CLOUDFRONT",
    is_global: true,
    // It answers a change in some seconds.
    timeout: Duration::from_secs(10),
};
/// The API reference gives both for an ETag that is not the present one.
const STALE: [&str; 2] = ["PreconditionFailed", "InvalidIfMatchVersion"];
const DEFAULT_BEHAVIOUR: &str = "DistributionConfig/DefaultCacheBehavior/TargetOriginId";
const BEHAVIOUR: &str = "DistributionConfig/CacheBehaviors/Items/CacheBehavior/TargetOriginId";
const ORIGIN: &str = "DistributionConfig/Origins/Items/Origin/Id";
const ORIGIN_GROUP: &str = "DistributionConfig/OriginGroups/Items/OriginGroup/Id";

#[derive(Debug)]
pub(crate) struct Distribution {
    client: Client,
    path: String,
    primary: String,
    secondary: String,
}

impl Distribution {
    pub(crate) fn new(config: &SdkConfig, id: String, primary: String, secondary: String) -> Self {
        Self {
            client: Client::new(config, SERVICE),
            path: format!("/2020-05-31/distribution/{id}/config"),
            primary,
            secondary,
        }
    }

    pub(crate) async fn read(&self) -> Result<Reading, WritePathError> {
        const OPERATION: &str = "GetDistributionConfig";
        let request = Request {
            operation: OPERATION,
            method: "GET",
            target: &self.path,
            headers: &[],
            body: "",
        };
        let answer = self.client.send(&request).await.map_err(WritePathError::Call)?;
        let revision = answer.etag().unwrap_or_default().to_owned();
        if revision.is_empty() {
            let (operation, reason) = (OPERATION, "it has no ETag".to_owned());
            return Err(WritePathError::Call(AwsError::Unreachable { operation, reason }));
        }
        let (position, change) = self.understand(&answer.body)?;
        Ok(Reading {
            position,
            revision,
            change,
        })
    }

    pub(crate) async fn update(&self, body: &str, etag: &str) -> Result<(), SwitchError> {
        let request = Request {
            operation: "UpdateDistribution",
            method: "PUT",
            target: &self.path,
            headers: &[("content-type", "application/xml"), ("if-match", etag)],
            body,
        };
        // Not again by itself: the second attempt would be refused for the ETag that the first one changed.
        let answer = self.client.once(&request).await;
        answer.map_err(|error| meaning(error, &STALE, &[]))?;
        Ok(())
    }

    fn understand(&self, body: &str) -> Result<(Position, Change), WritePathError> {
        let elements = xml::elements(body).map_err(WritePathError::Xml)?;
        let at = |paths: &[&str]| -> Vec<(&Element, String)> {
            let found = elements.iter().filter(|element| paths.contains(&element.path.as_str()));
            found.map(|element| (element, xml::text(body, element))).collect()
        };
        let origins = at(&[ORIGIN, ORIGIN_GROUP]);
        // Behaviours that go elsewhere, to S3 for example, stay there.
        let mut behaviours = at(&[DEFAULT_BEHAVIOUR, BEHAVIOUR]);
        behaviours.retain(|(_, origin)| [&self.primary, &self.secondary].contains(&origin));
        let of = |id: &str| behaviours.iter().filter(|(_, origin)| origin == id).count();
        let position = match (of(&self.primary), of(&self.secondary)) {
            (0, 0) => {
                return Err(WritePathError::Nothing(
                    "no cache behaviour of the distribution goes to LECTERN_PRIMARY_ORIGIN_ID or LECTERN_SECONDARY_ORIGIN_ID: correct the \
                     ids, or give one behaviour that target"
                        .to_owned(),
                ));
            }
            (_, 0) => Position::At(Region::Primary),
            (0, _) => Position::At(Region::Secondary),
            _ => Position::Split,
        };
        let to = |id: &str, variable| {
            if !origins.iter().any(|(_, origin)| origin == id) {
                return Err(WritePathError::Nothing(format!(
                    "the distribution has no origin and no origin group with the ID in {variable}: add it, or correct the ID"
                )));
            }
            let changes = behaviours.iter().map(|(element, _)| (element.inner.clone(), id));
            Ok(xml::replaced(body, changes.collect()))
        };
        let change = Change {
            to_primary: to(&self.primary, "LECTERN_PRIMARY_ORIGIN_ID"),
            to_secondary: to(&self.secondary, "LECTERN_SECONDARY_ORIGIN_ID"),
        };
        Ok((position, change))
    }
}
