//! pymongo as an independent client.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use mongo_emulator::{MongoEmulator, Options, Tls, User};

#[test]
#[ignore = "needs a Python with pymongo, named by PYMONGO_PYTHON"]
fn pymongo_reads_and_writes_over_every_wire() {
    let python = std::env::var("PYMONGO_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/witness.py");
    let folder = tempfile::tempdir().unwrap();
    let user = User::new("re@der,=", "s3cret/%:@");
    for (case, users, tls) in [
        ("open", vec![], None),
        ("guarded", vec![user.clone()], None),
        ("guarded over TLS", vec![user], Some(Tls::Valid)),
    ] {
        let options = Options {
            users,
            tls,
            ..Options::default()
        };
        let emulator = MongoEmulator::start(options).unwrap();
        let mut command = Command::new(&python);
        command.arg(&script).arg(emulator.uri());
        if let Some(pem) = emulator.ca_pem() {
            let file = folder.path().join("ca.pem");
            std::fs::write(&file, pem).unwrap();
            command.arg(file);
        }
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{case}: {said}");
    }
}
