//! The endpoint service at Atlas: found or created, waited for, deleted.

use std::collections::BTreeSet;

use atlas_client::{
    AtlasApi, AtlasError, AtlasRegion, ConnectionStatus, EndpointService, EndpointServiceId, InterfaceEndpointId,
    ProjectId, ServiceStatus,
};
use provider_kit::Operation;

use crate::connection::atlas::{Ended, Pace, Wait};

/// Why there is no usable service, or why it still exists.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A call failed, or the operation had to end.
    Ended(Ended),
    /// It exists, and may not be adopted.
    Exists(EndpointServiceId),
    /// Regional mode: which of them is meant would be a guess.
    Several(Vec<EndpointServiceId>),
    /// Atlas refused to create it.
    Refused(AtlasError),
    /// Atlas gave up on it.
    Failed { message: Option<String> },
    /// It disappeared while it was waited for.
    Vanished,
    /// Somebody deletes it while it is waited for.
    BeingDeleted,
    /// Endpoints that somebody else registered.
    InUse(Vec<InterfaceEndpointId>),
}

impl From<Ended> for Trouble {
    fn from(end: Ended) -> Self {
        Self::Ended(end)
    }
}

impl From<AtlasError> for Trouble {
    fn from(error: AtlasError) -> Self {
        Self::Ended(error.into())
    }
}

/// The endpoint services of one project in one region.
pub(super) struct Remote<'a> {
    pub(super) api: &'a dyn AtlasApi,
    pub(super) project: ProjectId,
    pub(super) region: AtlasRegion,
    pub(super) pace: Pace,
    pub(super) operation: &'a Operation,
}

impl<'a> Remote<'a> {
    fn wait(&self, what: String) -> Wait<'a> {
        Wait::new(self.operation, self.pace, what)
    }

    /// All in the region, also one that is being deleted.
    async fn listed(&self) -> Result<Vec<EndpointService>, Ended> {
        let all = self
            .operation
            .read(self.api.list_endpoint_services(&self.project))
            .await??;
        let here = |service: &EndpointService| service.region.as_ref() == Some(&self.region);
        Ok(all.into_iter().filter(here).collect())
    }

    /// The one in the region that is not being deleted.
    pub(super) async fn find(&self) -> Result<Option<EndpointService>, Trouble> {
        let mut here = self.listed().await?;
        here.retain(|service| service.status != ServiceStatus::Deleting);
        if here.len() > 1 {
            return Err(Trouble::Several(here.into_iter().map(|service| service.id).collect()));
        }
        Ok(here.pop())
    }

    /// The service as it is; `None` when it is gone.
    pub(super) async fn get(&self, id: &EndpointServiceId) -> Result<Option<EndpointService>, Ended> {
        let get = self.api.get_endpoint_service(&self.project, id);
        Ok(self.operation.read(get).await??)
    }

    /// Finds the region's service or creates it; with it, whether it was found. Only a POST that Atlas answered with success counts
    /// as created: after a lost answer the service that exists may be ours or a concurrent run's, and it is not deleted on a guess.
    pub(super) async fn obtain(&self, remote: &[AtlasRegion], adopt: bool) -> Result<(EndpointService, bool), Trouble> {
        let mut wait = self.wait(format!(
            "the endpoint service of {} to be created",
            self.region.aws_name()
        ));
        loop {
            if let Some(service) = self.find().await? {
                return if adopt {
                    Ok((service, true))
                } else {
                    Err(Trouble::Exists(service.id))
                };
            }
            let post = self.api.create_endpoint_service(&self.project, &self.region, remote);
            match self.operation.write(post).await.map_err(Ended::from)? {
                Ok(service) => return Ok((service, false)),
                Err(conflict @ AtlasError::Conflict { .. }) => {
                    // One that is being deleted disappears, one that the list does not show yet appears; any other conflict stays.
                    if self.listed().await?.is_empty() && !wait.may_be_stale() {
                        return Err(conflict.into());
                    }
                    wait.pause(conflict.to_string()).await?;
                }
                Err(error @ AtlasError::Refused { .. }) => return Err(Trouble::Refused(error)),
                Err(error) => {
                    return match self.find().await {
                        Ok(Some(service)) if adopt => Ok((service, true)),
                        _ => Err(error.into()),
                    };
                }
            }
        }
    }

    /// Waits until endpoints can connect; `seen` is what Atlas showed last, whatever the outcome.
    pub(super) async fn until_ready(&self, seen: &mut EndpointService) -> Result<(), Trouble> {
        let id = seen.id.clone();
        let mut wait = self.wait(format!("endpoint service {id}"));
        loop {
            match &seen.status {
                ServiceStatus::Failed => {
                    return Err(Trouble::Failed {
                        message: seen.error_message.clone(),
                    });
                }
                ServiceStatus::Deleting => return Err(Trouble::BeingDeleted),
                _ if seen.is_ready() => return Ok(()),
                status => wait.pause(format!("it is {status}")).await?,
            }
            match wait.look(|| self.api.get_endpoint_service(&self.project, &id)).await? {
                Some(service) => *seen = service,
                None if wait.may_be_stale() => wait.pause("Atlas does not show it yet".to_owned()).await?,
                None => return Err(Trouble::Vanished),
            }
        }
    }

    /// Deletes the service and waits until it is gone. Nothing happens while an endpoint that nobody removes is registered.
    pub(super) async fn remove(&self, id: &EndpointServiceId) -> Result<(), Trouble> {
        let mut wait = self.wait(format!("endpoint service {id} to be deleted"));
        loop {
            let Some(service) = wait.look(|| self.api.get_endpoint_service(&self.project, id)).await? else {
                return Ok(());
            };
            if service.status == ServiceStatus::Deleting {
                wait.pause("it is DELETING".to_owned()).await?;
                continue;
            }
            let in_use = self.in_use(&service).await?;
            if !in_use.is_empty() {
                return Err(Trouble::InUse(in_use));
            }
            // Asked again as long as Atlas shows it untouched: a repeated delete is harmless, a lost one is not.
            let delete = self.api.delete_endpoint_service(&self.project, id);
            match self.operation.write(delete).await.map_err(Ended::from)? {
                Ok(()) => wait.pause(format!("it is {}", service.status)).await?,
                Err(conflict @ AtlasError::Conflict { .. }) => wait.pause(conflict.to_string()).await?,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The registered endpoints that are not being removed.
    async fn in_use(&self, service: &EndpointService) -> Result<Vec<InterfaceEndpointId>, Ended> {
        let mut staying = Vec::new();
        for id in &service.interface_endpoints {
            let read = self.api.get_interface_endpoint(&self.project, &service.id, id);
            let endpoint = self.operation.read(read).await??;
            if endpoint.is_some_and(|it| !it.delete_requested && it.connection_status != ConnectionStatus::Deleting) {
                staying.push(id.clone());
            }
        }
        Ok(staying)
    }

    /// Sets the other regions that may connect, and waits until Atlas is done with it. No write where they are set already.
    pub(super) async fn match_remote_regions(
        &self,
        seen: &mut EndpointService,
        regions: &[AtlasRegion],
    ) -> Result<(), Trouble> {
        let wanted: BTreeSet<_> = regions.iter().collect();
        if seen.supported_remote_regions.iter().collect::<BTreeSet<_>>() == wanted {
            return Ok(());
        }
        let patch = self.api.set_supported_remote_regions(&self.project, &seen.id, regions);
        *seen = self.operation.write(patch).await.map_err(Ended::from)??;
        self.until_ready(seen).await
    }
}
