//! A subject sees the emulator's answers, except where the script says otherwise.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_front::{Effect, Front, GateHandle, Rule};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;

/// Answers every request with its method, path and body, and counts.
struct Upstream {
    url: String,
    count: Arc<AtomicUsize>,
}

async fn upstream() -> Upstream {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let counted = Arc::clone(&counted);
            let echo = move |request: Request<Incoming>| {
                counted.fetch_add(1, Ordering::SeqCst);
                async move {
                    let line = format!("{} {} ", request.method(), request.uri());
                    let body = request.into_body().collect().await.unwrap().to_bytes();
                    let body = [line.as_bytes(), &body].concat();
                    Ok::<_, Infallible>(Response::new(Full::new(Bytes::from(body))))
                }
            };
            tokio::spawn(async move {
                let connection = hyper::server::conn::http1::Builder::new();
                connection
                    .serve_connection(TokioIo::new(stream), service_fn(echo))
                    .await
                    .ok();
            });
        }
    });
    Upstream { url, count }
}

struct Subject {
    front: Front,
    upstream: Upstream,
    client: Client<HttpConnector, Full<Bytes>>,
}

impl Subject {
    async fn new() -> Self {
        let upstream = upstream().await;
        Self {
            front: Front::start(&upstream.url).await.unwrap(),
            upstream,
            client: Client::builder(TokioExecutor::new())
                .retry_canceled_requests(false)
                .build_http(),
        }
    }

    /// Status and body, or `None` where the connection ended.
    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Option<(u16, String)> {
        let mut request = Request::builder().method(method).uri(self.front.url() + path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::from(body.to_owned())).unwrap();
        let answer = self.client.request(request).await.ok()?;
        let status = answer.status().as_u16();
        let body = answer.into_body().collect().await.ok()?.to_bytes();
        Some((status, String::from_utf8(body.to_vec()).unwrap()))
    }

    fn carried_out(&self) -> usize {
        self.upstream.count.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn without_a_script_calls_are_passed_on_and_named() {
    let subject = Subject::new().await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let json = [("x-amz-target", "secretsmanager.GetSecretValue")];
    for (method, path, headers, body, operation) in [
        (
            "GET",
            "/bucket?list-type=2&prefix=a",
            [].as_slice(),
            "",
            "ListObjectsV2",
        ),
        ("POST", "/bucket/a/b?uploads", &[], "", "CreateMultipartUpload"),
        ("PUT", "/bucket/a/b?partNumber=1&uploadId=u", &[], "x", "UploadPart"),
        ("POST", "/bucket/a/b?uploadId=u", &[], "", "CompleteMultipartUpload"),
        ("DELETE", "/bucket/a/b?uploadId=u", &[], "", "AbortMultipartUpload"),
        ("PUT", "/bucket/a/b", &[], "x", "PutObject"),
        ("GET", "/bucket/a/b?x-id=GetObject", &[], "", "GetObject"),
        ("POST", "/", &form, "Action=AssumeRole&Version=1", "AssumeRole"),
        ("POST", "/", &json, "{}", "GetSecretValue"),
        ("POST", "/schedules/default", &[], "{}", "CreateSchedule"),
        ("POST", "/2015-03-31/functions/f/invocations", &[], "{}", "Invoke"),
        (
            "GET",
            "/2015-03-31/functions/f/configuration",
            &[],
            "",
            "GetFunctionConfiguration",
        ),
    ] {
        let (status, answer) = subject.send(method, path, headers, body).await.unwrap();
        assert_eq!((status, answer), (200, format!("{method} {path} {body}")));
        assert_eq!(subject.front.calls().last().unwrap().operation, operation);
    }
    assert_eq!(subject.front.calls_of("PutObject"), 1);
}

#[tokio::test]
async fn a_rule_waits_for_its_turn_and_ends_after_it() {
    let subject = Subject::new().await;
    let rule = Rule::on("GetObject").path("/wanted").after(1).times(2);
    subject.front.script(rule.effect(Effect::slow_down()));
    let mut seen = Vec::new();
    for path in ["/b/wanted", "/b/other", "/b/wanted", "/b/wanted", "/b/wanted"] {
        seen.push(subject.send("GET", path, &[], "").await.unwrap().0);
    }
    assert_eq!(seen, [200, 200, 503, 503, 200]);
    assert_eq!(subject.carried_out(), 3);
}

#[tokio::test]
async fn a_refusal_is_written_as_its_service_writes_one() {
    let subject = Subject::new().await;
    subject
        .front
        .script(Rule::on("*").always().effect(Effect::refusal(400, "Odd", "words")));
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let json = [("x-amz-target", "secretsmanager.GetSecretValue")];
    let answers = [
        subject.send("GET", "/b/k", &[], "").await.unwrap().1,
        subject.send("POST", "/", &form, "Action=AssumeRole").await.unwrap().1,
        subject.send("POST", "/", &json, "{}").await.unwrap().1,
    ];
    assert!(answers[0].starts_with("<Error><Code>Odd</Code>"), "{}", answers[0]);
    assert!(answers[1].starts_with("<ErrorResponse><Error>"), "{}", answers[1]);
    assert!(answers[2].contains(r#""__type":"Odd""#), "{}", answers[2]);
    assert_eq!(subject.carried_out(), 0);
}

#[tokio::test]
async fn a_lost_answer_was_carried_out_and_a_reset_call_was_not() {
    let subject = Subject::new().await;
    subject.front.script(Rule::on("PutObject").effect(Effect::LoseAnswer));
    subject.front.script(Rule::on("GetObject").effect(Effect::Reset));
    assert_eq!(subject.send("PUT", "/b/k", &[], "x").await, None);
    assert_eq!(subject.carried_out(), 1);
    assert_eq!(subject.send("GET", "/b/k", &[], "").await, None);
    assert_eq!(subject.carried_out(), 1);
}

#[tokio::test]
async fn bodies_are_cut_altered_and_replaced() {
    let subject = Subject::new().await;
    for effect in [
        Effect::CutBody(5),
        Effect::AlterBody(50),
        Effect::ReplaceBody("<Error/>".to_owned()),
    ] {
        subject.front.script(Rule::on("GetObject").effect(effect));
    }
    assert_eq!(subject.send("GET", "/b/k", &[], "").await, None);
    let altered = subject.send("GET", "/b/k", &[], "").await.unwrap().1;
    assert_eq!(altered.len(), "GET /b/k ".len());
    assert_ne!(altered, "GET /b/k ");
    assert_eq!(
        subject.send("GET", "/b/k", &[], "").await.unwrap(),
        (200, "<Error/>".to_owned())
    );
    assert_eq!(subject.send("GET", "/b/k", &[], "").await.unwrap().1, "GET /b/k ");
}

#[tokio::test]
async fn a_held_request_is_not_carried_out_before_its_gate_opens() {
    let subject = Subject::new().await;
    let gate = GateHandle::default();
    subject
        .front
        .script(Rule::on("PutObject").effect(Effect::HoldRequest(gate.clone())));
    let (answer, ()) = tokio::join!(subject.send("PUT", "/b/k", &[], "x"), async {
        gate.reached().await;
        assert_eq!(subject.carried_out(), 0);
        gate.open();
    });
    assert_eq!(answer.unwrap().0, 200);
    assert_eq!(subject.carried_out(), 1);
}
