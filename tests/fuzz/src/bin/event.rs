//! No event, however broken, is a panic or a fault of ours.
#![no_main]

use api_contract::Handler;
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(|text: &str| {
    if let Ok(event) = RawValue::from_string(text.to_owned()) {
        fuzz::serve(Handler::UploadApi, event);
    }
});
