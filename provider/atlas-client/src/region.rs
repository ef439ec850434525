use crate::ids::Invalid;
use std::fmt;

/// An AWS region. AWS writes `ap-southeast-1` and Atlas `AP_SOUTHEAST_1`; both are one region and compare equal.
///
/// The form is checked, not a list of names: a region AWS opens tomorrow is accepted, and Atlas answers for the rest. Every region's
/// name has had a direction in it so far, so `eu-centrl-1` is known to be none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AtlasRegion(String);

impl AtlasRegion {
    /// Reads either spelling; a mixture of the two is refused.
    ///
    /// # Errors
    /// [`Invalid`] unless the value is three or more words of letters or digits, two letters or more first, a direction among them and
    /// a number last.
    pub fn parse(value: &str) -> Result<Self, Invalid> {
        let hyphens = value
            .bytes()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-');
        let underscores = value
            .bytes()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == b'_');
        let separator = if hyphens { '-' } else { '_' };
        let words: Vec<&str> = value.split(separator).collect();
        if (hyphens || underscores) && is_region(&words) {
            return Ok(Self(value.to_ascii_uppercase().replace('-', "_")));
        }
        let reason = "use the spelling of AWS, for example ap-southeast-1, or of Atlas, for example AP_SOUTHEAST_1";
        Err(Invalid::new("an AWS region", value, reason))
    }

    /// Reads a region that Atlas reports, in any form: a name that `parse` refuses is kept, because one region that this client does
    /// not know must not hide the others.
    pub fn reported(name: &str) -> Self {
        Self::parse(name).unwrap_or_else(|_| Self(name.to_ascii_uppercase().replace('-', "_")))
    }

    /// The name AWS uses: `ap-southeast-1`.
    pub fn aws_name(&self) -> String {
        self.0.to_ascii_lowercase().replace('_', "-")
    }

    /// The name Atlas uses: `AP_SOUTHEAST_1`.
    pub fn atlas_name(&self) -> &str {
        &self.0
    }
}

const DIRECTIONS: [&str; 9] = [
    "north",
    "northeast",
    "east",
    "southeast",
    "south",
    "southwest",
    "west",
    "northwest",
    "central",
];

fn is_region(words: &[&str]) -> bool {
    let is_direction = |word: &str| DIRECTIONS.iter().any(|direction| word.eq_ignore_ascii_case(direction));
    let is_number = |word: &str| !word.is_empty() && word.len() <= 2 && word.bytes().all(|c| c.is_ascii_digit());
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphabetic());
    match words {
        // `inner` may hold a number, as in the local zone us-west-2-lax-1.
        [first, inner @ .., last] => {
            first.len() >= 2
                && is_word(first)
                && inner.iter().any(|word| is_direction(word))
                && inner.iter().all(|word| is_word(word) || is_number(word))
                && is_number(last)
        }
        _ => false,
    }
}

/// Writes the name Atlas uses.
impl fmt::Display for AtlasRegion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn both_spellings_are_one_region() {
        for (aws, atlas) in [
            ("ap-southeast-1", "AP_SOUTHEAST_1"),
            ("us-east-1", "US_EAST_1"),
            ("us-gov-west-1", "US_GOV_WEST_1"),
            ("eu-central-2", "EU_CENTRAL_2"),
            ("mx-central-1", "MX_CENTRAL_1"),
            ("us-west-2-lax-1", "US_WEST_2_LAX_1"),
        ] {
            let region = AtlasRegion::parse(aws).unwrap();
            assert_eq!(region, AtlasRegion::parse(atlas).unwrap(), "{aws}");
            assert_eq!((region.aws_name().as_str(), region.atlas_name()), (aws, atlas));
        }
        assert_ne!(
            AtlasRegion::parse("us-east-1").unwrap(),
            AtlasRegion::parse("us-east-2").unwrap()
        );
    }

    #[test]
    fn a_rejection_names_the_allowed_forms() {
        for value in [
            "",
            "us-east",
            "US_EAST",
            "us",
            "1",
            "us-1",
            "us--1",
            "us-east-",
            "-us-east-1",
            "us-east-1 ",
            "Us-East-1",
            "us_east_1",
            "US-EAST-1",
            "us-east_1",
            "us-east-1a",
            "u-east-1",
            "us-east-100",
            "EUROPE_NORTH",
            "eu-wést-1",
            "eu-centrl-1",
            "EU_CENTRL_1",
            "eu-one-1",
        ] {
            let text = AtlasRegion::parse(value).unwrap_err().to_string();
            assert!(
                text.contains("ap-southeast-1") && text.contains("AP_SOUTHEAST_1"),
                "{value:?}: {text}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_reported_region_is_read_back_from_what_is_shown_of_it(name in "[A-Za-z0-9_-]{0,16}") {
            let region = AtlasRegion::reported(&name);
            prop_assert_eq!(AtlasRegion::reported(&region.aws_name()), region);
        }

        #[test]
        fn a_spelling_survives_the_way_there_and_back(aws in "\
            [a-z]{2,4}(-[a-z]{1,10})?-(north|south)?(east|west)-[1-9]") {
            let region = AtlasRegion::parse(&aws).unwrap();
            prop_assert_eq!(&region.aws_name(), &aws);
            prop_assert_eq!(&AtlasRegion::parse(region.atlas_name()).unwrap(), &region);
            prop_assert_eq!(region.to_string(), region.atlas_name());
        }

        #[test]
        fn whatever_is_accepted_is_one_of_the_two_spellings(value in "[a-zA-Z0-9_-]{0,16}") {
            if let Ok(region) = AtlasRegion::parse(&value) {
                prop_assert!(value == region.atlas_name() || value == region.aws_name(), "{}", value);
            }
        }
    }
}
