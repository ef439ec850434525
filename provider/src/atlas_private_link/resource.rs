//! The resource: what Terraform calls, in terms of the endpoint service.

use async_trait::async_trait;
use atlas_client::{AtlasRegion, EndpointService, EndpointServiceId, ProjectId, ServiceStatus};
use provider_kit::{ApplyRequest, Imported, Operation, PlanRequest, Resource, Schema};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::failures::{self, AFTER_ADOPTION};
use super::schema;
use super::service::{Services, Trouble};
use super::state::Link;
use crate::connection::atlas::{AFTER_CREATE, AFTER_DELETE, AFTER_UPDATE, Atlas, Doing, Ended, NOTHING_MADE, Pace};
use crate::connection::atlas::atlas_is_not_usable;
use crate::connection::Connection;

/// `lectern_atlas_private_link`.
pub(crate) struct PrivateLink {
    connection: Connection,
}

impl PrivateLink {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The services of a project and region; `None` with an error.
    async fn services<'a>(
        atlas: &'a Atlas,
        (project, region): (ProjectId, AtlasRegion),
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Services<'a>> {
        match atlas.client().await {
            Ok(api) => Some(Services {
                api,
                project,
                region,
                pace: Pace::default(),
                operation,
            }),
            Err(cause) => {
                atlas_is_not_usable(diagnostics, &cause);
                None
            }
        }
    }
}

/// Where a state says the link is. `None` only for a state that this provider did not write.
fn place(link: &Link) -> Option<(ProjectId, AtlasRegion)> {
    Some((link.project()?, link.atlas_region()?))
}

fn service_id(link: &Link) -> Option<EndpointServiceId> {
    EndpointServiceId::parse(link.private_link_id.as_deref_option()?).ok()
}

/// Whether a wait was given up before the link was usable: the next apply goes on with it.
fn is_unfinished(link: &Link) -> bool {
    let status = link.status.as_deref_option();
    link.endpoint_service_name.is_null() && status != Some(ServiceStatus::Failed.as_str())
}

#[async_trait]
impl Resource for PrivateLink {
    type State = Link;

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, effective: &Link, diagnostics: &mut Diagnostics) {
        schema::validate(effective, diagnostics);
    }

    async fn plan(&self, request: PlanRequest<Link>, _: &mut Diagnostics) -> Link {
        let mut planned = request.planned;
        planned.id = request.effective.identity().map_or(Value::Unknown, Value::Value);
        let Some(prior) = &request.prior else { return planned };
        if is_unfinished(prior) || prior.supported_remote_regions != planned.supported_remote_regions {
            planned.endpoint_service_name = match &prior.endpoint_service_name {
                Value::Null => Value::Unknown,
                known => known.clone(),
            };
            planned.status = Value::Unknown;
            planned.error_message = Value::Unknown;
        }
        planned
    }

    async fn read(&self, mut state: Link, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Link> {
        let (Some(place), Some(id)) = (place(&state), service_id(&state)) else {
            return Some(state);
        };
        let atlas = self.connection.atlas();
        let services = Self::services(&atlas, place, operation, diagnostics).await?;
        match services.get(&id).await {
            // On its way out is gone: a new one is planned, and its create waits for the end of this one.
            Ok(service) => {
                let service = service.filter(|service| service.status != ServiceStatus::Deleting)?;
                if service.status == ServiceStatus::Failed || service.error_message.is_some() {
                    failures::is_unhealthy(diagnostics, &service, state.adopted == Value::Value(true));
                }
                state.show(&service);
                Some(state)
            }
            Err(end) => {
                let doing = Doing::reading(format!("reading the private link {id}"));
                failures::ended(diagnostics, end.into(), &doing);
                Some(state)
            }
        }
    }

    async fn create(
        &self,
        request: ApplyRequest<Link>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Link> {
        let place = place(&request.effective)?;
        let mut doing = Doing {
            phrase: format!("making the private link of {}", place.1.aws_name()),
            follows: NOTHING_MADE,
        };
        let atlas = self.connection.atlas();
        let services = Self::services(&atlas, place, operation, diagnostics).await?;
        let wanted = request.effective.remote_regions();
        let remote: Vec<_> = wanted.iter().flatten().cloned().collect();
        let adopt = request.effective.adopt_existing != Value::Value(false);
        let (mut service, adopted) = match services.obtain(&remote, adopt).await {
            Ok(obtained) => obtained,
            Err(Trouble::Ended(Ended::Stopped)) => {
                failures::nothing_was_made(diagnostics);
                return None;
            }
            Err(trouble) => {
                failures::ended(diagnostics, trouble, &doing);
                return None;
            }
        };
        doing.follows = if adopted { AFTER_ADOPTION } else { AFTER_CREATE };
        tracing::info!(private_link_id = %service.id, adopted, "the project's private link in {}", services.region.aws_name());
        let result = async {
            services.until_ready(&mut service).await?;
            match &wanted {
                Some(_) if adopted => services.match_remote_regions(&mut service, &remote).await,
                _ => Ok(()),
            }
        }
        .await;
        Some(finished(
            request.planned,
            &service,
            adopted,
            result,
            &doing,
            diagnostics,
        ))
    }

    async fn update(&self, request: ApplyRequest<Link>, operation: &Operation, diagnostics: &mut Diagnostics) -> Link {
        let prior = request.prior.clone().unwrap_or_default();
        let (Some(place), Some(id)) = (place(&request.effective), service_id(&prior)) else {
            return prior;
        };
        let doing = Doing {
            phrase: format!("changing the private link {id}"),
            follows: AFTER_UPDATE,
        };
        let needs_atlas = is_unfinished(&prior) || prior.remote_regions() != request.effective.remote_regions();
        if !needs_atlas {
            let kept = prior;
            return Link {
                private_link_id: kept.private_link_id,
                endpoint_service_name: kept.endpoint_service_name,
                status: kept.status,
                error_message: kept.error_message,
                adopted: kept.adopted,
                ..request.planned
            };
        }
        let atlas = self.connection.atlas();
        let Some(services) = Self::services(&atlas, place, operation, diagnostics).await else {
            return prior;
        };
        let mut service = match services.get(&id).await {
            Ok(Some(service)) => service,
            Ok(None) => {
                failures::ended(diagnostics, Trouble::Vanished, &doing);
                return prior;
            }
            Err(end) => {
                failures::ended(diagnostics, end.into(), &doing);
                return prior;
            }
        };
        let result = async {
            services.until_ready(&mut service).await?;
            match request.effective.remote_regions() {
                Some(regions) => {
                    let regions: Vec<_> = regions.into_iter().collect();
                    services.match_remote_regions(&mut service, &regions).await
                }
                None => Ok(()),
            }
        }
        .await;
        let adopted = prior.adopted == Value::Value(true);
        finished(request.planned, &service, adopted, result, &doing, diagnostics)
    }

    async fn delete(&self, mut state: Link, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Link> {
        let (Some(place), Some(id)) = (place(&state), service_id(&state)) else {
            return None;
        };
        if state.adopted == Value::Value(true) && state.delete_adopted != Value::Value(true) {
            let name = state.identity().unwrap_or_default();
            failures::adopted_stays(diagnostics, &name, id.as_str());
            return None;
        }
        let atlas = self.connection.atlas();
        let Some(services) = Self::services(&atlas, place, operation, diagnostics).await else {
            return Some(state);
        };
        let trouble = services.remove(&id).await.err()?;
        let doing = Doing {
            phrase: format!("deleting the private link {id}"),
            follows: AFTER_DELETE,
        };
        let interrupted = matches!(trouble, Trouble::Ended(Ended::Stopped));
        failures::ended(diagnostics, trouble, &doing);
        if !interrupted && let Ok(Some(service)) = services.get(&id).await {
            state.show(&service);
        }
        Some(state)
    }

    async fn import(&self, id: &str, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Imported<Link>> {
        let place = id
            .split_once('/')
            .and_then(|(project, region)| Some((ProjectId::parse(project).ok()?, AtlasRegion::parse(region).ok()?)));
        let Some(place) = place else {
            failures::import_id_is_malformed(diagnostics, id);
            return None;
        };
        let mut link = Link {
            project_id: Value::Value(place.0.to_string()),
            region: Value::Value(place.1.aws_name()),
            // Imported on purpose, so it is managed like one that was made here.
            adopted: Value::Value(false),
            ..Link::default()
        };
        link.id = link.identity().into();
        let atlas = self.connection.atlas();
        let services = Self::services(&atlas, place, operation, diagnostics).await?;
        match services.find().await {
            Ok(Some(service)) => {
                link.show(&service);
                let remote = service.supported_remote_regions.iter().cloned().collect();
                link.set_remote_regions(&remote);
                if remote.is_empty() {
                    link.supported_remote_regions = Value::Null;
                }
                Some(Imported { state: link, owner: None })
            }
            Ok(None) => {
                failures::nothing_there(diagnostics, id);
                None
            }
            Err(trouble) => {
                let doing = Doing::reading(format!("looking for the private link {id}"));
                failures::ended(diagnostics, trouble, &doing);
                None
            }
        }
    }
}

/// The state after a create or update, whatever came of it.
fn finished(
    planned: Link,
    service: &EndpointService,
    adopted: bool,
    result: Result<(), Trouble>,
    doing: &Doing,
    diagnostics: &mut Diagnostics,
) -> Link {
    let mut link = planned;
    let typed = link.supported_remote_regions.clone();
    link.show(service);
    link.adopted = Value::Value(adopted);
    // Without an error Terraform wants what it planned, in the user's spelling; the next refresh shows what a stop left.
    if matches!(result, Ok(()) | Err(Trouble::Ended(Ended::Stopped))) {
        link.supported_remote_regions = typed;
    }
    if let Err(trouble) = result {
        failures::ended(diagnostics, trouble, doing);
    }
    link
}
