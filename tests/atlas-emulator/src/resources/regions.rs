//! Names of AWS regions: `EU_WEST_1` for Atlas, `eu-west-1` for AWS.

use serde_json::Value;

use crate::reply::ApiError;

/// Atlas' name of a region in either form; `None`: it has the form of neither.
pub(crate) fn atlas_name(region: &str) -> Option<String> {
    let name = region.to_ascii_uppercase().replace('-', "_");
    let mut parts = name.split('_');
    let is_area = parts.next().is_some_and(|area| area.len() == 2);
    let is_numbered = name.ends_with(|last: char| last.is_ascii_digit());
    let has_parts = name.split('_').count() >= 3;
    let is_plain = name
        .chars()
        .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    (is_area && is_numbered && has_parts && is_plain).then_some(name)
}

/// AWS' name of a region by Atlas' name.
pub(crate) fn aws_name(region: &str) -> String {
    region.to_ascii_lowercase().replace('_', "-")
}

/// A list of regions, or null.
pub(crate) fn remote_regions(member: Option<&Value>, own: &str) -> Result<Option<Vec<String>>, ApiError> {
    const MEMBER: &str = "supportedRemoteRegions";
    /// The description's limit.
    const MOST: usize = 35;
    let regions = match member {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::Array(regions)) => regions,
        Some(_) => return Err(ApiError::invalid_attribute(MEMBER, "it is no array")),
    };
    if regions.len() > MOST {
        return Err(ApiError::invalid_attribute(MEMBER, "it has more than 35 regions"));
    }
    let mut names = Vec::new();
    for region in regions {
        let name = region
            .as_str()
            .and_then(atlas_name)
            .ok_or_else(|| ApiError::invalid_attribute(MEMBER, "it has a member that is no region"))?;
        if name == own {
            return Err(ApiError::invalid_attribute(MEMBER, "it has the service's own region"));
        }
        names.push(name);
    }
    Ok(Some(names))
}

#[cfg(test)]
mod tests {
    use super::{atlas_name, aws_name};

    #[test]
    fn both_forms_are_one_region() {
        for (region, atlas) in [
            ("eu-west-1", Some("EU_WEST_1")),
            ("EU_WEST_1", Some("EU_WEST_1")),
            ("us-gov-east-1", Some("US_GOV_EAST_1")),
            ("EUROPE", None),
            ("eu-west", None),
            ("", None),
        ] {
            assert_eq!(atlas_name(region).as_deref(), atlas, "{region}");
        }
        assert_eq!(aws_name("US_GOV_EAST_1"), "us-gov-east-1");
    }
}
