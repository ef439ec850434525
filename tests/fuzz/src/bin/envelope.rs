//! No event of a log subscription, however packed, is a panic, and what was packed as it should be comes out as it went in.
#![no_main]

use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use flow_log_guard::{DEFAULT_FORMAT, Envelope, EnvelopeError, Format, Ranges, Rules, Scan};
use libfuzzer_sys::fuzz_target;

fn event(packed: &[u8]) -> String {
    format!("{{\"awslogs\":{{\"data\":\"{}\"}}}}", STANDARD.encode(packed))
}

fn scan(event: &str) -> Result<(), EnvelopeError> {
    let rules = Rules {
        format: Format::parse(DEFAULT_FORMAT).unwrap_or_default(),
        own: Ranges::default(),
        window_seconds: 60,
    };
    let envelope = Envelope::open(event)?;
    let delivery = envelope.read()?;
    let counts = Scan::of(&delivery, &rules, &Ranges::default()).counts;
    let counted = counts.records + counts.no_data + counts.skipped + counts.unreadable;
    assert_eq!(counted, delivery.log_events.len() as u64);
    Ok(())
}

fuzz_target!(|input: &[u8]| {
    // As the event, as what is in its base64, and as what is in its gzip.
    if let Ok(text) = std::str::from_utf8(input) {
        scan(text).ok();
    }
    scan(&event(input)).ok();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    if let Ok(packed) = gzip.write_all(input).and_then(|()| gzip.finish()) {
        let read = scan(&event(&packed));
        assert!(
            matches!(read, Ok(()) | Err(EnvelopeError::Json { .. } | EnvelopeError::Type)),
            "{read:?}"
        );
    }
});
