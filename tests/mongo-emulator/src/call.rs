//! The life of one command, with everything a test may have scripted for it.

use std::time::Duration;

use crate::bson::{Builder, Document, Value};
use crate::call_log::Call;
use crate::commands::{self, Context};
use crate::faults::FaultKind;
use crate::refusal::{Refusal, code, code_name, is_retryable, is_state_change};
use crate::request::Request;
use crate::scram::{self, Turn};
use crate::session::Session;
use crate::state::Shared;
use crate::{lock, wire};

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
    Whole,
    Reset,
    Never,
    HalfThenReset,
    HalfThenNever,
    Slow { delay_ms: u64 },
}

const RESET: &str = "connection reset";
const UNANSWERED: &str = "never answered";

/// Commands that need no authentication.
const OPEN_TO_ALL: [&str; 7] = [
    "hello",
    "ismaster",
    "saslStart",
    "saslContinue",
    "ping",
    "buildInfo",
    "endSessions",
];

/// One command from its arrival to what is answered; no answer when the connection ends or hangs before the work.
pub(crate) async fn run(shared: &Shared, session: &mut Session, request: &Request<'_>) -> (Option<Builder>, Delivery) {
    let (name, namespace) = (request.name, request.namespace());
    let is_hello = ["hello", "ismaster"]
        .iter()
        .any(|hello| hello.eq_ignore_ascii_case(name));
    let arriving = || Call::arriving(name, &namespace, session.number);
    let logged = (!is_hello).then(|| shared.calls.arrived(arriving()));
    let log = |outcome: &str| {
        if let Some(number) = logged {
            shared
                .calls
                .change(number, |call| outcome.clone_into(&mut call.outcome));
        }
    };
    if let Some(number) = logged {
        shared.calls.change(number, |call| {
            call.batch_size = batch_size(request);
            call.request_bytes = request.bytes();
            let mode = request
                .body
                .document("$readPreference")
                .and_then(|preference| preference.str("mode"));
            call.read_preference = mode.map(str::to_owned);
        });
    }
    shared.gates.pass(&(name, namespace.as_str(), true)).await;
    let fault = shared.faults.strike(&(name, namespace.as_str()));
    match &fault {
        Some(FaultKind::ConnectionReset) => {
            log(RESET);
            return (None, Delivery::Reset);
        }
        Some(FaultKind::Hang) => {
            log(UNANSWERED);
            return (None, Delivery::Never);
        }
        Some(FaultKind::Delay { delay_ms }) => tokio::time::sleep(Duration::from_millis(*delay_ms)).await,
        _ => {}
    }
    if let Some(
        FaultKind::Refuse { code, .. } | FaultKind::AcceptThenRefuse { code } | FaultKind::WriteConcern { code },
    ) = &fault
        && is_state_change(*code)
    {
        shared.replica.stir();
    }
    if is_hello {
        shared.replica.await_change(request.body).await;
    }
    let mut worked = work(shared, session, request, fault.as_ref());
    if worked.answer.is_ok() {
        let process = &shared.replica.members[session.member].process;
        lock(process).count(name, statements(request));
    }
    if let Some(FaultKind::AcceptThenRefuse { code }) = fault {
        worked.answer = Err(refusal(request, code, String::new(), Vec::new()));
    }
    let outcome = match &worked.answer {
        Ok(_) => "ok".to_owned(),
        Err(refusal) => code_name(refusal.code),
    };
    let (delivery, lost_to) = match &fault {
        Some(FaultKind::AcceptThenReset | FaultKind::InsertThenReset { .. }) => (Delivery::Reset, Some(RESET)),
        Some(FaultKind::AcceptThenHang) => (Delivery::Never, Some(UNANSWERED)),
        Some(FaultKind::ResetMidReply) => (Delivery::HalfThenReset, Some(RESET)),
        Some(FaultKind::StallMidReply) => (Delivery::HalfThenNever, Some(UNANSWERED)),
        Some(FaultKind::SlowReply { delay_ms }) => (Delivery::Slow { delay_ms: *delay_ms }, None),
        _ => (Delivery::Whole, None),
    };
    let builder = finish(shared, request, worked.answer, fault.as_ref());
    if let Some(number) = logged {
        shared.calls.change(number, |call| {
            call.outcome = lost_to.map_or(outcome.clone(), |what| format!("{outcome}, then {what}"));
            call.documents = worked.documents;
            call.at_cluster_time = worked.at_cluster_time.map(halves);
            call.reply_bytes = builder.len();
        });
    }
    // Here its work is done, and the client may be killed.
    shared.gates.pass(&(name, namespace.as_str(), false)).await;
    (Some(builder), delivery)
}

/// How many a write has.
fn statements(request: &Request<'_>) -> usize {
    let list = match request.name {
        "insert" => "documents",
        "update" => "updates",
        _ => "deletes",
    };
    request.documents(list).len()
}

fn batch_size(request: &Request<'_>) -> Option<i64> {
    let cursor = request.body.document("cursor").unwrap_or(request.body);
    cursor.i64("batchSize")
}

fn halves(time: u64) -> (u32, u32) {
    let half = |half: u64| u32::try_from(half & 0xffff_ffff).unwrap_or_default();
    (half(time >> 32), half(time))
}

fn refusal(request: &Request<'_>, code: i32, message: String, mut labels: Vec<String>) -> Refusal {
    if request.is_retryable_write() && is_retryable(code) {
        labels.push("RetryableWriteError".to_owned());
    }
    let message = if message.is_empty() { code_name(code) } else { message };
    Refusal {
        labels,
        ..Refusal::new(code, message)
    }
}

struct Worked {
    answer: Result<Builder, Refusal>,
    documents: Option<u64>,
    at_cluster_time: Option<u64>,
}

fn work(shared: &Shared, session: &mut Session, request: &Request<'_>, fault: Option<&FaultKind>) -> Worked {
    let nothing = |answer| Worked {
        answer,
        documents: None,
        at_cluster_time: None,
    };
    if let Some(FaultKind::Refuse { code, message, labels }) = fault {
        return nothing(Err(refusal(request, *code, message.clone(), labels.clone())));
    }
    let name = request.name;
    let needs_proof = !lock(&shared.users).is_empty();
    let is_open = OPEN_TO_ALL.iter().any(|open| open.eq_ignore_ascii_case(name));
    if needs_proof && session.user.is_none() && !is_open {
        return nothing(Err(Refusal::new(
            code::UNAUTHORIZED,
            format!("Command {name} requires authentication"),
        )));
    }
    let answer = wire::begin_reply();
    match name {
        "hello" => return nothing(Ok(hello(shared, session, request, answer, false))),
        "saslStart" | "saslContinue" => return nothing(authenticate(shared, session, request, answer)),
        _ if name.eq_ignore_ascii_case("ismaster") => {
            return nothing(Ok(hello(shared, session, request, answer, true)));
        }
        _ => {}
    }
    let mut state = lock(&shared.state);
    let mut context = Context {
        shared,
        state: &mut state,
        request,
        session,
        fault,
        documents: None,
        at_cluster_time: None,
    };
    let answer = commands::run(&mut context, answer).map_err(|mut refused| {
        if request.is_retryable_write() && is_retryable(refused.code) {
            refused.labels.push("RetryableWriteError".to_owned());
        }
        refused
    });
    Worked {
        answer,
        documents: context.documents,
        at_cluster_time: context.at_cluster_time,
    }
}

fn hello(shared: &Shared, session: &mut Session, request: &Request<'_>, answer: Builder, is_legacy: bool) -> Builder {
    let last_write = lock(&shared.state).store.clock.now().0;
    let mut answer = shared.replica.hello(answer, is_legacy, session, last_write);
    if let Some(user) = request.body.str("saslSupportedMechs")
        && let Some((database, name)) = user.split_once('.')
        && lock(&shared.users).contains_key(&(database.to_owned(), name.to_owned()))
    {
        answer = answer.strings("saslSupportedMechs", ["SCRAM-SHA-256", "SCRAM-SHA-1"]);
    }
    // One that cannot begin is left out, and the client begins anew.
    if let Some(first) = request.body.document("speculativeAuthenticate")
        && let Some(database) = first.str("db")
        && let Ok(Turn::Goes(conversation, reply)) = scram::start(&lock(&shared.users), database, first)
    {
        session.conversation = Some(conversation);
        answer = answer.document("speculativeAuthenticate", &reply);
    }
    answer
}

fn authenticate(
    shared: &Shared,
    session: &mut Session,
    request: &Request<'_>,
    answer: Builder,
) -> Result<Builder, Refusal> {
    let conversation = session.conversation.take();
    let turn = match (request.name, conversation) {
        ("saslStart", _) => scram::start(&lock(&shared.users), request.database, request.body)?,
        (_, Some(conversation)) => conversation.go_on(request.body)?,
        (_, None) => return Err(Refusal::new(17, "No SASL session state found")),
    };
    let reply = match turn {
        Turn::Goes(conversation, reply) => {
            session.conversation = Some(conversation);
            reply
        }
        Turn::Ends(user, reply) => {
            session.user = Some(user);
            reply
        }
    };
    let copy = |answer: Builder, element: crate::bson::Element<'_>| answer.raw_element(element.name, element.value);
    Ok(Document(&reply).elements().fold(answer, copy))
}

/// What every answer ends with.
fn finish(
    shared: &Shared,
    request: &Request<'_>,
    answer: Result<Builder, Refusal>,
    fault: Option<&FaultKind>,
) -> Builder {
    let mut builder = match answer {
        Ok(mut builder) => {
            if let Some(FaultKind::WriteConcern { code }) = fault {
                let error = builder
                    .open("writeConcernError")
                    .i32("code", *code)
                    .str("codeName", &code_name(*code));
                builder = error.str("errmsg", &code_name(*code)).close();
                if request.is_retryable_write() && is_retryable(*code) {
                    builder = builder.strings("errorLabels", ["RetryableWriteError"]);
                }
            }
            builder.f64("ok", 1.0)
        }
        Err(refusal) => refusal.write(wire::begin_reply()),
    };
    if shared.replica.is_replicated() {
        let now = lock(&shared.state).store.clock.now().0;
        let signature = builder
            .open("$clusterTime")
            .timestamp("clusterTime", now)
            .open("signature");
        let signature = signature.binary("hash", 0, &[0; 20]).i64("keyId", 0);
        builder = signature.close().close().value(
            "operationTime",
            Value {
                kind: crate::bson::kind::TIMESTAMP,
                bytes: &now.to_le_bytes(),
            },
        );
    }
    builder
}
