//! Commands about the server, sessions and connected users.

use crate::bson::Builder;
use crate::lock;
use crate::refusal::{Refusal, code};

use super::context::{Answer, Context, VERSION};

pub(super) fn run(context: &mut Context<'_>, name: &str, answer: Builder) -> Answer {
    match name {
        "ping" | "endSessions" | "refreshSessions" | "logout" => Ok(answer),
        "buildInfo" | "buildinfo" => Ok(build_info(answer)),
        "startSession" => {
            let mut id = [0; 16];
            id.fill_with(|| fastrand::u8(..));
            Ok(answer.open("id").binary("id", 4, &id).close().i32("timeoutMinutes", 30))
        }
        "commitTransaction" | "abortTransaction" => Err(Refusal::new(
            code::NO_SUCH_TRANSACTION,
            "there is no transaction in progress",
        )),
        "replSetGetStatus" => {
            let last_write = context.state.store.clock.now().0;
            let off = || Refusal::new(code::NO_REPLICATION_ENABLED, "not running with --replSet");
            let member = context.session.member;
            context
                .shared
                .replica
                .status(answer, member, last_write)
                .ok_or_else(off)
        }
        "getParameter" => get_parameter(context, answer),
        "connectionStatus" => Ok(connection_status(context, answer)),
        _ => Err(Refusal::new(
            code::COMMAND_NOT_FOUND,
            format!("no such command: '{name}'"),
        )),
    }
}

fn build_info(answer: Builder) -> Builder {
    let answer = answer
        .str("version", VERSION)
        .str("gitVersion", "0000000000000000000000000000000000000000");
    let answer = answer.open_array("modules").close().open_array("versionArray");
    let answer = VERSION
        .split('.')
        .chain(["0"])
        .enumerate()
        .fold(answer, |answer, (index, part)| {
            answer.i32(&index.to_string(), part.parse().unwrap_or_default())
        });
    answer
        .close()
        .i32("bits", 64)
        .bool("debug", false)
        .i32("maxBsonObjectSize", 16 * 1024 * 1024)
}

fn get_parameter(context: &Context<'_>, answer: Builder) -> Answer {
    let body = context.request.body;
    let mut answer = answer;
    let mut is_any = false;
    if body.get("featureCompatibilityVersion").is_some() {
        answer = answer.open("featureCompatibilityVersion").str("version", "7.0").close();
        is_any = true;
    }
    if body.get("minSnapshotHistoryWindowInSeconds").is_some() {
        let seconds = context.state.store.history.as_secs();
        answer = answer.i32(
            "minSnapshotHistoryWindowInSeconds",
            i32::try_from(seconds).unwrap_or(i32::MAX),
        );
        is_any = true;
    }
    if is_any {
        Ok(answer)
    } else {
        Err(Refusal::new(code::INVALID_OPTIONS, "no option found to get"))
    }
}

/// The manual's `connectionStatus`: who is signed in on this connection, and with which roles.
fn connection_status(context: &Context<'_>, answer: Builder) -> Builder {
    let users = lock(&context.shared.users);
    let signed_in = context.session.user.as_ref();
    let user = signed_in.map(|(database, name)| Builder::new().str("user", name).str("db", database).build());
    let roles = signed_in.and_then(|user| users.get(user)).into_iter();
    let roles = roles.flat_map(|user| &user.roles);
    let roles = roles.map(|(role, database)| Builder::new().str("role", role).str("db", database).build());
    answer
        .open("authInfo")
        .documents("authenticatedUsers", user)
        .documents("authenticatedUserRoles", roles)
        .close()
}
