//! PutDashboard, GetDashboard, DeleteDashboards. A dashboard belongs to an account, not to a region. Its body is kept as it came;
//! that it is JSON is all that is looked at.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::error::ApiError;
use crate::model::Scope;
use crate::protocol::{Input, Reply, reply};

/// Bodies by account and name.
pub(crate) type Dashboards = BTreeMap<(String, String), String>;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Request {
    dashboard_name: Option<String>,
    dashboard_body: Option<String>,
    #[serde(default)]
    dashboard_names: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Dashboard<'a> {
    dashboard_arn: String,
    dashboard_body: &'a str,
    dashboard_name: &'a str,
}

#[derive(Serialize)]
struct Nothing {}

fn arn(scope: &Scope, name: &str) -> String {
    format!("arn:aws:cloudwatch::{}:dashboard/{name}", scope.account)
}

pub(super) fn put(dashboards: &mut Dashboards, scope: &Scope, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let name = request
        .dashboard_name
        .ok_or_else(|| ApiError::missing("dashboardName"))?;
    let body = request
        .dashboard_body
        .ok_or_else(|| ApiError::missing("dashboardBody"))?;
    if serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&body).is_err() {
        return Err(ApiError::invalid_dashboard(
            "The field DashboardBody must be a valid JSON object",
        ));
    }
    dashboards.insert((scope.account.clone(), name), body);
    reply(&Nothing {})
}

pub(super) fn get(dashboards: &Dashboards, scope: &Scope, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let name = request
        .dashboard_name
        .ok_or_else(|| ApiError::missing("dashboardName"))?;
    let key = (scope.account.clone(), name);
    let Some(body) = dashboards.get(&key) else {
        return Err(ApiError::resource_not_found(format!(
            "Dashboard {} does not exist",
            key.1
        )));
    };
    reply(&Dashboard {
        dashboard_arn: arn(scope, &key.1),
        dashboard_body: body,
        dashboard_name: &key.1,
    })
}

/// All of them or, where one is not there, none.
pub(super) fn delete(dashboards: &mut Dashboards, scope: &Scope, input: &Input) -> Result<Reply, ApiError> {
    let request: Request = input.parse()?;
    let keys: Vec<_> = request
        .dashboard_names
        .into_iter()
        .map(|name| (scope.account.clone(), name))
        .collect();
    if let Some((_, name)) = keys.iter().find(|key| !dashboards.contains_key(*key)) {
        return Err(ApiError::resource_not_found(format!("Dashboard {name} does not exist")));
    }
    for key in &keys {
        dashboards.remove(key);
    }
    reply(&Nothing {})
}
