//! The endpoint at Atlas: registered, waited for, removed; and the connection strings that lead through it.

use std::collections::{BTreeMap, BTreeSet};

use atlas_client::{
    AtlasApi, AtlasError, AtlasRegion, Cluster, ClusterName, ConnectionStatus, EndpointService, InterfaceEndpoint,
    ServiceStatus,
};
use provider_kit::{Operation, Unwritten};

use super::state::{ConnectionStrings, Place};
use crate::connection::atlas::{Ended, Pace, Wait};

/// Why there is no connection, or why it still exists.
#[derive(Debug)]
pub(super) enum Trouble {
    /// A call failed, or the operation had to end.
    Ended(Ended),
    /// It is registered already, and not by this resource.
    Exists,
    /// Atlas did not answer the registration, and may have carried it out.
    Unanswered(Ended),
    /// The private link does not exist.
    NoLink,
    /// The private link failed.
    LinkFailed { message: Option<String> },
    /// The connection was refused or failed.
    Failed {
        status: ConnectionStatus,
        message: Option<String>,
    },
    /// It is gone, or somebody removes it, while it is waited for.
    Vanished,
    /// The project has no such cluster.
    NoCluster(ClusterName),
    /// Atlas refused to show the cluster.
    ClusterRefused { cluster: ClusterName, cause: AtlasError },
    /// The cluster has no nodes where the link is, so it never gets strings through it.
    ClusterElsewhere {
        cluster: ClusterName,
        link: AtlasRegion,
        nodes: Vec<AtlasRegion>,
    },
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

pub(super) type Strings = BTreeMap<ClusterName, ConnectionStrings>;

/// Whether it is being removed.
pub(super) fn is_leaving(endpoint: &InterfaceEndpoint) -> bool {
    endpoint.delete_requested || endpoint.connection_status == ConnectionStatus::Deleting
}

/// It does not connect, and waiting does not change that.
pub(super) fn has_failed(endpoint: &InterfaceEndpoint) -> bool {
    matches!(
        endpoint.connection_status,
        ConnectionStatus::Failed | ConnectionStatus::Rejected
    ) || endpoint.error_message.is_some()
}

/// Whether the write may have been carried out although its answer says nothing of that.
fn is_lost<T>(answer: &Result<Result<T, AtlasError>, Unwritten>) -> bool {
    match answer {
        Err(Unwritten::Unanswered(_)) => true,
        Ok(Err(AtlasError::Conflict { after_lost_answer, .. })) => *after_lost_answer,
        Ok(Err(error)) => matches!(
            error,
            AtlasError::Unavailable { .. }
                | AtlasError::Transport { .. }
                | AtlasError::Timeout { .. }
                | AtlasError::Malformed { .. }
        ),
        Ok(Ok(_)) | Err(Unwritten::NotBegun(_)) => false,
    }
}

/// One endpoint at one private link.
pub(super) struct Remote<'a> {
    pub(super) api: &'a dyn AtlasApi,
    pub(super) place: Place,
    pub(super) pace: Pace,
    pub(super) operation: &'a Operation,
}

impl<'a> Remote<'a> {
    fn wait(&self, what: String) -> Wait<'a> {
        Wait::new(self.operation, self.pace, what)
    }

    /// The endpoint as it is; `None` when it is gone.
    pub(super) async fn get(&self) -> Result<Option<InterfaceEndpoint>, Ended> {
        let Place {
            project,
            service,
            endpoint,
        } = &self.place;
        let get = self.api.get_interface_endpoint(project, service, endpoint);
        Ok(self.operation.read(get).await??)
    }

    async fn link(&self) -> Result<Option<EndpointService>, Ended> {
        let Place { project, service, .. } = &self.place;
        let get = self.api.get_endpoint_service(project, service);
        Ok(self.operation.read(get).await??)
    }

    /// Refuses clusters whose strings can never come, before anything is registered.
    pub(super) async fn check_clusters(&self, clusters: &BTreeSet<ClusterName>) -> Result<(), Trouble> {
        if clusters.is_empty() {
            return Ok(());
        }
        let link = self.link().await?.ok_or(Trouble::NoLink)?;
        for name in clusters {
            let read = self.api.get_cluster(&self.place.project, name);
            let cluster = match self.operation.read(read).await.map_err(Ended::from)? {
                Ok(Some(cluster)) => cluster,
                Ok(None) => return Err(Trouble::NoCluster(name.clone())),
                Err(cause @ AtlasError::Refused { .. }) => {
                    return Err(Trouble::ClusterRefused {
                        cluster: name.clone(),
                        cause,
                    });
                }
                Err(error) => return Err(error.into()),
            };
            if let Some(region) = &link.region
                && (!cluster.regions.is_empty() || cluster.is_on_other_clouds)
                && !cluster.regions.contains(region)
            {
                return Err(Trouble::ClusterElsewhere {
                    cluster: name.clone(),
                    link: region.clone(),
                    nodes: cluster.regions,
                });
            }
        }
        Ok(())
    }

    /// Registers the endpoint. One that is registered already is somebody else's, unless a POST of this call was not answered.
    pub(super) async fn register(&self) -> Result<InterfaceEndpoint, Trouble> {
        let mut may_be_ours = false;
        match self.registered(&mut may_be_ours).await {
            Err(Trouble::Ended(end)) if may_be_ours => Err(Trouble::Unanswered(end)),
            result => result,
        }
    }

    async fn registered(&self, may_be_ours: &mut bool) -> Result<InterfaceEndpoint, Trouble> {
        let mut wait = self.wait(format!("endpoint {} to be registered", self.place.endpoint));
        loop {
            match self.get().await? {
                Some(endpoint) if is_leaving(&endpoint) => {
                    wait.pause("an earlier registration is being removed".to_owned())
                        .await?;
                    continue;
                }
                Some(endpoint) if *may_be_ours => return Ok(endpoint),
                Some(_) => return Err(Trouble::Exists),
                None => {}
            }
            let Place {
                project,
                service,
                endpoint,
            } = &self.place;
            let add = self.api.add_interface_endpoint(project, service, endpoint);
            let answer = self.operation.write(add).await;
            *may_be_ours |= is_lost(&answer);
            match answer.map_err(Ended::from)? {
                Ok(endpoint) => return Ok(endpoint),
                // Registered and not shown yet, or the link is not built yet.
                Err(conflict @ AtlasError::Conflict { .. }) => {
                    match self.link().await?.ok_or(Trouble::NoLink)? {
                        link if link.status == ServiceStatus::Failed => {
                            return Err(Trouble::LinkFailed {
                                message: link.error_message,
                            });
                        }
                        // Ready, and it does not show the endpoint: only a stale answer changes that.
                        link if link.is_ready() && !wait.may_be_stale() => return Err(conflict.into()),
                        link if link.is_ready() => wait.pause(conflict.to_string()).await?,
                        link => wait.pause(format!("the private link is {}", link.status)).await?,
                    }
                }
                Err(AtlasError::NotFound { .. }) => return Err(Trouble::NoLink),
                Err(error) if *may_be_ours => {
                    return match self.get().await {
                        Ok(Some(endpoint)) if !is_leaving(&endpoint) => Ok(endpoint),
                        _ => Err(error.into()),
                    };
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Waits until the endpoint connects; `seen` is what Atlas showed last, whatever the outcome.
    pub(super) async fn until_connected(&self, seen: &mut InterfaceEndpoint) -> Result<(), Trouble> {
        let Place {
            project,
            service,
            endpoint,
        } = &self.place;
        let mut wait = self.wait(format!("endpoint {endpoint}"));
        loop {
            if is_leaving(seen) {
                return Err(Trouble::Vanished);
            }
            if has_failed(seen) {
                return Err(Trouble::Failed {
                    status: seen.connection_status.clone(),
                    message: seen.error_message.clone(),
                });
            }
            if seen.connection_status == ConnectionStatus::Available {
                return Ok(());
            }
            wait.pause(format!("it is {}", seen.connection_status)).await?;
            match wait
                .look(|| self.api.get_interface_endpoint(project, service, endpoint))
                .await?
            {
                Some(endpoint) => *seen = endpoint,
                None if wait.may_be_stale() => wait.pause("Atlas does not show it yet".to_owned()).await?,
                None => return Err(Trouble::Vanished),
            }
        }
    }

    /// Waits until every cluster has strings that lead through the endpoint.
    pub(super) async fn until_strings(&self, clusters: &BTreeSet<ClusterName>) -> Result<Strings, Trouble> {
        let mut strings = Strings::new();
        for name in clusters {
            let mut wait = self.wait(format!("connection strings of cluster {name}"));
            loop {
                let read = || self.api.get_cluster(&self.place.project, name);
                let cluster = wait.look(read).await?.ok_or_else(|| Trouble::NoCluster(name.clone()))?;
                if let Some(found) = self.strings_of(&cluster) {
                    strings.insert(name.clone(), found);
                    break;
                }
                wait.pause(format!(
                    "they do not lead through {} yet; the cluster is {}",
                    self.place.endpoint, cluster.state_name
                ))
                .await?;
            }
        }
        Ok(strings)
    }

    /// The strings that exist now.
    pub(super) async fn strings(&self, clusters: &BTreeSet<ClusterName>) -> Result<Strings, Ended> {
        let mut strings = Strings::new();
        for name in clusters {
            let read = self.api.get_cluster(&self.place.project, name);
            let cluster = self.operation.read(read).await??;
            if let Some(found) = cluster.and_then(|cluster| self.strings_of(&cluster)) {
                strings.insert(name.clone(), found);
            }
        }
        Ok(strings)
    }

    fn strings_of(&self, cluster: &Cluster) -> Option<ConnectionStrings> {
        let found = cluster
            .private_endpoints
            .iter()
            .find(|strings| strings.leads_through(&self.place.endpoint))?;
        Some(ConnectionStrings {
            srv: found.srv_connection_string.clone().into(),
            standard: found.connection_string.clone().into(),
        })
    }

    /// Removes the registration and waits until neither the endpoint nor the link shows it.
    pub(super) async fn remove(&self) -> Result<(), Trouble> {
        let Place {
            project,
            service,
            endpoint,
        } = &self.place;
        let mut wait = self.wait(format!("endpoint {endpoint} to be removed"));
        loop {
            match wait
                .look(|| self.api.get_interface_endpoint(project, service, endpoint))
                .await?
            {
                Some(seen) if is_leaving(&seen) => wait.pause("it is being removed".to_owned()).await?,
                Some(seen) => {
                    // Asked again as long as Atlas shows it untouched: a repeated removal is harmless, a lost one is not.
                    let remove = self.api.remove_interface_endpoint(project, service, endpoint);
                    self.operation.write(remove).await.map_err(Ended::from)??;
                    wait.pause(format!("it is {}", seen.connection_status)).await?;
                }
                None => {
                    let link = wait.look(|| self.api.get_endpoint_service(project, service)).await?;
                    if !link.is_some_and(|link| link.interface_endpoints.contains(endpoint)) {
                        return Ok(());
                    }
                    wait.pause("the private link still lists it".to_owned()).await?;
                }
            }
        }
    }
}
