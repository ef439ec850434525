//! The resource: what Terraform calls, in terms of the endpoint service.

use async_trait::async_trait;
use atlas_client::{AtlasRegion, EndpointService, EndpointServiceId, ProjectId, ServiceStatus};
use provider_kit::{ApplyRequest, Claim, Held, Imported, Operation, PlanRequest, Resource, Schema};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::failures::{self, AFTER_ADOPTION};
use super::remote::{Remote, Trouble};
use super::schema;
use super::state::Link;
use crate::connection::Connection;
use crate::connection::atlas::{
    AFTER_CREATE, AFTER_DELETE, AFTER_UPDATE, Atlas, Doing, Ended, NOTHING_MADE, Pace, client,
};

/// `lectern_atlas_private_link`.
pub(crate) struct PrivateLink {
    connection: Connection,
}

impl PrivateLink {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The services of a project and region; `None` with an error.
    async fn remote<'a>(
        atlas: &'a Atlas,
        (project, region): (ProjectId, AtlasRegion),
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Remote<'a>> {
        Some(Remote {
            api: client(atlas, operation, diagnostics).await?,
            project,
            region,
            pace: Pace::default(),
            operation,
        })
    }

    /// Waits until no other resource of the run creates or deletes the link of this project and region.
    async fn hold(&self, remote: &Remote<'_>) -> Result<Held, Ended> {
        let name = format!("atlas private link {}/{}", remote.project, remote.region);
        let claims = self.connection.claims();
        Ok(remote.operation.read(claims.hold(&name)).await?)
    }
}

/// A service in the memory of the run.
fn name(id: &EndpointServiceId) -> String {
    format!("atlas endpoint service {id}")
}

/// Where a state says the link is. `None` only for a state that this provider did not write.
fn place(link: &Link) -> Option<(ProjectId, AtlasRegion)> {
    Some((link.project()?, link.atlas_region()?))
}

fn service_id(link: &Link) -> Option<EndpointServiceId> {
    EndpointServiceId::parse(link.private_link_id.as_deref_option()?).ok()
}

/// Whether a wait ended before the link was usable: the next apply continues it.
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
        let remote = Self::remote(&atlas, place, operation, diagnostics).await?;
        match remote.get(&id).await {
            // One that is being deleted is gone: a new one is planned, and its create waits for the end of this one.
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
            phrase: format!("creating the private link of {}", place.1.aws_name()),
            follows: NOTHING_MADE,
        };
        let atlas = self.connection.atlas();
        let remote = Self::remote(&atlas, place, operation, diagnostics).await?;
        let wanted = request.effective.remote_regions();
        let regions: Vec<_> = wanted.iter().flatten().cloned().collect();
        let adopt = request.effective.adopt_existing != Value::Value(false);
        let claims = self.connection.claims();
        let obtained = async {
            let _held = self.hold(&remote).await?;
            let obtained = remote.obtain(&regions, adopt).await;
            match &obtained {
                Ok((service, adopted)) => {
                    let name = name(&service.id);
                    let before = claims.against(&name, operation.owner());
                    claims.own(&name, operation.owner());
                    if *adopted && matches!(before, Some(Claim::Owned(_))) {
                        failures::adopted_twice(diagnostics, &service.id);
                    }
                }
                Err(Trouble::Exists(id)) => claims.refuse(&name(id)),
                Err(_) => {}
            }
            obtained
        }
        .await;
        let (mut service, adopted) = match obtained {
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
        tracing::info!(private_link_id = %service.id, adopted, "the project's private link in {}", remote.region.aws_name());
        let result = async {
            remote.until_ready(&mut service).await?;
            match &wanted {
                Some(_) if adopted => remote.match_remote_regions(&mut service, &regions).await,
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
        self.connection.claims().own(&name(&id), operation.owner());
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
        let Some(remote) = Self::remote(&atlas, place, operation, diagnostics).await else {
            return prior;
        };
        let mut service = match remote.get(&id).await {
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
            remote.until_ready(&mut service).await?;
            match request.effective.remote_regions() {
                Some(regions) => {
                    let regions: Vec<_> = regions.into_iter().collect();
                    remote.match_remote_regions(&mut service, &regions).await
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
        let Some(remote) = Self::remote(&atlas, place, operation, diagnostics).await else {
            return Some(state);
        };
        let doing = Doing {
            phrase: format!("deleting the private link {id}"),
            follows: AFTER_DELETE,
        };
        let removed = async {
            let _held = self.hold(&remote).await?;
            match self.connection.claims().against(&name(&id), operation.owner()) {
                None => remote.remove(&id).await.map(|()| None),
                claim => Ok(claim),
            }
        }
        .await;
        let trouble = match removed {
            Ok(None) => return None,
            Ok(Some(Claim::Owned(_))) => {
                failures::adopted_meanwhile(diagnostics, &id);
                return None;
            }
            Ok(Some(Claim::Refused)) => {
                failures::wanted_by_another(diagnostics, &id);
                return Some(state);
            }
            Err(trouble) => trouble,
        };
        let interrupted = matches!(trouble, Trouble::Ended(Ended::Stopped));
        failures::ended(diagnostics, trouble, &doing);
        if !interrupted && let Ok(Some(service)) = remote.get(&id).await {
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
            // Imported on purpose, so it is managed like one that was created here.
            adopted: Value::Value(false),
            ..Link::default()
        };
        link.id = link.identity().into();
        let atlas = self.connection.atlas();
        let remote = Self::remote(&atlas, place, operation, diagnostics).await?;
        match remote.find().await {
            Ok(Some(service)) => {
                link.show(&service);
                let regions = service.supported_remote_regions.iter().cloned().collect();
                link.set_remote_regions(&regions);
                if regions.is_empty() {
                    link.supported_remote_regions = Value::Null;
                }
                Some(Imported {
                    state: link,
                    owner: None,
                })
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

/// The state after a create or update, whatever its result.
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
