//! Logs as Terraform reads them from a plugin: hclog's JSON lines on stderr, at the level of `TF_LOG`.

use std::{fmt, io::Write};

use serde_json::{Map, Value};
use tracing::{Event, Level, Subscriber, field, level_filters::LevelFilter, span};
use tracing_subscriber::{
    Layer,
    filter::Targets,
    fmt::{
        format::Writer,
        time::{FormatTime, SystemTime},
    },
    layer::{Context, SubscriberExt},
    registry::LookupSpan,
};

/// Installs the log for the whole process, unless one is installed already.
///
/// `own_crates` follow the user's level; every other crate stays at WARN whatever the level is. HTTP and TLS stacks and
/// SDKs log headers and bodies at DEBUG and TRACE, which is where credentials travel, and Terraform's logs end up in
/// bug reports.
pub(crate) fn install(own_crates: &[&str], variable: impl Fn(&str) -> Option<String>) {
    let level = level(variable);
    let filter = Targets::new()
        .with_default(level.min(LevelFilter::WARN))
        .with_target(env!("CARGO_PKG_NAME"), level)
        .with_targets(own_crates.iter().map(|name| (name.replace('-', "_"), level)));
    let log = tracing_subscriber::registry().with(Hclog.with_filter(filter));
    // It fails when the program has installed its own log, which then wins.
    let _ = tracing::subscriber::set_global_default(log);
}

/// `TF_LOG_PROVIDER`, else `TF_LOG`, in Terraform's spelling (terraform `internal/logging/logging.go`): JSON means
/// TRACE, and so does a word Terraform does not know.
fn level(variable: impl Fn(&str) -> Option<String>) -> LevelFilter {
    let set = |name| variable(name).filter(|level| !level.is_empty());
    match set("TF_LOG_PROVIDER")
        .or_else(|| set("TF_LOG"))
        .map(|level| level.to_ascii_uppercase())
        .as_deref()
    {
        None | Some("WARN") => LevelFilter::WARN,
        Some("OFF") => LevelFilter::OFF,
        Some("ERROR") => LevelFilter::ERROR,
        Some("INFO") => LevelFilter::INFO,
        Some("DEBUG") => LevelFilter::DEBUG,
        Some(_) => LevelFilter::TRACE,
    }
}

/// Writes an event and the fields of the spans around it as one line.
struct Hclog;

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Hclog {
    fn on_new_span(&self, attributes: &span::Attributes<'_>, id: &span::Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &span::Id, values: &span::Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context
            .event_scope(event)
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
        {
            if let Some(outer) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.0.clone());
            }
        }
        event.record(&mut fields);
        let mut line = line(
            *event.metadata().level(),
            event.metadata().target(),
            &timestamp(),
            fields,
        );
        line.push('\n');
        // One write a line, so that lines of two threads do not mix. A closed stderr means that Terraform is gone.
        let _ = std::io::stderr().lock().write_all(line.as_bytes());
    }
}

fn line(level: Level, module: &str, timestamp: &str, mut fields: Fields) -> String {
    let message = fields
        .0
        .remove("message")
        .unwrap_or_else(|| Value::String(String::new()));
    let own = [
        ("@level", Value::String(level.as_str().to_ascii_lowercase())),
        ("@message", message),
        ("@module", Value::String(module.replace("::", "."))),
        ("@timestamp", Value::String(timestamp.to_owned())),
    ];
    let own = own.into_iter().map(|(name, value)| (name.to_owned(), value));
    Value::Object(own.chain(fields.0).collect()).to_string()
}

fn timestamp() -> String {
    let mut text = String::new();
    match SystemTime.format_time(&mut Writer::new(&mut text)) {
        Ok(()) => text,
        Err(fmt::Error) => String::new(),
    }
}

#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn insert(&mut self, field: &field::Field, value: Value) {
        self.0.insert(field.name().to_owned(), value);
    }
}

impl field::Visit for Fields {
    fn record_debug(&mut self, field: &field::Field, value: &dyn fmt::Debug) {
        self.insert(field, Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &field::Field, value: &str) {
        self.insert(field, Value::String(value.to_owned()));
    }

    fn record_bool(&mut self, field: &field::Field, value: bool) {
        self.insert(field, value.into());
    }

    fn record_i64(&mut self, field: &field::Field, value: i64) {
        self.insert(field, value.into());
    }

    fn record_u64(&mut self, field: &field::Field, value: u64) {
        self.insert(field, value.into());
    }

    fn record_f64(&mut self, field: &field::Field, value: f64) {
        self.insert(field, value.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_is_terraforms() {
        type Case = (&'static str, &'static [(&'static str, &'static str)], LevelFilter);
        let cases: [Case; 9] = [
            ("nothing set", &[], LevelFilter::WARN),
            ("TF_LOG", &[("TF_LOG", "info")], LevelFilter::INFO),
            (
                "TF_LOG_PROVIDER wins",
                &[("TF_LOG", "TRACE"), ("TF_LOG_PROVIDER", "ERROR")],
                LevelFilter::ERROR,
            ),
            (
                "an empty TF_LOG_PROVIDER does not",
                &[("TF_LOG", "DEBUG"), ("TF_LOG_PROVIDER", "")],
                LevelFilter::DEBUG,
            ),
            ("OFF", &[("TF_LOG", "OFF")], LevelFilter::OFF),
            ("WARN", &[("TF_LOG", "WARN")], LevelFilter::WARN),
            ("JSON", &[("TF_LOG", "JSON")], LevelFilter::TRACE),
            ("TRACE", &[("TF_LOG", "TRACE")], LevelFilter::TRACE),
            (
                "a word Terraform does not know",
                &[("TF_LOG", "LOUD")],
                LevelFilter::TRACE,
            ),
        ];
        for (name, environment, expected) in cases {
            let level = level(|variable| {
                environment
                    .iter()
                    .find(|(key, _)| *key == variable)
                    .map(|(_, value)| (*value).to_owned())
            });
            assert_eq!(level, expected, "{name}");
        }
    }

    #[test]
    fn a_line_is_hclogs_json() {
        let fields = Fields(Map::from_iter([
            ("message".to_owned(), Value::from("hello \"you\"\nthere")),
            ("attempt".to_owned(), Value::from(3)),
        ]));
        assert_eq!(
            line(Level::WARN, "provider_kit::wait", "2026-01-02T03:04:05.000006Z", fields),
            r#"{"@level":"warn","@message":"hello \"you\"\nthere","@module":"provider_kit.wait","@timestamp":"2026-01-02T03:04:05.000006Z","attempt":3}"#
        );
    }
}
