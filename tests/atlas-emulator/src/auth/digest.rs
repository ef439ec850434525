//! HTTP digest as Atlas' servers do it: MD5, `qop=auth`, no `opaque`, short-lived nonces.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};

use crate::auth::Credentials;
use crate::lock;
use crate::profile::Profile;

/// Name of the protection space.
pub(crate) const REALM: &str = "MMS Public API";

#[derive(Debug, Default)]
pub(crate) struct Nonces {
    issued: Mutex<HashMap<String, Nonce>>,
    last: AtomicU64,
}

#[derive(Debug)]
struct Nonce {
    since: Instant,
    realm: String,
    with_qop: bool,
    counts: HashSet<u32>,
}

/// Why a digest was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The nonce is too old, used up, or not known: try again with the new one.
    Stale,
    /// Wrong key, or not a proper digest.
    Wrong,
}

impl Nonces {
    /// Value of a `WWW-Authenticate` header with a new nonce.
    pub(crate) fn challenge(&self, stale: bool, realm: &str, with_qop: bool, profile: &Profile) -> String {
        let age = Duration::from_millis(profile.nonce_age_ms);
        let nonce = self.new_nonce();
        let mut issued = lock(&self.issued);
        issued.retain(|_, nonce| nonce.since.elapsed() <= age);
        issued.insert(
            nonce.clone(),
            Nonce {
                since: Instant::now(),
                realm: realm.to_owned(),
                with_qop,
                counts: HashSet::new(),
            },
        );
        let qop = if with_qop { "qop=\"auth\", " } else { "" };
        format!("Digest realm=\"{realm}\", domain=\"\", nonce=\"{nonce}\", algorithm=MD5, {qop}stale={stale}")
    }

    fn new_nonce(&self) -> String {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        BASE64_STANDARD.encode(Md5::digest(format!("{number} {:?}", SystemTime::now())))
    }

    /// Makes the nonce of a digest unknown.
    pub(crate) fn forget(&self, parameters: &str) {
        if let Some(nonce) = parse(parameters).get("nonce") {
            lock(&self.issued).remove(nonce);
        }
    }

    /// Checks a digest; `target` is the path with the query. The nonce comes first: a count is used up by a wrong key too.
    pub(crate) fn check(
        &self,
        credentials: &Credentials,
        profile: &Profile,
        method: &str,
        target: &str,
        parameters: &str,
    ) -> Result<(), Refusal> {
        let given = parse(parameters);
        let given = |name: &str| given.get(name).map(String::as_str);
        let mut issued = lock(&self.issued);
        let nonce_text = given("nonce").ok_or(Refusal::Wrong)?;
        let nonce = issued.get_mut(nonce_text).ok_or(Refusal::Stale)?;
        if nonce.since.elapsed() > Duration::from_millis(profile.nonce_age_ms) {
            return Err(Refusal::Stale);
        }
        let mut between = String::new();
        if nonce.with_qop {
            let count = given("nc").filter(|count| count.len() == 8).ok_or(Refusal::Wrong)?;
            let number = u32::from_str_radix(count, 16).map_err(|_| Refusal::Wrong)?;
            if number >= profile.max_nonce_count {
                return Err(Refusal::Stale);
            }
            if !nonce.counts.insert(number) {
                return Err(Refusal::Wrong);
            }
            let client_nonce = given("cnonce").ok_or(Refusal::Wrong)?;
            if given("qop") != Some("auth") {
                return Err(Refusal::Wrong);
            }
            between = format!("{count}:{client_nonce}:auth:");
        } else if given("qop").is_some() {
            return Err(Refusal::Wrong);
        }
        let is_md5 = given("algorithm").is_none_or(|algorithm| algorithm.eq_ignore_ascii_case("MD5"));
        let is_ours = given("username") == Some(&credentials.public_key)
            && given("realm") == Some(&nonce.realm)
            && given("uri") == Some(target)
            && is_md5;
        let user = md5_hex(&format!(
            "{}:{}:{}",
            credentials.public_key, nonce.realm, credentials.private_key
        ));
        let request = md5_hex(&format!("{method}:{target}"));
        let expected = md5_hex(&format!("{user}:{nonce_text}:{between}{request}"));
        if is_ours && given("response") == Some(&expected) {
            Ok(())
        } else {
            Err(Refusal::Wrong)
        }
    }
}

fn md5_hex(text: &str) -> String {
    hex::encode(Md5::digest(text))
}

/// `name=value` and `name="value"`, with commas between.
fn parse(parameters: &str) -> HashMap<String, String> {
    let mut parsed = HashMap::new();
    let mut rest = parameters;
    while let Some((name, after)) = rest.split_once('=') {
        let name = name.trim_matches([',', ' ', '\t']).to_ascii_lowercase();
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"').unwrap_or((quoted, "")),
            None => after.split_once(',').unwrap_or((after, "")),
        };
        parsed.insert(name, value.trim().to_owned());
        rest = after;
    }
    parsed
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::time::Instant;

    use super::{Nonce, Nonces, Refusal, md5_hex, parse};
    use crate::auth::Credentials;
    use crate::lock;
    use crate::profile::Profile;

    /// The example of RFC 2617, section 3.5.
    #[test]
    fn the_example_of_the_rfc_is_let_in_once() {
        const NONCE: &str = "dcd98b7102dd2f0e8b11d0f600bfb0c093";
        let nonces = Nonces::default();
        let nonce = Nonce {
            since: Instant::now(),
            realm: "testrealm@host.com".to_owned(),
            with_qop: true,
            counts: HashSet::new(),
        };
        lock(&nonces.issued).insert(NONCE.to_owned(), nonce);
        let credentials = Credentials {
            public_key: "Mufasa".to_owned(),
            private_key: "Circle Of Life".to_owned(),
            ..Credentials::default()
        };
        let digest = format!(
            "username=\"Mufasa\", realm=\"testrealm@host.com\", nonce=\"{NONCE}\", uri=\"/dir/index.html\", qop=auth, \
             nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", opaque=\"5ccc\""
        );
        let check = |path| nonces.check(&credentials, &Profile::default(), "GET", path, &digest);
        assert_eq!(check("/dir/index.html"), Ok(()));
        assert_eq!(check("/dir/index.html"), Err(Refusal::Wrong), "the same count again");
    }

    #[test]
    fn parameters_are_read_quoted_or_not() {
        let parsed = parse(r#"username="a, b=c", realm="MMS Public API", nonce="ab+/==", nc=00000001, qop=auth"#);
        for (name, value) in [
            ("username", "a, b=c"),
            ("realm", "MMS Public API"),
            ("nonce", "ab+/=="),
            ("nc", "00000001"),
            ("qop", "auth"),
        ] {
            assert_eq!(parsed.get(name).map(String::as_str), Some(value), "{name}");
        }
        assert_eq!(parsed.len(), 5);
    }

    #[test]
    fn md5_is_md5() {
        assert_eq!(md5_hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
    }
}
