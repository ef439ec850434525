//! A connection string, read as MongoDB's specifications want it before the driver sees it: what the driver does not have is left
//! out with a warning, and what is wrong is named. Nothing that is said of it quotes a value, a user or a password.
//!
//! Source: MongoDB's connection string specification and URI options specification. One difference: a value that is wrong is an
//! error and not ignored, because what was meant may be TLS or a read concern.

use std::collections::HashMap;
use std::fmt;

use mongodb::options::{ClientOptions, ConnectionString};

/// Why a connection string cannot be used. Names options, and no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It begins with something else.
    #[error("the address does not begin with mongodb:// or mongodb+srv://")]
    Scheme,
    /// User or password hold a character that ends them.
    #[error(
        "the user name or the password is not percent-encoded: write %40 for @, %3A for :, %2F for /, %3F for ?, %23 \
         for #, %5B for [, %5D for ] and %25 for %"
    )]
    NotEncoded,
    /// A host, or the port after it.
    #[error(
        "a host or a port in the address is wrong: hosts are separated by commas, each can have a port from 1 to \
         65535, and mongodb+srv:// takes one name without a port"
    )]
    Hosts,
    /// The database after the hosts.
    #[error("the database in the address is wrong: it is percent-encoded and has no /, \\, space, \" or $")]
    Database,
    /// Values that are wrong, or that exclude each other.
    #[error("{}", said_of(.0))]
    Options(
        /// Names, in the order in which they stand there.
        Vec<String>,
    ),
    /// The name of `mongodb+srv` has no records.
    #[error(
        "the name after mongodb+srv:// does not resolve: check the name, and whether this network can resolve it (a \
         private link has a name of its own)"
    )]
    Unresolved,
    /// A certificate or key that the address names.
    #[error("the files of tlsCAFile or tlsCertificateKeyFile cannot be read or contain no certificate")]
    Certificates,
    /// An at-sign, and nobody before it.
    #[error("the address has an @ without a user name before it")]
    NoUser,
    /// Whatever else the driver does not take.
    #[error("the driver rejected it")]
    Refused,
}

fn said_of(options: &[String]) -> String {
    match options {
        [option] => format!("the option {option} has a value that cannot be used here"),
        options => format!("the options {} exclude each other", options.join(" and ")),
    }
}

/// What was left out of a connection string or read in another way than it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Warning {
    /// No option of this driver.
    Unsupported(OptionName),
    /// A number or a yes or no without a value.
    Empty(OptionName),
    /// More than once; the last one counts.
    Repeated(OptionName),
    /// An old name of another.
    Renamed(OptionName, &'static str),
    /// An old spelling of `true` or `false`.
    Boolean(OptionName, bool),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsupported(name) => write!(f, "{name} is ignored: the driver of this function does not support it"),
            Self::Empty(name) => write!(f, "{name} is ignored: it has no value"),
            Self::Repeated(name) => write!(f, "{name} is set more than once: the last value is used"),
            Self::Renamed(name, new) => write!(f, "{name} is now called {new}: use the new name"),
            Self::Boolean(name, value) => write!(f, "{name} has an old format: use {name}={value}"),
        }
    }
}

/// An option's name as it was typed, where it looks like one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct OptionName(String);

impl OptionName {
    fn new(typed: &str) -> Self {
        let is_name = (1..=50).contains(&typed.len()) && typed.chars().all(|letter| letter.is_ascii_alphanumeric());
        Self(if is_name {
            typed.to_owned()
        } else {
            "an option with an unusual name".to_owned()
        })
    }
}

impl fmt::Display for OptionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for OptionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Boolean,
    Integer,
    Text,
    /// Each time that it is there counts.
    List,
}

/// The options that the driver takes with its features here, in small letters. `waitQueueTimeoutMS`, `socketTimeoutMS` and
/// `uuidRepresentation` are not among them: it reads them and does nothing, or refuses the whole.
const OPTIONS: [(&str, Kind); 36] = [
    ("appname", Kind::Text),
    ("authmechanism", Kind::Text),
    ("authmechanismproperties", Kind::Text),
    ("authsource", Kind::Text),
    ("connecttimeoutms", Kind::Integer),
    ("directconnection", Kind::Boolean),
    ("enableoverloadretargeting", Kind::Boolean),
    ("heartbeatfrequencyms", Kind::Integer),
    ("journal", Kind::Boolean),
    ("loadbalanced", Kind::Boolean),
    ("localthresholdms", Kind::Integer),
    ("maxadaptiveretries", Kind::Integer),
    ("maxconnecting", Kind::Integer),
    ("maxidletimems", Kind::Integer),
    ("maxpoolsize", Kind::Integer),
    ("maxstalenessseconds", Kind::Integer),
    ("minpoolsize", Kind::Integer),
    ("readconcernlevel", Kind::Text),
    ("readpreference", Kind::Text),
    ("readpreferencetags", Kind::List),
    ("replicaset", Kind::Text),
    ("retryreads", Kind::Boolean),
    ("retrywrites", Kind::Boolean),
    ("servermonitoringmode", Kind::Text),
    ("serverselectiontimeoutms", Kind::Integer),
    ("srvmaxhosts", Kind::Integer),
    ("srvservicename", Kind::Text),
    ("ssl", Kind::Boolean),
    ("tls", Kind::Boolean),
    ("tlsallowinvalidcertificates", Kind::Boolean),
    ("tlscafile", Kind::Text),
    ("tlscertificatekeyfile", Kind::Text),
    ("tlsinsecure", Kind::Boolean),
    ("w", Kind::Text),
    ("wtimeout", Kind::Integer),
    ("wtimeoutms", Kind::Integer),
];

/// No two of these may stand together, but `tlsAllowInvalidHostnames` with any but the first.
const INSECURE: [&str; 5] = [
    "tlsinsecure",
    "tlsallowinvalidcertificates",
    "tlsallowinvalidhostnames",
    "tlsdisableocspendpointcheck",
    "tlsdisablecertificaterevocationcheck",
];

/// What stands around a pasted text and is no part of it.
fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}' | '\0')
}

/// One option, as it goes to the driver.
#[derive(Debug, Clone)]
struct Pair {
    typed: OptionName,
    key: String,
    /// Percent-encoded, as it stands there.
    value: String,
}

/// A connection string that the driver takes, but for what only its servers' names tell.
pub(crate) struct Address {
    before: String,
    options: Vec<Pair>,
    is_srv: bool,
    pub(crate) warnings: Vec<Warning>,
}

impl Address {
    /// Reads a connection string. What stands around it, such as the newline of a file, is no part of it.
    pub(crate) async fn read(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_matches(is_blank);
        let (is_srv, rest) = match text.split_once("://") {
            Some(("mongodb", rest)) => (false, rest),
            Some(("mongodb+srv", rest)) => (true, rest),
            _ => return Err(AddressError::Scheme),
        };
        let (before, options) = rest.split_once('?').unwrap_or((rest, ""));
        let written: Vec<_> = options.split('&').filter(|pair| !pair.is_empty()).collect();
        let may_be_userinfo = |pair: &&str| pair.contains('@') && kind_of(&key_of(pair).to_ascii_lowercase()).is_none();
        if written.iter().any(may_be_userinfo) {
            return Err(AddressError::NotEncoded);
        }
        check_userinfo(before)?;
        let mut warnings = Vec::new();
        let address = Self {
            before: before.to_owned(),
            options: options_of(&written, &mut warnings)?,
            is_srv,
            warnings,
        };
        if address.is_taken(&address.options).await {
            return Ok(address);
        }
        Err(address.culprits().await)
    }

    /// The connection string without what was left out.
    pub(crate) fn uri(&self) -> String {
        uri(self.is_srv, &self.before, &self.options)
    }

    /// Whether the driver takes the address with only these options. Nothing is resolved.
    async fn is_taken(&self, options: &[Pair]) -> bool {
        if ConnectionString::parse(uri(self.is_srv, &self.before, options)).is_err() {
            return false;
        }
        // What it checks after names are resolved, it checks of hosts at once.
        let plain: Vec<_> = options
            .iter()
            .filter(|pair| !pair.key.starts_with("srv"))
            .cloned()
            .collect();
        // On the heap: the driver's future is large, and this one is part of a handler's.
        Box::pin(async { ClientOptions::parse(uri(false, &self.before, &plain)).await.is_ok() }).await
    }

    /// Why the driver rejected it: the fewest options with which it does not, else what is before them.
    async fn culprits(&self) -> AddressError {
        let mut left = self.options.clone();
        let mut at = 0;
        while at < left.len() {
            let mut fewer = left.clone();
            fewer.remove(at);
            if self.is_taken(&fewer).await {
                at += 1;
            } else {
                left = fewer;
            }
        }
        if !left.is_empty() {
            return AddressError::Options(left.into_iter().map(|pair| pair.typed.0).collect());
        }
        let (hosts, _) = self.before.split_once('/').unwrap_or((&self.before, ""));
        if ConnectionString::parse(uri(self.is_srv, hosts, &[])).is_ok() {
            return AddressError::Database;
        }
        let (user, hosts) = hosts.rsplit_once('@').unwrap_or(("nobody", hosts));
        if ConnectionString::parse(uri(self.is_srv, hosts, &[])).is_err() {
            return AddressError::Hosts;
        }
        if user.is_empty() || user.starts_with(':') {
            return AddressError::NoUser;
        }
        AddressError::Refused
    }
}

fn uri(is_srv: bool, before: &str, options: &[Pair]) -> String {
    let scheme = if is_srv { "mongodb+srv" } else { "mongodb" };
    let mut uri = format!("{scheme}://{before}");
    for (at, pair) in options.iter().enumerate() {
        uri.push(if at == 0 { '?' } else { '&' });
        uri.push_str(&pair.key);
        uri.push('=');
        uri.push_str(&pair.value);
    }
    uri
}

fn key_of(pair: &str) -> &str {
    pair.split_once('=').map_or(pair, |(key, _)| key)
}

fn kind_of(key: &str) -> Option<Kind> {
    let found = OPTIONS.iter().find(|(name, _)| *name == key);
    found.map(|(_, kind)| *kind)
}

/// The specification: an at-sign, more than one colon or a percent-sign that is not part of an encoding is an error that says
/// so. The driver refuses the other reserved characters, too.
fn check_userinfo(before: &str) -> Result<(), AddressError> {
    let Some((userinfo, _)) = before.rsplit_once('@') else {
        return Ok(());
    };
    let (user, password) = userinfo.split_once(':').unwrap_or((userinfo, ""));
    for part in [user, password] {
        let encodings = part.split('%').skip(1).map(str::as_bytes);
        let mut encodings = encodings.map(|after| after.len() >= 2 && after[..2].iter().all(u8::is_ascii_hexdigit));
        let is_text = percent_encoding::percent_decode_str(part).decode_utf8().is_ok();
        if part.contains([':', '/', '?', '#', '[', ']', '@']) || !encodings.all(|is_encoding| is_encoding) || !is_text {
            return Err(AddressError::NotEncoded);
        }
    }
    Ok(())
}

fn options_of(written: &[&str], warnings: &mut Vec<Warning>) -> Result<Vec<Pair>, AddressError> {
    check_insecure(written)?;
    let mut pairs: Vec<Pair> = Vec::new();
    let mut may_be_secret = false;
    for pair in written {
        let (typed, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = OptionName::new(typed);
        let mut key = typed.to_ascii_lowercase();
        let Some(kind) = kind_of(&key) else {
            // Behind a secret with an & that is not encoded, its second half looks like an option.
            let name = if may_be_secret { OptionName::new("") } else { name };
            warnings.push(Warning::Unsupported(name));
            may_be_secret |= key.ends_with("password");
            continue;
        };
        may_be_secret |= key == "authmechanismproperties";
        if value.is_empty() && matches!(kind, Kind::Boolean | Kind::Integer) {
            warnings.push(Warning::Empty(name));
            continue;
        }
        let mut value = value.to_owned();
        if kind == Kind::Boolean
            && let Some(meant) = old_boolean(&value)
        {
            warnings.push(Warning::Boolean(name.clone(), meant));
            value = meant.to_string();
        }
        if key == "wtimeout" {
            warnings.push(Warning::Renamed(name.clone(), "wTimeoutMS"));
            if written
                .iter()
                .any(|pair| key_of(pair).eq_ignore_ascii_case("wtimeoutms"))
            {
                continue;
            }
            key = "wtimeoutms".to_owned();
        }
        let earlier = pairs
            .iter()
            .position(|pair| pair.key == key || are_tls(&pair.key, &key));
        if kind != Kind::List
            && let Some(at) = earlier
        {
            if are_tls(&pairs[at].key, &key) || key == "tls" || key == "ssl" {
                if pairs[at].value != value {
                    return Err(AddressError::Options(vec![pairs[at].typed.0.clone(), name.0]));
                }
            } else {
                warnings.push(Warning::Repeated(name.clone()));
            }
            pairs.remove(at);
        }
        pairs.push(Pair {
            typed: name,
            key,
            value,
        });
    }
    Ok(pairs)
}

/// Whether these are the two names of one option.
fn are_tls(one: &str, other: &str) -> bool {
    matches!((one, other), ("tls", "ssl") | ("ssl", "tls"))
}

fn check_insecure(written: &[&str]) -> Result<(), AddressError> {
    let typed: HashMap<_, _> = written
        .iter()
        .map(|pair| (key_of(pair).to_ascii_lowercase(), key_of(pair)))
        .collect();
    for (at, one) in INSECURE.iter().enumerate() {
        for other in &INSECURE[at + 1..] {
            let excluded = at == 0 || ![*one, *other].contains(&"tlsallowinvalidhostnames");
            if excluded && let (Some(one), Some(other)) = (typed.get(*one), typed.get(*other)) {
                return Err(AddressError::Options(vec![(*one).to_owned(), (*other).to_owned()]));
            }
        }
    }
    Ok(())
}

/// What an old spelling of a boolean means; nothing where it is the right one or none.
fn old_boolean(value: &str) -> Option<bool> {
    let small = value.to_ascii_lowercase();
    match small.as_str() {
        "true" | "false" if small == value => None,
        "true" | "1" | "yes" | "y" | "t" => Some(true),
        "false" | "0" | "-1" | "no" | "n" | "f" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use proptest::prelude::*;

    use super::*;

    async fn read(text: &str) -> (String, Vec<String>) {
        let address = Address::read(text).await.map_err(|error| error.to_string());
        let address = address.unwrap_or_else(|error| panic!("{text}: {error}"));
        let warnings = address.warnings.iter().map(ToString::to_string).collect();
        ClientOptions::parse(address.uri()).await.unwrap();
        (address.uri(), warnings)
    }

    #[tokio::test]
    async fn what_the_driver_does_not_have_is_left_out_and_named() {
        for (options, kept, warned) in [
            ("", "", &[] as &[&str]),
            ("?", "", &[]),
            ("?&", "", &[]),
            ("?w=1&", "?w=1", &[]),
            ("?compressors=snappy,zlib,zstd", "", &["compressors is ignored"]),
            (
                "?compressors=zlib&zlibCompressionLevel=9",
                "",
                &["compressors", "zlibCompressionLevel is ignored"],
            ),
            ("?uuidRepresentation=standard", "", &["uuidRepresentation is ignored"]),
            (
                "?socketTimeoutMS=360000&w=majority",
                "?w=majority",
                &["socketTimeoutMS is ignored"],
            ),
            (
                "?waitQueueTimeoutMS=5&waitQueueMultiple=2",
                "",
                &["waitQueueTimeoutMS is", "waitQueueMultiple is"],
            ),
            ("?timeoutMS=100", "", &["timeoutMS is ignored"]),
            (
                "?proxyHost=localhost&proxyPort=1080",
                "",
                &["proxyHost is ignored", "proxyPort is ignored"],
            ),
            (
                "?tlsAllowInvalidHostnames=true&tls=true",
                "?tls=true",
                &["tlsAllowInvalidHostnames is ignored"],
            ),
            ("?foo=bar", "", &["foo is ignored"]),
            ("?foo", "", &["foo is ignored"]),
            (
                "?tlsCertificateKeyFilePassword=half&half",
                "",
                &["tlsCertificateKeyFilePassword is", "an option with an unusual"],
            ),
            ("?fo%6F=1", "", &["an option with an unusual name is ignored"]),
            (
                "?maxIdleTimeMS=&journal",
                "",
                &["maxIdleTimeMS is ignored: it has no value", "journal is ignored"],
            ),
            ("?appName=a&APPNAME=b", "?appname=b", &["APPNAME is set more than once"]),
            (
                "?readPreference=nearest&readPreferenceTags=dc:ny,rack:1&readPreferenceTags=",
                "?readpreference=nearest&readpreferencetags=dc:ny,rack:1&readpreferencetags=",
                &[],
            ),
            ("?wtimeout=5", "?wtimeoutms=5", &["wtimeout is now called wTimeoutMS"]),
            (
                "?wtimeoutMS=10&wtimeout=5",
                "?wtimeoutms=10",
                &["wtimeout is now called wTimeoutMS"],
            ),
            ("?ssl=true&tls=true", "?tls=true", &[]),
            (
                "?tls=true&tls=True",
                "?tls=true",
                &["tls has an old format: use tls=true"],
            ),
            (
                "?journal=1&retryWrites=no",
                "?journal=true&retrywrites=false",
                &["journal=true", "retryWrites=false"],
            ),
            (
                "?authSource=a%26b&appName=me@home",
                "?authsource=a%26b&appname=me@home",
                &[],
            ),
        ] {
            let (uri, warnings) = read(&format!("mongodb://u:p@h.example/{options}")).await;
            assert_eq!(uri, format!("mongodb://u:p@h.example/{kept}"), "{options}");
            assert_eq!(warnings.len(), warned.len(), "{options}: {warnings:?}");
            for (warning, expected) in warnings.iter().zip(warned) {
                assert!(warning.contains(expected), "{options}: {warning}");
            }
        }
    }

    #[tokio::test]
    async fn what_stands_around_an_address_is_no_part_of_it() {
        for text in [
            "mongodb://h/?w=1\n",
            " \tmongodb://h/?w=1\r\n",
            "\u{feff}mongodb://h/?w=1",
            "mongodb://h/?w=1\0",
        ] {
            assert_eq!(read(text).await.0, "mongodb://h/?w=1", "{text:?}");
        }
    }

    #[tokio::test]
    async fn what_is_wrong_is_named() {
        let options = |names: &[&str]| AddressError::Options(names.iter().map(|name| (*name).to_owned()).collect());
        for (text, error) in [
            ("", AddressError::Scheme),
            ("u:hunter2@h", AddressError::Scheme),
            ("https://u:hunter2@h", AddressError::Scheme),
            ("MONGODB://h", AddressError::Scheme),
            ("mongodb://", AddressError::Hosts),
            ("mongodb:///", AddressError::Hosts),
            ("mongodb://u:hunter2", AddressError::Hosts),
            ("mongodb://u:hunter2@", AddressError::Hosts),
            ("mongodb://u:hunter2@h:0", AddressError::Hosts),
            ("mongodb://u:hunter2@h:65536", AddressError::Hosts),
            ("mongodb://u:hunter2@[::", AddressError::Hosts),
            ("mongodb://u:hunter2@h,,i", AddressError::Hosts),
            ("mongodb+srv://u:hunter2@h.example.com:27017/", AddressError::Hosts),
            (
                "mongodb+srv://u:hunter2@a.example.com,b.example.com/",
                AddressError::Hosts,
            ),
            ("mongodb://u:hunter2@h/a$b", AddressError::Database),
            ("mongodb://u:hunter2@h/%FF", AddressError::Database),
            ("mongodb://@h", AddressError::NoUser),
            ("mongodb://:hunter2@h", AddressError::NoUser),
            ("mongodb://u:hunter2@h/?tls=hunter2", options(&["tls"])),
            (
                "mongodb://u:hunter2@h/?w=1&connectTimeoutMS=-1&appName=x",
                options(&["connectTimeoutMS"]),
            ),
            (
                "mongodb://u:hunter2@h/?readPreference=hunter2",
                options(&["readPreference"]),
            ),
            (
                "mongodb://u:hunter2@h/?authMechanism=hunter2",
                options(&["authMechanism"]),
            ),
            ("mongodb://u:hunter2@h/?authSource=", options(&["authSource"])),
            ("mongodb://u:hunter2@h/?maxPoolSize=0", options(&["maxPoolSize"])),
            (
                "mongodb://u:hunter2@h/?readPreferenceTags=a:b",
                options(&["readPreferenceTags"]),
            ),
            ("mongodb://u:hunter2@h/?tls=true&ssl=false", options(&["tls", "ssl"])),
            (
                "mongodb://u:hunter2@h/?tls=true&w=1&tls=false",
                options(&["tls", "tls"]),
            ),
            (
                "mongodb://u:hunter2@h/?w=1&tls=false&tlsCAFile=/x",
                options(&["tls", "tlsCAFile"]),
            ),
            (
                "mongodb://h/?tlsInsecure=true&tlsAllowInvalidHostnames=true",
                options(&["tlsInsecure", "tlsAllowInvalidHostnames"]),
            ),
            (
                "mongodb://h/?tlsDisableOCSPEndpointCheck=true&tlsAllowInvalidCertificates=true",
                options(&["tlsAllowInvalidCertificates", "tlsDisableOCSPEndpointCheck"]),
            ),
            (
                "mongodb://h,i/?w=1&directConnection=true",
                options(&["directConnection"]),
            ),
            (
                "mongodb+srv://h.example.com/?directConnection=true",
                options(&["directConnection"]),
            ),
            ("mongodb+srv://h.example.com/?maxPoolSize=0", options(&["maxPoolSize"])),
            ("mongodb://h/?srvMaxHosts=1", options(&["srvMaxHosts"])),
            (
                "mongodb://h/?loadBalanced=true&w=1&replicaSet=r",
                options(&["loadBalanced", "replicaSet"]),
            ),
            (
                "mongodb://u:hunter2@h/?authMechanism=MONGODB-X509",
                options(&["authMechanism"]),
            ),
        ] {
            let found = Address::read(text).await.err();
            let told = format!(
                "{found:?} {}",
                found.as_ref().map(ToString::to_string).unwrap_or_default()
            );
            assert!(!told.contains("hunter2"), "{told}");
            assert_eq!(found, Some(error), "{text}");
        }
    }

    #[tokio::test]
    async fn a_password_that_is_not_encoded_is_said_so() {
        for password in [
            "hunter2@",
            "hunter2:",
            "a:hunter2",
            "hunter2/",
            "/hunter2",
            "hunter2?",
            "hunter2?a=b",
            "hunter2?&",
            "hunter2#x",
            "[hunter2]",
            "100%hunter2",
            "%",
            "%4",
            "%4g",
            "%é",
            "%aé",
            "%FF",
            "?w=1&hunter2",
        ] {
            for text in [
                format!("mongodb://user:{password}@h/?w=1"),
                format!("mongodb+srv://user:{password}@h.example.com"),
                format!("mongodb://{password}:x@h.example.com/db"),
            ] {
                let error = Address::read(&text).await.err();
                assert_eq!(error, Some(AddressError::NotEncoded), "{text}");
            }
        }
        assert!(
            AddressError::NotEncoded
                .to_string()
                .contains("is not percent-encoded: write %40 for @")
        );
    }

    #[tokio::test]
    async fn every_option_that_is_kept_is_one_of_the_driver() {
        for (name, kind) in OPTIONS {
            let value = match (name, kind) {
                ("authmechanism", _) => "SCRAM-SHA-256",
                ("authmechanismproperties", _) => "SERVICE_NAME:x",
                ("readpreference" | "readpreferencetags", _) => "nearest",
                ("servermonitoringmode", _) => "poll",
                ("heartbeatfrequencyms", _) => "500",
                (_, Kind::Boolean) => "true",
                (_, Kind::Integer) => "90",
                (_, Kind::Text | Kind::List) => "x",
            };
            let (scheme, more) = match name {
                "readpreferencetags" => ("mongodb", "&readPreference=nearest&readPreferenceTags=a:b"),
                "maxstalenessseconds" => ("mongodb", "&readPreference=nearest"),
                "srvmaxhosts" | "srvservicename" => ("mongodb+srv", ""),
                _ => ("mongodb", ""),
            };
            let value = if name == "readpreferencetags" { "a:b" } else { value };
            let address = Address::read(&format!("{scheme}://u:p@h.example.com/?{name}={value}{more}")).await;
            assert!(address.is_ok(), "{name}: {:?}", address.err());
        }
    }

    /// Text of everything that an address can hold, the parts that end it most of all.
    fn secret() -> impl Strategy<Value = String> {
        "[A-Za-z0-9@:/?#%&=+. é\\[\\]]{0,6}Zq7xJ[A-Za-z0-9@:/?#%&=+. é\\[\\]]{0,6}"
    }

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(work)
    }

    proptest! {
        #[test]
        fn no_message_holds_a_part_of_a_password_wherever_it_stands(
            secret in secret(),
            template in prop::sample::select(vec![
                "mongodb://user:SECRET@h.example.com/?w=1",
                "mongodb://SECRET:x@h.example.com",
                "mongodb+srv://user:SECRET@h.example.com/db?retryWrites=true",
                "mongodb://user:SECRET@h:1,i:2/?replicaSet=r&compressors=zlib",
                "mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:SECRET",
                "mongodb://h/?tlsCertificateKeyFilePassword=SECRET",
                "SECRET",
            ]),
        ) {
            let told = match block_on(Address::read(&template.replace("SECRET", &secret))) {
                Ok(address) => format!("{:?} {:?}", address.warnings, address.warnings.iter().map(ToString::to_string).collect::<Vec<_>>()),
                Err(error) => format!("{error:?} {error}"),
            };
            prop_assert!(!told.contains("Zq7") && !told.contains("7xJ"), "{told}");
        }

        #[test]
        fn an_encoded_user_and_password_come_back_as_they_were(user in ".{1,20}", password in ".{0,40}", around in "[ \\r\\n\\t]{0,3}") {
            let encode = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
            let text = format!("{around}mongodb://{}:{}@h/?foo=1{around}", encode(&user), encode(&password));
            let options = block_on(async {
                let address = Address::read(&text).await.map_err(|error| TestCaseError::fail(error.to_string()))?;
                Ok::<_, TestCaseError>(ClientOptions::parse(address.uri()).await.unwrap())
            })?;
            let credential = options.credential.unwrap();
            prop_assert_eq!(credential.username, Some(user));
            prop_assert_eq!(credential.password, Some(password));
        }
    }
}
