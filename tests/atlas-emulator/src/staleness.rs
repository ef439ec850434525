//! What reads show of an object besides its truth.

use serde_json::{Map, Value};

use crate::profile::Profile;

/// What reads of an object do not see yet, or see for too long.
#[derive(Debug, Clone, Default)]
pub(crate) struct Staleness {
    hidden_reads: u32,
    former: Option<(u32, Value)>,
}

/// What a read sees.
pub(crate) enum Seen {
    /// Nothing yet.
    Nothing,
    /// The object before its deletion.
    Former(Value),
    /// The object.
    Present,
}

impl Staleness {
    pub(crate) fn of_creation(profile: &Profile) -> Self {
        Self {
            hidden_reads: profile.stale_reads_after_create,
            former: None,
        }
    }

    pub(crate) fn deleted(&mut self, profile: &Profile, former: Value) {
        self.hidden_reads = 0;
        if profile.stale_reads_after_delete > 0 {
            self.former = Some((profile.stale_reads_after_delete, former));
        }
    }

    /// Nothing of a deletion shows yet: the object's course has not begun either.
    pub(crate) fn shows_former(&self) -> bool {
        self.former.is_some()
    }

    /// Counts a read.
    pub(crate) fn read(&mut self) -> Seen {
        if self.hidden_reads > 0 {
            self.hidden_reads -= 1;
            return Seen::Nothing;
        }
        match self.former.take() {
            Some((left, former)) => {
                if left > 1 {
                    self.former = Some((left - 1, former.clone()));
                }
                Seen::Former(former)
            }
            None => Seen::Present,
        }
    }
}

/// Members put by hand over those of an object.
pub(crate) fn overlay(mut object: Value, members: &Map<String, Value>) -> Value {
    if let Value::Object(object) = &mut object {
        object.extend(members.clone());
    }
    object
}
