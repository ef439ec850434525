//! The region of a resource: where it comes from, and its form.

use atlas_client::AtlasRegion;
use provider_kit::error;
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
    error(
        diagnostics,
        attribute,
        "Region is malformed.",
        format!(
            "Got {region:?}, where no AWS endpoint can be. Type it as AWS does, for example \"eu-central-1\", or leave it out."
        ),
    );
}

pub(crate) fn region_is_not_set(diagnostics: &mut Diagnostics, attribute: AttributePath) {
    error(
        diagnostics,
        attribute,
        "Region is not set.",
        "Neither the resource, nor the provider's region, nor AWS_REGION, AWS_DEFAULT_REGION or the profile names a region, \
         and the name and place of every object depends on it. Type region = \"eu-central-1\" (yours) in the provider block.",
    );
}
