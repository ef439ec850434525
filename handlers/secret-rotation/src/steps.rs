//! The four steps of a rotation. Each can be repeated, at any time and beside itself: what a repetition finds done it leaves as it is, and
//! until the last step nothing that is in use is touched.

use lambda_kit::aws::AwsError;
use lambda_kit::mongo::CommandError;
use lambda_kit::rotation::{RotationEvent, Step};

use crate::error::{RotationError, Who};
use crate::password;
use crate::rotation::SecretRotation;
use crate::session::{Session, sign_in_everywhere};
use crate::users;
use crate::value::Value;
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
        match self.sign_in(&pending, Who::Pending).await {
            Ok(()) => return Ok(Did::Before),
            Err(RotationError::Mongo {
                source: CommandError::LoginRefused,
                ..
            }) => {}
            Err(error) => return Err(error),
        }
        // Whoever may write the secret could name any user in it. With the password and the roles of the current one they get nothing that
        // they have not.
        self.sign_in(&current, Who::Current).await?;
        let (arn, master) = self.master(&current).await?;
        let admin = Session::new(master.options, &arn, &self.rotation.limits).map_err(RotationError::Client)?;
        let changed = self.change(&admin, &current, &pending).await;
        admin.close().await;
        changed.map(|()| Did::Now)
    }

    async fn change(&self, admin: &Session, current: &Value, pending: &Value) -> Result<(), RotationError> {
        let seconds = self.rotation.limits.reply.as_secs();
        let refused = |source| RotationError::Mongo {
            who: Who::Master,
            source,
        };
        let roles = users::roles(admin, &current.user).await.map_err(refused)?;
        let roles = roles.ok_or_else(|| RotationError::NoUser { secret: self.named() })?;
        let credential = pending.options.credential.as_ref();
        let password = credential.and_then(|credential| credential.password.as_deref());
        let password = password.unwrap_or_default();
        let changed = match users::roles(admin, &pending.user).await.map_err(refused)? {
            None => users::create(admin, &pending.user, password, &roles, seconds).await,
            Some(known) if known == roles => users::set_password(admin, &pending.user, password, seconds).await,
            Some(_) => return Err(RotationError::RolesDiffer { secret: self.named() }),
        };
        changed.map_err(refused)
    }

    /// Signs in with the new password, at every member.
    async fn test(&self) -> Result<Did, RotationError> {
        let current = self.current().await?;
        let pending = self.created().await?;
        // Where a rotation is set up and not begun, the version to test has the current value.
        if !pending.is(&current) {
            self.check(&pending, &current)?;
        }
        let tested = sign_in_everywhere(&pending.options, &pending.user, self.arn, &self.rotation.limits).await;
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

    async fn master(&self, current: &Value) -> Result<(String, Value), RotationError> {
        let arn = current.master_arn().or(self.rotation.master_arn.as_deref());
        let arn = arn.ok_or_else(|| RotationError::NoMaster { secret: self.named() })?;
        let stored = Secrets::new(&self.rotation.aws, arn).current().await;
        let stored = stored.map_err(|source| RotationError::SecretsManager {
            secret: arn.to_owned(),
            source,
        })?;
        Ok((arn.to_owned(), self.read(stored, arn).await?))
    }

    async fn sign_in(&self, value: &Value, who: Who) -> Result<(), RotationError> {
        let session = Session::new(value.options.clone(), self.arn, &self.rotation.limits);
        let session = session.map_err(RotationError::Client)?;
        let signed_in = session.sign_in(&value.user).await;
        session.close().await;
        signed_in.map_err(|source| RotationError::Mongo { who, source })
    }
}
