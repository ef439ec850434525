//! decode(encode(raw)) == raw, for documents of every type, for documents with a byte changed, and for bytes that are no
//! document at all.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod arbitrary;

use arbitrary::{any_document, document, string, usual_document, with_length};
use dump_format::line::{DecodeProblem, Decoder, Encoded, Encoder, EscapeReason, MAX_DEPTH, MAX_PLAIN_LINE};
use proptest::prelude::*;

/// Encodes and decodes into buffers that already have content; returns the line and the outcome.
fn back_and_forth(raw: &[u8]) -> (Encoded, Vec<u8>) {
    let mut encoder = Encoder::new();
    let mut out = b"before".to_vec();
    let outcome = encoder.encode(raw, &mut out);
    let line = out.split_off(6);
    assert_eq!(out, b"before");
    let (&last, line) = line.split_last().unwrap();
    assert_eq!(last, b'\n');
    assert!(!line.contains(&b'\n'));
    let mut back = b"before".to_vec();
    Decoder::new().decode(line, &mut back).unwrap();
    // No assert_eq: a document of megabytes in a message helps nobody.
    assert!(back[..6] == *b"before" && back[6..] == *raw);
    assert_eq!(outcome == Encoded::Plain, !line.starts_with(br#"{"$bson""#));
    (outcome, line.to_vec())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn every_document_comes_back(raw in any_document()) {
        back_and_forth(&raw);
    }

    #[test]
    fn a_plain_line_is_json_that_an_independent_reader_reads(raw in usual_document()) {
        let (outcome, line) = back_and_forth(&raw);
        let json: serde_json::Value = serde_json::from_slice(&line).unwrap();
        let names = json.as_object().unwrap();
        prop_assert_eq!(outcome != Encoded::Plain, names.contains_key("$bson"));
    }

    #[test]
    fn a_document_with_a_byte_changed_comes_back(
        mut raw in any_document(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
        cutting in any::<bool>(),
    ) {
        for (at, byte) in changes {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        if cutting {
            raw.truncate(cut.index(raw.len()));
        }
        back_and_forth(&raw);
    }

    #[test]
    fn any_bytes_come_back(raw in prop::collection::vec(any::<u8>(), 0..200), framed in any::<bool>()) {
        let raw = if framed { with_length(&[&raw[..], &[0]].concat(), 4) } else { raw };
        back_and_forth(&raw);
    }

    #[test]
    fn a_line_with_a_byte_changed_is_read_or_refused(
        raw in usual_document(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
        tail in ".{0,10}",
    ) {
        let (_, mut line) = back_and_forth(&raw);
        let at = at.index(line.len());
        line[at] = byte;
        let mut out = vec![1];
        if Decoder::new().decode(&line, &mut out).is_ok() {
            // Whatever was read is a document of its own, which has to keep the law too.
            back_and_forth(&out[1..]);
        } else {
            prop_assert_eq!(out, vec![1]);
        }
        line.truncate(at);
        line.extend_from_slice(tail.as_bytes());
        let _ = Decoder::new().decode(&line, &mut Vec::new());
    }
}

#[test]
fn one_encoder_and_one_decoder_serve_any_number_of_documents() {
    let (mut encoder, mut decoder) = (Encoder::new(), Decoder::new());
    let good = document(&[("a", (0x03, document(&[("b", (0x0A, vec![]))])))]);
    let bad = document(&[("a", (0x03, document(&[("b", (0x06, vec![]))])))]);
    for raw in [&good, &bad, &good, &bad[..9].to_vec(), &good] {
        let mut line = Vec::new();
        encoder.encode(raw, &mut line);
        assert!(decoder.decode(b"{\"a\":[[", &mut Vec::new()).is_err());
        let mut back = Vec::new();
        decoder.decode(line.strip_suffix(b"\n").unwrap(), &mut back).unwrap();
        assert_eq!(back, *raw);
    }
}

#[test]
fn nesting_of_any_depth_comes_back_and_recursion_is_nowhere() {
    for (kind, name) in [(0x03, "a"), (0x04, "0"), (0x0F, "a")] {
        let nested = |depth: usize| {
            let mut raw = document::<&str>(&[]);
            for _ in 1..depth {
                let value = if kind == 0x0F {
                    with_length(&[string(b""), raw].concat(), 4)
                } else {
                    raw
                };
                raw = document(&[(name, (kind, value))]);
            }
            raw
        };
        assert_eq!(back_and_forth(&nested(MAX_DEPTH)).0, Encoded::Plain);
        let (outcome, _) = back_and_forth(&nested(MAX_DEPTH + 1));
        assert!(
            matches!(
                outcome,
                Encoded::Escaped {
                    reason: EscapeReason::TooDeep,
                    ..
                }
            ),
            "{outcome:?}"
        );
        back_and_forth(&nested(5_000));
    }
    for opening in [r#"{"a":"#, r#"{"a":["#, r#"{"a":{"$code":"","$scope":"#] {
        let error = Decoder::new()
            .decode(opening.repeat(200_000).as_bytes(), &mut Vec::new())
            .unwrap_err();
        assert!(
            matches!(error.problem, DecodeProblem::TooDeep | DecodeProblem::Syntax(_)),
            "{error}"
        );
    }
}

#[test]
fn a_document_of_16_mib_comes_back_and_its_line_stays_below_the_limit() {
    const MOST: usize = 16 << 20;
    let value = |unit: &[u8]| unit.repeat((MOST - 100) / unit.len());
    let numbers: Vec<_> = (0..1_200_000)
        .map(|index: u32| (index.to_string(), (0x10, vec![0, 0, 0, 0x80])))
        .collect();
    let many: Vec<_> = (0..600_000)
        .map(|index: u32| (format!("field {index}"), (0x0A, vec![])))
        .collect();
    let pieces: Vec<_> = (0..40)
        .map(|index: u32| (index.to_string(), (0x02, string(&vec![1; 400_000]))))
        .collect();
    for (case, raw, plain) in [
        ("text", document(&[("a", (0x02, string(&value("é".as_bytes()))))]), true),
        (
            "text that is longer escaped",
            document(&[("a", (0x02, string(&value(b"\x01"))))]),
            false,
        ),
        ("texts that are longer escaped", document(&pieces), false),
        (
            "a binary",
            document(&[("a", (0x05, with_length(&[&[0], &value(&[7])[..]].concat(), usize::MAX)))]),
            true,
        ),
        (
            "many small values",
            document(&[("a", (0x04, document(&numbers)))]),
            false,
        ),
        ("many fields", document(&many), true),
    ] {
        assert!(raw.len() <= MOST, "{case}: {}", raw.len());
        let (outcome, line) = back_and_forth(&raw);
        assert_eq!(outcome == Encoded::Plain, plain, "{case}");
        assert!(line.len() <= MAX_PLAIN_LINE, "{case}: {}", line.len());
    }
}

#[test]
fn a_field_doubled_among_very_many_is_found() {
    let mut fields: Vec<_> = (0..100_000)
        .map(|index: u32| (format!("field {index}"), (0x0A, vec![])))
        .collect();
    fields.push(("field 77777".to_owned(), (0x0A, vec![])));
    let (outcome, _) = back_and_forth(&document(&fields));
    assert!(
        matches!(
            outcome,
            Encoded::Escaped {
                reason: EscapeReason::DoubledField,
                ..
            }
        ),
        "{outcome:?}"
    );
}
