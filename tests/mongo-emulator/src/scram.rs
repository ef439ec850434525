//! SCRAM-SHA-1 and SCRAM-SHA-256 from the server's side: RFC 5802 and RFC 7677, with the digest of the older mechanism.

use std::collections::BTreeMap;
use std::num::NonZeroU32;

use aws_lc_rs::{constant_time, digest, hmac, pbkdf2};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};

use crate::bson::{Builder, Document, Value};
use crate::refusal::{Refusal, code};

/// Who may call. Passwords are kept as they are: printable ASCII, which no preparation changes.
#[derive(Clone, PartialEq, Eq)]
pub struct User {
    /// Name.
    pub name: String,
    /// Password.
    pub password: String,
    /// The database the user is of: `authSource`.
    pub database: String,
    /// Roles, each with the database that it is of.
    pub roles: Vec<(String, String)>,
}

impl User {
    /// A user of `admin` with the role `root`.
    #[must_use]
    pub fn new(name: &str, password: &str) -> Self {
        Self {
            name: name.to_owned(),
            password: password.to_owned(),
            database: "admin".to_owned(),
            roles: vec![("root".to_owned(), "admin".to_owned())],
        }
    }
}

impl std::fmt::Debug for User {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut debug = formatter.debug_struct("User");
        debug
            .field("name", &self.name)
            .field("password", &"***")
            .field("database", &self.database)
            .field("roles", &self.roles)
            .finish()
    }
}

/// By database and name.
pub(crate) type Users = BTreeMap<(String, String), User>;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mechanism {
    Sha1,
    Sha256,
}

/// Rounds: the server's defaults. Fewer are refused by drivers below 4096.
const ROUNDS_SHA1: NonZeroU32 = NonZeroU32::new(10_000).expect("not zero");
const ROUNDS_SHA256: NonZeroU32 = NonZeroU32::new(15_000).expect("not zero");

impl Mechanism {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "SCRAM-SHA-1" => Some(Self::Sha1),
            "SCRAM-SHA-256" => Some(Self::Sha256),
            _ => None,
        }
    }

    fn rounds(self) -> NonZeroU32 {
        match self {
            Self::Sha1 => ROUNDS_SHA1,
            Self::Sha256 => ROUNDS_SHA256,
        }
    }

    fn sign(self, key: &[u8], message: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => hmac::HMAC_SHA256,
        };
        hmac::sign(&hmac::Key::new(algorithm, key), message).as_ref().to_vec()
    }

    fn hash(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }

    fn salted(self, user: &User, salt: &[u8]) -> Vec<u8> {
        let (algorithm, length, secret) = match self {
            Self::Sha1 => {
                let of = format!("{}:mongo:{}", user.name, user.password);
                let hex: String = Md5::digest(of).iter().map(|byte| format!("{byte:02x}")).collect();
                (pbkdf2::PBKDF2_HMAC_SHA1, 20, hex)
            }
            Self::Sha256 => (pbkdf2::PBKDF2_HMAC_SHA256, 32, user.password.clone()),
        };
        let mut salted = vec![0; length];
        pbkdf2::derive(algorithm, self.rounds(), salt, secret.as_bytes(), &mut salted);
        salted
    }
}

/// A conversation between its first and its last message.
pub(crate) struct Conversation {
    mechanism: Mechanism,
    user: Option<User>,
    salt: Vec<u8>,
    /// Client's first message without its header, and server's first.
    messages: String,
    nonce: String,
    skips_empty_exchange: bool,
    is_proved: bool,
}

/// What a message leads to.
pub(crate) enum Turn {
    Goes(Conversation, Vec<u8>),
    /// The database and name of who it is.
    Ends((String, String), Vec<u8>),
}

fn refused() -> Refusal {
    Refusal::new(code::AUTHENTICATION_FAILED, "Authentication failed.")
}

fn reply(done: bool, payload: &str) -> Vec<u8> {
    let reply = Builder::new().i32("conversationId", 1).bool("done", done);
    reply.binary("payload", 0, payload.as_bytes()).build()
}

/// An attribute of a message, such as `r` in `n,,n=user,r=nonce`.
fn attribute<'a>(message: &'a str, name: &str) -> Option<&'a str> {
    message
        .split(',')
        .find_map(|part| part.strip_prefix(name)?.strip_prefix('='))
}

fn payload(command: Document<'_>) -> Option<&str> {
    let payload = command.get("payload").and_then(Value::as_binary)?;
    std::str::from_utf8(payload).ok()
}

/// `saslStart`, also as part of `hello`.
pub(crate) fn start(users: &Users, database: &str, command: Document<'_>) -> Result<Turn, Refusal> {
    let mechanism = command
        .str("mechanism")
        .and_then(Mechanism::parse)
        .ok_or_else(refused)?;
    let first = payload(command).ok_or_else(refused)?;
    // n,,n=user,r=nonce: without channel binding and without another identity.
    let bare = first.strip_prefix("n,,").ok_or_else(refused)?;
    let name = attribute(bare, "n")
        .ok_or_else(refused)?
        .replace("=2C", ",")
        .replace("=3D", "=");
    let client_nonce = attribute(bare, "r").ok_or_else(refused)?;
    let user = users.get(&(database.to_owned(), name)).cloned();
    let mut random = [0; 18];
    random.fill_with(|| fastrand::u8(..));
    let nonce = format!("{client_nonce}{}", BASE64_STANDARD.encode(random));
    let salt_length = if mechanism == Mechanism::Sha1 { 16 } else { 28 };
    // The same salt for a user every time: drivers keep what they derived from it.
    let of = user.as_ref().map_or("", |user| user.name.as_str());
    let salt = digest::digest(&digest::SHA256, of.as_bytes()).as_ref()[..salt_length].to_vec();
    let server_first = format!("r={nonce},s={},i={}", BASE64_STANDARD.encode(&salt), mechanism.rounds());
    let conversation = Conversation {
        mechanism,
        user,
        salt,
        messages: format!("{bare},{server_first}"),
        nonce,
        skips_empty_exchange: command
            .document("options")
            .is_some_and(|options| options.is_true("skipEmptyExchange")),
        is_proved: false,
    };
    Ok(Turn::Goes(conversation, reply(false, &server_first)))
}

impl Conversation {
    /// `saslContinue`.
    pub(crate) fn go_on(mut self, command: Document<'_>) -> Result<Turn, Refusal> {
        // An unknown user fails as late as a wrong password does.
        let user = self.user.clone().ok_or_else(refused)?;
        let who = (user.database.clone(), user.name.clone());
        if self.is_proved {
            return Ok(Turn::Ends(who, reply(true, "")));
        }
        let last = payload(command).ok_or_else(refused)?;
        let (without_proof, proof) = last.rsplit_once(",p=").ok_or_else(refused)?;
        let proof = BASE64_STANDARD.decode(proof).map_err(|_| refused())?;
        if attribute(without_proof, "r") != Some(&self.nonce) {
            return Err(refused());
        }
        let mechanism = self.mechanism;
        let signed = format!("{},{without_proof}", self.messages);
        let salted = mechanism.salted(&user, &self.salt);
        let stored_key = mechanism.hash(&mechanism.sign(&salted, b"Client Key"));
        let signature = mechanism.sign(&stored_key, signed.as_bytes());
        let client_key: Vec<_> = signature.iter().zip(&proof).map(|(a, b)| a ^ b).collect();
        if proof.len() != signature.len()
            || constant_time::verify_slices_are_equal(&mechanism.hash(&client_key), &stored_key).is_err()
        {
            return Err(refused());
        }
        let server_key = mechanism.sign(&salted, b"Server Key");
        let verifier = BASE64_STANDARD.encode(mechanism.sign(&server_key, signed.as_bytes()));
        let bytes = reply(self.skips_empty_exchange, &format!("v={verifier}"));
        if self.skips_empty_exchange {
            return Ok(Turn::Ends(who, bytes));
        }
        self.is_proved = true;
        Ok(Turn::Goes(self, bytes))
    }
}
