//! One local cloud for all tests of this binary that run at the same time, with IAM enforced.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use aws_config::SdkConfig;
use local_cloud::LocalCloud;

/// It ends with the last test that uses it.
pub(crate) struct Cloud {
    pub(crate) endpoint_url: String,
    pub(crate) mongo_uri: String,
    /// The account's root.
    pub(crate) sdk: SdkConfig,
    _running: Mutex<LocalCloud>,
}

impl Cloud {
    /// The running one, or a new one.
    pub(crate) async fn shared() -> Arc<Self> {
        tokio::task::spawn_blocking(shared).await.unwrap()
    }
}

fn shared() -> Arc<Cloud> {
    static CLOUD: Mutex<Weak<Cloud>> = Mutex::new(Weak::new());
    let mut shared = CLOUD.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(cloud) = shared.upgrade() {
        return cloud;
    }
    let options = local_cloud::Options {
        mongo: true,
        ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
        ..local_cloud::Options::default()
    };
    let running = LocalCloud::start(options).unwrap();
    let cloud = Arc::new(Cloud {
        endpoint_url: running.endpoint_url(),
        mongo_uri: running.mongo_uri().unwrap().to_owned(),
        sdk: running.sdk_config(),
        _running: Mutex::new(running),
    });
    *shared = Arc::downgrade(&cloud);
    cloud
}
