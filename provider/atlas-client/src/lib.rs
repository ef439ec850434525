//! Typed client of the MongoDB Atlas Admin API, as far as private links and the project's IP access list need it.
//!
//! - [`AtlasApi`]: the port; [`HttpAtlas`]: its HTTP implementation.
//! - [`AtlasConfig`], [`Credentials`], [`RetryPolicy`], [`Secret`]: what an [`HttpAtlas`] is built from.
//! - [`ProjectId`], [`EndpointServiceId`], [`InterfaceEndpointId`], [`ClusterName`], [`AtlasRegion`],
//!   [`AccessListValue`]: values checked once, when parsed.
//! - [`EndpointService`], [`InterfaceEndpoint`], [`Cluster`], [`AccessListEntry`]: what Atlas answers.
//! - [`AtlasError`]: one variant for each thing a caller may do next.
//!
//! How one call travels: `client` builds a request, `transport` sends it until it is answered or its time is used up,
//! `auth` signs each attempt, `answer` judges what came back, `wire` reads it.

mod access_list;
mod answer;
mod api;
mod auth;
mod client;
mod config;
mod error;
mod ids;
mod objects;
mod region;
mod request;
mod retry;
mod secret;
mod status;
mod transport;
mod wire;

pub use access_list::{AccessListEntry, AccessListValue};
pub use api::AtlasApi;
pub use client::HttpAtlas;
pub use config::{AtlasConfig, ConfigError, Credentials};
pub use error::{AtlasError, Operation, TransportError};
pub use ids::{ClusterName, EndpointServiceId, InterfaceEndpointId, Invalid, ProjectId};
pub use objects::{Cluster, EndpointService, InterfaceEndpoint, PrivateEndpointStrings};
pub use region::AtlasRegion;
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use status::{ConnectionStatus, ServiceStatus};
