//! The read: from a configuration to a state and warnings.

use std::time::Duration;

use async_trait::async_trait;
use dump_format::names::RoleArn;
use jiff::Timestamp;
use provider_kit::{DataSource, Operation, ReadRequest, Schema};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::config::place;
use super::dump::Dump;
use super::failures;
use super::place::Place;
use super::remote::{Bucket, ReadError};
use super::schema::{State, schema};
use super::search::{Findings, Pointer, search};
use crate::connection::Connection;
use crate::connection::aws::AwsError;
use crate::connection::region::{PlannedRegion, region_is_not_set};

/// Longest time of a read. Our choice: a thousand dumps of a slow bucket, and a plan that hangs ends.
const READ: Duration = Duration::from_secs(10 * 60);

/// The data source.
pub(crate) struct MongoDumps {
    connection: Connection,
}

impl MongoDumps {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    async fn region(&self, place: &Place, diagnostics: &mut Diagnostics) -> Option<String> {
        if place.region.is_some() {
            return place.region.clone();
        }
        match self.connection.aws().region().await {
            PlannedRegion::Known(region) => return Some(region),
            PlannedRegion::Unknown => {
                let cause = ReadError::Aws(AwsError::SettingUnknown("region"));
                failures::not_read(diagnostics, place, "", &cause);
            }
            PlannedRegion::NotSet => region_is_not_set(diagnostics, AttributePath::new("region")),
        }
        None
    }

    async fn find(&self, place: &Place, region: &str) -> Result<Findings, ReadError> {
        let role_arn = place.role_arn.as_ref().map(RoleArn::as_str);
        let client = self.connection.aws().s3(region, role_arn).await;
        let bucket = Bucket {
            client: client.map_err(ReadError::Aws)?,
            name: place.bucket.to_string(),
            in_role: role_arn.is_some(),
        };
        search(&bucket, &place.location, place.limit).await
    }
}

#[async_trait]
impl DataSource for MongoDumps {
    type State = State;

    fn schema(&self) -> Schema {
        schema()
    }

    fn timeout(&self) -> Duration {
        READ
    }

    fn validate(&self, effective: &State, diagnostics: &mut Diagnostics) {
        place(effective, diagnostics);
    }

    async fn read(
        &self,
        ReadRequest { config, effective }: ReadRequest<State>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<State> {
        let place = place(&effective, diagnostics)?;
        let region = self.region(&place, diagnostics).await?;
        let findings = match operation.read(self.find(&place, &region)).await {
            Ok(Ok(findings)) => findings,
            Ok(Err(cause)) => {
                failures::not_read(diagnostics, &place, &region, &cause);
                return None;
            }
            Err(interrupt) => {
                failures::interrupted(diagnostics, &place, interrupt, operation.timeout());
                return None;
            }
        };

        if !findings.unusable.is_empty() {
            failures::manifests_unusable(diagnostics, &findings.unusable);
        }
        let latest = findings.latest();
        let awaited = findings.awaited();
        if !awaited.is_empty() {
            failures::passed_over(diagnostics, &awaited, latest.map(|dump| dump.run));
        }
        if findings.pointer != Pointer::Unremarkable {
            failures::pointer_is_off(diagnostics, &place.location, &findings.pointer);
        }
        let entry = |dump: &Dump| Value::Value(dump.entry(&place.bucket, &place.location));
        let now = Timestamp::now().as_second();
        Some(State {
            id: Value::Value(place.id()),
            region: Value::Value(region),
            dumps: Value::Value(findings.dumps.iter().map(entry).collect()),
            latest: latest.map_or(Value::Null, entry),
            age_seconds: latest.map_or(Value::Null, |dump| Value::Value(dump.age(now).into())),
            ..config
        })
    }
}
