//! No line of a flow log is a panic by any format, and one with a field more is never a record.
#![no_main]

use flow_log_guard::{Format, Line};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (format, lines) = text.split_once('\n').unwrap_or_default();
    let Ok(format) = Format::parse(format) else {
        return;
    };
    for line in lines.lines() {
        if let Ok(Line::Record(record)) = format.read(line) {
            for kept in [record.interface_id, record.direction, record.source_service] {
                assert!(kept.is_none_or(|kept| line.contains(kept)));
            }
        }
        assert!(format.read(&format!("{line} -")).is_err() || format.read(line).is_err());
    }
});
