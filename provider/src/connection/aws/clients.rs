//! The connection to AWS: region and account rules, credentials and clients.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_config::meta::region::ProvideRegion;
use aws_config::profile::ProfileFileRegionProvider;
use aws_config::retry::RetryConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_cloudwatch::config::retry::{RetryPartition, TokenBucket};
use aws_types::service_config::ServiceConfigKey;
use tf_provider::Diagnostics;
use tokio::sync::{Mutex, OnceCell};

use super::attempts::CountAttempts;
use super::error::AwsError;
use crate::connection::call_rate::CallRate;
use crate::connection::config::{AssumeRole, Config, SESSION_NAME, Setting, Typed};
use crate::connection::region::{PlannedRegion, region_of_environment};

/// Source: "CloudWatch service quotas", ListTagsForResource: 10 per second.
const TAG_READS_PER_SECOND: f64 = 10.0;
/// Attempts of one call, with exponential back-off and jitter in between. CloudWatch's quotas are a few calls per
/// second for the whole account, so a busy account needs patience: ten attempts wait about a minute in all.
const ATTEMPTS: u32 = 10;
/// A network may reach CloudWatch and not this API: three connects of five seconds are enough to know.
const TAGGING_ATTEMPTS: u32 = 3;
const BACKOFF_MAX: Duration = Duration::from_secs(20);
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);
const CALL_TIMEOUT: Duration = Duration::from_secs(300);

/// Clients of one service by region.
type Clients<C> = Mutex<BTreeMap<String, C>>;

/// A region, and a role to assume on top of the provider's credentials.
type RegionAndRole = (String, Option<String>);

/// One per provider process: made at configure, connected at the first call.
pub(crate) struct Aws {
    config: Config,
    allowed: OnceCell<()>,
    /// By region. A client keeps its connections from one call to the next, and the settings their credentials.
    settings: Mutex<BTreeMap<String, SdkConfig>>,
    cloudwatch: Clients<aws_sdk_cloudwatch::Client>,
    lambda: Clients<aws_sdk_lambda::Client>,
    s3: Mutex<BTreeMap<RegionAndRole, aws_sdk_s3::Client>>,
    scheduler: Clients<aws_sdk_scheduler::Client>,
    tagging: Clients<aws_sdk_resourcegroupstagging::Client>,
    pub(crate) writes: CallRate,
    pub(crate) tag_reads: CallRate,
}

impl Default for Aws {
    /// A provider block that leaves everything out.
    fn default() -> Self {
        Self::new(Typed::default().validated(&mut Diagnostics::default()))
    }
}

impl Aws {
    pub(crate) fn new(config: Config) -> Self {
        let rate = match config.alarm_writes_per_second {
            Setting::Known(rate) => rate,
            Setting::Unknown => None,
        };
        let tag_reads = CallRate::per_second(rate.map(|_| TAG_READS_PER_SECOND));
        Self {
            config,
            allowed: OnceCell::new(),
            settings: Mutex::default(),
            cloudwatch: Mutex::default(),
            lambda: Mutex::default(),
            s3: Mutex::default(),
            scheduler: Mutex::default(),
            tagging: Mutex::default(),
            writes: CallRate::per_second(rate),
            tag_reads,
        }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    /// The provider's region: attribute, environment, profile; never the network.
    pub(crate) async fn region(&self) -> PlannedRegion {
        let profile = match (&self.config.region, &self.config.profile) {
            (Setting::Known(Some(region)), _) => return PlannedRegion::Known(region.clone()),
            (Setting::Unknown, _) => return PlannedRegion::Unknown,
            (_, Setting::Known(profile)) => profile.clone(),
            (_, Setting::Unknown) => None,
        };
        if let Some(region) = region_of_environment() {
            return PlannedRegion::Known(region);
        }
        let not_empty = |region: Region| Some(region.to_string()).filter(|region| !region.is_empty());
        if self.config.profile == Setting::Unknown {
            return PlannedRegion::Unknown;
        }
        let mut profile_region = ProfileFileRegionProvider::builder();
        if let Some(profile) = profile {
            profile_region = profile_region.profile_name(profile);
        }
        match profile_region.build().region().await.and_then(not_empty) {
            Some(region) => PlannedRegion::Known(region),
            None => PlannedRegion::NotSet,
        }
    }

    /// A CloudWatch client of one region, after the account was checked.
    pub(crate) async fn cloudwatch(&self, region: &str) -> Result<aws_sdk_cloudwatch::Client, AwsError> {
        let endpoint = known("endpoints.cloudwatch", &self.config.cloudwatch_endpoint)?;
        self.client(&self.cloudwatch, region, |sdk| {
            let mut config = aws_sdk_cloudwatch::config::Builder::from(sdk)
                .retry_partition(patience())
                .interceptor(CountAttempts);
            if let Some(url) = endpoint {
                config.set_endpoint_url(Some(url.clone()));
            }
            aws_sdk_cloudwatch::Client::from_conf(config.build())
        })
        .await
    }

    /// A Scheduler client of one region, after the account was checked.
    pub(crate) async fn scheduler(&self, region: &str) -> Result<aws_sdk_scheduler::Client, AwsError> {
        let endpoint = known("endpoints.scheduler", &self.config.scheduler_endpoint)?;
        self.client(&self.scheduler, region, |sdk| {
            let mut config = aws_sdk_scheduler::config::Builder::from(sdk)
                .retry_partition(patience())
                .interceptor(CountAttempts);
            if let Some(url) = endpoint {
                config.set_endpoint_url(Some(url.clone()));
            }
            aws_sdk_scheduler::Client::from_conf(config.build())
        })
        .await
    }

    /// A client of the Resource Groups Tagging API of one region, after the account was checked. It gives up early: what it
    /// reads can be read elsewhere, one by one.
    pub(crate) async fn tagging(&self, region: &str) -> Result<aws_sdk_resourcegroupstagging::Client, AwsError> {
        let endpoint = known("endpoints.resourcegroupstaggingapi", &self.config.tagging_endpoint)?;
        self.client(&self.tagging, region, |sdk| {
            let retries = RetryConfig::standard().with_max_attempts(TAGGING_ATTEMPTS);
            let mut config = aws_sdk_resourcegroupstagging::config::Builder::from(sdk)
                .retry_config(retries)
                .retry_partition(patience());
            if let Some(url) = endpoint {
                config.set_endpoint_url(Some(url.clone()));
            }
            aws_sdk_resourcegroupstagging::Client::from_conf(config.build())
        })
        .await
    }

    /// A Lambda client of one region, after the account was checked.
    pub(crate) async fn lambda(&self, region: &str) -> Result<aws_sdk_lambda::Client, AwsError> {
        let endpoint = known("endpoints.lambda", &self.config.lambda_endpoint)?;
        self.client(&self.lambda, region, |sdk| {
            let mut config = aws_sdk_lambda::config::Builder::from(sdk)
                .retry_partition(patience())
                .interceptor(CountAttempts);
            if let Some(url) = endpoint {
                config.set_endpoint_url(Some(url.clone()));
            }
            aws_sdk_lambda::Client::from_conf(config.build())
        })
        .await
    }

    /// An S3 client of one region, after the account was checked. `role_arn` is assumed with the provider's credentials.
    pub(crate) async fn s3(&self, region: &str, role_arn: Option<&str>) -> Result<aws_sdk_s3::Client, AwsError> {
        let given = known("endpoints.s3", &self.config.s3_endpoint)?;
        let mut clients = self.s3.lock().await;
        let key = (region.to_owned(), role_arn.map(str::to_owned));
        if let Some(client) = clients.get(&key) {
            return Ok(client.clone());
        }
        let mut sdk = self.checked_settings(region).await?;
        if let Some(role_arn) = role_arn {
            let role = AssumeRole {
                role_arn: role_arn.to_owned(),
                session_name: SESSION_NAME.to_owned(),
                external_id: None,
            };
            sdk = self.in_role(sdk, region, &role).await?;
        }
        let endpoint = given.clone().or_else(|| s3_endpoint_of_environment(&sdk));
        let mut config = aws_sdk_s3::config::Builder::from(&sdk)
            .retry_partition(patience())
            .interceptor(CountAttempts)
            .force_path_style(endpoint.is_some());
        config.set_endpoint_url(endpoint);
        let client = aws_sdk_s3::Client::from_conf(config.build());
        clients.insert(key, client.clone());
        Ok(client)
    }

    async fn client<C: Clone>(
        &self,
        clients: &Clients<C>,
        region: &str,
        make: impl FnOnce(&SdkConfig) -> C,
    ) -> Result<C, AwsError> {
        let mut clients = clients.lock().await;
        if let Some(client) = clients.get(region) {
            return Ok(client.clone());
        }
        let client = make(&self.checked_settings(region).await?);
        clients.insert(region.to_owned(), client.clone());
        Ok(client)
    }

    async fn checked_settings(&self, region: &str) -> Result<SdkConfig, AwsError> {
        let mut settings = self.settings.lock().await;
        if let Some(sdk) = settings.get(region) {
            return Ok(sdk.clone());
        }
        let sdk = self.sdk(region).await?;
        self.allowed.get_or_try_init(|| self.check_account(&sdk)).await?;
        settings.insert(region.to_owned(), sdk.clone());
        Ok(sdk)
    }

    /// The account the credentials belong to. GetCallerIdentity needs no permission.
    pub(crate) async fn account_id(&self, region: &str) -> Result<String, AwsError> {
        self.caller_account(&self.sdk(region).await?).await
    }

    async fn caller_account(&self, sdk: &SdkConfig) -> Result<String, AwsError> {
        let mut config = aws_sdk_sts::config::Builder::from(sdk)
            .retry_partition(patience())
            .interceptor(CountAttempts);
        if let Some(endpoint) = known("endpoints.sts", &self.config.sts_endpoint)? {
            config = config.endpoint_url(endpoint);
        }
        let client = aws_sdk_sts::Client::from_conf(config.build());
        let identity = client.get_caller_identity().send().await;
        let identity = identity.map_err(|error| AwsError::from_sdk("GetCallerIdentity", error))?;
        Ok(identity.account().unwrap_or_default().to_owned())
    }

    async fn check_account(&self, sdk: &SdkConfig) -> Result<(), AwsError> {
        let allowed = known("allowed_account_ids", &self.config.allowed_account_ids)?;
        if allowed.is_empty() {
            return Ok(());
        }
        let seen = self.caller_account(sdk).await?;
        if allowed.contains(&seen) {
            Ok(())
        } else {
            Err(AwsError::WrongAccount {
                seen,
                allowed: allowed.clone(),
            })
        }
    }

    async fn sdk(&self, region: &str) -> Result<SdkConfig, AwsError> {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .operation_attempt_timeout(ATTEMPT_TIMEOUT)
            .operation_timeout(CALL_TIMEOUT)
            .build();
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_max_backoff(BACKOFF_MAX);
        let mut loader = aws_config::defaults(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .timeout_config(timeouts)
            .retry_config(retries);
        if let Some(profile) = known("profile", &self.config.profile)? {
            loader = loader.profile_name(profile);
        }
        let sdk = loader.load().await;
        match known("assume_role", &self.config.assume_role)? {
            Some(role) => self.in_role(sdk, region, role).await,
            None => Ok(sdk),
        }
    }

    /// The same settings with the credentials of a role, which is assumed with theirs when the first call needs it.
    async fn in_role(&self, sdk: SdkConfig, region: &str, role: &AssumeRole) -> Result<SdkConfig, AwsError> {
        let mut sts = sdk.to_builder();
        if let Some(endpoint) = known("endpoints.sts", &self.config.sts_endpoint)? {
            sts.set_endpoint_url(Some(endpoint.clone()));
        }
        let mut assumed = AssumeRoleProvider::builder(&role.role_arn)
            .session_name(&role.session_name)
            .region(Region::new(region.to_owned()))
            .configure(&sts.build());
        if let Some(external_id) = &role.external_id {
            assumed = assumed.external_id(external_id);
        }
        let credentials = aws_sdk_cloudwatch::config::SharedCredentialsProvider::new(assumed.build().await);
        Ok(sdk.into_builder().credentials_provider(credentials).build())
    }
}

/// Where the environment or the profile has S3, as the SDK itself looks for it; its client does not tell what it found.
fn s3_endpoint_of_environment(sdk: &SdkConfig) -> Option<String> {
    let key = ServiceConfigKey::builder()
        .service_id("S3")
        .env("AWS_ENDPOINT_URL")
        .profile("endpoint_url")
        .build();
    let found = sdk.service_config().zip(key.ok());
    found
        .and_then(|(service, key)| service.load_config(key))
        .or_else(|| sdk.endpoint_url().map(str::to_owned))
        .filter(|url| !url.is_empty())
}

/// Retries are counted call by call. The SDK's default is a budget over all calls of a process, which the throttling of one
/// large bundle uses up, and then calls fail at their first throttle.
fn patience() -> RetryPartition {
    RetryPartition::custom("lectern")
        .token_bucket(TokenBucket::unlimited())
        .build()
}

fn known<'a, T>(attribute: &'static str, setting: &'a Setting<T>) -> Result<&'a T, AwsError> {
    match setting {
        Setting::Known(value) => Ok(value),
        Setting::Unknown => Err(AwsError::SettingUnknown(attribute)),
    }
}
