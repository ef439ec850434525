//! A user who is signed in to MongoDB, over a connection that ends with the step.

use std::time::{Duration, Instant};

use lambda_kit::mongo::{self, CommandError, SecretError};
use mongodb::Client;
use mongodb::bson::{Bson, Document, doc};
use mongodb::options::{ClientOptions, ServerAddress, ServerMonitoringMode};

use crate::limits::Limits;
use crate::value::User;

pub(crate) struct Session {
    client: Client,
    limits: Limits,
}

impl Session {
    /// It connects and signs in when it is used.
    pub(crate) fn new(mut options: ClientOptions, place: &str, limits: &Limits) -> Result<Self, SecretError> {
        options.server_selection_timeout = Some(limits.selection);
        options.connect_timeout = Some(limits.connect);
        options.max_pool_size = Some(1);
        options.min_pool_size = None;
        options.server_monitoring_mode = Some(ServerMonitoringMode::Poll);
        Ok(Self {
            client: mongo::client(options, place)?,
            limits: *limits,
        })
    }

    /// Ends all connections.
    pub(crate) async fn close(self) {
        self.client.shutdown().immediate(true).await;
    }

    /// A command to a database, on the primary.
    pub(crate) async fn run(
        &self,
        name: &'static str,
        database: &str,
        command: Document,
    ) -> Result<Document, CommandError> {
        let within = self.limits.selection + self.limits.connect + self.limits.reply;
        let database = self.client.database(database);
        match tokio::time::timeout(within, database.run_command(command).into_future()).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(CommandError::of(name, &error)),
            Err(_) => Err(CommandError::Stalled {
                command: name,
                seconds: within.as_secs_f64(),
            }),
        }
    }

    /// Signs in, and has the server say that it is this user.
    pub(crate) async fn sign_in(&self, user: &User) -> Result<(), CommandError> {
        const NAME: &str = "connectionStatus";
        let answer = self.run(NAME, "admin", doc! { NAME: 1 }).await?;
        let unreadable = CommandError::Unreadable { command: NAME };
        let Ok(users) = answer
            .get_document("authInfo")
            .and_then(|info| info.get_array("authenticatedUsers"))
        else {
            return Err(unreadable);
        };
        let signed_in = Bson::Document(doc! { "user": &user.name, "db": &user.database });
        if users.contains(&signed_in) {
            Ok(())
        } else {
            Err(CommandError::LoginRefused)
        }
    }

    /// The other members of the replica set that clients may read from.
    async fn other_members(&self) -> Result<Vec<ServerAddress>, CommandError> {
        const NAME: &str = "hello";
        let answer = self.run(NAME, "admin", doc! { NAME: 1 }).await?;
        let me = answer.get_str("me").unwrap_or_default();
        let lists = ["hosts", "passives"].map(|list| answer.get_array(list));
        let hosts = lists.into_iter().flatten().flatten().filter_map(Bson::as_str);
        let others = hosts.filter(|host| *host != me);
        Ok(others.filter_map(|host| ServerAddress::parse(host).ok()).collect())
    }
}

/// Signs in at every server that may be asked to let this user in. A change of a password reaches a secondary a little later than the
/// primary, and one that is behind refuses it; one that cannot be reached lets nobody in, and is left out. `deployment` is for how long the
/// primary may refuse it.
pub(crate) async fn sign_in_everywhere(
    options: &ClientOptions,
    user: &User,
    place: &str,
    limits: &Limits,
    deployment: Duration,
) -> Result<Result<(), CommandError>, SecretError> {
    let others = match sign_in_patiently(options, user, place, limits, deployment).await? {
        Ok(session) => {
            let others = session.other_members().await;
            session.close().await;
            others
        }
        Err(error) => Err(error),
    };
    let others = match others {
        Ok(others) => others,
        Err(error) => return Ok(Err(error)),
    };
    // A member that does not answer is not waited for as a primary is.
    let of_member = Limits {
        selection: limits.connect,
        ..*limits
    };
    for address in others {
        let member = address.to_string();
        let mut options = options.clone();
        options.hosts = vec![address];
        options.direct_connection = Some(true);
        options.repl_set_name = None;
        match sign_in_patiently(&options, user, place, &of_member, limits.propagation).await? {
            Ok(session) => session.close().await,
            Err(CommandError::LoginRefused) => return Ok(Err(CommandError::LoginRefused)),
            Err(error) => {
                let cause = lambda_kit::chain(&error);
                tracing::warn!(
                    member,
                    cause,
                    "a member of the replica set was not asked to let the user in"
                );
            }
        }
    }
    Ok(Ok(()))
}

/// Until the server accepts the user, or has refused the user for as long as that may last.
async fn sign_in_patiently(
    options: &ClientOptions,
    user: &User,
    place: &str,
    limits: &Limits,
    patience: Duration,
) -> Result<Result<Session, CommandError>, SecretError> {
    let started = Instant::now();
    let mut attempt = 1;
    loop {
        let session = Session::new(options.clone(), place, limits)?;
        let Err(error) = session.sign_in(user).await else {
            return Ok(Ok(session));
        };
        session.close().await;
        let pause = limits.backoff.pause(attempt);
        let is_last = started.elapsed() + pause > patience;
        if is_last || !matches!(error, CommandError::LoginRefused) {
            return Ok(Err(error));
        }
        tokio::time::sleep(pause).await;
        attempt += 1;
    }
}
