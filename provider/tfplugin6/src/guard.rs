//! The panic guard: a panic in a provider becomes a diagnostic, and what Terraform knew stays known.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, PanicHookInfo},
    sync::Once,
};

use async_trait::async_trait;
use futures::FutureExt;
use tracing::Instrument;

use crate::{
    Provider,
    proto::{
        Diagnostic, FunctionError, apply_resource_change, call_function, configure_provider, diagnostic::Severity,
        get_functions, get_metadata, get_provider_schema, get_resource_identity_schemas, import_resource_state,
        move_resource_state, plan_resource_change, read_data_source, read_resource, upgrade_resource_identity,
        upgrade_resource_state, validate_data_resource_config, validate_provider_config, validate_resource_config,
    },
};

const SUMMARY: &str = "Provider panicked.";

thread_local! {
    /// Where the last panic of this thread happened. A future that panics is caught within the same poll, so on the
    /// same thread.
    static LAST_PANIC: Cell<Option<String>> = const { Cell::new(None) };
}

/// Sends panics to the log and remembers their place. The default hook would write plain text to stderr.
pub(crate) fn install_panic_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| std::panic::set_hook(Box::new(record)));
}

fn record(panic: &PanicHookInfo<'_>) {
    let place = panic
        .location()
        .map(|location| format!("{}:{}", location.file(), location.line()));
    let backtrace = std::backtrace::Backtrace::capture();
    let backtrace = (backtrace.status() == std::backtrace::BacktraceStatus::Captured).then(|| backtrace.to_string());
    tracing::error!(
        place = place.as_deref(),
        backtrace,
        "panic: {}",
        panic.payload_as_str().unwrap_or("no message"),
    );
    LAST_PANIC.set(place);
}

/// Serves the calls of another provider. The states it answers after a panic:
///
/// - reading changes nothing remotely, so the prior state is still the truth;
/// - of a plan with an error Terraform uses nothing, so it has none;
/// - an apply may have changed anything before it panicked. The prior state is what the next refresh corrects: after
///   an update or a delete it still names the object. After a create it is null, as after a killed process, and
///   the create of the next apply has to recognise its own earlier work. The planned state would be a claim that the
///   object exists, and its unknown values have no truth to put in. The planned private data is kept: the request does
///   not carry the prior one.
pub(crate) struct Guarded<P> {
    pub(crate) provider: P,
    /// The binary's name, for the diagnostic.
    pub(crate) name: &'static str,
}

/// The place of a panic and the call it broke off.
struct Panicked {
    name: &'static str,
    rpc: &'static str,
    place: String,
}

impl Panicked {
    /// Without the panic's message: it is made of whatever the code formatted, secrets included. The log has it.
    fn detail(&self) -> String {
        format!(
            "{} broke off the call {} at {}. This is a bug in the provider, not in the configuration. What was known \
             before the call is kept; run terraform plan to see what has changed since. Please report this message \
             with the provider's log of the run (TF_LOG_PROVIDER=ERROR), after reading it for secrets.",
            self.name, self.rpc, self.place
        )
    }

    fn diagnostics(&self) -> Vec<Diagnostic> {
        vec![Diagnostic {
            severity: Severity::Error.into(),
            summary: SUMMARY.to_owned(),
            detail: self.detail(),
            attribute: None,
        }]
    }
}

impl<P> Guarded<P> {
    async fn call<T>(
        &self,
        rpc: &'static str,
        type_name: &str,
        call: impl Future<Output = T>,
        after_panic: impl FnOnce(Panicked) -> T,
    ) -> T {
        let span = tracing::error_span!("call", tf_rpc = rpc, tf_type = type_name);
        // The provider's own state may be half changed after a panic. Its locks are poisoned or were released by
        // unwinding, and the process answers a few more calls before Terraform ends it.
        match AssertUnwindSafe(call).catch_unwind().instrument(span).await {
            Ok(response) => response,
            Err(_) => after_panic(Panicked {
                name: self.name,
                rpc,
                place: LAST_PANIC.take().unwrap_or_else(|| "an unknown place".to_owned()),
            }),
        }
    }
}

#[async_trait]
impl<P: Provider> Provider for Guarded<P> {
    async fn get_metadata(&self, request: get_metadata::Request) -> get_metadata::Response {
        self.call("GetMetadata", "", self.provider.get_metadata(request), |panic| {
            get_metadata::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            }
        })
        .await
    }

    async fn get_provider_schema(&self, request: get_provider_schema::Request) -> get_provider_schema::Response {
        self.call(
            "GetProviderSchema",
            "",
            self.provider.get_provider_schema(request),
            |panic| get_provider_schema::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            },
        )
        .await
    }

    async fn validate_provider_config(
        &self,
        request: validate_provider_config::Request,
    ) -> validate_provider_config::Response {
        self.call(
            "ValidateProviderConfig",
            "",
            self.provider.validate_provider_config(request),
            |panic| validate_provider_config::Response {
                diagnostics: panic.diagnostics(),
            },
        )
        .await
    }

    async fn validate_resource_config(
        &self,
        request: validate_resource_config::Request,
    ) -> validate_resource_config::Response {
        let type_name = request.type_name.clone();
        self.call(
            "ValidateResourceConfig",
            &type_name,
            self.provider.validate_resource_config(request),
            |panic| validate_resource_config::Response {
                diagnostics: panic.diagnostics(),
            },
        )
        .await
    }

    async fn validate_data_resource_config(
        &self,
        request: validate_data_resource_config::Request,
    ) -> validate_data_resource_config::Response {
        let type_name = request.type_name.clone();
        let call = self.provider.validate_data_resource_config(request);
        self.call("ValidateDataResourceConfig", &type_name, call, |panic| {
            validate_data_resource_config::Response {
                diagnostics: panic.diagnostics(),
            }
        })
        .await
    }

    async fn upgrade_resource_state(
        &self,
        request: upgrade_resource_state::Request,
    ) -> upgrade_resource_state::Response {
        let type_name = request.type_name.clone();
        self.call(
            "UpgradeResourceState",
            &type_name,
            self.provider.upgrade_resource_state(request),
            |panic| upgrade_resource_state::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            },
        )
        .await
    }

    async fn get_resource_identity_schemas(
        &self,
        request: get_resource_identity_schemas::Request,
    ) -> get_resource_identity_schemas::Response {
        self.call(
            "GetResourceIdentitySchemas",
            "",
            self.provider.get_resource_identity_schemas(request),
            |panic| get_resource_identity_schemas::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            },
        )
        .await
    }

    async fn upgrade_resource_identity(
        &self,
        request: upgrade_resource_identity::Request,
    ) -> upgrade_resource_identity::Response {
        let type_name = request.type_name.clone();
        self.call(
            "UpgradeResourceIdentity",
            &type_name,
            self.provider.upgrade_resource_identity(request),
            |panic| upgrade_resource_identity::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            },
        )
        .await
    }

    async fn configure_provider(&self, request: configure_provider::Request) -> configure_provider::Response {
        self.call(
            "ConfigureProvider",
            "",
            self.provider.configure_provider(request),
            |panic| configure_provider::Response {
                diagnostics: panic.diagnostics(),
            },
        )
        .await
    }

    async fn read_resource(&self, request: read_resource::Request) -> read_resource::Response {
        let type_name = request.type_name.clone();
        let (current_state, private) = (request.current_state.clone(), request.private.clone());
        let current_identity = request.current_identity.clone();
        self.call(
            "ReadResource",
            &type_name,
            self.provider.read_resource(request),
            |panic| read_resource::Response {
                new_state: current_state,
                private,
                diagnostics: panic.diagnostics(),
                new_identity: current_identity,
            },
        )
        .await
    }

    async fn plan_resource_change(&self, request: plan_resource_change::Request) -> plan_resource_change::Response {
        let type_name = request.type_name.clone();
        let (planned_private, planned_identity) = (request.prior_private.clone(), request.prior_identity.clone());
        self.call(
            "PlanResourceChange",
            &type_name,
            self.provider.plan_resource_change(request),
            |panic| plan_resource_change::Response {
                planned_state: None,
                planned_private,
                diagnostics: panic.diagnostics(),
                requires_replace: Vec::new(),
                planned_identity,
            },
        )
        .await
    }

    async fn apply_resource_change(&self, request: apply_resource_change::Request) -> apply_resource_change::Response {
        let type_name = request.type_name.clone();
        let (prior_state, planned_private) = (request.prior_state.clone(), request.planned_private.clone());
        let planned_identity = request.planned_identity.clone();
        self.call(
            "ApplyResourceChange",
            &type_name,
            self.provider.apply_resource_change(request),
            |panic| apply_resource_change::Response {
                new_state: prior_state,
                private: planned_private,
                diagnostics: panic.diagnostics(),
                new_identity: planned_identity,
            },
        )
        .await
    }

    async fn import_resource_state(&self, request: import_resource_state::Request) -> import_resource_state::Response {
        let type_name = request.type_name.clone();
        self.call(
            "ImportResourceState",
            &type_name,
            self.provider.import_resource_state(request),
            |panic| import_resource_state::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            },
        )
        .await
    }

    async fn move_resource_state(&self, request: move_resource_state::Request) -> move_resource_state::Response {
        let type_name = request.target_type_name.clone();
        self.call(
            "MoveResourceState",
            &type_name,
            self.provider.move_resource_state(request),
            |panic| move_resource_state::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            },
        )
        .await
    }

    async fn read_data_source(&self, request: read_data_source::Request) -> read_data_source::Response {
        let type_name = request.type_name.clone();
        self.call(
            "ReadDataSource",
            &type_name,
            self.provider.read_data_source(request),
            |panic| read_data_source::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            },
        )
        .await
    }

    async fn get_functions(&self, request: get_functions::Request) -> get_functions::Response {
        self.call("GetFunctions", "", self.provider.get_functions(request), |panic| {
            get_functions::Response {
                diagnostics: panic.diagnostics(),
                ..Default::default()
            }
        })
        .await
    }

    async fn call_function(&self, request: call_function::Request) -> call_function::Response {
        let name = request.name.clone();
        self.call("CallFunction", &name, self.provider.call_function(request), |panic| {
            call_function::Response {
                result: None,
                error: Some(FunctionError {
                    text: format!("{SUMMARY} {}", panic.detail()),
                    function_argument: None,
                }),
            }
        })
        .await
    }
}
