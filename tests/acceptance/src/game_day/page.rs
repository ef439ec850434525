//! The page with the timeline.

use std::fmt::Write as _;

use super::record::{Record, Summary};

const WIDTH: f64 = 1100.0;
const LEFT: f64 = 110.0;
const ROW: f64 = 34.0;
const KINDS: [&str; 5] = ["page", "download", "upload", "profile", "sign-in"];

/// An HTML page without anything from elsewhere: a row for each kind of request with a bar for each second, and a line for each thing that
/// happened.
pub(super) fn render(record: &Record, summary: &Summary, lost_at: f64) -> String {
    let seen = record.seen();
    let marks = record.marks();
    let times = || seen.iter().map(|one| one.at).chain(marks.iter().map(|(at, _)| *at));
    let first = times().fold(f64::INFINITY, f64::min).floor();
    let last = times().fold(0.0, f64::max).ceil().max(first + 1.0);
    let x = |at: f64| LEFT + (at - first) / (last - first) * (WIDTH - LEFT - 10.0);
    let height = ROW * 5.0 + 40.0;
    let mut picture = String::new();
    for (row, kind) in KINDS.iter().enumerate() {
        let base = ROW * (f64::from(u32::try_from(row).unwrap_or_default()) + 1.0);
        let _ = write!(picture, r#"<text x="4" y="{:.0}">{kind}</text>"#, base - 8.0);
        let mut second = first;
        while second < last {
            let here: Vec<_> = seen
                .iter()
                .filter(|one| one.kind == *kind && one.at >= second && one.at < second + 1.0)
                .collect();
            let failed = here.iter().filter(|one| !one.ok).count();
            for (count, class, from) in [(here.len() - failed, "ok", 0), (failed, "failed", here.len() - failed)] {
                if count > 0 {
                    let (count, from) = (count.min(8), from.min(8));
                    let tall = f64::from(u32::try_from(count).unwrap_or_default()) * 3.0;
                    let below = f64::from(u32::try_from(from).unwrap_or_default()) * 3.0;
                    let _ = write!(
                        picture,
                        r#"<rect class="{class}" x="{:.1}" y="{:.1}" width="{:.1}" height="{tall:.1}"/>"#,
                        x(second),
                        base - below - tall,
                        (x(second + 1.0) - x(second) - 0.4).max(0.8),
                    );
                }
            }
            second += 1.0;
        }
    }
    let mut events = String::new();
    for (number, (at, what)) in marks.iter().enumerate() {
        let _ = write!(
            picture,
            r#"<line x1="{0:.1}" x2="{0:.1}" y1="0" y2="{1:.0}"/><text class="mark" x="{0:.1}" y="{2:.0}">{3}</text>"#,
            x(*at),
            height - 26.0,
            height - 12.0,
            number + 1,
        );
        let _ = write!(
            events,
            "<tr><td>{}</td><td>{:+.1} s</td><td>{}</td></tr>",
            number + 1,
            at - lost_at,
            escaped(what)
        );
    }
    let results: String = summary
        .lines()
        .iter()
        .map(|line| format!("{}\n", escaped(line)))
        .collect();
    format!(
        r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Game day</title>
<style>
body {{ font: 15px/1.5 system-ui, sans-serif; max-width: {WIDTH}px; margin: 2rem auto; padding: 0 1rem; color: #1b1f24; }}
svg {{ width: 100%; height: auto; }} text {{ font-size: 13px; }} .mark {{ font-size: 11px; text-anchor: middle; }}
.ok {{ fill: #2f7d4f; }} .failed {{ fill: #c2352b; }} line {{ stroke: #8a919a; stroke-dasharray: 3 3; }}
td {{ padding: .1rem .8rem .1rem 0; vertical-align: top; }}
</style>
<h1>Game day: a Region is lost and brought back</h1>
<p>Requests of users through the distribution, for each second: green worked, red failed. A row shows at most eight requests a second. Numbers are the events below.</p>
<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="Requests by second">{picture}</svg>
<pre>{results}</pre>
<table><thead><tr><td>event</td><td>since the loss</td><td></td></tr></thead>{events}</table>
<p>Times are of the local cloud: dumps and exports every minute, a health check each second, an alarm period of ten seconds, and no
propagation in CloudFront.</p>
</html>
"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
