use crate::access_list::{AccessListEntry, AccessListValue};
use crate::error::AtlasError;
use crate::ids::{ClusterName, EndpointServiceId, InterfaceEndpointId, ProjectId};
use crate::objects::{Cluster, EndpointService, InterfaceEndpoint};
use crate::region::AtlasRegion;
use async_trait::async_trait;

/// The calls of the Atlas Admin API that private links and access lists need. AWS only.
///
/// Every call may be given up by dropping its future. A write may then have happened: read before writing again. The
/// same holds after
/// [`AtlasError::Unavailable`], [`AtlasError::Transport`] and [`AtlasError::Timeout`].
///
/// Absence is an answer, not an error: `get_*` gives `None`, `delete_*` and `remove_*` succeed. Everything else Atlas
/// does not find is [`AtlasError::NotFound`].
#[async_trait]
pub trait AtlasApi: Send + Sync {
    /// Every endpoint service of the project on AWS, in Atlas's order.
    async fn list_endpoint_services(&self, project: &ProjectId) -> Result<Vec<EndpointService>, AtlasError>;

    /// One endpoint service; `None` if there is none of that id.
    async fn get_endpoint_service(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
    ) -> Result<Option<EndpointService>, AtlasError>;

    /// Begins to build an endpoint service; it is INITIATING for some minutes.
    ///
    /// # Errors
    /// [`AtlasError::Conflict`] if the region has one, be it on its way out. It may be our own, made by an attempt
    /// whose answer was lost: list, and look.
    async fn create_endpoint_service(
        &self,
        project: &ProjectId,
        region: &AtlasRegion,
        supported_remote_regions: &[AtlasRegion],
    ) -> Result<EndpointService, AtlasError>;

    /// Replaces the set of other regions whose VPCs may connect. The service's own region must not be among them.
    async fn set_supported_remote_regions(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        regions: &[AtlasRegion],
    ) -> Result<EndpointService, AtlasError>;

    /// Begins to delete; done once [`get_endpoint_service`](Self::get_endpoint_service) gives `None`.
    ///
    /// # Errors
    /// [`AtlasError::Conflict`] while an endpoint is registered, be it on its way out.
    async fn delete_endpoint_service(&self, project: &ProjectId, service: &EndpointServiceId)
    -> Result<(), AtlasError>;

    /// One registered endpoint; `None` if it is not registered or the service is gone.
    async fn get_interface_endpoint(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        endpoint: &InterfaceEndpointId,
    ) -> Result<Option<InterfaceEndpoint>, AtlasError>;

    /// Registers an endpoint. Atlas takes any well-formed id; a wrong one shows later, as the endpoint's error message.
    ///
    /// # Errors
    /// [`AtlasError::Conflict`] if it is registered already or if the service is not built. `after_lost_answer` says
    /// whether an earlier attempt of this very call may have registered it.
    async fn add_interface_endpoint(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        endpoint: &InterfaceEndpointId,
    ) -> Result<InterfaceEndpoint, AtlasError>;

    /// Begins to remove; done once [`get_interface_endpoint`](Self::get_interface_endpoint) gives `None` and the
    /// service no longer lists it.
    async fn remove_interface_endpoint(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        endpoint: &InterfaceEndpointId,
    ) -> Result<(), AtlasError>;

    /// One dedicated cluster; `None` if the project has none of that name.
    ///
    /// # Errors
    /// [`AtlasError::Refused`] with HTTP 400 for a Flex cluster, which this path does not serve.
    async fn get_cluster(&self, project: &ProjectId, name: &ClusterName) -> Result<Option<Cluster>, AtlasError>;

    /// The whole access list, all pages, each value once. Entries of a kind that this client does not know are left out.
    async fn list_access_list(&self, project: &ProjectId) -> Result<Vec<AccessListEntry>, AtlasError>;

    /// Adds the entries; an entry whose value is listed takes the new comment and expiry. None: no call.
    /// Writes to one project's list wait for each other, because Atlas asks for that; the time of a call
    /// begins with its turn.
    async fn put_access_list_entries(&self, project: &ProjectId, entries: &[AccessListEntry])
    -> Result<(), AtlasError>;

    /// Removes one entry. Connections it admitted stay open for a while.
    async fn remove_access_list_entry(&self, project: &ProjectId, value: &AccessListValue) -> Result<(), AtlasError>;
}
