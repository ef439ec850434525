//! The registry of a provider, answering protocol 6 RPC by RPC.

use std::collections::{BTreeMap, HashMap};
use std::pin::Pin;

use async_trait::async_trait;
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Schema as TfSchema};
use tf_provider::value::ValueEmpty;
use tf_provider::{AttributePath, Diagnostics, Function, Provider};
use tfplugin6::proto;
use tfplugin6::proto::schema::object::NestingMode;
use tokio_util::sync::CancellationToken;

use crate::data_source::{self, ErasedDataSource};
use crate::diagnostics::{bug, path_to_wire, to_wire};
use crate::function::{self, ErasedFunction, kind};
use crate::resource::{self, Change, ErasedResource};
use crate::tree::TreeError;
use crate::{DataSource, Resource, Schema, Tree, error, rules};

/// A provider's configuration, resources, data sources and functions, served over protocol 6.
pub struct Server<P> {
    provider: P,
    schema: Schema,
    tf_schema: TfSchema,
    stop: CancellationToken,
    resources: BTreeMap<&'static str, Box<dyn ErasedResource>>,
    data_sources: BTreeMap<&'static str, Box<dyn ErasedDataSource>>,
    functions: BTreeMap<&'static str, Box<dyn ErasedFunction>>,
    close: Option<Close>,
}

/// What gives back what the provider holds elsewhere.
type Close = Box<dyn Fn() -> Pin<Box<dyn Future<Output = ()> + Send>> + Send + Sync>;

impl<P: Provider> Server<P> {
    /// A provider without resources yet. `schema` is its configuration; `stop` is tripped by Terraform's StopProvider.
    #[must_use]
    pub fn new(provider: P, schema: Schema, stop: CancellationToken) -> Self {
        let tf_schema = schema.to_tf();
        let (resources, data_sources, functions) = Default::default();
        Self {
            provider,
            schema,
            tf_schema,
            stop,
            resources,
            data_sources,
            functions,
            close: None,
        }
    }

    /// Sets what is run when the process ends in order, with two seconds at most.
    #[must_use]
    pub fn on_close<F: Future<Output = ()> + Send + 'static>(
        mut self,
        close: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self {
        self.close = Some(Box::new(move || Box::pin(close())));
        self
    }

    /// Adds a resource under its full type name.
    #[must_use]
    pub fn resource(mut self, type_name: &'static str, resource: impl Resource) -> Self {
        self.resources
            .insert(type_name, Box::new(resource::Adapter::new(resource)));
        self
    }

    /// Adds a data source under its full type name.
    #[must_use]
    pub fn data_source(mut self, type_name: &'static str, data_source: impl DataSource) -> Self {
        self.data_sources
            .insert(type_name, Box::new(data_source::Adapter::new(data_source)));
        self
    }

    /// Adds a function: `provider::<provider>::<name>`.
    #[must_use]
    pub fn function(mut self, name: &'static str, function: impl Function + 'static) -> Self {
        self.functions.insert(name, Box::new(function::Adapter(function)));
        self
    }

    fn find_resource(&self, type_name: &str, diagnostics: &mut Diagnostics) -> Option<&dyn ErasedResource> {
        let found = self.resources.get(type_name);
        if found.is_none() {
            unknown_type(diagnostics, "resource", type_name, self.resources.keys());
        }
        found.map(Box::as_ref)
    }

    fn find_data_source(&self, type_name: &str, diagnostics: &mut Diagnostics) -> Option<&dyn ErasedDataSource> {
        let found = self.data_sources.get(type_name);
        if found.is_none() {
            unknown_type(diagnostics, "data source", type_name, self.data_sources.keys());
        }
        found.map(Box::as_ref)
    }
}

fn identity_of(resource: &dyn ErasedResource, state: &Tree) -> Option<proto::ResourceIdentityData> {
    resource.identity()?.of_state(state)
}

/// The id that an import names, by itself or by its identity.
fn import_id(
    resource: &dyn ErasedResource,
    request: &proto::import_resource_state::Request,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    match (&request.identity, resource.identity()) {
        (Some(given), Some(identity)) => {
            let [given] = read([given.identity_data.as_ref()], diagnostics)?;
            identity.import_id(&given, diagnostics)
        }
        _ => Some(request.id.clone()),
    }
}

fn unknown_type<'a>(
    diagnostics: &mut Diagnostics,
    what: &str,
    type_name: &str,
    known: impl Iterator<Item = &'a &'static str>,
) {
    let known: Vec<_> = known.copied().collect();
    let detail = format!(
        "Got {type_name:?}. This version of the provider has: {}.",
        known.join(", ")
    );
    error(
        diagnostics,
        AttributePath::root(),
        format!("The provider has no such {what}."),
        detail,
    );
}

/// Reads values from the wire, or explains why they cannot be read.
fn read<const N: usize>(values: [Option<&proto::DynamicValue>; N], diagnostics: &mut Diagnostics) -> Option<[Tree; N]> {
    let trees: Result<Vec<Tree>, TreeError> = values.into_iter().map(Tree::from_wire).collect();
    match trees {
        Ok(trees) => trees.try_into().ok(),
        Err(cause) => {
            bug(diagnostics, "reading what Terraform sent", &cause);
            None
        }
    }
}

fn capabilities() -> Option<proto::ServerCapabilities> {
    Some(proto::ServerCapabilities {
        plan_destroy: false,
        // Terraform starts several provider processes per command and then asks only the first for the schema
        get_provider_schema_optional: true,
        move_resource_state: true,
    })
}

fn schema_to_wire(schema: &TfSchema) -> proto::Schema {
    proto::Schema {
        version: schema.version,
        block: Some(proto::schema::Block {
            version: schema.block.version,
            attributes: attributes_to_wire(&schema.block.attributes),
            block_types: Vec::new(),
            description: schema.block.description.content.clone(),
            description_kind: kind(&schema.block.description.kind),
            deprecated: schema.block.deprecated,
        }),
    }
}

fn attributes_to_wire(attributes: &HashMap<String, Attribute>) -> Vec<proto::schema::Attribute> {
    let mut wire: Vec<_> = attributes
        .iter()
        .map(|(name, attribute)| attribute_to_wire(name, attribute))
        .collect();
    wire.sort_by(|left, right| left.name.cmp(&right.name));
    wire
}

fn attribute_to_wire(name: &str, attribute: &Attribute) -> proto::schema::Attribute {
    let nested = match &attribute.attr_type {
        AttributeType::AttributeSingle(attributes) => Some((NestingMode::Single, attributes)),
        AttributeType::AttributeList(attributes) => Some((NestingMode::List, attributes)),
        AttributeType::AttributeSet(attributes) => Some((NestingMode::Set, attributes)),
        AttributeType::AttributeMap(attributes) => Some((NestingMode::Map, attributes)),
        _ => None,
    };
    use AttributeConstraint::{Computed, Optional, OptionalComputed, Required};
    proto::schema::Attribute {
        name: name.to_owned(),
        // exactly one of the two, or Terraform refuses the whole provider
        r#type: if nested.is_some() {
            Vec::new()
        } else {
            attribute.attr_type.to_string().into_bytes()
        },
        nested_type: nested.map(|(nesting, attributes)| proto::schema::Object {
            attributes: attributes_to_wire(attributes),
            nesting: nesting.into(),
        }),
        description: attribute.description.content.clone(),
        required: attribute.constraint == Required,
        optional: matches!(attribute.constraint, Optional | OptionalComputed),
        computed: matches!(attribute.constraint, Computed | OptionalComputed),
        sensitive: attribute.sensitive,
        description_kind: kind(&attribute.description.kind),
        deprecated: attribute.deprecated,
    }
}

#[async_trait]
impl<P: Provider> tfplugin6::Provider for Server<P>
where
    for<'a> P: Provider<MetaState<'a> = ValueEmpty>,
{
    async fn get_metadata(&self, _: proto::get_metadata::Request) -> proto::get_metadata::Response {
        use proto::get_metadata::{FunctionMetadata, TypeMetadata};
        let named = |name: &&str| TypeMetadata {
            type_name: (*name).to_owned(),
        };
        proto::get_metadata::Response {
            server_capabilities: capabilities(),
            diagnostics: Vec::new(),
            data_sources: self.data_sources.keys().map(named).collect(),
            resources: self.resources.keys().map(named).collect(),
            functions: self
                .functions
                .keys()
                .map(|name| FunctionMetadata {
                    name: (*name).to_owned(),
                })
                .collect(),
        }
    }

    async fn get_provider_schema(
        &self,
        _: proto::get_provider_schema::Request,
    ) -> proto::get_provider_schema::Response {
        let schemas = |name: &&'static str, schema: &TfSchema| ((*name).to_owned(), schema_to_wire(schema));
        proto::get_provider_schema::Response {
            provider: Some(schema_to_wire(&self.tf_schema)),
            resource_schemas: self
                .resources
                .iter()
                .map(|(name, r)| schemas(name, r.schema()))
                .collect(),
            data_source_schemas: self
                .data_sources
                .iter()
                .map(|(name, d)| schemas(name, d.schema()))
                .collect(),
            diagnostics: Vec::new(),
            provider_meta: None,
            server_capabilities: capabilities(),
            functions: self
                .functions
                .iter()
                .map(|(name, f)| ((*name).to_owned(), f.schema()))
                .collect(),
        }
    }

    async fn validate_provider_config(
        &self,
        request: proto::validate_provider_config::Request,
    ) -> proto::validate_provider_config::Response {
        let mut diagnostics = Diagnostics::default();
        if let Some([config]) = read([request.config.as_ref()], &mut diagnostics) {
            let config = rules::conform(&self.tf_schema.block.attributes, config);
            rules::validate(
                &self.schema.attributes,
                &config,
                &AttributePath::root(),
                &mut diagnostics,
            );
            let bytes = rules::effective(&self.schema.attributes, &config).to_msgpack();
            match rmp_serde::from_slice(&bytes) {
                Ok(config) => {
                    self.provider.validate(&mut diagnostics, config).await;
                }
                Err(cause) => bug(&mut diagnostics, "reading the provider's configuration", &cause),
            }
        }
        proto::validate_provider_config::Response {
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn validate_resource_config(
        &self,
        request: proto::validate_resource_config::Request,
    ) -> proto::validate_resource_config::Response {
        let mut diagnostics = Diagnostics::default();
        if let Some(resource) = self.find_resource(&request.type_name, &mut diagnostics)
            && let Some([config]) = read([request.config.as_ref()], &mut diagnostics)
        {
            diagnostics.add_diagnostics(resource.validate(config));
        }
        proto::validate_resource_config::Response {
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn validate_data_resource_config(
        &self,
        request: proto::validate_data_resource_config::Request,
    ) -> proto::validate_data_resource_config::Response {
        let mut diagnostics = Diagnostics::default();
        if let Some(data_source) = self.find_data_source(&request.type_name, &mut diagnostics)
            && let Some([config]) = read([request.config.as_ref()], &mut diagnostics)
        {
            diagnostics.add_diagnostics(data_source.validate(config));
        }
        proto::validate_data_resource_config::Response {
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn upgrade_resource_state(
        &self,
        request: proto::upgrade_resource_state::Request,
    ) -> proto::upgrade_resource_state::Response {
        let mut diagnostics = Diagnostics::default();
        let mut upgraded_state = None;
        if let Some(resource) = self.find_resource(&request.type_name, &mut diagnostics) {
            let json = request.raw_state.unwrap_or_default().json;
            let (tree, found) = resource.upgrade(request.version, &json);
            diagnostics.add_diagnostics(found);
            upgraded_state = tree.map(|tree| tree.to_wire());
        }
        proto::upgrade_resource_state::Response {
            upgraded_state,
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn get_resource_identity_schemas(
        &self,
        _: proto::get_resource_identity_schemas::Request,
    ) -> proto::get_resource_identity_schemas::Response {
        let resources = self.resources.iter();
        let identities =
            resources.filter_map(|(name, resource)| Some(((*name).to_owned(), resource.identity()?.schema())));
        proto::get_resource_identity_schemas::Response {
            identity_schemas: identities.collect(),
            diagnostics: Vec::new(),
        }
    }

    async fn upgrade_resource_identity(
        &self,
        request: proto::upgrade_resource_identity::Request,
    ) -> proto::upgrade_resource_identity::Response {
        let mut diagnostics = Diagnostics::default();
        let mut upgraded_identity = None;
        if let Some(resource) = self.find_resource(&request.type_name, &mut diagnostics)
            && let Some(identity) = resource.identity()
        {
            let stored = request.raw_identity.unwrap_or_default().json;
            upgraded_identity = identity.upgrade(request.version, &stored, &mut diagnostics);
        }
        proto::upgrade_resource_identity::Response {
            upgraded_identity,
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn configure_provider(
        &self,
        request: proto::configure_provider::Request,
    ) -> proto::configure_provider::Response {
        let mut diagnostics = Diagnostics::default();
        if let Some([config]) = read([request.config.as_ref()], &mut diagnostics) {
            let config = rules::conform(&self.tf_schema.block.attributes, config);
            let bytes = rules::effective(&self.schema.attributes, &config).to_msgpack();
            match rmp_serde::from_slice(&bytes) {
                Ok(config) => {
                    self.provider
                        .configure(&mut diagnostics, request.terraform_version, config)
                        .await;
                }
                Err(cause) => bug(&mut diagnostics, "reading the provider's configuration", &cause),
            }
        }
        proto::configure_provider::Response {
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn read_resource(&self, request: proto::read_resource::Request) -> proto::read_resource::Response {
        let mut diagnostics = Diagnostics::default();
        let mut new_state = request.current_state;
        let mut new_identity = request.current_identity;
        if let Some(resource) = self.find_resource(&request.type_name, &mut diagnostics)
            && let Some([state]) = read([new_state.as_ref()], &mut diagnostics)
        {
            let (state, found) = resource.read(state, self.stop.clone()).await;
            diagnostics.add_diagnostics(found);
            if let Some(state) = state {
                new_identity = identity_of(resource, &state);
                new_state = Some(state.to_wire());
            }
        }
        proto::read_resource::Response {
            new_state,
            diagnostics: to_wire(diagnostics),
            private: request.private,
            new_identity,
        }
    }

    async fn plan_resource_change(
        &self,
        request: proto::plan_resource_change::Request,
    ) -> proto::plan_resource_change::Response {
        let mut diagnostics = Diagnostics::default();
        let mut planned_state = None;
        let mut planned_identity = request.prior_identity;
        let mut requires_replace = Vec::new();
        if let Some(resource) = self.find_resource(&request.type_name, &mut diagnostics) {
            let change = Change {
                prior: request.prior_state,
                proposed: request.proposed_new_state,
                config: request.config,
            };
            let (planned, replace, found) = resource.plan(change).await;
            diagnostics.add_diagnostics(found);
            planned_state = Some(planned.to_wire());
            planned_identity = identity_of(resource, &planned);
            requires_replace = replace.iter().map(path_to_wire).collect();
        }
        proto::plan_resource_change::Response {
            planned_state,
            requires_replace,
            planned_private: request.prior_private,
            diagnostics: to_wire(diagnostics),
            planned_identity,
        }
    }

    async fn apply_resource_change(
        &self,
        request: proto::apply_resource_change::Request,
    ) -> proto::apply_resource_change::Response {
        let mut diagnostics = Diagnostics::default();
        let mut new_state = request.prior_state;
        let mut new_identity = request.planned_identity;
        if let Some(resource) = self.find_resource(&request.type_name, &mut diagnostics) {
            let (state, found) = resource
                .apply(&new_state, request.planned_state, self.stop.clone())
                .await;
            diagnostics.add_diagnostics(found);
            if let Some(state) = state {
                new_identity = identity_of(resource, &state);
                new_state = Some(state.to_wire());
            }
        }
        proto::apply_resource_change::Response {
            new_state,
            private: request.planned_private,
            diagnostics: to_wire(diagnostics),
            new_identity,
        }
    }

    async fn import_resource_state(
        &self,
        request: proto::import_resource_state::Request,
    ) -> proto::import_resource_state::Response {
        let mut diagnostics = Diagnostics::default();
        let mut imported_resources = Vec::new();
        if let Some(resource) = self.find_resource(&request.type_name, &mut diagnostics)
            && let Some(id) = import_id(resource, &request, &mut diagnostics)
        {
            let (imported, found) = resource.import(&id, self.stop.clone()).await;
            diagnostics.add_diagnostics(found);
            imported_resources.extend(imported.map(|state| proto::import_resource_state::ImportedResource {
                type_name: request.type_name,
                identity: identity_of(resource, &state),
                state: Some(state.to_wire()),
                private: Vec::new(),
            }));
        }
        proto::import_resource_state::Response {
            imported_resources,
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn move_resource_state(
        &self,
        request: proto::move_resource_state::Request,
    ) -> proto::move_resource_state::Response {
        let mut diagnostics = Diagnostics::default();
        error(
            &mut diagnostics,
            AttributePath::root(),
            "The resource cannot be moved to another type.",
            format!(
                "Got a move from {} to {}. Remove the moved block; use an import block for {} and a removed block \
                 with destroy = false for {}.",
                request.source_type_name, request.target_type_name, request.target_type_name, request.source_type_name
            ),
        );
        proto::move_resource_state::Response {
            target_state: None,
            diagnostics: to_wire(diagnostics),
            target_private: Vec::new(),
            target_identity: None,
        }
    }

    async fn read_data_source(&self, request: proto::read_data_source::Request) -> proto::read_data_source::Response {
        let mut diagnostics = Diagnostics::default();
        let mut state = None;
        if let Some(data_source) = self.find_data_source(&request.type_name, &mut diagnostics)
            && let Some([config]) = read([request.config.as_ref()], &mut diagnostics)
        {
            let (tree, found) = data_source.read(config, self.stop.clone()).await;
            diagnostics.add_diagnostics(found);
            state = Some(tree.to_wire());
        }
        proto::read_data_source::Response {
            state,
            diagnostics: to_wire(diagnostics),
        }
    }

    async fn get_functions(&self, _: proto::get_functions::Request) -> proto::get_functions::Response {
        proto::get_functions::Response {
            functions: self
                .functions
                .iter()
                .map(|(name, f)| ((*name).to_owned(), f.schema()))
                .collect(),
            diagnostics: Vec::new(),
        }
    }

    async fn close(&self) {
        if let Some(close) = &self.close {
            close().await;
        }
    }

    async fn call_function(&self, request: proto::call_function::Request) -> proto::call_function::Response {
        let failure = |text: String| function::failure(text, None);
        let arguments: Result<Vec<Tree>, _> = request
            .arguments
            .iter()
            .map(|value| Tree::from_wire(Some(value)))
            .collect();
        let outcome = match (self.functions.get(request.name.as_str()), arguments) {
            (None, _) => Err(failure(format!("The provider has no function {:?}.", request.name))),
            (_, Err(cause)) => Err(failure(format!("An argument cannot be read: {cause}."))),
            (Some(function), Ok(arguments)) => function.call(arguments).await,
        };
        match outcome {
            Ok(result) => proto::call_function::Response {
                result: Some(result.to_wire()),
                error: None,
            },
            Err(error) => proto::call_function::Response {
                result: None,
                error: Some(error),
            },
        }
    }
}
