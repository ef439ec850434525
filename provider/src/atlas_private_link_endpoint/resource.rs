//! The resource: what Terraform calls, in terms of the remote.

use std::collections::BTreeMap;

use async_trait::async_trait;
use atlas_client::{ClusterName, ConnectionStatus, EndpointServiceId, InterfaceEndpointId, ProjectId};
use provider_kit::{ApplyRequest, Claim, Held, Imported, Operation, PlanRequest, Resource, Schema};
use tf_provider::Diagnostics;
use tf_provider::value::Value;

use super::remote::{Remote, Trouble, has_failed, is_leaving};
use super::state::{Endpoint, Place};
use super::{failures, schema};
use crate::connection::Connection;
use crate::connection::atlas::{
    AFTER_CREATE, AFTER_DELETE, AFTER_UPDATE, Atlas, Doing, Ended, NOTHING_MADE, Pace, client,
};

/// `lectern_atlas_private_link_endpoint`.
pub(crate) struct PrivateLinkEndpoint {
    connection: Connection,
}

impl PrivateLinkEndpoint {
    pub(crate) fn new(connection: Connection) -> Self {
        Self { connection }
    }

    /// The endpoint at a place; `None` with an error.
    async fn remote<'a>(
        atlas: &'a Atlas,
        place: Place,
        operation: &'a Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Remote<'a>> {
        Some(Remote {
            api: client(atlas, operation, diagnostics).await?,
            place,
            pace: Pace::default(),
            operation,
        })
    }

    /// Waits until no other resource of the run registers or removes the endpoint.
    async fn hold(&self, remote: &Remote<'_>) -> Result<Held, Ended> {
        let claims = self.connection.claims();
        Ok(remote.operation.read(claims.hold(&name(&remote.place))).await?)
    }
}

/// An endpoint in the memory of the run.
fn name(place: &Place) -> String {
    format!("atlas private link endpoint {place}")
}

/// Whether a wait ended before the endpoint was usable: the next apply continues it.
fn is_unfinished(endpoint: &Endpoint) -> bool {
    let status = endpoint.status.as_deref_option();
    let is = |word: ConnectionStatus| status == Some(word.as_str());
    let settled = is(ConnectionStatus::Available) || is(ConnectionStatus::Failed) || is(ConnectionStatus::Rejected);
    !settled && endpoint.error_message.is_null()
}

#[async_trait]
impl Resource for PrivateLinkEndpoint {
    type State = Endpoint;

    fn schema(&self) -> Schema {
        schema::schema()
    }

    fn validate(&self, _: &Endpoint, _: &mut Diagnostics) {}

    async fn plan(&self, request: PlanRequest<Endpoint>, _: &mut Diagnostics) -> Endpoint {
        let mut planned = request.planned;
        planned.id = planned
            .place()
            .map_or(Value::Unknown, |place| Value::Value(place.to_string()));
        let Some(prior) = &request.prior else { return planned };
        let has_strings = planned
            .clusters()
            .is_some_and(|clusters| prior.has_strings_of(&clusters));
        let works = prior.error_message.is_null() && !is_unfinished(prior);
        if is_unfinished(prior) || (works && !has_strings) {
            planned.status = Value::Unknown;
            planned.error_message = Value::Unknown;
            planned.connection_strings = Value::Unknown;
        }
        planned
    }

    async fn read(
        &self,
        mut state: Endpoint,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Endpoint> {
        let Some(place) = state.place() else { return Some(state) };
        let atlas = self.connection.atlas();
        let remote = Self::remote(&atlas, place, operation, diagnostics).await?;
        let doing = Doing::reading(format!("reading the endpoint {}", remote.place.endpoint));
        match remote.get().await {
            Ok(endpoint) => {
                let endpoint = endpoint.filter(|endpoint| !is_leaving(endpoint))?;
                if has_failed(&endpoint) {
                    failures::is_unhealthy(diagnostics, &endpoint);
                }
                state.show(&endpoint);
            }
            Err(end) => {
                failures::ended(diagnostics, end.into(), &doing);
                return Some(state);
            }
        }
        match remote.strings(&state.clusters().unwrap_or_default()).await {
            Ok(strings) => state.show_strings(strings),
            Err(end) => failures::strings_are_not_read(diagnostics, end),
        }
        Some(state)
    }

    async fn create(
        &self,
        request: ApplyRequest<Endpoint>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Endpoint> {
        let place = request.effective.place()?;
        let clusters = request.effective.clusters().unwrap_or_default();
        let mut doing = Doing {
            phrase: format!("registering the endpoint {}", place.endpoint),
            follows: NOTHING_MADE,
        };
        let atlas = self.connection.atlas();
        let remote = Self::remote(&atlas, place, operation, diagnostics).await?;
        let claims = self.connection.claims();
        let registered = async {
            remote.check_clusters(&clusters).await?;
            let _held = self.hold(&remote).await?;
            let registered = remote.register().await;
            match &registered {
                Ok(_) | Err(Trouble::Unanswered(_)) => claims.own(&name(&remote.place), operation.owner()),
                Err(Trouble::Exists) => claims.refuse(&name(&remote.place)),
                Err(_) => {}
            }
            registered
        }
        .await;
        let mut state = request.planned;
        state.id = Value::Value(remote.place.to_string());
        let mut endpoint = match registered {
            Ok(endpoint) => endpoint,
            // If Atlas registered it, it is ours: the next refresh shows whether it did.
            Err(Trouble::Unanswered(end)) => {
                doing.follows = AFTER_CREATE;
                failures::ended(diagnostics, end.into(), &doing);
                state.status = Value::Null;
                state.error_message = Value::Null;
                state.show_strings(BTreeMap::new());
                return Some(state);
            }
            Err(Trouble::Ended(Ended::Stopped)) => {
                failures::nothing_was_registered(diagnostics);
                return None;
            }
            Err(trouble) => {
                failures::ended(diagnostics, trouble, &doing);
                return None;
            }
        };
        doing.follows = AFTER_CREATE;
        let result = match remote.until_connected(&mut endpoint).await {
            Ok(()) => remote.until_strings(&clusters).await,
            Err(trouble) => Err(trouble),
        };
        state.show(&endpoint);
        state.show_strings(BTreeMap::new());
        match result {
            Ok(strings) => state.show_strings(strings),
            Err(trouble) => failures::ended(diagnostics, trouble, &doing),
        }
        Some(state)
    }

    async fn update(
        &self,
        request: ApplyRequest<Endpoint>,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Endpoint {
        let prior = request.prior.clone().unwrap_or_default();
        let clusters = request.effective.clusters().unwrap_or_default();
        let mut state = Endpoint {
            status: prior.status.clone(),
            error_message: prior.error_message.clone(),
            connection_strings: prior.connection_strings.clone(),
            ..request.planned
        };
        if !is_unfinished(&prior) && prior.has_strings_of(&clusters) {
            return state;
        }
        let Some(place) = prior.place() else { return prior };
        let doing = Doing {
            phrase: format!("waiting for the endpoint {}", place.endpoint),
            follows: AFTER_UPDATE,
        };
        let atlas = self.connection.atlas();
        let Some(remote) = Self::remote(&atlas, place, operation, diagnostics).await else {
            return prior;
        };
        let result = async {
            remote.check_clusters(&clusters).await?;
            let mut endpoint = remote.get().await?.ok_or(Trouble::Vanished)?;
            let connected = remote.until_connected(&mut endpoint).await;
            state.show(&endpoint);
            connected?;
            remote.until_strings(&clusters).await
        }
        .await;
        match result {
            Ok(strings) => state.show_strings(strings),
            Err(trouble) => failures::ended(diagnostics, trouble, &doing),
        }
        state
    }

    async fn delete(&self, state: Endpoint, operation: &Operation, diagnostics: &mut Diagnostics) -> Option<Endpoint> {
        let place = state.place()?;
        let doing = Doing {
            phrase: format!("removing the endpoint {}", place.endpoint),
            follows: AFTER_DELETE,
        };
        let atlas = self.connection.atlas();
        let Some(remote) = Self::remote(&atlas, place, operation, diagnostics).await else {
            return Some(state);
        };
        let removed = async {
            let _held = self.hold(&remote).await?;
            match self
                .connection
                .claims()
                .against(&name(&remote.place), operation.owner())
            {
                None => remote.remove().await.map(|()| None),
                claim => Ok(claim),
            }
        }
        .await;
        match removed {
            Ok(None) => return None,
            Ok(Some(Claim::Owned(_))) => {
                failures::registered_meanwhile(diagnostics, &remote.place);
                return None;
            }
            Ok(Some(Claim::Refused)) => failures::wanted_by_another(diagnostics, &remote.place),
            Err(trouble) => failures::ended(diagnostics, trouble, &doing),
        }
        Some(state)
    }

    async fn import(
        &self,
        id: &str,
        operation: &Operation,
        diagnostics: &mut Diagnostics,
    ) -> Option<Imported<Endpoint>> {
        let parts: Vec<_> = id.split('/').collect();
        let place = match parts[..] {
            [project, service, endpoint] => ProjectId::parse(project).ok().and_then(|project| {
                Some(Place {
                    project,
                    service: EndpointServiceId::parse(service).ok()?,
                    endpoint: InterfaceEndpointId::parse(endpoint).ok()?,
                })
            }),
            _ => None,
        };
        let Some(place) = place else {
            failures::import_id_is_malformed(diagnostics, id);
            return None;
        };
        let text = |value: &str| Value::Value(value.to_owned());
        let mut state = Endpoint {
            id: text(id),
            project_id: text(place.project.as_str()),
            private_link_id: text(place.service.as_str()),
            interface_endpoint_id: text(place.endpoint.as_str()),
            ..Endpoint::default()
        };
        let atlas = self.connection.atlas();
        let remote = Self::remote(&atlas, place, operation, diagnostics).await?;
        match remote.get().await {
            Ok(Some(endpoint)) => {
                state.show(&endpoint);
                state.show_strings(BTreeMap::<ClusterName, _>::new());
                Some(Imported { state, owner: None })
            }
            Ok(None) => {
                failures::nothing_there(diagnostics, id);
                None
            }
            Err(end) => {
                let doing = Doing::reading(format!("looking for the endpoint {id}"));
                failures::ended(diagnostics, end.into(), &doing);
                None
            }
        }
    }
}
