//! `openapi.json`, read once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::schema::{self, SchemaError};

/// Everything in the file that a program goes by.
#[derive(Debug, Clone)]
pub struct Contract {
    routes: Vec<Route>,
    schemas: Map<String, Value>,
}

/// One operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Like `POST`.
    pub method: String,
    /// Like `/files/{id}`, which is what API Gateway calls the resource.
    pub path: String,
    /// Like `createFile`: its name in logs and metrics.
    pub operation: String,
    /// Who serves it.
    pub handler: Handler,
    /// Who may call it.
    pub access: Access,
    /// What becomes of `If-Match`.
    pub condition: Condition,
    /// Path, query and header parameters.
    pub parameters: Vec<Parameter>,
    /// Content type and schema of the body; none where no body is taken.
    pub body: Option<Body>,
    /// Statuses of its answers.
    pub statuses: BTreeSet<u16>,
    /// Schema of the answer, by status, where it has a body.
    pub answers: BTreeMap<u16, String>,
}

/// The function that serves a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Handler {
    /// handlers/upload-api
    UploadApi,
    /// handlers/download-api
    DownloadApi,
    /// handlers/profile-api
    ProfileApi,
}

impl Handler {
    /// Its crate, its program and its package.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::UploadApi => "upload-api",
            Self::DownloadApi => "download-api",
            Self::ProfileApi => "profile-api",
        }
    }
}

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Access {
    /// Everybody who is signed in.
    User,
    /// Members of the administrators' group.
    Administrator,
}

/// What a route does with a request that has a condition (RFC 9110, 13). No other than `If-Match` is taken anywhere: a change with
/// `If-None-Match` is refused by every route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Condition {
    /// It changes nothing, and answers as without one.
    Ignored,
    /// What it changes has no version to compare: a change with a condition is not made (412).
    Refused,
    /// It is made under the condition, or without one.
    Optional,
    /// It is made under a condition alone (428).
    Required,
}

/// A parameter of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// As written; of a header in any case.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Whether API Gateway refuses a request without it.
    pub required: bool,
    /// Its schema.
    pub schema: Value,
}

/// Where a parameter is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Place {
    /// In the path, by its name in braces.
    Path,
    /// In the query.
    Query,
    /// A header.
    Header,
}

/// What a request has to carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    /// Like `application/json`.
    pub content_type: String,
    /// Name of its schema.
    pub schema: String,
}

static EMBEDDED: LazyLock<Contract> = LazyLock::new(|| {
    // The file is part of the program: a test reads it, so it cannot be wrong here.
    #[allow(clippy::expect_used, reason = "the file is compiled in and tested")]
    let contract = Contract::parse(include_str!("../openapi.json")).expect("openapi.json");
    contract
});

impl Contract {
    /// The contract of these APIs.
    #[must_use]
    pub fn embedded() -> &'static Self {
        &EMBEDDED
    }

    /// Reads an OpenAPI document.
    ///
    /// # Errors
    /// When it is none, or lacks what a route here has: `operationId`, `x-lectern-handler`, `x-lectern-access`,
    /// `x-lectern-condition`, and bodies by reference.
    pub fn parse(text: &str) -> Result<Self, serde_json::Error> {
        let document: Document = serde_json::from_str(text)?;
        let mut routes = Vec::new();
        for (path, methods) in document.paths {
            for (method, operation) in methods {
                routes.push(operation.route(method.to_uppercase(), path.clone()));
            }
        }
        Ok(Self {
            routes,
            schemas: document.components.schemas,
        })
    }

    /// Every route, by path and method.
    #[must_use]
    pub fn routes(&self) -> &[Route] {
        &self.routes
    }

    /// The route of a method and a resource, as API Gateway names both.
    #[must_use]
    pub fn route(&self, method: &str, resource: &str) -> Option<&Route> {
        self.routes
            .iter()
            .find(|route| route.method == method && route.path == resource)
    }

    /// A schema of the document in JSON Schema draft 4, complete in itself.
    ///
    /// # Errors
    /// [`SchemaError`]: no such schema, or one that cannot be written out.
    pub fn schema(&self, name: &str) -> Result<Value, SchemaError> {
        let reference = serde_json::json!({ "$ref": format!("#/components/schemas/{name}") });
        schema::draft_4(&reference, &self.schemas)
    }
}

#[derive(Deserialize)]
struct Document {
    paths: BTreeMap<String, BTreeMap<String, Operation>>,
    components: Components,
}

#[derive(Deserialize)]
struct Components {
    schemas: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Operation {
    operation_id: String,
    #[serde(rename = "x-lectern-handler")]
    handler: Handler,
    #[serde(rename = "x-lectern-access")]
    access: Access,
    #[serde(rename = "x-lectern-condition")]
    condition: Condition,
    #[serde(default)]
    parameters: Vec<ParameterObject>,
    request_body: Option<Content>,
    responses: BTreeMap<String, Content>,
}

#[derive(Deserialize)]
struct ParameterObject {
    name: String,
    #[serde(rename = "in")]
    place: Place,
    required: bool,
    schema: Value,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    content: BTreeMap<String, Media>,
}

#[derive(Deserialize)]
struct Media {
    schema: Reference,
}

#[derive(Deserialize)]
struct Reference {
    #[serde(rename = "$ref")]
    name: String,
}

impl Reference {
    fn schema(self) -> String {
        self.name
            .strip_prefix("#/components/schemas/")
            .map_or(self.name.clone(), str::to_owned)
    }
}

impl Operation {
    fn route(self, method: String, path: String) -> Route {
        let parameters = self.parameters.into_iter().map(|parameter| Parameter {
            name: parameter.name,
            place: parameter.place,
            required: parameter.required,
            schema: parameter.schema,
        });
        let first = |content: Content| content.content.into_iter().next();
        let statuses = self.responses.keys().filter_map(|status| status.parse().ok()).collect();
        let answers = self.responses.into_iter().filter_map(|(status, content)| {
            let (_, media) = first(content)?;
            Some((status.parse().ok()?, media.schema.schema()))
        });
        Route {
            method,
            path,
            operation: self.operation_id,
            handler: self.handler,
            access: self.access,
            condition: self.condition,
            parameters: parameters.collect(),
            body: self.request_body.and_then(first).map(|(content_type, media)| Body {
                content_type,
                schema: media.schema.schema(),
            }),
            statuses,
            answers: answers.collect(),
        }
    }
}
