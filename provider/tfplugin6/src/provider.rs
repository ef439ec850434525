//! The one trait a provider implements to be served: a method per RPC, messages in and out.

use async_trait::async_trait;

use crate::proto::{
    apply_resource_change, call_function, configure_provider, get_functions, get_metadata, get_provider_schema,
    get_resource_identity_schemas, import_resource_state, move_resource_state, plan_resource_change, read_data_source,
    read_resource, upgrade_resource_identity, upgrade_resource_state, validate_data_resource_config,
    validate_provider_config, validate_resource_config,
};

/// A Terraform provider on the level of protocol messages.
///
/// Failures travel as diagnostics inside the response: there is no transport error to return. A panic in any method
/// becomes a diagnostic too, and the resource keeps its prior state. `StopProvider` trips the
/// [`tokio_util::sync::CancellationToken`] that [`crate::run`] built the provider with; calls in flight are expected to
/// return the true state soon after.
#[async_trait]
#[allow(missing_docs, reason = "one method per RPC, named as the protocol names it")]
pub trait Provider: Send + Sync + 'static {
    async fn get_metadata(&self, request: get_metadata::Request) -> get_metadata::Response;
    async fn get_provider_schema(&self, request: get_provider_schema::Request) -> get_provider_schema::Response;
    async fn validate_provider_config(
        &self,
        request: validate_provider_config::Request,
    ) -> validate_provider_config::Response;
    async fn validate_resource_config(
        &self,
        request: validate_resource_config::Request,
    ) -> validate_resource_config::Response;
    async fn validate_data_resource_config(
        &self,
        request: validate_data_resource_config::Request,
    ) -> validate_data_resource_config::Response;
    async fn upgrade_resource_state(
        &self,
        request: upgrade_resource_state::Request,
    ) -> upgrade_resource_state::Response;
    async fn get_resource_identity_schemas(
        &self,
        request: get_resource_identity_schemas::Request,
    ) -> get_resource_identity_schemas::Response;
    async fn upgrade_resource_identity(
        &self,
        request: upgrade_resource_identity::Request,
    ) -> upgrade_resource_identity::Response;
    async fn configure_provider(&self, request: configure_provider::Request) -> configure_provider::Response;
    async fn read_resource(&self, request: read_resource::Request) -> read_resource::Response;
    async fn plan_resource_change(&self, request: plan_resource_change::Request) -> plan_resource_change::Response;
    async fn apply_resource_change(&self, request: apply_resource_change::Request) -> apply_resource_change::Response;
    async fn import_resource_state(&self, request: import_resource_state::Request) -> import_resource_state::Response;
    async fn move_resource_state(&self, request: move_resource_state::Request) -> move_resource_state::Response;
    async fn read_data_source(&self, request: read_data_source::Request) -> read_data_source::Response;
    async fn get_functions(&self, request: get_functions::Request) -> get_functions::Response;
    async fn call_function(&self, request: call_function::Request) -> call_function::Response;

    /// Called once, when the process ends in order and no call is in flight: two seconds to give back what is held elsewhere.
    async fn close(&self) {}
}
