//! Where a schedule is.

use super::state::{DEFAULT_GROUP, State};

/// Region, group and name.
pub(super) struct Place {
    pub(super) region: String,
    pub(super) group: String,
    pub(super) name: String,
}

impl Place {
    /// `None` while a part of it is not known.
    pub(super) fn of(state: &State) -> Option<Self> {
        Some(Self {
            region: state.region.as_ref_option()?.clone(),
            group: state.group_name.as_deref_option().unwrap_or(DEFAULT_GROUP).to_owned(),
            name: state.name.as_ref_option()?.clone(),
        })
    }

    /// `<region>/<group>/<name>`; `None` for another form. Whether there is such a region is not looked at.
    pub(super) fn parse(id: &str) -> Option<Self> {
        let words: Vec<&str> = id.split('/').collect();
        let [region, group, name] = words[..] else { return None };
        words.iter().all(|word| !word.is_empty()).then(|| Self {
            region: region.to_owned(),
            group: group.to_owned(),
            name: name.to_owned(),
        })
    }

    pub(super) fn id(&self) -> String {
        format!("{}/{}/{}", self.region, self.group, self.name)
    }

    /// The schedule in the memory of the run, which other types of resources share.
    pub(super) fn claim(&self) -> String {
        format!("scheduler:{}", self.id())
    }
}
