//! examples/education-platform on a local cloud: its folder, its packages and its variables.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use local_cloud::package::{self, BOOTSTRAP, Effort};
use local_cloud::toolchain::{self, AwsProvider};
use local_cloud::{LocalCloud, Options, workspace};
use serde_json::{Value, json};

use crate::running::RunningProvider;
use crate::terraform::{Engine, Workdir};

const HANDLERS: [&str; 11] = [
    "cognito-export",
    "cognito-import",
    "download-api",
    "flow-log-guard",
    "mongo-dump",
    "mongo-probe",
    "mongo-restore",
    "origin-failover",
    "profile-api",
    "upload-api",
    "upload-janitor",
];

/// Both Regions of the platform, by their names in the example.
pub const REGIONS: [(&str, &str); 2] = [("primary", "eu-west-1"), ("secondary", "eu-central-1")];

/// Region of what CloudFront needs.
pub const GLOBAL: &str = "us-east-1";

/// Domain of the distribution.
pub const DOMAIN: &str = "learn.example.com";

/// Header and value by which the API knows requests of the distribution.
pub const ORIGIN_VERIFY: (&str, &str) = ("x-origin-verify", "0123456789abcdef0123456789abcdef");

/// What is in the packages of the functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packages {
    /// The functions, which run.
    Built,
    /// Packages of a script that fails, for plans and applies that nobody uses.
    Placeholders,
}

/// The example's folder and the cloud that it is for.
pub struct Platform {
    // Dropped in this order: who uses the cloud, the cloud.
    /// Terraform's folder, not initialized yet.
    pub workdir: Arc<Workdir>,
    _aws: RunningProvider,
    /// The local cloud.
    pub cloud: Arc<LocalCloud>,
    /// The folder of the packages.
    pub packages: PathBuf,
}

impl Platform {
    /// Starts a cloud with `options` and copies the example.
    ///
    /// # Errors
    /// Something is missing on this machine.
    pub fn start(options: Options, packages: Packages) -> Result<Self> {
        let aws_provider = match toolchain::aws_provider()? {
            AwsProvider::Present(binary) => binary,
            AwsProvider::Absent { reason, command } => bail!("{reason}; build it with `{command}`"),
        };
        let has_config = options.moto;
        let cloud = LocalCloud::start(Options {
            region: GLOBAL.to_owned(),
            ..options
        })?;
        let mut settings = environment(&cloud, GLOBAL);
        if has_config {
            let config = cloud.moto_url().context("there is no AWS Config")?;
            settings.push(("AWS_ENDPOINT_URL_CONFIG_SERVICE".to_owned(), config));
        }
        let environment: Vec<_> = settings
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let aws = RunningProvider::start(&aws_provider, &environment)?;
        let workdir = Workdir::with_running_aws(Engine::Terraform, &environment, &aws)?;
        workdir.copy_example("education-platform")?;
        fs::rename(
            workdir.path().join("local.tfvars"),
            workdir.path().join("local.auto.tfvars"),
        )?;
        workdir.keep_state_in(&cloud)?;
        let folder = workdir.path().join("packages");
        fs::create_dir(&folder)?;
        let script = folder.join("script");
        fs::write(&script, "#!/bin/sh\nexit 1\n")?;
        for name in HANDLERS {
            let program = match packages {
                Packages::Built => workspace::binary(name)?,
                Packages::Placeholders => script.clone(),
            };
            let zip = package::zip(&program, BOOTSTRAP, Effort::Least)?;
            fs::write(folder.join(format!("{name}.zip")), zip)?;
        }
        Ok(Self {
            workdir: Arc::new(workdir),
            _aws: aws,
            cloud: Arc::new(cloud),
            packages: folder,
        })
    }

    /// The variables that have no default, but for `mongo` and the keys, and where the emulators are. `local.tfvars` has the others.
    #[must_use]
    pub fn variables(&self) -> Value {
        let endpoint = self.cloud.endpoint_url();
        json!({
            "bucket_prefix": "edu",
            "domain": DOMAIN,
            "certificate_arn": "arn:aws:acm:us-east-1:000000000000:certificate/1234abcd-12ab-34cd-56ef-1234567890ab",
            "geo": { "restriction_type": "whitelist", "locations": ["DE"] },
            "origin_verify_values": [ORIGIN_VERIFY.1],
            "packages": self.packages,
            "page_connect_sources": [endpoint],
            "cognito_endpoints": { "primary": endpoint, "secondary": endpoint },
            "environment": {
                "primary": { "AWS_ENDPOINT_URL": endpoint },
                "secondary": { "AWS_ENDPOINT_URL": endpoint },
                "us_east_1": { "AWS_ENDPOINT_URL": endpoint, "AWS_ENDPOINT_URL_CLOUDWATCH": self.cloud.cloudwatch().endpoint_url() },
            },
        })
    }

    /// The same with a `mongo` and a signing key that do not exist, for plans and applies that nobody uses.
    #[must_use]
    pub fn variables_for_plans(&self) -> Value {
        let mut variables = self.variables();
        variables["mongo"] = json!({ "database": "lectern" });
        for (place, region) in REGIONS {
            let secret = format!("arn:aws:secretsmanager:{region}:000000000000:secret:mongo-AbCdEf");
            variables["mongo"][place] = json!({
                "cluster": place, "secret": { "arn": secret }, "backup_secret_arn": secret, "restore_secret_arn": secret,
            });
        }
        let public_key = "-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n";
        variables["signing_key"] = json!({ "name": "first", "public_key": public_key });
        variables
    }

    /// Lets the folder have these variables, and initializes it.
    ///
    /// # Errors
    /// `terraform init` failed; the error is what it said.
    pub fn init(&self, variables: &Value) -> Result<()> {
        self.workdir.write("given.auto.tfvars.json", &variables.to_string())?;
        self.workdir.init()
    }

    /// A script of python/ with its configuration and its step, if it has one, for somebody in a Region.
    ///
    /// # Errors
    /// Python's environment cannot be made.
    pub fn script(&self, script: &str, step: &str, configuration: &Value, region: &str) -> Result<Command> {
        let mut command = toolchain::python(&format!("tests/acceptance/python/{script}"))?;
        command
            .arg(configuration.to_string())
            .args(Some(step).filter(|step| !step.is_empty()))
            .envs(environment(&self.cloud, region));
        Ok(command)
    }

    /// What there is, by Region and kind, as the services themselves list it.
    ///
    /// # Errors
    /// A service does not answer.
    pub fn existing(&self) -> Result<Value> {
        let mut all = json!({});
        for region in REGIONS.map(|(_, region)| region).into_iter().chain([GLOBAL]) {
            let configuration = json!({ "endpoint": self.cloud.endpoint_url(), "region": region });
            let mut script = self.script("api_users.py", "left", &configuration, region)?;
            let printed = toolchain::printed(&mut script).with_context(|| format!("what exists in {region}"))?;
            all[region] = serde_json::from_slice(&printed)?;
        }
        Ok(all)
    }

    /// What there is now and was not in `before`.
    ///
    /// # Errors
    /// As [`Self::existing`].
    pub fn left(&self, before: &Value) -> Result<Value> {
        let mut left = json!({});
        for (region, kinds) in self.existing()?.as_object().context("no list of what exists")? {
            for (kind, names) in kinds.as_object().context("no list of kinds")? {
                let before = before[region][kind].as_array();
                let is_new = |name: &&Value| !before.is_some_and(|before| before.contains(name));
                let new: Vec<_> = names.as_array().into_iter().flatten().filter(is_new).collect();
                if !new.is_empty() {
                    left[region][kind] = json!(new);
                }
            }
        }
        Ok(left)
    }
}

/// Settings of AWS SDKs in a Region, and where the emulators are.
#[must_use]
pub fn environment(cloud: &LocalCloud, region: &str) -> Vec<(String, String)> {
    let mut environment = cloud.environment();
    for (name, value) in &mut environment {
        if name == "AWS_REGION" || name == "AWS_DEFAULT_REGION" {
            region.clone_into(value);
        }
    }
    environment
}
