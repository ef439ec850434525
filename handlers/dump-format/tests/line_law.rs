//! decode(encode(raw)) == raw, for documents of every type, for documents with a byte changed, and for bytes that are no
//! document at all.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dump_format::line::{DecodeProblem, Decoder, Encoded, Encoder, EscapeReason, MAX_DEPTH, MAX_PLAIN_LINE};
use proptest::prelude::*;

/// One element's type and value.
type Element = (u8, Vec<u8>);

fn with_length(body: &[u8], more: usize) -> Vec<u8> {
    let length = i32::try_from(body.len().wrapping_add(more)).unwrap();
    [&length.to_le_bytes(), body].concat()
}

fn document<N: AsRef<[u8]>>(elements: &[(N, Element)]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, (kind, value)) in elements {
        body.push(*kind);
        body.extend_from_slice(name.as_ref());
        body.push(0);
        body.extend_from_slice(value);
    }
    body.push(0);
    with_length(&body, 4)
}

fn string(text: &[u8]) -> Vec<u8> {
    with_length(&[text, &[0]].concat(), 0)
}

/// Encodes behind something that is there already, decodes likewise; the answer is the line and what became of it.
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

fn text() -> BoxedStrategy<Vec<u8>> {
    prop_oneof![
        4 => any::<String>().prop_map(String::into_bytes),
        2 => "[a-z]{0,20}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..12),
        1 => "[\\x00-\\x1F\"\\\\]{0,12}".prop_map(String::into_bytes),
    ]
    .boxed()
}

fn name() -> BoxedStrategy<Vec<u8>> {
    let word = prop::sample::select(vec![
        "",
        "a",
        "b",
        "_id",
        "0",
        "1",
        "$oid",
        "$bson",
        "$numberInt",
        "$date",
        "$code",
        "$scope",
        "$ref",
        "$id",
        "$",
        "a.b",
    ]);
    prop_oneof![
        4 => "[a-z]{1,12}".prop_map(String::into_bytes),
        2 => word.prop_map(|word| word.as_bytes().to_vec()),
        1 => text().prop_map(|mut text| { text.retain(|&byte| byte != 0); text }),
    ]
    .boxed()
}

/// A name that no reader can take for a wrapper.
fn plain_name() -> BoxedStrategy<Vec<u8>> {
    any::<String>()
        .prop_map(|name| name.replace('\0', "").trim_start_matches('$').as_bytes().to_vec())
        .boxed()
}

fn scalar() -> BoxedStrategy<Element> {
    let bits = prop_oneof![
        any::<u64>(),
        any::<f64>().prop_map(f64::to_bits),
        any::<i32>().prop_map(|whole| f64::from(whole).to_bits()),
        // NaNs, infinities, subnormals, zeros.
        (any::<bool>(), 0..4u64, prop_oneof![Just(0), 1..(1u64 << 52)]).prop_map(|(sign, edge, fraction)| {
            let exponent = [0, 1, 0x7FE, 0x7FF][usize::try_from(edge).unwrap()];
            u64::from(sign) << 63 | exponent << 52 | fraction
        }),
        Just(0x7FF8 << 48),
    ];
    let millis = prop_oneof![
        any::<i64>(),
        -62_135_596_800_010..=253_402_300_800_010i64,
        Just(253_402_300_799_999),
        Just(i64::MIN)
    ];
    let options = prop_oneof![Just("".to_owned()), Just("imx".to_owned()), "[a-z]{0,4}"];
    let zero_free = text().prop_map(|mut text| {
        text.retain(|&byte| byte != 0);
        text
    });
    let decimal = prop_oneof![
        any::<u128>(),
        (any::<bool>(), 0..10u128.pow(34), 0..12_288u128)
            .prop_map(|(sign, coefficient, exponent)| u128::from(sign) << 127 | exponent << 113 | coefficient),
        (0..32u128, any::<u128>()).prop_map(|(top, rest)| top << 122 | rest >> 6 & 1),
    ];
    let fixed = |kind: u8| move |value: Vec<u8>| (kind, value);
    prop_oneof![
        bits.prop_map(|bits| (0x01, bits.to_le_bytes().to_vec())),
        text().prop_map(|text| (0x02, string(&text))),
        (any::<u8>(), prop::collection::vec(any::<u8>(), 0..40))
            .prop_map(|(subtype, data)| (0x05, with_length(&[&[subtype], &data[..]].concat(), usize::MAX))),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(|data| {
            let twice = with_length(&data, 0);
            (0x05, with_length(&[&[2], &twice[..]].concat(), usize::MAX))
        }),
        any::<[u8; 12]>().prop_map(|id| (0x07, id.to_vec())),
        any::<bool>().prop_map(|value| (0x08, vec![u8::from(value)])),
        millis.prop_map(|millis| (0x09, millis.to_le_bytes().to_vec())),
        Just((0x0A, Vec::new())),
        (zero_free, options)
            .prop_map(|(pattern, options)| (0x0B, [&pattern, &[0][..], options.as_bytes(), &[0]].concat())),
        text().prop_map(|code| (0x0D, string(&code))),
        any::<i32>().prop_map(|value| (0x10, value.to_le_bytes().to_vec())),
        any::<u64>().prop_map(|value| (0x11, value.to_le_bytes().to_vec())),
        any::<i64>().prop_map(|value| (0x12, value.to_le_bytes().to_vec())),
        decimal.prop_map(|bits| (0x13, bits.to_le_bytes().to_vec())),
        prop_oneof![Just(0xFF), Just(0x7F)].prop_map(move |kind| fixed(kind)(Vec::new())),
    ]
    .boxed()
}

fn rare() -> BoxedStrategy<Element> {
    prop_oneof![
        Just((0x06, Vec::new())),
        (text(), any::<[u8; 12]>()).prop_map(|(namespace, id)| (0x0C, [&string(&namespace)[..], &id].concat())),
        text().prop_map(|symbol| (0x0E, string(&symbol))),
        any::<u8>().prop_map(|byte| (0x08, vec![byte])),
        (any::<u8>(), prop::collection::vec(any::<u8>(), 0..20)),
    ]
    .boxed()
}

fn element(scalar: BoxedStrategy<Element>, name: BoxedStrategy<Vec<u8>>) -> impl Strategy<Value = Element> {
    scalar.prop_recursive(6, 40, 6, move |inner| {
        let fields = prop::collection::vec((name.clone(), inner.clone()), 0..6);
        let array = prop::collection::vec(inner, 0..14).prop_map(|values| {
            let names = (0..).map(|index: u32| index.to_string().into_bytes());
            names.zip(values).collect::<Vec<_>>()
        });
        prop_oneof![
            3 => fields.clone().prop_map(|fields| (0x03, document(&fields))),
            2 => array.prop_map(|fields| (0x04, document(&fields))),
            1 => (text(), fields).prop_map(|(code, scope)| {
                (0x0F, with_length(&[string(&code), document(&scope)].concat(), 4))
            }),
        ]
    })
}

fn any_document() -> impl Strategy<Value = Vec<u8>> {
    let scalars = prop_oneof![12 => scalar(), 1 => rare()].boxed();
    prop::collection::vec((name(), element(scalars, name())), 0..8).prop_map(|fields| document(&fields))
}

/// Documents most of which canonical Extended JSON can carry.
fn usual_document() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((plain_name(), element(scalar(), plain_name())), 0..8).prop_map(|fields| document(&fields))
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
