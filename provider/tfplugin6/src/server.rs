//! The gRPC services of one process: the provider's calls, and go-plugin's own.

use std::{
    pin::Pin,
    sync::{Arc, PoisonError, RwLock},
};

use futures::Stream;
use tokio_util::sync::CancellationToken;
use tonic::{Request, Response, Status};

use crate::{
    Provider,
    guard::Guarded,
    plugin_proto::{Empty, HealthCheckRequest, HealthCheckResponse, StdioData, health_check_response::ServingStatus},
    proto::{
        apply_resource_change, call_function, configure_provider, get_functions, get_metadata, get_provider_schema,
        get_resource_identity_schemas, import_resource_state, move_resource_state, plan_resource_change,
        read_data_source, read_resource, stop_provider, upgrade_resource_identity, upgrade_resource_state,
        validate_data_resource_config, validate_provider_config, validate_resource_config,
    },
    rpc,
};

/// A provider, and the token that stops it.
struct Run<P> {
    provider: Arc<Guarded<P>>,
    stop: CancellationToken,
}

/// Answers for the provider. One Terraform run is one provider instance: a debug process lives through many runs, and
/// one that was stopped must not stop the next.
pub(crate) struct ProviderService<P, B> {
    name: &'static str,
    build: B,
    run: RwLock<Run<P>>,
}

impl<P: Provider, B: Fn(CancellationToken) -> P> ProviderService<P, B> {
    pub(crate) fn new(name: &'static str, build: B) -> Self {
        let run = RwLock::new(start(name, &build));
        Self { name, build, run }
    }

    /// Trips the token of the current run.
    pub(crate) fn stop(&self) {
        self.run.read().unwrap_or_else(PoisonError::into_inner).stop.cancel();
    }

    /// Lets the provider give back what it holds elsewhere.
    pub(crate) async fn close(&self) {
        self.provider().provider.close().await;
    }

    fn provider(&self) -> Arc<Guarded<P>> {
        Arc::clone(&self.run.read().unwrap_or_else(PoisonError::into_inner).provider)
    }

    /// The provider to be configured: `ConfigureProvider` opens a run, so after a stop it gets a fresh one.
    fn provider_of_this_run(&self) -> Arc<Guarded<P>> {
        let mut run = self.run.write().unwrap_or_else(PoisonError::into_inner);
        if run.stop.is_cancelled() {
            *run = start(self.name, &self.build);
        }
        Arc::clone(&run.provider)
    }
}

fn start<P>(name: &'static str, build: &impl Fn(CancellationToken) -> P) -> Run<P> {
    let stop = CancellationToken::new();
    Run {
        provider: Arc::new(Guarded {
            provider: build(stop.clone()),
            name,
        }),
        stop,
    }
}

/// Calls that go to the provider as they are: the same name, the same messages.
macro_rules! forward {
    ($($rpc:ident),* $(,)?) => {
        #[tonic::async_trait]
        impl<P, B> rpc::provider::Provider for ProviderService<P, B>
        where
            P: Provider,
            B: Fn(CancellationToken) -> P + Send + Sync + 'static,
        {
            $(async fn $rpc(&self, request: Request<$rpc::Request>) -> Result<Response<$rpc::Response>, Status> {
                Ok(Response::new(self.provider().$rpc(request.into_inner()).await))
            })*

            async fn configure_provider(
                &self,
                request: Request<configure_provider::Request>,
            ) -> Result<Response<configure_provider::Response>, Status> {
                Ok(Response::new(self.provider_of_this_run().configure_provider(request.into_inner()).await))
            }

            /// Answers at once: the calls in flight return their partial states in their own time.
            async fn stop_provider(
                &self,
                _: Request<stop_provider::Request>,
            ) -> Result<Response<stop_provider::Response>, Status> {
                tracing::info!("Terraform asks to stop");
                self.stop();
                Ok(Response::new(stop_provider::Response::default()))
            }
        }
    };
}

forward!(
    get_metadata,
    get_provider_schema,
    validate_provider_config,
    validate_resource_config,
    validate_data_resource_config,
    upgrade_resource_state,
    get_resource_identity_schemas,
    upgrade_resource_identity,
    read_resource,
    plan_resource_change,
    apply_resource_change,
    import_resource_state,
    move_resource_state,
    read_data_source,
    get_functions,
    call_function,
);

/// go-plugin's side of the process: health, the output stream, the end.
#[derive(Clone)]
pub(crate) struct PluginService {
    /// Tripped when the server has to end.
    pub(crate) shutdown: CancellationToken,
}

#[tonic::async_trait]
impl rpc::controller::GRPCController for PluginService {
    async fn shutdown(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.shutdown.cancel();
        Ok(Response::new(Empty {}))
    }
}

#[tonic::async_trait]
impl rpc::stdio::GRPCStdio for PluginService {
    type StreamStdioStream = Pin<Box<dyn Stream<Item = Result<StdioData, Status>> + Send>>;

    /// Open and silent until the end: all output of this process is its log, and that goes to the real stderr.
    async fn stream_stdio(&self, _: Request<Empty>) -> Result<Response<Self::StreamStdioStream>, Status> {
        let end = self.shutdown.clone();
        let silence = futures::stream::once(async move { end.cancelled_owned().await });
        Ok(Response::new(Box::pin(futures::StreamExt::filter_map(silence, |()| {
            std::future::ready(None)
        }))))
    }
}

#[tonic::async_trait]
impl rpc::health::Health for PluginService {
    /// go-plugin asks for the service `plugin` (go-plugin `grpc_server.go`, `GRPCServiceName`).
    async fn check(&self, request: Request<HealthCheckRequest>) -> Result<Response<HealthCheckResponse>, Status> {
        match request.get_ref().service.as_str() {
            "" | "plugin" => Ok(Response::new(HealthCheckResponse {
                status: ServingStatus::Serving.into(),
            })),
            _ => Err(Status::not_found("unknown service")),
        }
    }
}
