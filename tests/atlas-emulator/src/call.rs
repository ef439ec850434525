//! The life of one API call.

use std::time::Duration;

use emulator_kit::{HttpResponse, Reset};
use hyper::header::HOST;

use crate::answer::{Answer, assemble, bad_gateway};
use crate::auth::Proof;
use crate::auth::digest::{REALM, Refusal};
use crate::call_log::Call;
use crate::context::Context;
use crate::faults::{FaultKind, Point};
use crate::profile::Profile;
use crate::reply::ApiError;
use crate::request::ApiRequest;
use crate::resources;
use crate::routes::{self, BASE_PATH, Operation, REVOKE_PATH, TOKEN_PATH};
use crate::{Shared, lock, media_type};

/// Outcome of a call whose nonce is to be replaced.
const STALE: &str = "stale nonce";
const RESET: &str = "connection reset";
const UNANSWERED: &str = "never answered";

/// One API call from its arrival to what is answered, with everything a test may have scripted for it.
pub(crate) async fn run(shared: &Shared, request: &ApiRequest<'_>) -> Result<HttpResponse, Reset> {
    let (method, path) = (request.method, request.path);
    let number = shared.calls.arrived(Call::arriving(method, request.target));
    let profile = lock(&shared.profile).clone();
    let mut fault = None;
    let mut answer_before_work = None;
    if path.starts_with(BASE_PATH)
        && let Err(refused) = admit(shared, &profile, request)
    {
        match refused {
            Refused::Unauthorized { challenge, outcome } => {
                shared.calls.change(number, |call| call.finish(Some(401), outcome));
                let answer = Answer {
                    challenge,
                    ..Answer::unversioned(Err(ApiError::unauthorized()))
                };
                return Ok(assemble(shared, answer, &profile, None));
            }
            Refused::Fault(kind) => {
                let challenge = shared.nonces.challenge(false, REALM, true, &profile);
                answer_before_work = Some(Answer {
                    challenge: Some(challenge),
                    ..Answer::unversioned(Err(ApiError::unauthorized()))
                });
                fault = Some(kind);
            }
        }
    }
    if fault.is_none() {
        shared.calls.change(number, |call| call.authenticated = true);
        shared.gates.pass(&(method, path, true)).await;
        fault = shared.faults.strike(&(Point::Work, method, path));
    }
    let posting = posting_project(request);
    let turn = posting.map(|project| shared.posting.begin(project));
    match &fault {
        Some(FaultKind::ConnectionReset) => {
            shared.calls.change(number, |call| call.finish(None, RESET));
            return Err(Reset);
        }
        Some(FaultKind::Hang) => {
            shared.calls.change(number, |call| call.finish(None, UNANSWERED));
            return std::future::pending().await;
        }
        Some(kind @ (FaultKind::BadGateway | FaultKind::EmptyBadGateway)) => {
            shared
                .calls
                .change(number, |call| call.finish(Some(502), "bad gateway"));
            return Ok(bad_gateway(*kind == FaultKind::BadGateway));
        }
        Some(FaultKind::Delay { delay_ms }) => tokio::time::sleep(Duration::from_millis(*delay_ms)).await,
        _ => {}
    }
    let refusal = fault.as_ref().and_then(|kind| kind.refusal(path));
    let answer = match (refusal, answer_before_work) {
        (Some(refusal), _) => Answer {
            rate_limit: path.starts_with(BASE_PATH).then_some(4_000),
            ..Answer::unversioned(Err(refusal))
        },
        (None, Some(unauthorized)) => unauthorized,
        (None, None) if profile.refuse_overlapping_access_list_posts && matches!(turn, Some(None)) => {
            Answer::unversioned(Err(ApiError::unexpected()))
        }
        (None, None) => work(shared, &profile, request),
    };
    // Before the gate: its work is done, and the caller may be killed there.
    let (status, lost_to) = match &fault {
        Some(FaultKind::AcceptThenReset | FaultKind::ResetMidBody) => (None, Some(RESET)),
        Some(FaultKind::AcceptThenHang) => (None, Some(UNANSWERED)),
        Some(FaultKind::AcceptThenInternalError) => (Some(500), Some("UNEXPECTED_ERROR")),
        _ => (Some(answer.status()), None),
    };
    let outcome = lost_to.map_or(answer.outcome(), |what| format!("{}, then {what}", answer.outcome()));
    shared.calls.change(number, |call| call.finish(status, outcome));
    shared.gates.pass(&(method, path, false)).await;
    drop(turn);
    match fault {
        Some(FaultKind::AcceptThenReset) => Err(Reset),
        Some(FaultKind::AcceptThenHang) => std::future::pending().await,
        Some(FaultKind::AcceptThenInternalError) => {
            let lost = Answer {
                result: Err(ApiError::unexpected()),
                ..answer
            };
            Ok(assemble(shared, lost, &profile, None))
        }
        fault => Ok(assemble(shared, answer, &profile, fault.as_ref())),
    }
}

/// Why a call is rejected.
enum Refused {
    Unauthorized {
        challenge: Option<String>,
        outcome: &'static str,
    },
    /// Something scripted happens in place of the challenge.
    Fault(FaultKind),
}

fn admit(shared: &Shared, profile: &Profile, request: &ApiRequest<'_>) -> Result<(), Refused> {
    const WRONG: &str = "USER_UNAUTHORIZED";
    let (method, path) = (request.method, request.path);
    let challenged = |outcome: &'static str, realm: &str, with_qop: bool| Refused::Unauthorized {
        challenge: Some(shared.nonces.challenge(outcome == STALE, realm, with_qop, profile)),
        outcome,
    };
    match Proof::of(request.headers) {
        Proof::None => Err(match shared.faults.strike(&(Point::Challenge, method, path)) {
            None => challenged("challenge", REALM, true),
            Some(FaultKind::ChallengeWithoutQop) => challenged("challenge", REALM, false),
            Some(FaultKind::ChallengeRealm { realm }) => challenged("challenge", &realm, true),
            Some(kind) => Refused::Fault(kind),
        }),
        Proof::Digest(parameters) => {
            let checked = match shared.faults.strike(&(Point::Digest, method, path)) {
                Some(FaultKind::NonceExpired) => {
                    shared.nonces.forget(parameters);
                    Err(Refusal::Stale)
                }
                Some(_) => Err(Refusal::Wrong),
                None => {
                    let (credentials, target) = (&shared.credentials, request.target);
                    shared.nonces.check(credentials, profile, method, target, parameters)
                }
            };
            checked.map_err(|refusal| match refusal {
                Refusal::Stale => challenged(STALE, REALM, true),
                Refusal::Wrong => challenged(WRONG, REALM, true),
            })
        }
        Proof::Bearer(token) => {
            if shared.faults.strike(&(Point::Bearer, method, path)).is_some() {
                shared.tokens.forget(token);
            }
            if shared.tokens.is_valid(token) {
                return Ok(());
            }
            Err(Refused::Unauthorized {
                challenge: None,
                outcome: WRONG,
            })
        }
    }
}

fn posting_project<'a>(request: &ApiRequest<'a>) -> Option<&'a str> {
    let route = routes::parse(request.method, request.path).ok()?;
    (route.operation == Operation::PostAccessList).then_some(route.project)
}

fn work(shared: &Shared, profile: &Profile, request: &ApiRequest<'_>) -> Answer {
    let ApiRequest {
        path, headers, body, ..
    } = *request;
    match (request.method, path) {
        ("POST", TOKEN_PATH) => {
            return Answer::unversioned(shared.tokens.issue(&shared.credentials, profile, headers, body));
        }
        ("POST", REVOKE_PATH) => {
            return Answer::unversioned(shared.tokens.revoke(&shared.credentials, headers, body));
        }
        (method, TOKEN_PATH | REVOKE_PATH) => {
            return Answer::unversioned(Err(ApiError::method_not_allowed(method)));
        }
        _ => {}
    }
    let mut answer = Answer {
        rate_limit: Some(4_000),
        ..Answer::unversioned(Err(ApiError::not_acceptable()))
    };
    let route = match routes::parse(request.method, path) {
        Ok(route) => route,
        Err(error) => {
            answer.result = Err(error);
            return answer;
        }
    };
    answer.rate_limit = Some(route.rate_limit);
    let Some(version) = media_type::resolve(headers, route.versions) else {
        return answer;
    };
    answer.version = version;
    answer.is_outdated = route.versions.last() != Some(&version);
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let origin = format!("http://{}", host.unwrap_or("127.0.0.1"));
    let context = Context {
        pace: shared.pace,
        profile,
        origin: &origin,
        path,
        query: request.query,
        body,
    };
    answer.result = if !body.is_empty() && !media_type::is_json(headers) {
        Err(ApiError::unsupported_media_type())
    } else {
        resources::run(&mut lock(&shared.store), &context, &route)
    };
    answer
}
