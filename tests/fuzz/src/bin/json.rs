//! A text that the kit's JSON reader takes says the same to serde_json.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    if let Ok(value) = api_kit::json::parse(text) {
        assert_eq!(serde_json::from_str::<Value>(text).ok(), Some(value));
    }
});
