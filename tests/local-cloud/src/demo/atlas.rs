//! A look at Atlas' project, and a hand in it: past Terraform, by the emulator's own controls.

use std::fmt;

use anyhow::{Context as _, Result, bail};
use atlas_emulator::DEFAULT_PROJECT;
use reqwest::{Client, Method};
use serde::Deserialize;

use super::terraform::Terraform;

/// The quickstart's output `private_link`.
#[derive(Debug, Deserialize)]
pub(super) struct PrivateLink {
    pub(super) private_link_id: String,
    endpoint_service_name: String,
    status: String,
}

impl PrivateLink {
    pub(super) async fn of(terraform: &Terraform) -> Result<Self> {
        let output = terraform.output("private_link").await?;
        serde_json::from_value(output).context("the output private_link is no private link")
    }
}

impl fmt::Display for PrivateLink {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "private link {} is {}: {}",
            self.private_link_id, self.status, self.endpoint_service_name
        )
    }
}

pub(super) struct Atlas {
    client: Client,
    project_url: String,
}

impl Atlas {
    /// `base_url` is the Atlas emulator's, as the local cloud exports it.
    pub(super) fn new(base_url: &str) -> Result<Self> {
        Ok(Self {
            // It listens on this machine, where no proxy has to help.
            client: Client::builder().no_proxy().build()?,
            project_url: format!("{base_url}/_emulator/projects/{DEFAULT_PROJECT}"),
        })
    }

    /// Ids of the project's endpoint services; those on their way out too.
    pub(super) async fn ids(&self) -> Result<Vec<String>> {
        #[derive(Deserialize)]
        struct Service {
            id: String,
        }
        #[derive(Deserialize)]
        struct Project {
            services: Vec<Service>,
        }
        let answer = self.send(Method::GET, &self.project_url).await?;
        let project: Project = serde_json::from_str(&answer)?;
        Ok(project.services.into_iter().map(|service| service.id).collect())
    }

    /// Makes a service vanish at once.
    pub(super) async fn delete(&self, service: &str) -> Result<()> {
        let url = format!("{}/services/{service}", self.project_url);
        self.send(Method::DELETE, &url).await?;
        Ok(())
    }

    async fn send(&self, method: Method, url: &str) -> Result<String> {
        let what = format!("{method} {url}");
        let response = self.client.request(method, url).send().await;
        let response = response.with_context(|| what.clone())?;
        let status = response.status();
        let text = response.text().await?;
        if !status.is_success() {
            bail!("{what}: {status}: {text}");
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use atlas_emulator::{AtlasEmulator, Options};

    use super::*;

    #[tokio::test]
    async fn a_service_is_seen_until_it_is_deleted() {
        let emulator = AtlasEmulator::start(Options::default()).unwrap();
        let atlas = Atlas::new(&emulator.base_url()).unwrap();
        assert!(atlas.ids().await.unwrap().is_empty());
        let id = emulator.project(DEFAULT_PROJECT).add_service("eu-west-1");
        assert_eq!(atlas.ids().await.unwrap(), [id.as_str()]);
        atlas.delete(&id).await.unwrap();
        assert!(atlas.ids().await.unwrap().is_empty());
        assert_eq!(emulator.project(DEFAULT_PROJECT).snapshot().services, []);
    }

    #[tokio::test]
    async fn deleting_what_is_not_there_is_an_error() {
        let emulator = AtlasEmulator::start(Options::default()).unwrap();
        let atlas = Atlas::new(&emulator.base_url()).unwrap();
        let error = atlas.delete("0123456789abcdef01234567").await.unwrap_err();
        assert!(error.to_string().contains("404"), "{error}");
    }
}
