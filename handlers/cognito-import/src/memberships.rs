//! Who is in which group, for all users at once: 20 bytes a membership, so that a million of them take 20 MB.

use job_kit::Digest;
use user_export::{EXPORT, Group, Kind, Membership, read};

use crate::error::ImportError;
use crate::run::Run;

/// The first half of the SHA-256 of a user name. Two names with the same half are not to be found.
type Name = [u8; 16];

/// All groups and memberships of an export.
pub(crate) struct Memberships {
    pub(crate) groups: Vec<Group>,
    /// In order of names; the number is the group's place.
    members: Vec<(Name, u32)>,
}

impl Memberships {
    pub(crate) async fn load(run: &Run<'_>) -> Result<Self, ImportError> {
        let from = (EXPORT, run.manifest.run.as_str());
        let (mut groups, mut members) = (Vec::new(), Vec::new());
        for part in run.manifest.parts.iter().filter(|part| part.kind == Kind::Groups) {
            groups.extend(read::<Group>(run.store, from, part, &run.export_key).await?);
        }
        let places: std::collections::HashMap<_, _> = groups
            .iter()
            .zip(0_u32..)
            .map(|(group, place)| (group.name.as_str(), place))
            .collect();
        for part in run.manifest.parts.iter().filter(|part| part.kind == Kind::Memberships) {
            for line in read::<Membership>(run.store, from, part, &run.export_key).await? {
                if let Some(place) = places.get(line.group.as_str()) {
                    members.push((name(&line.username), *place));
                }
            }
        }
        drop(places);
        members.sort_unstable();
        // A group whose list was begun anew has its first members twice.
        members.dedup();
        Ok(Self { groups, members })
    }

    pub(crate) fn count(&self) -> u64 {
        self.members.len() as u64
    }

    /// The groups of a user, in order of their places.
    pub(crate) fn of(&self, username: &str) -> impl Iterator<Item = &Group> {
        let name = name(username);
        let first = self.members.partition_point(|(other, _)| *other < name);
        let rest = self.members.get(first..).unwrap_or_default();
        let own = rest.iter().take_while(move |(other, _)| *other == name);
        own.filter_map(|(_, place)| self.groups.get(usize::try_from(*place).ok()?))
    }
}

fn name(username: &str) -> Name {
    let digest = *Digest::of(username.as_bytes()).as_bytes();
    let mut name = [0; 16];
    name.copy_from_slice(digest.get(..16).unwrap_or(&[0; 16]));
    name
}
