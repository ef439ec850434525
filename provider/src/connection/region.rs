//! The region of a resource: where it comes from, and its form.

use atlas_client::AtlasRegion;
use provider_kit::error;
use strsim::levenshtein;
use tf_provider::{AttributePath, Diagnostics};

/// The region a plan can know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PlannedRegion {
    Known(String),
    /// The provider's region comes from something that does not exist yet.
    Unknown,
    NotSet,
}

/// An empty variable is unset; the SDK's own chain would end at an empty AWS_REGION.
pub(crate) fn region_of_environment() -> Option<String> {
    let set = |name| std::env::var(name).ok().filter(|region| !region.is_empty());
    ["AWS_REGION", "AWS_DEFAULT_REGION"].into_iter().find_map(set)
}

/// Whether a text has the form of a region's name: `eu-central-1`, `us-gov-west-1`. Which regions there are changes.
pub(crate) fn is_region(text: &str) -> bool {
    AtlasRegion::parse(text).is_ok_and(|region| region.aws_name() == text)
}

pub(crate) fn region_is_malformed(diagnostics: &mut Diagnostics, attribute: AttributePath, region: &str) {
    let example = near(region).unwrap_or_else(|| "eu-central-1".to_owned());
    error(
        diagnostics,
        attribute,
        "Region is malformed.",
        format!(
            "Got {region:?}, which is not the name of an AWS Region. Set a Region name, for example {example:?}, or \
             remove the attribute to use the default."
        ),
    );
}

/// The region of an import id of this form is none. An id whose parts are in another order has its region at the end.
pub(crate) fn imported_region_is_malformed(diagnostics: &mut Diagnostics, id: &str, region: &str, form: &str) {
    let example = match id.rsplit_once('/') {
        Some((name, last)) if is_region(last) => format!("{last}/{name}"),
        _ => {
            let rest = id.strip_prefix(region).unwrap_or_default();
            near(region).unwrap_or_else(|| "eu-central-1".to_owned()) + rest
        }
    };
    error(
        diagnostics,
        AttributePath::root(),
        "Import id is malformed.",
        format!(
            "Got {id:?}, but {region:?} is not the name of an AWS Region. Set the import ID to \"{form}\", for example \
             {example:?}."
        ),
    );
}

/// The region that was most probably meant: the same with another direction in it, at most two letters away.
fn near(text: &str) -> Option<String> {
    const DIRECTIONS: [&str; 9] = [
        "central",
        "east",
        "north",
        "northeast",
        "northwest",
        "south",
        "southeast",
        "southwest",
        "west",
    ];
    let lower = text.to_ascii_lowercase().replace(['_', ' '], "-");
    let words: Vec<&str> = lower.split('-').collect();
    let candidates = words.iter().enumerate().flat_map(|(at, word)| {
        let words = &words;
        DIRECTIONS.iter().map(move |direction| {
            let mut words = words.clone();
            words[at] = direction;
            (levenshtein(word, direction), words.join("-"))
        })
    });
    candidates
        .filter(|(distance, candidate)| *distance <= 2 && is_region(candidate))
        .min()
        .map(|(_, candidate)| candidate)
}

pub(crate) fn region_is_not_set(diagnostics: &mut Diagnostics, attribute: AttributePath) {
    error(
        diagnostics,
        attribute,
        "Region is not set.",
        "No Region is set in the resource, the provider block, AWS_REGION, AWS_DEFAULT_REGION or the profile, so the \
         provider does not know where to create objects. Set `region` in the provider block, for example \
         \"eu-central-1\".",
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistyped_region_is_told_with_the_one_that_was_meant() {
        for (typed, meant) in [
            ("eu-centrl-1", Some("eu-central-1")),
            ("us-est-1", Some("us-east-1")),
            ("US_EAST_1", Some("us-east-1")),
            ("ap-souhteast-2", Some("ap-southeast-2")),
            ("us-gov-wets-1", Some("us-gov-west-1")),
            ("Frankfurt", None),
            ("", None),
        ] {
            assert_eq!(near(typed).as_deref(), meant, "{typed}");
        }
        for (id, region, meant) in [
            ("eu-centrl-1/default/x", "eu-centrl-1", "\"eu-central-1/default/x\""),
            ("recipe/us-east-1", "recipe", "\"us-east-1/recipe\""),
        ] {
            let mut diagnostics = Diagnostics::default();
            imported_region_is_malformed(&mut diagnostics, id, region, "<region>/<name>");
            let detail = &diagnostics.errors[0].detail;
            assert!(detail.contains(meant) && detail.contains("<region>/<name>"), "{detail}");
        }
    }
}
