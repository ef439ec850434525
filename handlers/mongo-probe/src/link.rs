//! The connection of one event. It is closed in the end, so that the cluster has nothing of the probe between two events.

use std::sync::Arc;
use std::time::Duration;

use lambda_kit::mongo::{self, CommandError};
use mongodb::Client;
use mongodb::bson::Document;
use mongodb::options::{ClientOptions, ReadPreference, SelectionCriteria, ServerAddress, ServerMonitoringMode};

use crate::error::ProbeError;
use crate::limits::Limits;

pub(crate) struct Link {
    client: Client,
    limits: Limits,
    /// Of the connection string: routers, where the cluster is sharded.
    pub(crate) hosts: Vec<ServerAddress>,
}

impl Link {
    /// It connects when it is used: once to a server for its commands and once, as every driver does, to each member to learn which one is
    /// the primary. Polled, these need no third connection for measuring times.
    pub(crate) fn new(mut options: ClientOptions, place: &str, limits: &Limits) -> Result<Self, ProbeError> {
        let at_most = |wanted: &mut Option<Duration>, most: Duration| {
            *wanted = Some(wanted.map_or(most, |wanted| wanted.min(most)));
        };
        at_most(&mut options.server_selection_timeout, limits.selection);
        at_most(&mut options.connect_timeout, limits.connect);
        options.max_pool_size = Some(1);
        options.min_pool_size = None;
        options.server_monitoring_mode = Some(ServerMonitoringMode::Poll);
        let hosts = options.hosts.clone();
        Ok(Self {
            client: mongo::client(options, place).map_err(ProbeError::Secret)?,
            limits: *limits,
            hosts,
        })
    }

    /// Ends all connections.
    pub(crate) async fn close(self) {
        self.client.shutdown().immediate(true).await;
    }

    /// The first command: it finds a server and signs in. Of a replica set it is the primary or, if there is none, any member. The server
    /// that answered also gets the other commands.
    pub(crate) async fn hello(&self) -> Result<(Document, SelectionCriteria), CommandError> {
        const HELLO: &str = "hello";
        let Limits {
            selection,
            connect,
            reply,
            ..
        } = self.limits;
        let ask = |whom: SelectionCriteria, within: Duration| async move {
            let hello = mongodb::bson::doc! { HELLO: 1 };
            let answer = self.within(within, HELLO, hello, &whom).await?;
            Ok((answer, whom))
        };
        let primary = SelectionCriteria::ReadPreference(ReadPreference::Primary);
        match ask(primary, selection + connect + reply).await {
            Err(CommandError::NoServer { command, reason }) => {
                let any = SelectionCriteria::ReadPreference(ReadPreference::Nearest { options: None });
                // The driver has looked at all members by now.
                match ask(any, connect + reply).await {
                    Err(CommandError::NoServer { .. } | CommandError::Stalled { .. }) => {
                        Err(CommandError::NoServer { command, reason })
                    }
                    answer => answer,
                }
            }
            answer => answer,
        }
    }

    /// A command to the database `admin`.
    pub(crate) async fn ask(
        &self,
        name: &'static str,
        command: Document,
        whom: &SelectionCriteria,
    ) -> Result<Document, CommandError> {
        self.within(self.limits.reply, name, command, whom).await
    }

    /// The same, to a router that may have to be connected to first.
    pub(crate) async fn ask_router(
        &self,
        name: &'static str,
        command: Document,
        router: &ServerAddress,
    ) -> Result<Document, CommandError> {
        let router = router.clone();
        let whom = SelectionCriteria::Predicate(Arc::new(move |server| *server.address() == router));
        let within = self.limits.connect + self.limits.reply;
        self.within(within, name, command, &whom).await
    }

    async fn within(
        &self,
        within: Duration,
        name: &'static str,
        command: Document,
        whom: &SelectionCriteria,
    ) -> Result<Document, CommandError> {
        let admin = self.client.database("admin");
        let run = admin.run_command(command).selection_criteria(whom.clone());
        match tokio::time::timeout(within, run).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(CommandError::of(name, &error)),
            Err(_) => Err(CommandError::Stalled {
                command: name,
                seconds: within.as_secs_f64(),
            }),
        }
    }
}
