//! What is done about which facts.

use std::time::{Duration, SystemTime};

use serde::Serialize;

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Region {
    /// Region 1.
    Primary,
    /// Region 2.
    Secondary,
}

impl Region {
    /// `primary` or `secondary`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Primary => "primary",
            Self::Secondary => "secondary",
        }
    }

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Primary => Self::Secondary,
            Self::Secondary => Self::Primary,
        }
    }
}

/// Where the write path points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// To one region.
    At(Region),
    /// Some cache behaviours to one region and some to the other: somebody changed it by hand.
    Split,
}

impl Serialize for Position {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Position {
    /// `primary`, `secondary` or `split`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::At(region) => region.name(),
            Self::Split => "split",
        }
    }
}

/// How a region is, by its alarm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Health {
    /// `OK`, since when.
    Healthy(SystemTime),
    /// `ALARM`.
    Unhealthy,
    /// `INSUFFICIENT_DATA`, or it could not be read.
    Unknown,
}

/// Who decides: the override parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The alarms.
    Auto,
    /// A person: this region, whatever the alarms say.
    Held(Region),
}

impl Mode {
    /// The parameter's value.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Held(region) => region.name(),
        }
    }
}

/// What is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Facts {
    /// Who decides.
    pub mode: Mode,
    /// Where the write path points to.
    pub position: Position,
    /// Of region 1.
    pub primary: Health,
    /// Of region 2.
    pub secondary: Health,
    /// Time of the decision.
    pub now: SystemTime,
}

impl Facts {
    fn health(&self, region: Region) -> Health {
        match region {
            Region::Primary => self.primary,
            Region::Secondary => self.secondary,
        }
    }
}

/// Whether the function goes back to region 1 by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failback {
    /// After the hold time.
    Automatic,
    /// Only by the override parameter: what was written to region 2 must be brought back first.
    Manual,
}

/// What it is decided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// How long region 1 has to be healthy before the write path goes back to it.
    pub hold: Duration,
    /// Whether it goes back by itself.
    pub failback: Failback,
}

/// Why. The names are API: they are in logs, answers and notices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// The region that is used is not in alarm, and there is nothing better.
    Healthy,
    /// The alarm of the region that is used has no data: nothing is done without knowledge.
    Unknown,
    /// Region 1 is healthy again, and not yet for the hold time.
    Holding,
    /// Region 1 is healthy, and going back is a person's decision.
    FailbackIsManual,
    /// The override parameter says so.
    ByHand,
    /// The region that was used is in alarm, and the other one is healthy.
    RegionUnhealthy,
    /// Region 1 has been healthy for the hold time.
    Failback,
    /// Both regions are in alarm.
    BothUnhealthy,
    /// The region that is used is in alarm, and of the other one nobody knows how it is.
    OtherUnknown,
}

impl Reason {
    /// `region_unhealthy`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Unknown => "unknown",
            Self::Holding => "holding",
            Self::FailbackIsManual => "failback_is_manual",
            Self::ByHand => "by_hand",
            Self::RegionUnhealthy => "region_unhealthy",
            Self::Failback => "failback",
            Self::BothUnhealthy => "both_unhealthy",
            Self::OtherUnknown => "other_unknown",
        }
    }
}

/// What to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing.
    Keep(Reason),
    /// Point the write path to this region.
    Switch(Region, Reason),
    /// Nothing, although the region that is used is in alarm: there is no better one.
    Refuse(Reason),
}

/// Decides. The same facts give the same decision, so that events may come twice, late and in any order.
///
/// The region that is used is left at once when it is in alarm and the other one is healthy: its alarm has waited already. Region 2
/// is left for a region 1 that is healthy again only after the hold time, and each alarm in between starts that time anew: a region that
/// comes and goes moves nobody.
#[must_use]
pub fn decide(facts: &Facts, rules: Rules) -> Decision {
    if let Mode::Held(region) = facts.mode {
        return if facts.position == Position::At(region) {
            Decision::Keep(Reason::ByHand)
        } else {
            Decision::Switch(region, Reason::ByHand)
        };
    }
    let used = match facts.position {
        Position::At(region) => region,
        // Half of it is in a region that is in alarm.
        Position::Split if facts.primary == Health::Unhealthy => Region::Primary,
        Position::Split => Region::Secondary,
    };
    let other = used.other();
    let may_go = other == Region::Secondary || rules.failback == Failback::Automatic;
    match (facts.health(used), facts.health(other)) {
        (Health::Unhealthy, Health::Healthy(_)) if may_go => Decision::Switch(other, Reason::RegionUnhealthy),
        (Health::Unhealthy, Health::Healthy(_)) => Decision::Refuse(Reason::FailbackIsManual),
        (Health::Unhealthy, Health::Unhealthy) => Decision::Refuse(Reason::BothUnhealthy),
        (Health::Unhealthy, Health::Unknown) => Decision::Refuse(Reason::OtherUnknown),
        (_, Health::Healthy(since)) if used == Region::Secondary => {
            // A clock that is behind CloudWatch's has waited for nothing.
            let healthy_for = facts.now.duration_since(since).unwrap_or_default();
            match rules.failback {
                Failback::Manual => Decision::Keep(Reason::FailbackIsManual),
                Failback::Automatic if healthy_for >= rules.hold => Decision::Switch(Region::Primary, Reason::Failback),
                Failback::Automatic => Decision::Keep(Reason::Holding),
            }
        }
        (Health::Healthy(_), _) => Decision::Keep(Reason::Healthy),
        (Health::Unknown, _) => Decision::Keep(Reason::Unknown),
    }
}

/// Whether the write path would go to the other region if the one that is used went into alarm now.
#[must_use]
pub(crate) fn is_ready(facts: &Facts, rules: Rules) -> bool {
    let Position::At(used) = facts.position else {
        return false;
    };
    let other = used.other();
    let may_go = other == Region::Secondary || rules.failback == Failback::Automatic;
    facts.mode == Mode::Auto && may_go && matches!(facts.health(other), Health::Healthy(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOLD: Duration = Duration::from_secs(900);
    const NOW: SystemTime = SystemTime::UNIX_EPOCH;

    fn ago(seconds: u64) -> Health {
        Health::Healthy(NOW - Duration::from_secs(seconds))
    }

    fn facts(position: Position, primary: Health, secondary: Health) -> Facts {
        Facts {
            mode: Mode::Auto,
            position,
            primary,
            secondary,
            now: NOW,
        }
    }

    fn automatic() -> Rules {
        Rules {
            hold: HOLD,
            failback: Failback::Automatic,
        }
    }

    fn manual() -> Rules {
        Rules {
            failback: Failback::Manual,
            ..automatic()
        }
    }

    const PRIMARY: Position = Position::At(Region::Primary);
    const SECONDARY: Position = Position::At(Region::Secondary);

    #[test]
    fn every_state_of_both_alarms_has_its_decision() {
        use Decision::{Keep, Refuse, Switch};
        use Health::{Unhealthy, Unknown};
        use Position::Split;
        use Region::{Primary, Secondary};
        let (long, short) = (ago(900), ago(899));
        for (position, primary, secondary, expected) in [
            (PRIMARY, long, long, Keep(Reason::Healthy)),
            (PRIMARY, short, Unhealthy, Keep(Reason::Healthy)),
            (PRIMARY, Unknown, long, Keep(Reason::Unknown)),
            (PRIMARY, Unknown, Unhealthy, Keep(Reason::Unknown)),
            (PRIMARY, Unhealthy, short, Switch(Secondary, Reason::RegionUnhealthy)),
            (PRIMARY, Unhealthy, Unhealthy, Refuse(Reason::BothUnhealthy)),
            (PRIMARY, Unhealthy, Unknown, Refuse(Reason::OtherUnknown)),
            (SECONDARY, long, long, Switch(Primary, Reason::Failback)),
            (SECONDARY, long, Unknown, Switch(Primary, Reason::Failback)),
            (SECONDARY, short, long, Keep(Reason::Holding)),
            (SECONDARY, short, Unhealthy, Switch(Primary, Reason::RegionUnhealthy)),
            (SECONDARY, Unhealthy, long, Keep(Reason::Healthy)),
            (SECONDARY, Unhealthy, Unknown, Keep(Reason::Unknown)),
            (SECONDARY, Unhealthy, Unhealthy, Refuse(Reason::BothUnhealthy)),
            (SECONDARY, Unknown, long, Keep(Reason::Healthy)),
            (SECONDARY, Unknown, Unknown, Keep(Reason::Unknown)),
            (SECONDARY, Unknown, Unhealthy, Refuse(Reason::OtherUnknown)),
            (Split, Unhealthy, long, Switch(Secondary, Reason::RegionUnhealthy)),
            (Split, Unhealthy, Unhealthy, Refuse(Reason::BothUnhealthy)),
            (Split, long, long, Switch(Primary, Reason::Failback)),
            (Split, short, long, Keep(Reason::Holding)),
            (Split, short, Unhealthy, Switch(Primary, Reason::RegionUnhealthy)),
        ] {
            let facts = facts(position, primary, secondary);
            assert_eq!(decide(&facts, automatic()), expected, "{facts:?}");
        }
    }

    #[test]
    fn going_back_is_left_to_a_person_where_it_is_set_so() {
        let kept = Decision::Keep(Reason::FailbackIsManual);
        assert_eq!(decide(&facts(SECONDARY, ago(9_000), ago(9_000)), manual()), kept);
        let refused = Decision::Refuse(Reason::FailbackIsManual);
        assert_eq!(
            decide(&facts(SECONDARY, ago(9_000), Health::Unhealthy), manual()),
            refused
        );
        let switched = Decision::Switch(Region::Secondary, Reason::RegionUnhealthy);
        assert_eq!(decide(&facts(PRIMARY, Health::Unhealthy, ago(1)), manual()), switched);
    }

    #[test]
    fn a_person_decides_whatever_the_alarms_say() {
        for region in [Region::Primary, Region::Secondary] {
            for (primary, secondary) in [(ago(9_000), Health::Unhealthy), (Health::Unhealthy, ago(9_000))] {
                let held = |position| Facts {
                    mode: Mode::Held(region),
                    ..facts(position, primary, secondary)
                };
                let kept = Decision::Keep(Reason::ByHand);
                assert_eq!(decide(&held(Position::At(region)), automatic()), kept);
                for position in [Position::At(region.other()), Position::Split] {
                    let switched = Decision::Switch(region, Reason::ByHand);
                    assert_eq!(decide(&held(position), manual()), switched);
                }
            }
        }
    }

    #[test]
    fn a_clock_that_is_behind_does_not_end_the_hold_time() {
        let later = Health::Healthy(NOW + Duration::from_secs(9_000));
        assert_eq!(
            decide(&facts(SECONDARY, later, ago(1)), automatic()),
            Decision::Keep(Reason::Holding)
        );
    }

    #[test]
    fn it_is_ready_where_an_alarm_of_the_used_region_would_move_the_write_path() {
        let rules = [automatic(), manual()];
        for (position, primary, secondary) in [
            (PRIMARY, ago(1), ago(1)),
            (PRIMARY, ago(1), Health::Unhealthy),
            (PRIMARY, ago(1), Health::Unknown),
            (SECONDARY, ago(1), ago(1)),
            (SECONDARY, Health::Unhealthy, ago(1)),
        ] {
            for rules in rules {
                let now = facts(position, primary, secondary);
                let mut then = now;
                match position {
                    PRIMARY => then.primary = Health::Unhealthy,
                    _ => then.secondary = Health::Unhealthy,
                }
                let moves = matches!(decide(&then, rules), Decision::Switch(..));
                assert_eq!(is_ready(&now, rules), moves, "{now:?}");
                let held = Facts {
                    mode: Mode::Held(Region::Primary),
                    ..now
                };
                assert!(!is_ready(&held, rules));
            }
        }
        assert!(!is_ready(&facts(Position::Split, ago(1), ago(1)), automatic()));
    }
}
