//! Terraform provider for CloudWatch alarm bundles, MongoDB dumps and Atlas private links.
//!
//! | module | holds |
//! |---|---|
//! | `provider` | provider schema, configure, the list of resources, data sources and functions |
//! | `connection` | the provider's configuration, and its connections to AWS and Atlas |
//! | `alarm_bundle` | `lectern_alarm_bundle` |
//! | `alarm_catalog` | data source `lectern_alarm_catalog` |
//! | `atlas_access_list` | `lectern_atlas_access_list` |
//! | `atlas_private_link` | `lectern_atlas_private_link`, resource and data source |
//! | `atlas_private_link_endpoint` | `lectern_atlas_private_link_endpoint` |
//! | `mongo_dump_schedule` | `lectern_mongo_dump_schedule` |
//! | `mongo_dumps` | data source `lectern_mongo_dumps` |
//! | `functions` | the provider's functions |

mod alarm_bundle;
mod alarm_catalog;
mod atlas_access_list;
mod atlas_private_link;
mod atlas_private_link_endpoint;
mod connection;
mod functions;
mod mongo_dump_schedule;
mod mongo_dumps;
mod provider;

pub use functions::is_private_cidr;
pub use provider::server;
