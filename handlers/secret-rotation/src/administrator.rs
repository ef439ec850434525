//! Who may change passwords, in one of the two ways there are.

use lambda_kit::mongo::CommandError;
use mongodb::options::{ClientOptions, ServerAddress};

use crate::atlas;
use crate::commands;
use crate::error::{RotationError, Who};
use crate::rights::Rights;
use crate::session::Session;
use crate::value::User;

pub(crate) enum Administrator {
    /// By commands, as a user of the deployment.
    Commands {
        session: Session,
        /// Where and as whom the session signs in.
        options: Box<ClientOptions>,
        /// That a change may wait for other members.
        seconds: u64,
    },
    /// By Atlas's Admin API.
    Atlas {
        users: atlas::Users,
        /// Servers of the cluster that the function's settings name.
        hosts: Vec<ServerAddress>,
    },
}

fn refused(source: CommandError) -> RotationError {
    RotationError::Mongo {
        who: Who::Master,
        source,
    }
}

impl Administrator {
    /// A client of this user at the deployment whose users this administrator changes, wherever the secret says that it is.
    pub(crate) fn client_of(&self, user: &ClientOptions) -> ClientOptions {
        let mut client;
        match self {
            Self::Commands { options, .. } => {
                client = options.as_ref().clone();
                client.credential = user.credential.clone();
            }
            Self::Atlas { hosts, .. } => {
                client = user.clone();
                client.hosts = hosts.clone();
            }
        }
        client
    }

    /// `None`: there is no such user.
    pub(crate) async fn rights(&self, user: &User) -> Result<Option<Rights>, RotationError> {
        match self {
            Self::Commands { session, .. } => commands::rights(session, user).await.map_err(refused),
            Self::Atlas { users, .. } => users.rights(user).await.map_err(RotationError::Atlas),
        }
    }

    /// A new password.
    pub(crate) async fn set_password(&self, user: &User, password: &str) -> Result<(), RotationError> {
        match self {
            Self::Commands { session, seconds, .. } => {
                let changed = commands::set_password(session, user, password, *seconds).await;
                changed.map_err(refused)
            }
            Self::Atlas { users, .. } => {
                let changed = users.set_password(user, password).await;
                changed.map_err(RotationError::Atlas)
            }
        }
    }

    /// A new user with these rights.
    pub(crate) async fn create(&self, user: &User, password: &str, rights: &Rights) -> Result<(), RotationError> {
        match self {
            Self::Commands { session, seconds, .. } => {
                let made = commands::create(session, user, password, rights, *seconds).await;
                made.map_err(refused)
            }
            Self::Atlas { users, .. } => {
                let made = users.create(user, password, rights).await;
                made.map_err(RotationError::Atlas)
            }
        }
    }

    /// Ends all connections.
    pub(crate) async fn close(self) {
        if let Self::Commands { session, .. } = self {
            session.close().await;
        }
    }
}
