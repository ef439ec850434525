//! Whether somebody who is there is the user of the export.

use std::collections::BTreeSet;

use user_export::{Found, User};

/// What Cognito gives itself, and no import sets.
const OWN: [&str; 2] = ["sub", "identities"];

/// Whether an import sets this attribute.
pub(crate) fn is_carried(name: &str) -> bool {
    !OWN.contains(&name)
}

/// In what they differ: names of attributes, `enabled`, `status`, `groups`. None: they are equal.
pub(crate) fn differences(
    user: &User,
    groups: &BTreeSet<String>,
    found: &Found,
    in_groups: &BTreeSet<String>,
) -> Vec<String> {
    let names: BTreeSet<_> = user.attributes.keys().chain(found.attributes.keys()).collect();
    let differs = |name: &&&String| is_carried(name) && user.attributes.get(**name) != found.attributes.get(**name);
    let mut differences: Vec<_> = names.iter().filter(differs).map(|name| (*name).clone()).collect();
    if user.enabled != found.enabled {
        differences.push("enabled".to_owned());
    }
    if !fits(&user.status, &found.status) {
        differences.push("status".to_owned());
    }
    if groups != in_groups {
        differences.push("groups".to_owned());
    }
    differences
}

/// A user who was invited and never signed in has that status again; all others have a password, or need a new one.
fn fits(exported: &str, found: &str) -> bool {
    const INVITED: &str = "FORCE_CHANGE_PASSWORD";
    match (exported, found) {
        (INVITED, INVITED) => true,
        (INVITED, _) | (_, INVITED) => false,
        (_, "CONFIRMED" | "RESET_REQUIRED") => true,
        _ => exported == found,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn attributes(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    fn groups(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn each_thing_that_differs_is_named_and_no_value_is() {
        let user = User {
            username: "ada".to_owned(),
            enabled: true,
            status: "CONFIRMED".to_owned(),
            created_at: None,
            modified_at: None,
            attributes: attributes(&[("sub", "1"), ("email", "ada@example.com"), ("name", "Ada")]),
        };
        let found = |status: &str, enabled, pairs: &[(&str, &str)]| Found {
            username: "ada".to_owned(),
            enabled,
            status: status.to_owned(),
            attributes: attributes(pairs),
        };
        let equal = [("sub", "2"), ("email", "ada@example.com"), ("name", "Ada")];
        let both = groups(&["a", "b"]);
        for (case, there, in_groups, expected) in [
            ("equal", found("CONFIRMED", true, &equal), &both, &[][..]),
            ("reset", found("RESET_REQUIRED", true, &equal), &both, &[]),
            (
                "invited",
                found("FORCE_CHANGE_PASSWORD", true, &equal),
                &both,
                &["status"],
            ),
            ("disabled", found("CONFIRMED", false, &equal), &both, &["enabled"]),
            ("no name", found("CONFIRMED", true, &equal[..2]), &both, &["name"]),
            (
                "no group",
                found("CONFIRMED", true, &equal),
                &groups(&["a"]),
                &["groups"],
            ),
            (
                "one more",
                found("CONFIRMED", true, &[equal[0], equal[1], equal[2], ("locale", "de")]),
                &groups(&["a", "b", "c"]),
                &["locale", "groups"],
            ),
        ] {
            assert_eq!(differences(&user, &both, &there, in_groups), expected, "{case}");
        }
    }
}
