//! What the demo prints: numbered steps with the seconds since the start.

use std::cell::Cell;
use std::io::Write as _;
use std::time::Instant;

use anyhow::Result;

pub(super) struct Story {
    started: Instant,
    steps: Cell<u32>,
}

impl Story {
    pub(super) fn begin() -> Self {
        Self {
            started: Instant::now(),
            steps: Cell::new(0),
        }
    }

    pub(super) fn step(&self, title: &str) -> Result<()> {
        self.steps.set(self.steps.get() + 1);
        let seconds = self.started.elapsed().as_secs_f64();
        Ok(writeln!(
            std::io::stdout(),
            "\n[{seconds:5.1} s] {}. {title}",
            self.steps.get()
        )?)
    }

    pub(super) fn line(&self, text: &str) -> Result<()> {
        Ok(writeln!(std::io::stdout(), "          {text}")?)
    }

    pub(super) fn lines<S: AsRef<str>>(&self, texts: &[S]) -> Result<()> {
        texts.iter().try_for_each(|text| self.line(text.as_ref()))
    }

    pub(super) fn end(&self) -> Result<()> {
        let seconds = self.started.elapsed().as_secs_f64();
        Ok(writeln!(std::io::stdout(), "\n[{seconds:5.1} s] Done.")?)
    }
}
