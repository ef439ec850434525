//! Terraform provider for CloudWatch alarm bundles, MongoDB dumps and Atlas private links.
//!
//! | module | holds |
//! |---|---|
//! | `provider` | provider schema, configure, the list of resources, data sources and functions |
//! | `config` | the provider's configuration: as typed, then validated once |
//! | `aws` | region and account rules, credentials, clients, and what their errors mean |
//! | `atlas` | the connection to Atlas: settings, credentials, the client, waiting |
//! | `diagnostics` | one function per user-facing failure of the provider itself |
//! | `alarm_bundle` | `lectern_alarm_bundle` |
//! | `alarm_catalog` | data source `lectern_alarm_catalog` |
//! | `atlas_access_list` | `lectern_atlas_access_list` |
//! | `atlas_private_link` | `lectern_atlas_private_link`, resource and data source |
//! | `atlas_private_link_endpoint` | `lectern_atlas_private_link_endpoint` |
//! | `mongo_dump_schedule` | `lectern_mongo_dump_schedule` |
//! | `mongo_dumps` | data source `lectern_mongo_dumps` |
//! | `atlas_region`, `is_private_cidr`, `schedule_runs` | the functions |

mod alarm_bundle;
mod alarm_catalog;
mod atlas;
mod atlas_access_list;
mod atlas_private_link;
mod atlas_private_link_endpoint;
mod atlas_region;
mod aws;
mod call_rate;
mod config;
mod diagnostics;
mod is_private_cidr;
mod mongo_dump_schedule;
mod mongo_dumps;
mod provider;
mod schedule_runs;

pub use is_private_cidr::is_private_cidr;
pub use provider::server;
