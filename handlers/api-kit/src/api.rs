//! From an event of API Gateway to its answer.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_contract::Handler;
use aws_lambda_events::apigw::{ApiGatewayProxyRequest, ApiGatewayProxyResponse};
use aws_lambda_events::encodings::Body;
use aws_lambda_events::http::{HeaderName, HeaderValue, Method};
use lambda_kit::emf::{MetricSink, Metrics, Unit};
use lambda_kit::{Cut, Environment, Failure, Invocation, LAST_WORDS};
use metric_names::api as names;
use serde_json::Value;

use crate::answer::Answer;
use crate::cors::{self, Origin};
use crate::problem::{Kind, Problem};
use crate::request::{self, Request};

/// How long a handler may take. API Gateway waits 29 s and then answers itself, without our problem and our metric.
/// Source: API Gateway developer guide, "Quotas", integration timeout.
const PATIENCE: Duration = Duration::from_secs(25);

/// What API Gateway gets.
pub type Reply = ApiGatewayProxyResponse;

/// What one handler is to API Gateway.
#[derive(Clone)]
pub struct Api {
    handler: Handler,
    admin_group: String,
    origins: Vec<Origin>,
    metrics: MetricSink,
}

impl fmt::Debug for Api {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("handler", &self.handler)
            .field("admin_group", &self.admin_group)
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl Api {
    /// With `LECTERN_ADMIN_GROUP` (`admin` unless set) and `LECTERN_CORS_ORIGINS`; metrics are log lines.
    pub fn of(handler: Handler, environment: &mut Environment<'_>) -> Self {
        Self {
            handler,
            admin_group: environment
                .optional("LECTERN_ADMIN_GROUP")
                .unwrap_or_else(|| "admin".to_owned()),
            origins: Origin::all(environment),
            metrics: Arc::new(Metrics::emit),
        }
    }

    /// With another place for metrics: for tests.
    #[must_use]
    pub fn with_metrics(mut self, metrics: impl Fn(&Metrics) + Send + Sync + 'static) -> Self {
        self.metrics = Arc::new(metrics);
        self
    }

    /// Serves one event: checks it, lets `serve` answer, and reports.
    ///
    /// # Errors
    /// [`Failure`] where the event is none of API Gateway's, which only a caller of the function itself can cause. Whatever else
    /// goes wrong is an answer.
    pub async fn answer<F>(&self, invocation: Invocation, serve: impl FnOnce(Request) -> F) -> Result<Reply, Failure>
    where
        F: Future<Output = Result<Answer, Problem>>,
    {
        let start = Instant::now();
        let event = event(&invocation)?;
        let request_id = event
            .request_context
            .request_id
            .clone()
            .unwrap_or(invocation.request_id);
        let origin = request::header(&event, "origin");
        let resource = event.resource.as_deref().unwrap_or_default();
        if event.http_method == Method::OPTIONS {
            let methods = request::methods(resource);
            return Ok(reply(cors::preflight(&methods, &self.origins, origin), &request_id));
        }
        // A path that is no route has no name of its own: names of metrics are not for clients to make.
        let route = api_contract::Contract::embedded().route(event.http_method.as_str(), resource);
        let operation = route
            .filter(|route| route.handler == self.handler)
            .map_or("unknown", |route| route.operation.as_str());
        let deadline = invocation.deadline.at_most(PATIENCE + LAST_WORDS);
        let work = async {
            let request = Request::of(
                &event,
                self.handler,
                &self.admin_group,
                &request_id,
                invocation.deadline,
            )?;
            serve(request).await
        };
        let result = lambda_kit::guard(deadline, work).await.unwrap_or_else(|cut| {
            let kind = match cut {
                Cut::OutOfTime { .. } => Kind::Unavailable,
                Cut::Panicked { .. } => Kind::Internal,
            };
            Err(Problem::new(kind).cause(cut.to_string()))
        });
        let answer = result
            .as_ref()
            .map_or_else(|problem| Answer::problem(problem, &request_id), Answer::clone);
        self.report(operation, &answer, result.err().as_ref(), &request_id, start.elapsed());
        Ok(reply(cors::allow(answer, &self.origins, origin), &request_id))
    }

    fn report(&self, operation: &str, answer: &Answer, problem: Option<&Problem>, request_id: &str, took: Duration) {
        let milliseconds = took.as_secs_f64() * 1000.0;
        let (status, failed) = (answer.status, answer.status >= 500);
        let metrics = Metrics::new(names::NAMESPACE)
            .dimension(names::OPERATION, operation)
            .value(names::REQUESTS, Unit::Count, 1.0)
            .value(
                names::CLIENT_ERRORS,
                Unit::Count,
                f64::from(u8::from((400..500).contains(&status))),
            )
            .value(names::SERVER_ERRORS, Unit::Count, f64::from(u8::from(failed)))
            .value(names::DURATION_MILLISECONDS, Unit::Milliseconds, milliseconds);
        (self.metrics)(&metrics);
        // Lambda's runtime keeps it for X-Ray; the AWS SDK passes it on with every call.
        let trace_id = std::env::var("_X_AMZN_TRACE_ID").unwrap_or_default();
        let kind = problem.map_or("none", |problem| problem.kind.name());
        let cause = problem.and_then(|problem| problem.cause.as_deref()).unwrap_or_default();
        if failed {
            tracing::error!(
                operation,
                status,
                problem = kind,
                cause,
                request_id,
                trace_id,
                milliseconds,
                "request failed"
            );
        } else {
            tracing::info!(
                operation,
                status,
                problem = kind,
                cause,
                request_id,
                trace_id,
                milliseconds,
                "request served"
            );
        }
    }
}

fn event(invocation: &Invocation) -> Result<ApiGatewayProxyRequest, Failure> {
    let event = serde_json::from_str::<Value>(invocation.event.get()).map(without_empty_lists);
    let event = event.and_then(serde_json::from_value::<ApiGatewayProxyRequest>);
    event.ok().filter(|event| event.resource.is_some()).ok_or_else(|| Failure {
        name: "NotAnApiEvent",
        message: "the event is not one of API Gateway's proxy integration (REST): this function serves an API and is not called \
                  directly"
            .to_owned(),
    })
}

/// A parameter without a value is none. API Gateway sends no such thing, and the map that the parameters become panics over it.
fn without_empty_lists(mut event: Value) -> Value {
    for name in ["queryStringParameters", "multiValueQueryStringParameters"] {
        if let Some(parameters) = event.get_mut(name).and_then(Value::as_object_mut) {
            parameters.retain(|_, values| !values.is_null() && values.as_array().is_none_or(|list| !list.is_empty()));
        }
    }
    event
}

fn reply(answer: Answer, request_id: &str) -> Reply {
    let mut reply = Reply::default();
    reply.status_code = i64::from(answer.status);
    reply.body = answer.body.map(Body::Text);
    let every = [
        ("x-request-id", request_id.to_owned()),
        ("cache-control", "no-store".to_owned()),
    ];
    for (name, value) in answer.headers.into_iter().chain(every) {
        if let Ok(value) = HeaderValue::try_from(value) {
            reply.headers.insert(HeaderName::from_static(name), value);
        }
    }
    // A browser must take the answer for what it says it is.
    let nosniff = HeaderValue::from_static("nosniff");
    reply
        .headers
        .insert(HeaderName::from_static("x-content-type-options"), nosniff);
    reply
}
