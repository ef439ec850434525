//! pymongo, a client that is not ours, agrees on what a dump's lines say and on how the MongoDB emulator answers.

#[path = "../../../handlers/dump-format/tests/arbitrary/mod.rs"]
mod arbitrary;

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use dump_format::line::{Encoded, Encoder};
use local_cloud::toolchain;
use mongo_emulator::{MongoEmulator, Options, Tls, User};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

fn python(script: &str) -> Command {
    toolchain::python(&format!("tests/acceptance/python/{script}")).unwrap()
}

fn run(mut command: Command, input: &[u8]) -> Output {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // It ends early where it finds a difference; its output says so.
    child.stdin.take().unwrap().write_all(input).ok();
    child.wait_with_output().unwrap()
}

#[test]
fn json_util_reads_every_line_without_an_escape_to_an_equal_document() {
    let mut runner = TestRunner::deterministic();
    let documents = prop_oneof![3 => arbitrary::usual_document().boxed(), 1 => arbitrary::any_document().boxed()];
    let corpus = crate::corpus::cases().into_iter().map(|case| case.document());
    let generated = (0..4_000).map(|_| documents.new_tree(&mut runner).unwrap().current());
    let mut encoder = Encoder::new();
    let mut input = Vec::new();
    let mut plain = 0;
    for raw in corpus.chain(generated) {
        let mut line = Vec::new();
        if encoder.encode(&raw, &mut line) != Encoded::Plain {
            continue;
        }
        plain += 1;
        let line = String::from_utf8(line).unwrap();
        let pair = serde_json::json!({ "raw": BASE64_STANDARD.encode(&raw), "line": line.trim_end_matches('\n') });
        writeln!(input, "{pair}").unwrap();
    }
    assert!(plain > 1_000, "too few plain lines to show anything: {plain}");
    let output = run(python("json_util_lines.py"), &input);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), plain.to_string());
}

#[test]
fn pymongo_reads_and_writes_the_emulator_over_every_wire() {
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
        let mut command = python("pymongo_emulator.py");
        command.arg(emulator.uri());
        if let Some(pem) = emulator.ca_pem() {
            let file = folder.path().join("ca.pem");
            std::fs::write(&file, pem).unwrap();
            command.arg(file);
        }
        let output = run(command, &[]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{case}: {said}");
    }
}
