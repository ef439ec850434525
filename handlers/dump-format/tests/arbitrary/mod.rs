//! Arbitrary documents, as bytes.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use proptest::prelude::*;

/// One element's type and value.
pub(crate) type Element = (u8, Vec<u8>);

pub(crate) fn with_length(body: &[u8], more: usize) -> Vec<u8> {
    let length = i32::try_from(body.len().wrapping_add(more)).unwrap();
    [&length.to_le_bytes(), body].concat()
}

pub(crate) fn document<N: AsRef<[u8]>>(elements: &[(N, Element)]) -> Vec<u8> {
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

pub(crate) fn string(text: &[u8]) -> Vec<u8> {
    with_length(&[text, &[0]].concat(), 0)
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

/// Documents of every kind, right or wrong.
pub(crate) fn any_document() -> impl Strategy<Value = Vec<u8>> {
    let scalars = prop_oneof![12 => scalar(), 1 => rare()].boxed();
    prop::collection::vec((name(), element(scalars, name())), 0..8).prop_map(|fields| document(&fields))
}

/// Documents most of which canonical Extended JSON can carry.
pub(crate) fn usual_document() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec((plain_name(), element(scalar(), plain_name())), 0..8).prop_map(|fields| document(&fields))
}
