//! What `replSetGetStatus` says of a replica set, as the member that was asked sees it.

use mongodb::bson::{Document, doc};

use crate::number;

pub(crate) fn command() -> Document {
    doc! { "replSetGetStatus": 1 }
}

/// A replica set's members.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct ReplicaSet {
    pub(crate) has_primary: bool,
    /// Members that are down or neither primary, secondary nor arbiter: they are starting, recovering or were rolled back.
    pub(crate) unhealthy: u32,
    /// How far the secondary that is furthest behind is behind the primary, in seconds; none without either.
    pub(crate) lag_seconds: Option<f64>,
}

/// Source: MongoDB manual, Replica Set Member States.
const PRIMARY: i32 = 1;
const SECONDARY: i32 = 2;
const ARBITER: i32 = 7;

impl ReplicaSet {
    pub(crate) fn of(status: &Document) -> Option<Self> {
        let members = status.get_array("members").ok()?;
        let members: Vec<_> = members.iter().filter_map(Member::of).collect();
        if members.is_empty() {
            return None;
        }
        let in_state = |state| {
            members
                .iter()
                .filter(move |member| member.is_up && member.state == state)
        };
        let primary = in_state(PRIMARY).next();
        let healthy = [PRIMARY, SECONDARY, ARBITER].map(|state| in_state(state).count());
        let unhealthy = members.len() - healthy.iter().sum::<usize>();
        let applied = primary.and_then(|primary| primary.applied_millis);
        // One that is down is behind by nobody knows what, which is another matter than lag.
        let behind = in_state(SECONDARY).filter_map(|member| Some(applied? - member.applied_millis?));
        Some(Self {
            has_primary: primary.is_some(),
            unhealthy: u32::try_from(unhealthy).unwrap_or(u32::MAX),
            // A secondary that is ahead of what the primary has heard of itself is not behind.
            lag_seconds: behind.max().map(seconds).map(|lag| lag.max(0.0)),
        })
    }
}

#[allow(clippy::cast_precision_loss, reason = "a metric is a double")]
fn seconds(millis: i64) -> f64 {
    millis as f64 / 1000.0
}

struct Member {
    is_up: bool,
    state: i32,
    applied_millis: Option<i64>,
}

impl Member {
    fn of(member: &mongodb::bson::Bson) -> Option<Self> {
        let member = member.as_document()?;
        // One's own health is not always told.
        let is_up = number::at(member, &["health"]).is_none_or(|health| health > 0.0);
        #[allow(clippy::cast_possible_truncation, reason = "states are 0 to 10")]
        let state = number::at(member, &["state"])? as i32;
        let applied = member.get_datetime("optimeDate").ok();
        Some(Self {
            is_up,
            state,
            applied_millis: applied.map(|date| date.timestamp_millis()),
        })
    }
}

#[cfg(test)]
mod tests {
    use mongodb::bson::{Bson, DateTime};

    use super::*;

    fn member(state: i32, health: f64, seconds: i64) -> Bson {
        doc! { "state": state, "health": health, "optimeDate": DateTime::from_millis(seconds * 1000) }.into()
    }

    #[test]
    fn lag_is_that_of_the_secondary_that_is_furthest_behind_and_answers() {
        for (case, members, expected) in [
            ("alone", vec![member(1, 1.0, 100)], (true, 0, None)),
            (
                "equal",
                vec![member(1, 1.0, 100), member(2, 1.0, 100)],
                (true, 0, Some(0.0)),
            ),
            (
                "one behind",
                vec![member(2, 1.0, 97), member(1, 1.0, 100), member(2, 1.0, 60)],
                (true, 0, Some(40.0)),
            ),
            (
                "ahead of what the primary has heard",
                vec![member(1, 1.0, 100), member(2, 1.0, 101)],
                (true, 0, Some(0.0)),
            ),
            (
                "one down",
                vec![member(1, 1.0, 100), member(8, 0.0, 0), member(2, 1.0, 98)],
                (true, 1, Some(2.0)),
            ),
            (
                "one recovering, an arbiter",
                vec![member(1, 1.0, 100), member(3, 1.0, 10), member(7, 1.0, 0)],
                (true, 1, None),
            ),
            (
                "no primary",
                vec![member(2, 1.0, 100), member(2, 1.0, 90)],
                (false, 0, None),
            ),
            (
                "a primary that is gone",
                vec![member(1, 0.0, 100), member(2, 1.0, 90)],
                (false, 1, None),
            ),
        ] {
            let set = ReplicaSet::of(&doc! { "members": members });
            let set = set.map(|set| (set.has_primary, set.unhealthy, set.lag_seconds));
            assert_eq!(set, Some(expected), "{case}");
        }
    }

    #[test]
    fn answers_that_are_not_as_documented_say_nothing() {
        for status in [
            doc! {},
            doc! { "members": 3 },
            doc! { "members": [] },
            doc! { "members": ["a", { "state": "PRIMARY" }] },
        ] {
            assert_eq!(ReplicaSet::of(&status), None, "{status}");
        }
    }
}
