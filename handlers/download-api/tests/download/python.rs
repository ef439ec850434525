//! Keys of another implementation, which also judges signatures: Python's `cryptography`.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

/// A key as operators have it.
#[derive(Clone)]
pub(crate) struct Key {
    /// PEM of PKCS#1, `RSA PRIVATE KEY`.
    pub(crate) pkcs1: String,
    /// PEM of PKCS#8, `PRIVATE KEY`.
    pub(crate) pkcs8: String,
    public: String,
}

const GENERATE: &str = r#"
import json, sys
from cryptography.hazmat.primitives import serialization as s
from cryptography.hazmat.primitives.asymmetric import rsa
keys = []
for bits in json.load(sys.stdin):
    key = rsa.generate_private_key(65537, bits)
    pem = lambda form: key.private_bytes(s.Encoding.PEM, form, s.NoEncryption()).decode()
    public = key.public_key().public_bytes(s.Encoding.PEM, s.PublicFormat.SubjectPublicKeyInfo).decode()
    keys.append({'pkcs1': pem(s.PrivateFormat.TraditionalOpenSSL), 'pkcs8': pem(s.PrivateFormat.PKCS8), 'public': public})
json.dump(keys, sys.stdout)
"#;

const VERIFY: &str = r#"
import base64, json, sys
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding
case = json.load(sys.stdin)
key = serialization.load_pem_public_key(case['public'].encode())
try:
    key.verify(base64.b64decode(case['signature'], validate=True), case['message'].encode(), padding.PKCS1v15(), hashes.SHA256())
    json.dump(True, sys.stdout)
except InvalidSignature:
    json.dump(False, sys.stdout)
"#;

fn run(script: &str, input: &Value) -> Value {
    let python = local_cloud::toolchain::python_venv().unwrap().join("bin/python");
    let mut child = Command::new(python)
        .args(["-c", script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.to_string().as_bytes())
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Two keys of 2,048 bits and one of 3,072, made once.
pub(crate) fn keys() -> [Key; 3] {
    static KEYS: OnceLock<[Key; 3]> = OnceLock::new();
    let generate = || {
        let made = run(GENERATE, &json!([2048, 2048, 3072]));
        [0, 1, 2].map(|number| {
            let part = |name: &str| made[number][name].as_str().unwrap().to_owned();
            Key {
                pkcs1: part("pkcs1"),
                pkcs8: part("pkcs8"),
                public: part("public"),
            }
        })
    };
    KEYS.get_or_init(generate).clone()
}

impl Key {
    /// Whether this key signed the message, with SHA-256 and PKCS#1 v1.5. The signature is in CloudFront's base64.
    pub(crate) fn signed(&self, message: &str, signature: &str) -> bool {
        let signature = signature.replace('-', "+").replace('_', "=").replace('~', "/");
        let verdict = run(
            VERIFY,
            &json!({ "public": self.public, "message": message, "signature": signature }),
        );
        verdict.as_bool().unwrap()
    }
}
