//! The four steps of a rotation. Each can be repeated, at any time and beside itself: what a repetition finds done it leaves as it is, and
//! until the last step nothing that is in use is touched.

use std::time::Duration;

use lambda_kit::aws::AwsError;
use lambda_kit::mongo::{CommandError, MongoSecret, SecretError};
use lambda_kit::rotation::{RotationEvent, Step};
use mongodb::options::ClientOptions;
use serde_json::json;

use crate::administrator::Administrator;
use crate::atlas::{AtlasSettings, Credentials, Users};
use crate::error::{RotationError, Who};
use crate::password;
use crate::rotation::SecretRotation;
use crate::session::{Session, sign_in_everywhere};
use crate::value::{APPLICATION, Value};
use crate::versions::{CURRENT, Description, PENDING, Put, Secrets, Stored};

/// When a step was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Did {
    Now,
    Before,
}

/// Does the step of an event.
pub(crate) async fn take(event: &RotationEvent, rotation: &SecretRotation) -> Result<Did, RotationError> {
    let run = Run {
        arn: &event.secret_arn,
        token: &event.token,
        secret: Secrets::new(&rotation.aws, &event.secret_arn),
        rotation,
    };
    let description = run.describe().await?;
    if !description.is_rotated {
        return Err(RotationError::NotRotated { secret: run.named() });
    }
    if description.has(run.token, CURRENT) {
        return Ok(Did::Before);
    }
    if !description.has(run.token, PENDING) {
        return Err(RotationError::NotPending { secret: run.named() });
    }
    match event.step {
        Step::Create => run.create().await,
        Step::Set => run.set().await,
        Step::Test => run.test().await,
        Step::Finish => run.finish(&description).await,
    }
}

struct Run<'a> {
    arn: &'a str,
    token: &'a str,
    secret: Secrets,
    rotation: &'a SecretRotation,
}

impl Run<'_> {
    /// A new password for the user whose turn it is, in the version of the rotation.
    async fn create(&self) -> Result<Did, RotationError> {
        let current = self.current().await?;
        if let Some(pending) = self.pending().await? {
            self.check(&pending, &current)?;
            return Ok(Did::Before);
        }
        let next = current.next_user().map_err(|source| RotationError::Value {
            secret: self.named(),
            source,
        })?;
        let text = current.with(&next.name, &password::generate()?);
        let put = self.secret.put(self.token, &text).await;
        match put.map_err(|error| self.failed(error))? {
            Put::Ours => Ok(Did::Now),
            // It is looked at by the next step.
            Put::Theirs => Ok(Did::Before),
        }
    }

    /// The password in MongoDB.
    async fn set(&self) -> Result<Did, RotationError> {
        let current = self.current().await?;
        let pending = self.created().await?;
        self.check(&pending, &current)?;
        match self.sign_in(pending.options.clone(), &pending, Who::Pending).await {
            Ok(()) => return Ok(Did::Before),
            Err(RotationError::Mongo {
                source: CommandError::LoginRefused,
                ..
            }) => {}
            Err(error) => return Err(error),
        }
        let admin = self.administrator(&current).await?;
        let changed = self.change(&admin, &current, &pending).await;
        admin.close().await;
        changed.map(|()| Did::Now)
    }

    async fn change(&self, admin: &Administrator, current: &Value, pending: &Value) -> Result<(), RotationError> {
        // A principal that may write the secret could name any user in it, and a server of its own. The current password is checked at the
        // administrator's deployment, and the new user gets the current user's roles, so the principal gains nothing that it does not have.
        let client = admin.client_of(&current.options);
        self.sign_in(client, current, Who::Current).await?;
        let rights = admin.rights(&current.user).await?;
        let rights = rights.ok_or_else(|| RotationError::NoUser { secret: self.named() })?;
        let credential = pending.options.credential.as_ref();
        let password = credential.and_then(|credential| credential.password.as_deref());
        let password = password.unwrap_or_default();
        match admin.rights(&pending.user).await? {
            None => admin.create(&pending.user, password, &rights).await,
            Some(known) if known == rights => admin.set_password(&pending.user, password).await,
            Some(_) => Err(RotationError::RolesDiffer { secret: self.named() }),
        }
    }

    /// Signs in with the new password, at every member.
    async fn test(&self) -> Result<Did, RotationError> {
        let current = self.current().await?;
        let pending = self.created().await?;
        // Where a rotation is set up and not begun, the version to test has the current value.
        if !pending.is(&current) {
            self.check(&pending, &current)?;
        }
        let limits = &self.rotation.limits;
        // A command was answered by the primary that has the change; Atlas answers before the cluster has it.
        let deployment = self
            .rotation
            .atlas
            .as_ref()
            .map_or(Duration::ZERO, |_| limits.deployment);
        let tested = sign_in_everywhere(&pending.options, &pending.user, self.arn, limits, deployment).await;
        let tested = tested.map_err(RotationError::Client)?;
        tested.map_err(|source| RotationError::Mongo {
            who: Who::Pending,
            source,
        })?;
        Ok(Did::Now)
    }

    /// The label that clients read by. A version that does not let them in never gets it, whatever order events come in.
    async fn finish(&self, description: &Description) -> Result<Did, RotationError> {
        self.test().await?;
        match self.secret.promote(self.token, description.version(CURRENT)).await {
            Ok(()) => Ok(Did::Now),
            Err(error) => {
                // The answer to an earlier attempt was lost, or another run was first.
                let description = self.describe().await?;
                if description.has(self.token, CURRENT) {
                    Ok(Did::Now)
                } else {
                    Err(self.failed(error))
                }
            }
        }
    }

    fn named(&self) -> String {
        self.arn.to_owned()
    }

    fn failed(&self, source: AwsError) -> RotationError {
        RotationError::SecretsManager {
            secret: self.named(),
            source,
        }
    }

    async fn describe(&self) -> Result<Description, RotationError> {
        self.secret.describe().await.map_err(|error| self.failed(error))
    }

    async fn read(&self, stored: Stored, arn: &str) -> Result<Value, RotationError> {
        let read = Value::read(stored.text.as_deref(), arn).await;
        read.map_err(|source| RotationError::Value {
            secret: arn.to_owned(),
            source,
        })
    }

    async fn current(&self) -> Result<Value, RotationError> {
        let stored = self.secret.current().await.map_err(|error| self.failed(error))?;
        self.read(stored, self.arn).await
    }

    async fn pending(&self) -> Result<Option<Value>, RotationError> {
        let stored = self.secret.pending(self.token).await;
        match stored.map_err(|error| self.failed(error))? {
            Some(stored) => self.read(stored, self.arn).await.map(Some),
            None => Ok(None),
        }
    }

    async fn created(&self) -> Result<Value, RotationError> {
        let pending = self.pending().await?;
        pending.ok_or_else(|| RotationError::NotCreated { secret: self.named() })
    }

    fn check(&self, pending: &Value, current: &Value) -> Result<(), RotationError> {
        if pending.follows(current) {
            Ok(())
        } else {
            Err(RotationError::Stale { secret: self.named() })
        }
    }

    /// Who changes users for this secret. It is not signed in to MongoDB yet; to Atlas it is.
    async fn administrator(&self, current: &Value) -> Result<Administrator, RotationError> {
        match &self.rotation.atlas {
            Some(atlas) => self.atlas(atlas).await,
            None => self.master(current).await,
        }
    }

    async fn master(&self, current: &Value) -> Result<Administrator, RotationError> {
        let arn = current.master_arn().or(self.rotation.master_arn.as_deref());
        let arn = arn.ok_or_else(|| RotationError::NoMaster { secret: self.named() })?;
        let master = self.read(self.stored(arn).await?, arn).await?;
        let limits = &self.rotation.limits;
        let session = Session::new(master.options.clone(), arn, limits).map_err(RotationError::Client)?;
        Ok(Administrator::Commands {
            session,
            options: Box::new(master.options),
            seconds: limits.reply.as_secs(),
        })
    }

    async fn atlas(&self, atlas: &AtlasSettings) -> Result<Administrator, RotationError> {
        let stored = self.stored(&atlas.secret_arn).await?;
        let credentials = stored.text.as_deref().and_then(Credentials::read);
        let credentials = credentials.ok_or_else(|| RotationError::AtlasCredentials(atlas.secret_arn.clone()))?;
        let cluster = MongoSecret::parse(&json!({ "uri": atlas.uri() }).to_string());
        let cluster = cluster.ok_or_else(|| RotationError::Cluster(SecretError::Form(atlas.host.clone())))?;
        let cluster = cluster.options(&atlas.host, APPLICATION).await;
        let cluster = cluster.map_err(RotationError::Cluster)?;
        let rotation = self.rotation;
        let users = Users::sign_in(&rotation.aws, atlas, &credentials, &rotation.limits).await;
        Ok(Administrator::Atlas {
            users: users.map_err(RotationError::Atlas)?,
            hosts: cluster.hosts,
        })
    }

    /// The value in use of another secret.
    async fn stored(&self, arn: &str) -> Result<Stored, RotationError> {
        let stored = Secrets::new(&self.rotation.aws, arn).current().await;
        stored.map_err(|source| RotationError::SecretsManager {
            secret: arn.to_owned(),
            source,
        })
    }

    async fn sign_in(&self, client: ClientOptions, value: &Value, who: Who) -> Result<(), RotationError> {
        let session = Session::new(client, self.arn, &self.rotation.limits);
        let session = session.map_err(RotationError::Client)?;
        let signed_in = session.sign_in(&value.user).await;
        session.close().await;
        signed_in.map_err(|source| RotationError::Mongo { who, source })
    }
}
