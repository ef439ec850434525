//! The read: from a configuration to a state and warnings.

use std::time::Duration;

use async_trait::async_trait;
use dump_format::names::RoleArn;
use jiff::Timestamp;
use provider_kit::Operation;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, DataSource, Diagnostics};
use tokio_util::sync::CancellationToken;

use super::dump::Dump;
use super::failures;
use super::place::Place;
use super::remote::{Bucket, ReadError};
use super::schema::{State, schema};
use super::search::{Findings, Pointer, search};
use crate::connection::aws::AwsError;
use crate::connection::region::PlannedRegion;
use crate::connection::region::region_is_not_set;
use crate::connection::Connection;

/// Longest time of a read. Our choice: a thousand dumps of a slow bucket, and a plan that hangs ends.
const READ: Duration = Duration::from_secs(10 * 60);

/// The data source.
pub(crate) struct MongoDumps {
    connection: Connection,
    stop: CancellationToken,
}

impl MongoDumps {
    pub(crate) fn new(connection: Connection, stop: CancellationToken) -> Self {
        Self { connection, stop }
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
    type State<'a> = State;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<tf_provider::schema::Schema> {
        Some(schema().to_tf())
    }

    async fn validate<'a>(&self, diagnostics: &mut Diagnostics, config: State) -> Option<()> {
        Place::of(&config, diagnostics);
        Some(())
    }

    async fn read<'a>(&self, diagnostics: &mut Diagnostics, config: State, _: ValueEmpty) -> Option<State> {
        let operation = Operation::new(self.stop.clone(), READ);
        let place = Place::of(&config, diagnostics)?;
        let region = self.region(&place, diagnostics).await?;
        let findings = tokio::select! {
            found = self.find(&place, &region) => match found {
                Ok(findings) => findings,
                Err(cause) => {
                    failures::not_read(diagnostics, &place, &region, &cause);
                    return None;
                }
            },
            interrupt = operation.interrupted() => {
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
