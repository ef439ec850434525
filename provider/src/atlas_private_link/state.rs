//! The state of a private link, typed.

use std::collections::BTreeSet;

use atlas_client::{AtlasRegion, EndpointService, ProjectId};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

use crate::connection::atlas::Timeouts;

pub(crate) type Text = Value<String>;

/// All attributes of `lectern_atlas_private_link`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Link {
    pub(crate) id: Text,
    pub(crate) project_id: Text,
    pub(crate) region: Text,
    pub(crate) kind: Text,
    pub(crate) supported_remote_regions: Value<Vec<Text>>,
    pub(crate) adopt_existing: Value<bool>,
    pub(crate) delete_adopted: Value<bool>,
    pub(crate) timeouts: Value<Timeouts>,
    pub(crate) private_link_id: Text,
    pub(crate) endpoint_service_name: Text,
    pub(crate) status: Text,
    pub(crate) error_message: Text,
    pub(crate) adopted: Value<bool>,
}

impl Link {
    /// The project, if it is known and well-formed; validation has complained otherwise.
    pub(crate) fn project(&self) -> Option<ProjectId> {
        ProjectId::parse(self.project_id.as_deref_option()?).ok()
    }

    /// The region, likewise.
    pub(crate) fn atlas_region(&self) -> Option<AtlasRegion> {
        AtlasRegion::parse(self.region.as_deref_option()?).ok()
    }

    /// `project_id/region`, the region as AWS writes it.
    pub(crate) fn identity(&self) -> Option<String> {
        Some(format!("{}/{}", self.project()?, self.atlas_region()?.aws_name()))
    }

    /// Other regions as a set; `None` when they are not managed here, or not known yet.
    pub(crate) fn remote_regions(&self) -> Option<BTreeSet<AtlasRegion>> {
        let regions = self.supported_remote_regions.as_ref_option()?;
        regions
            .iter()
            .map(|region| Some(AtlasRegion::reported(region.as_deref_option()?)))
            .collect()
    }

    /// Writes what Atlas has into the computed attributes, and into the managed ones where they differ.
    pub(crate) fn show(&mut self, service: &EndpointService) {
        self.private_link_id = Value::Value(service.id.to_string());
        self.endpoint_service_name = service.endpoint_service_name.clone().into();
        self.status = Value::Value(service.status.to_string());
        self.error_message = service.error_message.clone().into();
        let there: BTreeSet<_> = service.supported_remote_regions.iter().cloned().collect();
        if self.remote_regions().is_some_and(|here| here != there) {
            self.set_remote_regions(&there);
        }
    }

    /// Names other regions as AWS does.
    pub(crate) fn set_remote_regions(&mut self, regions: &BTreeSet<AtlasRegion>) {
        let names = regions.iter().map(|region| Value::Value(region.aws_name())).collect();
        self.supported_remote_regions = Value::Value(names);
    }
}
