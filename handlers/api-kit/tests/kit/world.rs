//! A handler that answers with what it saw.

use std::sync::{Arc, Mutex};

use api_contract::Handler;
use api_kit::{Answer, Api, Kind, Problem, Reply, Request};
use aws_lambda_events::encodings::Body;
use lambda_kit::{Deadline, Environment, Failure, Invocation};
use serde_json::value::RawValue;
use serde_json::{Value, json};

#[derive(Clone, Copy, Default)]
enum Behaviour {
    #[default]
    Answer,
    Fail(Kind),
    Hang,
    Panic,
}

pub(crate) struct World {
    api: Api,
    behaviour: Mutex<Behaviour>,
    metrics: Arc<Mutex<Vec<String>>>,
}

/// What API Gateway would send.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) status: i64,
    pub(crate) body: Option<String>,
    reply: Reply,
}

impl Sent {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.reply.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(self.body.as_deref().unwrap()).unwrap()
    }

    /// Checks that it is a problem of this name, as the contract says one looks.
    pub(crate) fn is_problem(&self, name: &str) {
        assert_eq!(
            self.header("content-type"),
            Some("application/problem+json"),
            "{:?}",
            self.body
        );
        let body = self.json();
        assert_eq!(body["type"], format!("urn:lectern:problem:{name}"), "{body}");
        assert_eq!(body["status"], self.status, "{body}");
        assert_eq!(api_kit::violations("Problem", &body), [], "{body}");
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self::of(Handler::UploadApi)
    }

    pub(crate) fn of(handler: Handler) -> Self {
        let mut environment = Environment::new(|name| match name {
            "LECTERN_CORS_ORIGINS" => Some("https://learn.example.com,http://localhost:3000".to_owned()),
            _ => None,
        });
        let metrics = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&metrics);
        let api = Api::of(handler, &mut environment)
            .with_metrics(move |line| kept.lock().unwrap().push(line.render(std::time::SystemTime::now())));
        environment.finish().unwrap();
        Self {
            api,
            behaviour: Mutex::default(),
            metrics,
        }
    }

    pub(crate) fn fail(&self, kind: Kind) {
        *self.behaviour.lock().unwrap() = Behaviour::Fail(kind);
    }

    pub(crate) fn hang(&self) {
        *self.behaviour.lock().unwrap() = Behaviour::Hang;
    }

    pub(crate) fn panic(&self) {
        *self.behaviour.lock().unwrap() = Behaviour::Panic;
    }

    pub(crate) fn metrics(&self) -> Vec<Value> {
        let lines = self.metrics.lock().unwrap();
        lines.iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) async fn serve(&self, event: &Value) -> Sent {
        self.serve_until(event, Deadline::NONE).await.unwrap()
    }

    pub(crate) async fn serve_until(&self, event: &Value, deadline: Deadline) -> Result<Sent, Failure> {
        let invocation = Invocation {
            event: RawValue::from_string(event.to_string()).unwrap(),
            request_id: "lambda-1".to_owned(),
            function_arn: "arn:aws:lambda:us-east-1:000000000000:function:upload:live".to_owned(),
            deadline,
        };
        let behaviour = *self.behaviour.lock().unwrap();
        let reply = self
            .api
            .answer(invocation, |request| handler(request, behaviour))
            .await?;
        let body = reply.body.as_ref().map(|body| match body {
            Body::Text(text) => text.clone(),
            other => panic!("{other:?}"),
        });
        Ok(Sent {
            status: reply.status_code,
            body,
            reply,
        })
    }
}

async fn handler(request: Request, behaviour: Behaviour) -> Result<Answer, Problem> {
    match behaviour {
        Behaviour::Answer => Answer::json(
            201,
            &json!({
                "operation": request.route.operation,
                "subject": request.caller.subject(),
                "key": request.parameter("Idempotency-Key"),
                "body": request.body(),
            }),
        ),
        Behaviour::Fail(kind) => Err(Problem::new(kind).cause("10.0.0.1 refused")),
        Behaviour::Hang => std::future::pending().await,
        Behaviour::Panic => panic!("10.0.0.1 panicked"),
    }
}

/// An event of an administrator.
pub(crate) fn event(method: &str, resource: &str, headers: &[(&str, &str)]) -> Value {
    let single: serde_json::Map<_, _> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!(value)))
        .collect();
    let all: serde_json::Map<_, _> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), json!([value])))
        .collect();
    json!({
        "resource": resource,
        "path": resource,
        "httpMethod": method,
        "headers": single,
        "multiValueHeaders": all,
        "queryStringParameters": null,
        "multiValueQueryStringParameters": null,
        "pathParameters": null,
        "stageVariables": null,
        "requestContext": {
            "requestId": "request-1",
            "stage": "v1",
            "httpMethod": method,
            "authorizer": { "claims": { "sub": "9f1c2d3e", "token_use": "id", "cognito:groups": "teacher,admin" } }
        },
        "body": null,
        "isBase64Encoded": false
    })
}

/// A good `POST /files`.
pub(crate) fn create_file() -> Value {
    let mut event = event(
        "POST",
        "/files",
        &[("Content-Type", "application/json"), ("Idempotency-Key", "0123456789")],
    );
    event["body"] = upload().to_string().into();
    event
}

/// A body of `POST /files`.
pub(crate) fn upload() -> Value {
    json!({
        "name": "notes.pdf", "size": 1, "content_type": "application/pdf", "course": "algebra", "visibility": "course",
        "sha256": "A".repeat(43) + "="
    })
}
