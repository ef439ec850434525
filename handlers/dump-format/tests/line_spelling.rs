//! How each BSON type is spelt: canonical Extended JSON v2 as its specification gives it, with documents written out byte
//! by byte.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use dump_format::line::{DecodeProblem, Decoder, Encoded, Encoder, EscapeReason};

/// A document of the elements given (type, name, value).
fn document(elements: &[(u8, &[u8], &[u8])]) -> Vec<u8> {
    let mut raw = vec![0; 4];
    for (kind, name, value) in elements {
        raw.push(*kind);
        raw.extend_from_slice(name);
        raw.push(0);
        raw.extend_from_slice(value);
    }
    raw.push(0);
    let length = i32::try_from(raw.len()).unwrap();
    raw[..4].copy_from_slice(&length.to_le_bytes());
    raw
}

/// A document of one field `a`.
fn one(kind: u8, value: &[u8]) -> Vec<u8> {
    document(&[(kind, b"a", value)])
}

fn string(text: &[u8]) -> Vec<u8> {
    let length = i32::try_from(text.len() + 1).unwrap();
    [&length.to_le_bytes(), text, &[0]].concat()
}

fn binary(subtype: u8, data: &[u8]) -> Vec<u8> {
    let length = i32::try_from(data.len()).unwrap();
    [&length.to_le_bytes()[..], &[subtype], data].concat()
}

fn scoped(code: &[u8], scope: &[u8]) -> Vec<u8> {
    let value = [&string(code)[..], scope].concat();
    let length = i32::try_from(value.len() + 4).unwrap();
    [&length.to_le_bytes(), &value[..]].concat()
}

fn encoded(raw: &[u8]) -> (Encoded, String) {
    let mut out = b"before".to_vec();
    let encoded = Encoder::new().encode(raw, &mut out);
    let line = String::from_utf8(out).unwrap();
    let line = line
        .strip_prefix("before")
        .unwrap()
        .strip_suffix('\n')
        .unwrap()
        .to_owned();
    assert!(!line.contains('\n'));
    (encoded, line)
}

fn decoded(line: &str) -> Vec<u8> {
    let mut out = b"before".to_vec();
    Decoder::new().decode(line.as_bytes(), &mut out).unwrap();
    out.split_off(6)
}

#[test]
fn every_type_has_its_canonical_spelling() {
    let double = |value: f64| one(1, &value.to_le_bytes());
    let int = |value: i32| one(0x10, &value.to_le_bytes());
    let long = |value: i64| one(0x12, &value.to_le_bytes());
    let date = |value: i64| one(9, &value.to_le_bytes());
    let decimal = |high: u64, low: u64| one(0x13, &[low.to_le_bytes(), high.to_le_bytes()].concat());
    let oid = [0x56, 0xE1, 0xFC, 0x72, 0xE0, 0xC9, 0x17, 0xE9, 0xC4, 0x71, 0x41, 0x61];
    let inner = document(&[(0x0A, b"b", b"")]);
    for (case, raw, value) in [
        ("double", double(1.0), r#"{"$numberDouble":"1.0"}"#),
        ("double, negative zero", double(-0.0), r#"{"$numberDouble":"-0.0"}"#),
        ("double, shortest digits", double(0.1), r#"{"$numberDouble":"0.1"}"#),
        (
            "double, infinite",
            double(f64::NEG_INFINITY),
            r#"{"$numberDouble":"-Infinity"}"#,
        ),
        ("double, NaN", double(f64::NAN), r#"{"$numberDouble":"NaN"}"#),
        ("string", one(2, &string("é\"\n\0".as_bytes())), r#""é\"\n\u0000""#),
        ("document", one(3, &inner), r#"{"b":null}"#),
        ("document, empty", one(3, &document(&[])), "{}"),
        (
            "array",
            one(4, &document(&[(8, b"0", &[1]), (8, b"1", &[0])])),
            "[true,false]",
        ),
        ("array, empty", one(4, &document(&[])), "[]"),
        (
            "binary",
            one(5, &binary(0, b"\xFF\x00\x01")),
            r#"{"$binary":{"base64":"/wAB","subType":"00"}}"#,
        ),
        (
            "binary, empty",
            one(5, &binary(0, b"")),
            r#"{"$binary":{"base64":"","subType":"00"}}"#,
        ),
        (
            "binary, UUID",
            one(5, &binary(4, &[7; 16])),
            r#"{"$binary":{"base64":"BwcHBwcHBwcHBwcHBwcHBw==","subType":"04"}}"#,
        ),
        (
            "binary, user's",
            one(5, &binary(0x80, b"a")),
            r#"{"$binary":{"base64":"YQ==","subType":"80"}}"#,
        ),
        (
            "binary, old",
            one(5, &binary(2, b"\x02\0\0\0ab")),
            r#"{"$binary":{"base64":"YWI=","subType":"02"}}"#,
        ),
        ("ObjectId", one(7, &oid), r#"{"$oid":"56e1fc72e0c917e9c4714161"}"#),
        ("boolean", one(8, &[1]), "true"),
        (
            "date",
            date(1_356_351_330_501),
            r#"{"$date":{"$numberLong":"1356351330501"}}"#,
        ),
        (
            "date before 1970",
            date(-284_643_869_501),
            r#"{"$date":{"$numberLong":"-284643869501"}}"#,
        ),
        (
            "date, first",
            date(-62_135_596_800_000),
            r#"{"$date":{"$numberLong":"-62135596800000"}}"#,
        ),
        (
            "date, last",
            date(253_402_300_799_999),
            r#"{"$date":{"$numberLong":"253402300799999"}}"#,
        ),
        ("null", one(0x0A, b""), "null"),
        (
            "regular expression",
            one(0x0B, b"a\\d\0imx\0"),
            r#"{"$regularExpression":{"pattern":"a\\d","options":"imx"}}"#,
        ),
        (
            "regular expression, empty",
            one(0x0B, b"\0\0"),
            r#"{"$regularExpression":{"pattern":"","options":""}}"#,
        ),
        ("code", one(0x0D, &string(b"f()")), r#"{"$code":"f()"}"#),
        (
            "code with scope",
            one(0x0F, &scoped(b"f()", &inner)),
            r#"{"$code":"f()","$scope":{"b":null}}"#,
        ),
        (
            "code with an empty scope",
            one(0x0F, &scoped(b"", &document(&[]))),
            r#"{"$code":"","$scope":{}}"#,
        ),
        ("int32", int(-5), r#"{"$numberInt":"-5"}"#),
        ("int32, least", int(i32::MIN), r#"{"$numberInt":"-2147483648"}"#),
        (
            "timestamp",
            one(0x11, &[1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF]),
            r#"{"$timestamp":{"t":4294967295,"i":1}}"#,
        ),
        ("int64", long(1), r#"{"$numberLong":"1"}"#),
        (
            "int64, most",
            long(i64::MAX),
            r#"{"$numberLong":"9223372036854775807"}"#,
        ),
        (
            "decimal",
            decimal(0x303E_0000_0000_0000, 15),
            r#"{"$numberDecimal":"1.5"}"#,
        ),
        (
            "decimal, NaN",
            decimal(0x7C00_0000_0000_0000, 0),
            r#"{"$numberDecimal":"NaN"}"#,
        ),
        ("least key", one(0xFF, b""), r#"{"$minKey":1}"#),
        ("greatest key", one(0x7F, b""), r#"{"$maxKey":1}"#),
    ] {
        let (outcome, line) = encoded(&raw);
        assert_eq!(line, format!(r#"{{"a":{value}}}"#), "{case}");
        assert_eq!(outcome, Encoded::Plain, "{case}");
        assert_eq!(decoded(&line), raw, "{case}");
    }
    assert_eq!(encoded(&document(&[])), (Encoded::Plain, "{}".to_owned()));
}

#[test]
fn fields_keep_their_order_and_any_name_that_is_no_wrapper_s() {
    let null = |name| (0x0A, name, &b""[..]);
    let names: [&[u8]; 7] = [b"z", b"a", b"", b"a.b", b"\xC3\xA9\"\\\n", b"a$", b"__proto__"];
    let raw = document(&names.map(null));
    let (outcome, line) = encoded(&raw);
    assert_eq!(outcome, Encoded::Plain);
    assert_eq!(
        line,
        r#"{"z":null,"a":null,"":null,"a.b":null,"é\"\\\n":null,"a$":null,"__proto__":null}"#
    );
    assert_eq!(decoded(&line), raw);
}

#[test]
fn what_a_plain_line_cannot_carry_becomes_an_escape_line_that_says_why() {
    use EscapeReason as Reason;
    let double = |bits: u64| one(1, &bits.to_le_bytes());
    let wrapper = |name: &[u8]| one(3, &document(&[(2, name, &string(b"x"))]));
    for (case, raw, reason, path) in [
        ("an oid of the user's", wrapper(b"$oid"), Reason::DollarField, "a.$oid"),
        (
            "a number of the user's",
            wrapper(b"$numberInt"),
            Reason::DollarField,
            "a.$numberInt",
        ),
        ("an unknown wrapper", wrapper(b"$x"), Reason::DollarField, "a.$x"),
        ("a reference", wrapper(b"$ref"), Reason::DollarField, "a.$ref"),
        (
            "an escape of the user's",
            document(&[(2, b"$bson", &string(b"BQAAAAA="))]),
            Reason::DollarField,
            "$bson",
        ),
        (
            "doubled",
            document(&[(0x0A, b"a", b""), (8, b"b", &[0]), (0x0A, b"a", b"")]),
            Reason::DoubledField,
            "a",
        ),
        (
            "doubled, within",
            one(3, &document(&[(0x0A, b"", b""), (0x0A, b"", b"")])),
            Reason::DoubledField,
            "a.",
        ),
        ("text not UTF-8", one(2, &string(b"\xFF")), Reason::NotUtf8, "a"),
        (
            "half a surrogate",
            one(2, &string(b"\xED\xA0\x80")),
            Reason::NotUtf8,
            "a",
        ),
        (
            "name not UTF-8",
            document(&[(0x0A, b"\xFF", b"")]),
            Reason::NotUtf8,
            "\u{FFFD}",
        ),
        ("pattern not UTF-8", one(0x0B, b"\xFF\0\0"), Reason::NotUtf8, "a"),
        (
            "array from 1",
            one(4, &document(&[(0x0A, b"1", b"")])),
            Reason::ArrayKeys,
            "a.1",
        ),
        (
            "array with a zero before",
            one(4, &document(&[(0x0A, b"00", b"")])),
            Reason::ArrayKeys,
            "a.00",
        ),
        (
            "array without names",
            one(4, &document(&[(0x0A, b"", b"")])),
            Reason::ArrayKeys,
            "a.",
        ),
        ("NaN with a payload", double(0x7FF8_0000_0000_0001), Reason::Nan, "a"),
        ("NaN with a sign", double(0xFFF8_0000_0000_0000), Reason::Nan, "a"),
        ("signalling NaN", double(0x7FF0_0000_0000_0001), Reason::Nan, "a"),
        (
            "year 0",
            one(9, &(-62_135_596_800_001_i64).to_le_bytes()),
            Reason::Date,
            "a",
        ),
        (
            "year 10000",
            one(9, &253_402_300_800_000_i64.to_le_bytes()),
            Reason::Date,
            "a",
        ),
        ("least date", one(9, &i64::MIN.to_le_bytes()), Reason::Date, "a"),
        (
            "decimal with a NaN's payload",
            one(0x13, &[&[1][..], &[0; 14], &[0x7C]].concat()),
            Reason::Decimal,
            "a",
        ),
        ("undefined", one(6, b""), Reason::DeprecatedType, "a"),
        (
            "pointer",
            one(0x0C, &[&string(b"c")[..], &[1; 12]].concat()),
            Reason::DeprecatedType,
            "a",
        ),
        ("symbol", one(0x0E, &string(b"s")), Reason::DeprecatedType, "a"),
        ("options out of order", one(0x0B, b"a\0xi\0"), Reason::RegexOptions, "a"),
        ("option there twice", one(0x0B, b"a\0ii\0"), Reason::RegexOptions, "a"),
        ("unknown option", one(0x0B, b"a\0g\0"), Reason::RegexOptions, "a"),
        ("boolean of 2", one(8, &[2]), Reason::Malformed, "a"),
        ("unknown type", one(0x20, b""), Reason::Malformed, "a"),
        (
            "old binary with another length within",
            one(5, &binary(2, b"\x03\0\0\0ab")),
            Reason::Malformed,
            "a",
        ),
        (
            "old binary without a length within",
            one(5, &binary(2, b"ab")),
            Reason::Malformed,
            "a",
        ),
        ("negative string length", one(2, &[0xFF; 4]), Reason::Malformed, "a"),
        ("string length 0", one(2, &[0, 0, 0, 0, 0]), Reason::Malformed, "a"),
        (
            "string without its zero",
            one(2, b"\x02\0\0\0ab"),
            Reason::Malformed,
            "a",
        ),
        ("int32 cut short", one(0x10, &[0; 3]), Reason::Malformed, "a"),
        (
            "document longer than the one around it",
            one(3, &[0xFF, 0, 0, 0, 0]),
            Reason::Malformed,
            "a",
        ),
        ("document of length 4", one(3, &[4, 0, 0, 0, 0]), Reason::Malformed, "a"),
        (
            "scope shorter than the code says",
            one(0x0F, &[&scoped(b"", &document(&[]))[..], &[0]].concat()),
            Reason::Malformed,
            "",
        ),
        ("nothing", Vec::new(), Reason::Malformed, ""),
        ("a length alone", vec![4, 0, 0, 0], Reason::Malformed, ""),
        (
            "a byte too many",
            [document(&[]), vec![0]].concat(),
            Reason::Malformed,
            "",
        ),
        (
            "a byte too few",
            document(&[(0x0A, b"a", b"")])[..7].to_vec(),
            Reason::Malformed,
            "",
        ),
        ("no zero at the end", vec![5, 0, 0, 0, 1], Reason::Malformed, ""),
    ] {
        let (outcome, line) = encoded(&raw);
        let Encoded::Escaped {
            reason: found,
            path: place,
            offset,
        } = outcome
        else {
            panic!("{case}: {line}");
        };
        assert_eq!(found, reason, "{case}");
        if !path.is_empty() || raw.len() < 8 {
            assert_eq!(place, path, "{case}");
        }
        assert!(offset <= raw.len(), "{case}");
        assert!(line.starts_with(r#"{"$bson":""#) && line.ends_with(r#""}"#), "{case}");
        assert_eq!(decoded(&line), raw, "{case}");
    }
}

#[test]
fn a_line_no_dump_holds_is_refused_with_its_place_and_without_its_content() {
    use DecodeProblem as Problem;
    for (line, problem, offset, path) in [
        ("", Problem::Syntax("{"), 0, ""),
        ("null", Problem::Syntax("{"), 0, ""),
        ("[]", Problem::Syntax("{"), 0, ""),
        ("{", Problem::Syntax("a string"), 1, ""),
        ("{} ", Problem::Trailing, 2, ""),
        ("{}{}", Problem::Trailing, 2, ""),
        (r#"{"a":hunter2}"#, Problem::Syntax("a value"), 5, "a"),
        (r#"{"a":1}"#, Problem::Syntax("a value"), 5, "a"),
        (r#"{"a": null}"#, Problem::Syntax("a value"), 5, "a"),
        (r#"{"a":null,}"#, Problem::Syntax("a string"), 10, ""),
        (r#"{"a":[null,]}"#, Problem::Syntax("a value"), 11, "a.1"),
        (
            r#"{"a":[null null]}"#,
            Problem::Syntax(", or the end of the document"),
            10,
            "a.0",
        ),
        (
            r#"{"a":nullx}"#,
            Problem::Syntax(", or the end of the document"),
            9,
            "a",
        ),
        (r#"{"a":"hunter2"#, Problem::Text, 13, "a"),
        (r#"{"a":"\q"}"#, Problem::Text, 6, "a"),
        (r#"{"a\u0000":null}"#, Problem::Zero, 1, "a"),
        (
            r#"{"a":{"$regularExpression":{"pattern":"\u0000","options":""}}}"#,
            Problem::Zero,
            38,
            "a",
        ),
        (
            r#"{"a":{"b":{"$numberInt":"hunter2"}}}"#,
            Problem::Value("an int32"),
            25,
            "a.b",
        ),
        (
            r#"{"a":{"$numberInt":"2147483648"}}"#,
            Problem::Value("an int32"),
            20,
            "a",
        ),
        (
            r#"{"a":{"$numberDouble":"1e999"}}"#,
            Problem::Value("a double"),
            23,
            "a",
        ),
        (
            r#"{"a":{"$oid":"56e1fc72e0c917e9c471416"}}"#,
            Problem::Value("an ObjectId"),
            14,
            "a",
        ),
        (
            r#"{"a":{"$numberDecimal":"1E3"}}"#,
            Problem::Value("a decimal"),
            24,
            "a",
        ),
        (
            r#"{"a":{"$date":"2024-01-01T00:00:00Z"}}"#,
            Problem::UnknownWrapper,
            14,
            "a",
        ),
        (
            r#"{"a":{"$timestamp":{"t":4294967296,"i":1}}}"#,
            Problem::Value("a timestamp"),
            24,
            "a",
        ),
        (
            r#"{"a":{"$binary":{"base64":"YQ=","subType":"00"}}}"#,
            Problem::Value("base64"),
            27,
            "a",
        ),
        (
            r#"{"a":{"$binary":{"base64":"YR==","subType":"00"}}}"#,
            Problem::Value("base64"),
            27,
            "a",
        ),
        (r#"{"a":{"$minKey":2}}"#, Problem::UnknownWrapper, 16, "a"),
        (r#"{"a":{"$uuid":"00"}}"#, Problem::UnknownWrapper, 5, "a"),
        (r#"{"a":{"$undefined":true}}"#, Problem::UnknownWrapper, 5, "a"),
        (r#"{"$oid":"56e1fc72e0c917e9c4714161"}"#, Problem::UnknownWrapper, 0, ""),
        (r#"{"a":null,"$b":null}"#, Problem::DollarField, 10, "$b"),
        (
            r#"{"a":{"$code":"","$scope":{"$x":null}}}"#,
            Problem::UnknownWrapper,
            27,
            "a",
        ),
        (r#"{"$bson":"hunter2"}"#, Problem::Value("base64"), 10, ""),
        (r#"{"$bson":"","a":null}"#, Problem::Value("base64"), 10, ""),
    ] {
        let mut out = b"before".to_vec();
        let error = Decoder::new().decode(line.as_bytes(), &mut out).unwrap_err();
        assert_eq!((error.problem, error.offset), (problem, offset), "{line}");
        if !path.is_empty() {
            assert_eq!(error.path, path, "{line}");
        }
        assert_eq!(out, b"before", "{line}");
        assert!(!format!("{error} {error:?}").contains("hunter2"), "{line}");
    }
    let error = Decoder::new().decode(b"{\"a\":\"\xFF\"}", &mut Vec::new()).unwrap_err();
    assert_eq!((error.problem, error.offset), (Problem::NotUtf8, 6));
    assert_eq!(
        Decoder::new()
            .decode(br#"{"a":[{"b":1}]}"#, &mut Vec::new())
            .unwrap_err()
            .to_string(),
        "byte 11, field a.0.b: not JSON as a dump writes it: a value expected"
    );
}
