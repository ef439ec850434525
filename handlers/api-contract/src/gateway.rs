//! The contract as Terraform's module `api` reads it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::contract::{Contract, Place};
use crate::schema::{self, SchemaError};

/// Routes and the models of their bodies.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gateway {
    routes: BTreeMap<String, GatewayRoute>,
    models: BTreeMap<String, Model>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct GatewayRoute {
    operation: String,
    handler: &'static str,
    /// Model by content type.
    body: BTreeMap<String, String>,
    /// Whether API Gateway refuses a request without it, by name.
    headers: BTreeMap<String, bool>,
    query: BTreeMap<String, bool>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
struct Model {
    content_type: String,
    schema: Value,
}

impl Gateway {
    /// What API Gateway has to know of a contract.
    ///
    /// # Errors
    /// [`SchemaError`]: a body's schema says what API Gateway would not enforce, so that a request it should refuse would pass.
    pub fn of(contract: &Contract) -> Result<Self, SchemaError> {
        let mut gateway = Self {
            routes: BTreeMap::new(),
            models: BTreeMap::new(),
        };
        for route in contract.routes() {
            let named = |place| {
                let parameters = route
                    .parameters
                    .iter()
                    .filter(move |parameter| parameter.place == place);
                parameters
                    .map(|parameter| (parameter.name.clone(), parameter.required))
                    .collect()
            };
            let mut body = BTreeMap::new();
            if let Some(taken) = &route.body {
                let schema = schema::model(&contract.schema(&taken.schema)?, &format!("{}#", taken.schema))?;
                gateway.models.insert(
                    taken.schema.clone(),
                    Model {
                        content_type: taken.content_type.clone(),
                        schema,
                    },
                );
                body.insert(taken.content_type.clone(), taken.schema.clone());
            }
            gateway.routes.insert(
                format!("{} {}", route.method, route.path),
                GatewayRoute {
                    operation: route.operation.clone(),
                    handler: route.handler.name(),
                    body,
                    headers: named(Place::Header),
                    query: named(Place::Query),
                },
            );
        }
        Ok(gateway)
    }

    /// The file `terraform/modules/api/contract.json`.
    ///
    /// # Errors
    /// Never in practice: everything in it can be said in JSON.
    pub fn render(&self) -> Result<String, serde_json::Error> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }
}
