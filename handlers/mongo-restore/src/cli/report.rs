//! How far it is, on standard error: bars on a terminal, lines anywhere else.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, IsTerminal as _, Write};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{DecimalBytes, HumanCount, MultiProgress, ProgressBar, ProgressState, ProgressStyle};
use mongo_restore::{Ended, Phase, Progress, Seen};

/// Between two lines.
const LINE: Duration = Duration::from_secs(3);
/// Between two looks at the counters where there are bars.
const FRAME: Duration = Duration::from_millis(200);
/// The speed that is shown is that of so much time.
const WINDOW: Duration = Duration::from_secs(15);
/// Fits into 80 columns: what does not fit is cut.
const MOVING: &str = "{prefix:<11} [{bar:16}] {percent:>3}%  {wide_msg}\n{detail}";
const OVER: &str = "{prefix:<11} [{bar:16}] {percent:>3}%  {wide_msg}";

/// Shows progress until it is ended.
pub(super) struct Report {
    shape: Shape,
    began: Instant,
    speed: Speed,
}

enum Shape {
    Bars(Bars),
    Lines,
}

impl Report {
    /// As fits standard error.
    pub(super) fn new() -> Self {
        let shape = if io::stderr().is_terminal() {
            Shape::Bars(Bars::new(MultiProgress::new()))
        } else {
            Shape::Lines
        };
        Self {
            shape,
            began: Instant::now(),
            speed: Speed::default(),
        }
    }

    /// Where log lines go: they must not tear the bars.
    pub(super) fn log(&self) -> impl Fn() -> Above + Send + Sync + 'static {
        let bars = match &self.shape {
            Shape::Bars(bars) => Some(bars.all.clone()),
            Shape::Lines => None,
        };
        move || Above(bars.clone())
    }

    /// Between two calls of [`Report::show`].
    pub(super) fn pause(&self) -> Duration {
        match self.shape {
            Shape::Bars(_) => FRAME,
            Shape::Lines => LINE,
        }
    }

    pub(super) fn show(&mut self, progress: &Progress) {
        self.show_ended(progress);
        let seen = progress.see();
        if seen.phase == Phase::Planning {
            return;
        }
        self.speed.add(Instant::now(), &seen);
        let (text, detail) = describe(&seen, self.speed.bytes_a_second());
        match &mut self.shape {
            Shape::Bars(bars) => bars.show(&seen, text, detail),
            Shape::Lines => say(&format!(
                "{:>5} s  {:<11}  {text}  {detail}",
                self.began.elapsed().as_secs(),
                seen.phase
            )),
        }
    }

    fn show_ended(&mut self, progress: &Progress) {
        for ended in progress.ended() {
            let text = summary(&ended);
            match &mut self.shape {
                Shape::Bars(bars) => bars.end(&ended.seen, text),
                Shape::Lines => {
                    let (at, phase) = (self.began.elapsed().as_secs(), ended.seen.phase);
                    say(&format!("{at:>5} s  {phase:<11}  {text}"));
                }
            }
        }
    }

    /// What was not shown yet; nothing moves afterwards.
    pub(super) fn end(mut self, progress: &Progress) {
        self.show_ended(progress);
        if let Shape::Bars(bars) = &mut self.shape {
            bars.leave();
        }
    }
}

/// Writes a line to standard error.
pub(super) fn say(line: &str) {
    // The reader of the output may have ended; the exit code still says how the command ended.
    writeln!(io::stderr().lock(), "{line}").ok();
}

/// Standard error, above the bars if there are any.
pub(super) struct Above(Option<MultiProgress>);

impl Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let write = || io::stderr().lock().write_all(bytes);
        match &self.0 {
            Some(bars) => bars.suspend(write)?,
            None => write()?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// How much of a phase is done, and of how much.
fn extent(seen: &Seen) -> (u64, u64) {
    let (done, all) = match seen.phase {
        Phase::Planning => (0, 0),
        Phase::Documents => (seen.bytes_done, seen.bytes),
        Phase::Indexes | Phase::Expiry => (seen.indexes_done, seen.indexes),
        Phase::Comparing => (seen.bytes_compared, seen.bytes),
    };
    // A part that was read twice is not more than all.
    (done.min(all), all)
}

fn documents(done: u64, all: u64) -> String {
    if done >= all {
        return format!("{} documents", HumanCount(all));
    }
    format!("{}/{} documents", HumanCount(done), HumanCount(all))
}

fn bytes(done: u64, all: u64) -> String {
    format!("{}/{}", DecimalBytes(done.min(all)), DecimalBytes(all))
}

/// What is shown while a phase lasts: how far, how fast and how long; and of what.
fn describe(seen: &Seen, bytes_a_second: u64) -> (String, String) {
    let (done, all) = extent(seen);
    let speed = || {
        let left = (all - done).checked_div(bytes_a_second).map(time_left);
        let left = left.unwrap_or_else(|| "time left unknown".to_owned());
        format!("{}  {}/s  {left}", bytes(done, all), DecimalBytes(bytes_a_second))
    };
    match seen.phase {
        Phase::Planning => (String::new(), String::new()),
        Phase::Documents => {
            let documents = documents(seen.documents_done, seen.documents);
            let (done, all) = (seen.namespaces_done.min(seen.namespaces), seen.namespaces);
            (
                speed(),
                format!("{documents}  {done}/{all} namespaces  {}", seen.namespace),
            )
        }
        Phase::Comparing => {
            let documents = documents(seen.documents_compared, seen.documents);
            (speed(), format!("{documents}  {}", seen.namespace))
        }
        // How long an index takes nobody knows before it is built.
        Phase::Indexes | Phase::Expiry => (format!("{done}/{all} indexes"), seen.namespace.clone()),
    }
}

/// The summary of a phase that has ended.
fn summary(ended: &Ended) -> String {
    let seen = &ended.seen;
    let (done, all) = extent(seen);
    let seconds = ended.took.as_secs_f64();
    match seen.phase {
        Phase::Planning => String::new(),
        Phase::Documents => {
            let documents = documents(seen.documents_done, seen.documents);
            format!("done: {documents}, {} in {seconds:.1} s", DecimalBytes(done))
        }
        Phase::Comparing => {
            let documents = documents(seen.documents_compared, seen.documents);
            format!("done: {documents}, {} in {seconds:.1} s", DecimalBytes(done))
        }
        Phase::Indexes | Phase::Expiry => format!("done: {done}/{all} indexes in {seconds:.1} s"),
    }
}

fn time_left(seconds: u64) -> String {
    match seconds {
        0..120 => format!("{seconds} s left"),
        120..7_200 => format!("{} min left", seconds / 60),
        _ => format!("{} h {:02} min left", seconds / 3_600, seconds / 60 % 60),
    }
}

/// The speed of the last moments: that of the whole time hides that it has slowed down.
#[derive(Default)]
struct Speed {
    phase: Phase,
    samples: VecDeque<(Instant, u64)>,
}

impl Speed {
    fn add(&mut self, now: Instant, seen: &Seen) {
        if self.phase != seen.phase {
            self.phase = seen.phase;
            self.samples.clear();
        }
        self.samples.push_back((now, extent(seen).0));
        while self.samples.len() > 2 && self.samples.front().is_some_and(|(at, _)| now - *at > WINDOW) {
            self.samples.pop_front();
        }
    }

    fn bytes_a_second(&self) -> u64 {
        let (Some((first, before)), Some((last, after))) = (self.samples.front(), self.samples.back()) else {
            return 0;
        };
        let milliseconds = (*last - *first).as_millis();
        let bytes = u128::from(after.saturating_sub(*before)) * 1_000;
        bytes
            .checked_div(milliseconds)
            .map_or(0, |rate| u64::try_from(rate).unwrap_or(u64::MAX))
    }
}

/// One bar for each phase; those that have ended stay above the one that moves.
struct Bars {
    all: MultiProgress,
    now: Option<(Phase, ProgressBar)>,
    /// The line below the one that moves.
    detail: Arc<Mutex<String>>,
}

impl Bars {
    fn new(all: MultiProgress) -> Self {
        Self {
            all,
            now: None,
            detail: Arc::default(),
        }
    }

    fn style(&self, template: &str) -> ProgressStyle {
        let detail = Arc::clone(&self.detail);
        // The templates are constants that a test draws.
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let style = style.with_key("detail", move |state: &ProgressState, line: &mut dyn fmt::Write| {
            let _position = state.pos();
            let detail = detail.lock().unwrap_or_else(PoisonError::into_inner);
            let _written = write!(line, "{:<11}  {}", "", detail.as_str());
        });
        style.progress_chars("=> ")
    }

    fn bar(&mut self, phase: Phase, all: u64) -> &ProgressBar {
        if self.now.as_ref().is_none_or(|(of, _)| *of != phase) {
            let bar = self.all.add(ProgressBar::new(all));
            bar.set_style(self.style(MOVING));
            bar.set_prefix(phase.to_string());
            self.now = Some((phase, bar));
        }
        &self.now.get_or_insert_with(|| (phase, ProgressBar::hidden())).1
    }

    fn show(&mut self, seen: &Seen, text: String, detail: String) {
        let (done, all) = extent(seen);
        *self.detail.lock().unwrap_or_else(PoisonError::into_inner) = detail;
        let bar = self.bar(seen.phase, all);
        bar.set_length(all);
        bar.set_position(done);
        bar.set_message(text);
        bar.tick();
    }

    fn end(&mut self, seen: &Seen, text: String) {
        self.show(seen, text, String::new());
        self.leave();
    }

    fn leave(&mut self) {
        if let Some((_, bar)) = self.now.take() {
            bar.set_style(self.style(OVER));
            bar.abandon();
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use indicatif::{ProgressDrawTarget, TermLike};

    use super::*;

    fn seen(phase: Phase) -> Seen {
        Seen {
            phase,
            namespace: "shop.orders".to_owned(),
            namespaces: 41,
            namespaces_done: 3,
            documents: 1_830_211,
            documents_done: 228_110,
            bytes: 2_000_000_000,
            bytes_done: 500_000_000,
            indexes: 12,
            indexes_done: 3,
            documents_compared: 915_105,
            bytes_compared: 1_000_000_000,
        }
    }

    #[test]
    fn a_line_has_bytes_documents_speed_time_left_and_where_it_is() {
        for (phase, rate, text, detail) in [
            (
                Phase::Documents,
                15_000_000,
                "500.00 MB/2.00 GB  15.00 MB/s  100 s left",
                "228,110/1,830,211 documents  3/41 namespaces  shop.orders",
            ),
            (
                Phase::Documents,
                0,
                "500.00 MB/2.00 GB  0 B/s  time left unknown",
                "228,110/1,830,211 documents  3/41 namespaces  shop.orders",
            ),
            (
                Phase::Comparing,
                1_000_000,
                "1.00 GB/2.00 GB  1.00 MB/s  16 min left",
                "915,105/1,830,211 documents  shop.orders",
            ),
            (Phase::Indexes, 0, "3/12 indexes", "shop.orders"),
        ] {
            assert_eq!(describe(&seen(phase), rate), (text.to_owned(), detail.to_owned()));
        }
        assert_eq!(time_left(119), "119 s left");
        assert_eq!(time_left(7_260), "2 h 01 min left");
    }

    #[test]
    fn the_speed_is_that_of_the_last_moments_and_of_this_phase() {
        let start = Instant::now();
        let mut speed = Speed::default();
        let at = |seconds, bytes| {
            (
                start + Duration::from_secs(seconds),
                Seen {
                    bytes_done: bytes,
                    ..seen(Phase::Documents)
                },
            )
        };
        for (time, seen) in [at(0, 0), at(10, 1_000_000), at(100, 1_000_000), at(110, 1_010_000)] {
            speed.add(time, &seen);
        }
        assert_eq!(
            speed.bytes_a_second(),
            1_000,
            "not of the 1,000,000 bytes of the beginning"
        );
        let (time, _) = at(111, 0);
        speed.add(time, &seen(Phase::Comparing));
        assert_eq!(speed.bytes_a_second(), 0, "another phase begins anew");
    }

    /// A terminal of 80 columns that keeps what is written.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }
        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write_line(&self, line: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(&format!("{line}\n"));
            Ok(())
        }
        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(&format!("{text}\n"));
            Ok(())
        }
        fn clear_line(&self) -> io::Result<()> {
            self.0.lock().unwrap().push('\n');
            Ok(())
        }
        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_bar_grows_by_phase_and_fits_into_the_terminal() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let mut bars = Bars::new(MultiProgress::with_draw_target(target));
        for phase in [Phase::Documents, Phase::Indexes, Phase::Comparing] {
            let seen = seen(phase);
            let took = Duration::from_millis(1_500);
            let (text, detail) = describe(&seen, 15_000_000);
            bars.show(&seen, text, detail);
            bars.end(
                &seen,
                summary(&Ended {
                    took,
                    seen: seen.clone(),
                }),
            );
        }
        let drawn = screen.0.lock().unwrap().clone();
        for words in [
            "documents   [====>           ]  25%  500.00 MB/2.00 GB  15.00 MB/s  100 s left",
            "             228,110/1,830,211 documents  3/41 namespaces  shop.orders",
            "indexes     [====>           ]  25%  done: 3/12 indexes in 1.5 s",
            "comparing   [========>       ]  50%  1.00 GB/2.00 GB  15.00 MB/s  66 s left",
        ] {
            assert!(drawn.contains(words), "{words}\n{drawn}");
        }
        assert!(drawn.lines().all(|line| line.len() <= 80), "{drawn}");
    }
}
