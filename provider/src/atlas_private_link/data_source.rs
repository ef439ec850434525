//! Data source `lectern_atlas_private_link`: the link of a project and region, for configurations that do not own it.

use std::time::Duration;

use async_trait::async_trait;
use atlas_client::{AtlasRegion, Invalid, ProjectId, ServiceStatus};
use provider_kit::{Attr, DataSource, Operation, ReadRequest, Schema, error};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

use super::failures;
use super::remote::{Remote, Trouble};
use super::state::Text;
use crate::connection::Connection;
use crate::connection::atlas::{Doing, Ended, Pace, client, sentence};

/// The data source.
pub(crate) struct PrivateLinkData {
    connection: Connection,
}

/// Longest time of a read. Our choice: two calls with all their retries.
const READ: Duration = Duration::from_secs(5 * 60);

impl PrivateLinkData {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }
}

#[derive(Serialize, Deserialize)]
pub(crate) struct State {
    id: Text,
    project_id: Text,
    region: Text,
    private_link_id: Text,
    endpoint_service_name: Text,
    status: Text,
    error_message: Text,
    supported_remote_regions: Value<Vec<Text>>,
    interface_endpoint_ids: Value<Vec<Text>>,
}

fn schema() -> Schema {
    Schema::new(
        "Returns the private endpoint service of an Atlas project in a Region. Requires Atlas credentials with read \
         access to the project.",
        [
            (
                "id",
                Attr::string("`<project_id>/<region>`, with the Region as AWS writes it.").computed(),
            ),
            (
                "project_id",
                Attr::string("ID of the Atlas project (24 hexadecimal digits).").required(),
            ),
            (
                "region",
                Attr::string("Region, as AWS or Atlas writes it, for example `ap-southeast-1` or `AP_SOUTHEAST_1`.")
                    .required(),
            ),
            (
                "private_link_id",
                Attr::string("ID of the endpoint service in Atlas.").computed(),
            ),
            (
                "endpoint_service_name",
                Attr::string(
                    "Name of the endpoint service. Use it as `service_name` of `aws_vpc_endpoint`. Null \
                    until Atlas has created the endpoint service.",
                )
                .computed(),
            ),
            (
                "status",
                Attr::string(
                    "Status of the endpoint service in Atlas: `INITIATING` (being created), \
                `AVAILABLE`, `WAITING_FOR_USER` (no interface endpoint is registered yet), `FAILED` or `DELETING`.",
                )
                .computed(),
            ),
            (
                "error_message",
                Attr::string("Error message of Atlas if the endpoint service failed.").computed(),
            ),
            (
                "supported_remote_regions",
                Attr::string_set("Other Regions whose VPCs can connect, as AWS writes them.").computed(),
            ),
            (
                "interface_endpoint_ids",
                Attr::string_set("IDs of all VPC endpoints that are registered with the endpoint service.").computed(),
            ),
        ],
    )
}

/// Project and region as far as they are known and well-formed; complains about the rest.
fn place(state: &State, diagnostics: &mut Diagnostics) -> Option<(ProjectId, AtlasRegion)> {
    let mut refuse = |attribute: &'static str, summary: &'static str, cause: &Invalid| {
        error(diagnostics, AttributePath::new(attribute), summary, sentence(cause));
    };
    let project = state.project_id.as_ref_option().map(|text| ProjectId::parse(text));
    let region = state.region.as_ref_option().map(|text| AtlasRegion::parse(text));
    if let Some(Err(cause)) = &project {
        refuse("project_id", "Project id is malformed.", cause);
    }
    if let Some(Err(cause)) = &region {
        refuse("region", "Region is malformed.", cause);
    }
    Some((project?.ok()?, region?.ok()?))
}

#[async_trait]
impl DataSource for PrivateLinkData {
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
        let (project, region) = place(&effective, diagnostics)?;
        let id = format!("{project}/{}", region.aws_name());
        let atlas = self.connection.atlas();
        let remote = Remote {
            api: client(&atlas, operation, diagnostics).await?,
            project,
            region,
            pace: Pace::default(),
            operation,
        };
        let service = match remote.find().await {
            Ok(Some(service)) => service,
            Ok(None) => {
                failures::nothing_there(diagnostics, &id);
                return None;
            }
            Err(Trouble::Ended(Ended::Stopped)) => {
                failures::read_was_stopped(diagnostics);
                return None;
            }
            Err(trouble) => {
                let doing = Doing::reading(format!("looking for the private link {id}"));
                failures::ended(diagnostics, trouble, &doing);
                return None;
            }
        };
        if service.status == ServiceStatus::Failed || service.error_message.is_some() {
            failures::is_unhealthy(diagnostics, &service, true);
        }
        let texts = |values: Vec<String>| Value::Value(values.into_iter().map(Value::Value).collect());
        Some(State {
            id: Value::Value(id),
            private_link_id: Value::Value(service.id.to_string()),
            endpoint_service_name: service.endpoint_service_name.into(),
            status: Value::Value(service.status.to_string()),
            error_message: service.error_message.into(),
            supported_remote_regions: texts(
                service
                    .supported_remote_regions
                    .iter()
                    .map(AtlasRegion::aws_name)
                    .collect(),
            ),
            interface_endpoint_ids: texts(service.interface_endpoints.iter().map(ToString::to_string).collect()),
            ..config
        })
    }
}
