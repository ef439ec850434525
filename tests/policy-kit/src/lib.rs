//! AWS's policy evaluation as a pure function: policies and a request in, allowed or denied out.
//!
//! Map of the crate:
//! - [`document`]: a policy from its JSON: [`Policy`], with what AWS refuses refused;
//! - [`principal`]: who asks ([`Principal`]), and the `Principal` element that may name it;
//! - [`request`]: what is asked: action, resource, context keys;
//! - [`condition`]: the operators of the `Condition` element;
//! - [`pattern`]: wildcards and policy variables;
//! - [`context`]: the context keys of a request;
//! - [`evaluation`]: the decision over all policies that apply;
//! - [`error`]: why a policy or a request cannot be evaluated.
//!
//! Nothing here reads a clock, a file or a network.
//!
//! Source of every rule: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy element reference"; KMS Developer Guide,
//! "Key policies in AWS KMS". The statement stands beside the code. What is not evaluated is refused by name and never skipped:
//! `NotPrincipal`, `Federated` and `CanonicalUser` principals, `Date` and `Binary` operators. Organizations' policies (SCP, RCP), ACLs
//! and KMS grants are not known here at all.

pub mod condition;
pub mod context;
pub mod document;
pub mod error;
pub mod evaluation;
pub mod pattern;
pub mod principal;
pub mod request;

pub use document::Policy;
pub use error::{PolicyError, RequestError};
pub use evaluation::{Decision, Policies, Reason};
pub use principal::Principal;
pub use request::Request;
