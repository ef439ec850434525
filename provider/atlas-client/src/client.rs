use crate::access_list::{AccessListEntry, AccessListValue};
use crate::api::AtlasApi;
use crate::config::{AtlasConfig, ConfigError};
use crate::error::{AtlasError, Operation};
use crate::ids::{ClusterName, EndpointServiceId, InterfaceEndpointId, Invalid, ProjectId};
use crate::objects::{Cluster, EndpointService, InterfaceEndpoint};
use crate::region::AtlasRegion;
use crate::request::Request;
use crate::transport::Transport;
use crate::wire;
use async_trait::async_trait;
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use tracing::warn;

/// Private endpoints and access lists exist in this version only. Source: Atlas Admin API, August 2026.
const VERSION: &str = "application/vnd.atlas.2023-01-01+json";

/// The version whose clusters have `replicationSpecs[].regionConfigs[]` in today's shape. Source: Atlas Admin API,
/// August 2026.
const CLUSTER_VERSION: &str = "application/vnd.atlas.2024-08-05+json";

/// The most Atlas gives per page. Source: Atlas Admin API, `itemsPerPage`.
const PAGE_SIZE: usize = 500;

/// The Atlas Admin API over HTTP. Share one: it holds the connections, the nonces and the access token.
pub struct HttpAtlas {
    base_url: Url,
    transport: Transport,
    /// One lock for each project whose access list was written.
    access_list_writes: Mutex<HashMap<ProjectId, Arc<tokio::sync::Mutex<()>>>>,
}

impl fmt::Debug for HttpAtlas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpAtlas")
            .field("base_url", &self.base_url.as_str())
            .finish_non_exhaustive()
    }
}

impl HttpAtlas {
    /// Makes no call. HTTPS_PROXY and NO_PROXY are honoured for https, and the system's root certificates are trusted.
    ///
    /// # Errors
    /// [`ConfigError::Client`] if the HTTP client cannot be built.
    pub fn new(config: AtlasConfig) -> Result<Self, ConfigError> {
        let transport = Transport::new(&config)?;
        Ok(Self {
            base_url: config.base_url,
            transport,
            access_list_writes: Mutex::default(),
        })
    }

    /// Revokes the service account's access token, if one was obtained: best effort, 3 seconds at most. A later call
    /// obtains another.
    pub async fn close(&self) {
        self.transport.close().await;
    }

    fn request(&self, name: &'static str, method: Method, project: &ProjectId, path: &[&str]) -> Request {
        let mut url = self.base_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            // Each segment is escaped whole, its slashes too: a CIDR is one segment.
            segments
                .pop_if_empty()
                .extend(["api", "atlas", "v2", "groups", project.as_str()])
                .extend(path);
        }
        let words = match method {
            Method::POST => "POST",
            Method::PATCH => "PATCH",
            Method::DELETE => "DELETE",
            _ => "GET",
        };
        let operation = Operation {
            name,
            method: words,
            path: url.path().to_owned(),
        };
        let reads_answer = method != Method::DELETE;
        Request {
            operation,
            method,
            url,
            media_type: VERSION,
            body: None,
            reads_answer,
        }
    }

    async fn send<T: DeserializeOwned>(&self, request: Request) -> Result<T, AtlasError> {
        let answer = self.transport.call(&request, self.transport.deadline()).await?;
        read(&request.operation, answer)
    }

    /// For requests whose answer is not read.
    async fn tell(&self, request: Request) -> Result<(), AtlasError> {
        self.transport.call(&request, self.transport.deadline()).await.map(drop)
    }

    /// Checked before an object counts as deleted: a wrong base URL or project answers 404 to everything, and a caller that took that for a
    /// deletion would forget existing objects.
    async fn must_know(&self, project: &ProjectId) -> Result<(), AtlasError> {
        self.list_endpoint_services(project).await.map(drop)
    }

    fn access_list_lock(&self, project: &ProjectId) -> Arc<tokio::sync::Mutex<()>> {
        let mut locks = self.access_list_writes.lock().unwrap_or_else(PoisonError::into_inner);
        locks.entry(project.clone()).or_default().clone()
    }
}

fn read<T: DeserializeOwned>(operation: &Operation, answer: Value) -> Result<T, AtlasError> {
    wire::read(answer).map_err(|reason| AtlasError::Malformed {
        operation: operation.clone(),
        reason,
    })
}

fn checked<T>(operation: &Operation, object: Result<T, Invalid>) -> Result<T, AtlasError> {
    object.map_err(|invalid| AtlasError::Malformed {
        operation: operation.clone(),
        reason: invalid.to_string(),
    })
}

fn with_body(mut request: Request, body: &impl Serialize) -> Result<Request, AtlasError> {
    let malformed = |error: serde_json::Error| AtlasError::Malformed {
        operation: request.operation.clone(),
        reason: format!("the request cannot be written: {error}"),
    };
    request.body = Some(serde_json::to_vec(body).map_err(malformed)?.into());
    Ok(request)
}

/// A 404 of one object: gone.
fn found<T>(result: Result<T, AtlasError>) -> Result<Option<T>, AtlasError> {
    match result {
        Ok(object) => Ok(Some(object)),
        Err(AtlasError::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

fn atlas_names(regions: &[AtlasRegion]) -> Vec<&str> {
    regions.iter().map(AtlasRegion::atlas_name).collect()
}

#[async_trait]
impl AtlasApi for HttpAtlas {
    async fn list_endpoint_services(&self, project: &ProjectId) -> Result<Vec<EndpointService>, AtlasError> {
        let path = ["privateEndpoint", "AWS", "endpointService"];
        let request = self.request("list endpoint services", Method::GET, project, &path);
        let operation = request.operation.clone();
        let answers: Vec<wire::EndpointServiceAnswer> = self.send(request).await?;
        answers
            .into_iter()
            .map(|answer| checked(&operation, answer.try_into()))
            .collect()
    }

    async fn get_endpoint_service(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
    ) -> Result<Option<EndpointService>, AtlasError> {
        let path = ["privateEndpoint", "AWS", "endpointService", service.as_str()];
        let request = self.request("read endpoint service", Method::GET, project, &path);
        let operation = request.operation.clone();
        let answer = found(self.send::<wire::EndpointServiceAnswer>(request).await)?;
        if answer.is_none() {
            self.must_know(project).await?;
        }
        answer.map(|answer| checked(&operation, answer.try_into())).transpose()
    }

    async fn create_endpoint_service(
        &self,
        project: &ProjectId,
        region: &AtlasRegion,
        supported_remote_regions: &[AtlasRegion],
    ) -> Result<EndpointService, AtlasError> {
        let path = ["privateEndpoint", "endpointService"];
        let request = self.request("create endpoint service", Method::POST, project, &path);
        let operation = request.operation.clone();
        let body = wire::CreateEndpointService {
            provider_name: "AWS",
            region: region.atlas_name(),
            supported_remote_regions: atlas_names(supported_remote_regions),
        };
        let answer: wire::EndpointServiceAnswer = self.send(with_body(request, &body)?).await?;
        checked(&operation, answer.try_into())
    }

    async fn set_supported_remote_regions(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        regions: &[AtlasRegion],
    ) -> Result<EndpointService, AtlasError> {
        let path = ["privateEndpoint", "endpointService", service.as_str()];
        let request = self.request("set supported remote regions", Method::PATCH, project, &path);
        let operation = request.operation.clone();
        let body = wire::ModifyEndpointService {
            cloud_provider: "AWS",
            supported_remote_regions: atlas_names(regions),
        };
        let answer: wire::EndpointServiceAnswer = self.send(with_body(request, &body)?).await?;
        checked(&operation, answer.try_into())
    }

    async fn delete_endpoint_service(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
    ) -> Result<(), AtlasError> {
        let path = ["privateEndpoint", "AWS", "endpointService", service.as_str()];
        let request = self.request("delete endpoint service", Method::DELETE, project, &path);
        found(self.tell(request).await).map(drop)
    }

    async fn get_interface_endpoint(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        endpoint: &InterfaceEndpointId,
    ) -> Result<Option<InterfaceEndpoint>, AtlasError> {
        let path = [
            "privateEndpoint",
            "AWS",
            "endpointService",
            service.as_str(),
            "endpoint",
            endpoint.as_str(),
        ];
        let request = self.request("read interface endpoint", Method::GET, project, &path);
        let answer = found(self.send::<wire::InterfaceEndpointAnswer>(request).await)?;
        if answer.is_none() {
            self.must_know(project).await?;
        }
        Ok(answer.map(|answer| answer.into_endpoint(endpoint)))
    }

    async fn add_interface_endpoint(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        endpoint: &InterfaceEndpointId,
    ) -> Result<InterfaceEndpoint, AtlasError> {
        let path = [
            "privateEndpoint",
            "AWS",
            "endpointService",
            service.as_str(),
            "endpoint",
        ];
        let request = self.request("add interface endpoint", Method::POST, project, &path);
        let body = wire::AddInterfaceEndpoint { id: endpoint.as_str() };
        let answer: wire::InterfaceEndpointAnswer = self.send(with_body(request, &body)?).await?;
        Ok(answer.into_endpoint(endpoint))
    }

    async fn remove_interface_endpoint(
        &self,
        project: &ProjectId,
        service: &EndpointServiceId,
        endpoint: &InterfaceEndpointId,
    ) -> Result<(), AtlasError> {
        let path = [
            "privateEndpoint",
            "AWS",
            "endpointService",
            service.as_str(),
            "endpoint",
            endpoint.as_str(),
        ];
        let request = self.request("remove interface endpoint", Method::DELETE, project, &path);
        found(self.tell(request).await).map(drop)
    }

    async fn get_cluster(&self, project: &ProjectId, name: &ClusterName) -> Result<Option<Cluster>, AtlasError> {
        let request = self.request("read cluster", Method::GET, project, &["clusters", name.as_str()]);
        let request = Request {
            media_type: CLUSTER_VERSION,
            ..request
        };
        let answer = found(self.send::<wire::ClusterAnswer>(request).await)?;
        Ok(answer.map(|answer| answer.into_cluster(name)))
    }

    async fn list_access_list(&self, project: &ProjectId) -> Result<Vec<AccessListEntry>, AtlasError> {
        let deadline = self.transport.deadline();
        let mut entries = Vec::new();
        let mut values = HashSet::new();
        let mut seen = 0;
        for page_number in 1_u32.. {
            let mut request = self.request("list access list", Method::GET, project, &["accessList"]);
            // The number is counted here: the links of the answer name Atlas's own host, which need not be the base
            // URL's.
            let page_number = page_number.to_string();
            request
                .url
                .query_pairs_mut()
                .append_pair("pageNum", &page_number)
                .append_pair("itemsPerPage", &PAGE_SIZE.to_string());
            let answer = self.transport.call(&request, deadline).await?;
            let page: wire::Page<wire::Entry> = read(&request.operation, answer)?;
            seen += page.results.len();
            let has_next = page.has_next(seen, PAGE_SIZE);
            for entry in page.results {
                // A kind of entry that this client does not know is nothing it could name, write or remove.
                let Some(entry) = entry.into_entry() else {
                    warn!(
                        "an access list entry has neither ipAddress nor cidrBlock nor awsSecurityGroup; it is left out"
                    );
                    continue;
                };
                // An entry added meanwhile moves others to the next page, where they come again.
                if values.insert(entry.value.clone()) {
                    entries.push(entry);
                }
            }
            if !has_next {
                break;
            }
        }
        Ok(entries)
    }

    async fn put_access_list_entries(
        &self,
        project: &ProjectId,
        entries: &[AccessListEntry],
    ) -> Result<(), AtlasError> {
        if entries.is_empty() {
            return Ok(());
        }
        let request = self.request("put access list entries", Method::POST, project, &["accessList"]);
        let body: Vec<wire::Entry> = entries.iter().map(wire::Entry::from).collect();
        // Atlas answers with a page of the whole list, which says nothing new.
        let request = Request {
            reads_answer: false,
            ..with_body(request, &body)?
        };
        let lock = self.access_list_lock(project);
        let _turn = lock.lock().await;
        self.tell(request).await
    }

    async fn remove_access_list_entry(&self, project: &ProjectId, value: &AccessListValue) -> Result<(), AtlasError> {
        let value = value.to_string();
        let request = self.request(
            "remove access list entry",
            Method::DELETE,
            project,
            &["accessList", &value],
        );
        let lock = self.access_list_lock(project);
        let _turn = lock.lock().await;
        found(self.tell(request).await).map(drop)
    }
}
