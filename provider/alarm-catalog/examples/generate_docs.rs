//! Writes docs/guides/alarms.md: `cargo run -p alarm-catalog --example generate_docs`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guides/alarms.md");
    std::fs::write(page, alarm_catalog::alarms_markdown())
}
