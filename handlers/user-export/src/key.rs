//! Where an export is, and which data keys are for what.

use std::fmt;

use envelope::Purpose;
use job_kit::{Digest, Moment};
use serde::{Deserialize, Serialize};

/// Data keys of exports. `run` is the export's.
pub const EXPORT: Purpose = Purpose {
    name: "lectern-cognito-export",
    subject: "run",
    title: "the data key of the export",
};

/// Data keys of what an import reports of single users. `run` is the import's.
pub const IMPORT: Purpose = Purpose {
    name: "lectern-cognito-import",
    subject: "run",
    title: "the data key of the import",
};

/// An export: the time that it was scheduled for and six hexadecimal digits of schedule and time, like `20261130T060000Z-3fa9c1`. Later
/// runs of a pool come later in the order of texts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RunId(String);

impl RunId {
    /// Of a schedule and the time that it fired for.
    #[must_use]
    pub fn of(schedule: &str, scheduled: Moment) -> Self {
        let time = scheduled.to_string().replace(['-', ':'], "");
        let digest = Digest::of(format!("{schedule}\0{scheduled}").as_bytes()).to_string();
        Self(format!("{time}-{}", digest.get(..6).unwrap_or_default()))
    }

    /// As somebody types it; none where it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (time, digits) = text.split_once('-')?;
        let is_time = time.len() == 16
            && time.char_indices().all(|(at, c)| match at {
                8 => c == 'T',
                15 => c == 'Z',
                _ => c.is_ascii_digit(),
            });
        let is_digits = digits.len() == 6 && digits.chars().all(|c| c.is_ascii_digit() || ('a'..='f').contains(&c));
        (is_time && is_digits).then(|| Self(text.to_owned()))
    }

    /// Its text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a part has lines of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`User`](crate::User).
    Users,
    /// [`Group`](crate::Group).
    Groups,
    /// [`Membership`](crate::Membership).
    Memberships,
    /// What an import did with each user, and the old and new `sub`.
    Results,
}

impl Kind {
    /// Its place in a key.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
            Self::Memberships => "memberships",
            Self::Results => "results",
        }
    }
}

/// Keys of a pool's exports, or of the imports into one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Location(String);

impl Location {
    /// Exports of a pool; no slash at either end of the prefix.
    #[must_use]
    pub fn exports(prefix: &str, pool: &str) -> Self {
        Self(format!("{prefix}/{pool}"))
    }

    /// Imports into a pool.
    #[must_use]
    pub fn imports(prefix: &str, pool: &str) -> Self {
        Self(format!("{prefix}/imports/{pool}"))
    }

    /// The lease of all runs.
    #[must_use]
    pub fn lease(&self) -> String {
        format!("{}/lease.json", self.0)
    }

    /// The pointer to the newest.
    #[must_use]
    pub fn latest(&self) -> String {
        format!("{}/latest.json", self.0)
    }

    /// An object of a run.
    #[must_use]
    pub fn of_run(&self, run: &str, name: &str) -> String {
        format!("{}/{run}/{name}", self.0)
    }

    /// A part of a run.
    #[must_use]
    pub fn part(&self, run: &str, kind: Kind, number: u32) -> String {
        format!("{}/{run}/{}/{number:06}.jsonl.zst.sealed", self.0, kind.as_str())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    fn moment(text: &str) -> Moment {
        Moment::try_from(text.to_owned()).unwrap()
    }

    #[test]
    fn the_same_event_is_the_same_run_and_a_later_one_comes_later() {
        let of = |time| RunId::of("arn:aws:scheduler:eu-west-1:1:schedule/default/users", moment(time));
        let run = of("2026-11-30T06:00:00Z");
        assert_eq!(run, of("2026-11-30T06:00:00Z"));
        assert!(run.as_str().starts_with("20261130T060000Z-"), "{run}");
        assert!(of("2026-11-30T12:00:00Z") > run);
        assert_ne!(RunId::of("another", moment("2026-11-30T06:00:00Z")), run);
        assert_eq!(RunId::parse(run.as_str()), Some(run));
    }

    #[test]
    fn a_run_has_one_form() {
        for text in [
            "",
            "latest",
            "20261130T060000Z",
            "20261130T060000Z-3FA9C1",
            "20261130T060000Z-3fa9c",
            "../20261130T060000Z-3fa9c1",
            "20261130T060000Z-3fa9c1/x",
        ] {
            assert_eq!(RunId::parse(text), None, "{text}");
        }
    }

    #[test]
    fn keys_are_those_of_the_readme() {
        let location = Location::exports("cognito", "eu-west-1_Ab");
        assert_eq!(location.latest(), "cognito/eu-west-1_Ab/latest.json");
        let part = location.part("20261130T060000Z-3fa9c1", Kind::Users, 7);
        assert_eq!(
            part,
            "cognito/eu-west-1_Ab/20261130T060000Z-3fa9c1/users/000007.jsonl.zst.sealed"
        );
    }
}
