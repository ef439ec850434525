//! Where the demo runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use aws_config::SdkConfig;

use crate::background::{Place, State};
use crate::mirror::Mirror;
use crate::sdk::sdk_config;
use crate::{LocalCloud, Options, cache, toolchain};

/// A cloud that ends with it, or with `--keep` one in the background.
pub(super) enum Stage {
    Own(Own),
    Kept(Kept),
}

/// A cloud of this process; the demo's folder is inside its own, and goes with it however this process ends.
pub(super) struct Own {
    cloud: Box<LocalCloud>,
    mirror: Mirror,
    folder: PathBuf,
}

/// A background cloud that is taken down again unless the demo reaches its end.
pub(super) struct Kept {
    place: Place,
    pub(super) state: State,
    pub(super) folder: PathBuf,
    pub(super) finished: bool,
}

impl Drop for Kept {
    fn drop(&mut self) {
        if !self.finished
            && let Err(error) = self.place.down()
        {
            eprintln!("the local cloud still runs: {error:#}");
        }
    }
}

impl Stage {
    pub(super) fn start(keep: bool, provider: &Path) -> Result<Self> {
        if !keep {
            let options = Options {
                mongo: true,
                ..Options::default()
            };
            let cloud = Box::new(LocalCloud::start(options)?);
            let folder = cloud.folder().join("demo");
            fs::create_dir(&folder)?;
            let mirror = Mirror::create(&folder.join("mirror"), provider, &toolchain::aws_provider()?)?;
            return Ok(Self::Own(Own { cloud, mirror, folder }));
        }
        let place = Place::new(None)?;
        if place.status()?.is_some() {
            bail!("a local cloud runs already; the demo keeps a fresh one. First: cargo cloud down");
        }
        let folder = cache::folder()?.join("local-cloud/demo");
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let state = place.up(false, provider)?;
        Ok(Self::Kept(Kept {
            place,
            state,
            folder,
            finished: false,
        }))
    }

    pub(super) fn folder(&self) -> &Path {
        match self {
            Self::Own(own) => &own.folder,
            Self::Kept(kept) => &kept.folder,
        }
    }

    pub(super) fn environment(&self) -> Vec<(String, String)> {
        match self {
            Self::Own(own) => own
                .cloud
                .environment()
                .into_iter()
                .chain(own.mirror.environment())
                .collect(),
            Self::Kept(kept) => kept.state.environment.clone(),
        }
    }

    /// One of the values that it exports.
    pub(super) fn exported(&self, name: &str) -> Result<String> {
        let found = self.environment().into_iter().find(|(key, _)| key == name);
        let (_, value) = found.with_context(|| format!("the local cloud does not say {name}"))?;
        Ok(value)
    }

    /// SDK settings for ministack and for the CloudWatch emulator.
    pub(super) fn sdk_configs(&self) -> Result<(SdkConfig, SdkConfig)> {
        let region = self.exported("AWS_REGION")?;
        let config = |name: &str| Ok::<_, anyhow::Error>(sdk_config(&self.exported(name)?, &region));
        Ok((config("AWS_ENDPOINT_URL")?, config("AWS_ENDPOINT_URL_CLOUDWATCH")?))
    }
}
