//! What a resource author needs besides schema, pure model and CRUD.
//!
//! An author implements [`Resource`] or [`DataSource`] over typed state (or tf-provider's `Function`) and hands it to
//! [`Server`], which speaks protocol 6 for it:
//!
//! | module | holds |
//! |---|---|
//! | `schema` | [`Schema`] and [`Attr`]: tf-provider's attributes plus defaults, validators and plan rules |
//! | `tree` | [`Tree`]: any Terraform value, with unknown; MessagePack and JSON in, MessagePack out |
//! | `num` | [`Num`]: exact numbers |
//! | `rules` | the plan rules: unknown marking, kept values, replacement |
//! | `resource` | [`Resource`], and the erased form the server calls |
//! | `data_source` | [`DataSource`], and the erased form the server calls |
//! | `identity` | resource identity, made of the parts of `id` |
//! | `owner` | [`OwnerToken`] and [`Claims`]: whose a remote object is |
//! | `operation` | [`Operation`]: every remote call against the deadline from `timeouts` and Terraform's stop request |
//! | `server` | [`Server`]: the registry of a provider, RPC by RPC |
//!
//! Why the resource trait is not tf-provider's: docs/decisions/0002.

mod data_source;
mod diagnostics;
mod function;
mod identity;
mod num;
mod operation;
mod owner;
mod resource;
mod rules;
mod schema;
mod server;
mod tree;

pub use data_source::{DataSource, ReadRequest};
pub use diagnostics::{error, warning};
pub use num::Num;
pub use operation::{Interrupt, Operation, Unwritten, parse_duration};
pub use owner::{Claim, Claims, Held, OwnerToken};
pub use resource::{ApplyRequest, Imported, PlanRequest, Resource, UpgradeError};
pub use schema::{Attr, Schema};
pub use server::Server;
pub use tree::{Tree, map_by_element};
