//! Secrets Manager's replicas, by its API reference: readable in their region, changed by their primary alone.

use std::sync::Arc;

use aws_config::Region;
use aws_sdk_secretsmanager::Client;
use aws_sdk_secretsmanager::error::ProvideErrorMetadata as _;
use aws_sdk_secretsmanager::types::{ReplicaRegionType, ReplicationStatusType, StatusType};
use local_cloud::{LocalCloud, Options};

const THERE: &str = "eu-west-1";

struct Regions {
    here: Client,
    there: Client,
}

impl Regions {
    fn start() -> Self {
        let cloud: Arc<LocalCloud> = LocalCloud::shared(Options::default()).unwrap();
        let config = cloud.sdk_config();
        let there = config.clone().into_builder().region(Region::new(THERE)).build();
        Self {
            here: Client::new(&config),
            there: Client::new(&there),
        }
    }

    /// A secret with a replica: its ARN, and what is said of the replica.
    async fn replicated(&self, name: &str) -> (String, Vec<ReplicationStatusType>) {
        let create = self.here.create_secret().name(name).secret_string("first");
        let created = create.add_replica_regions(region()).send().await.unwrap();
        (created.arn.unwrap(), created.replication_status.unwrap())
    }
}

fn region() -> ReplicaRegionType {
    ReplicaRegionType::builder().region(THERE).build()
}

async fn value(client: &Client, secret: &str) -> Option<String> {
    let call = client.get_secret_value().secret_id(secret).send().await;
    call.ok().and_then(|answer| answer.secret_string)
}

#[tokio::test]
async fn a_replica_has_the_values_of_its_primary_and_is_changed_by_nobody_else() {
    let regions = Regions::start();
    let (arn, told) = regions.replicated("replicated").await;
    assert_eq!(told.len(), 1);
    assert_eq!(
        (told[0].region(), told[0].status()),
        (Some(THERE), Some(&StatusType::InSync))
    );
    let replica = arn.replace("us-east-1", THERE);
    assert_eq!(value(&regions.there, &replica).await.as_deref(), Some("first"));
    let call = regions.here.put_secret_value().secret_id(&arn).secret_string("second");
    call.send().await.unwrap();
    assert_eq!(value(&regions.there, &replica).await.as_deref(), Some("second"));
    let described = regions
        .there
        .describe_secret()
        .secret_id("replicated")
        .send()
        .await
        .unwrap();
    assert_eq!(described.primary_region(), Some("us-east-1"));

    let write = regions
        .there
        .put_secret_value()
        .secret_id(&replica)
        .secret_string("third");
    let refused = write.send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidRequestException"));
    assert!(
        refused.message().unwrap().contains("primary secret's region"),
        "{refused:?}"
    );
    let delete = regions.there.delete_secret().secret_id(&replica).send().await;
    assert_eq!(delete.unwrap_err().code(), Some("InvalidRequestException"));
    // "... except for its encryption key"
    let key = regions
        .there
        .update_secret()
        .secret_id(&replica)
        .kms_key_id("alias/other");
    key.send().await.unwrap();
    let described = regions
        .there
        .describe_secret()
        .secret_id(&replica)
        .send()
        .await
        .unwrap();
    assert_eq!(described.kms_key_id(), Some("alias/other"));
}

#[tokio::test]
async fn a_primary_is_deleted_after_its_replicas() {
    let regions = Regions::start();
    let (arn, _) = regions.replicated("removed").await;
    let refused = regions.here.delete_secret().secret_id(&arn).send().await.unwrap_err();
    assert_eq!(refused.code(), Some("InvalidRequestException"));
    let remove = || regions.here.remove_regions_from_replication().secret_id(&arn);
    let unknown = remove().remove_replica_regions("eu-north-1").send().await.unwrap_err();
    assert_eq!(unknown.code(), Some("InvalidParameterException"));
    let left = remove().remove_replica_regions(THERE).send().await.unwrap();
    assert!(left.replication_status().is_empty());
    assert_eq!(value(&regions.there, "removed").await, None);
    let call = regions.here.delete_secret().secret_id(&arn);
    call.force_delete_without_recovery(true).send().await.unwrap();
}

#[tokio::test]
async fn a_promoted_replica_is_a_secret_of_its_own() {
    let regions = Regions::start();
    let (arn, _) = regions.replicated("promoted").await;
    let elsewhere = regions.here.stop_replication_to_replica().secret_id(&arn).send().await;
    assert_eq!(elsewhere.unwrap_err().code(), Some("InvalidRequestException"));
    let promote = regions.there.stop_replication_to_replica().secret_id("promoted");
    let promoted = promote.send().await.unwrap();
    assert_eq!(promoted.arn(), Some(arn.replace("us-east-1", THERE).as_str()));
    for (client, written) in [(&regions.there, "there"), (&regions.here, "here")] {
        let call = client.put_secret_value().secret_id("promoted").secret_string(written);
        call.send().await.unwrap();
    }
    assert_eq!(value(&regions.there, "promoted").await.as_deref(), Some("there"));
    assert_eq!(value(&regions.here, "promoted").await.as_deref(), Some("here"));
    let described = regions.here.describe_secret().secret_id(&arn).send().await.unwrap();
    assert!(described.replication_status().is_empty());
}

#[tokio::test]
async fn what_cannot_be_replicated_is_a_status_and_no_error() {
    let regions = Regions::start();
    let taken = regions.there.create_secret().name("taken").secret_string("other");
    taken.send().await.unwrap();
    let (arn, told) = regions.replicated("taken").await;
    assert_eq!(told[0].status(), Some(&StatusType::Failed));
    assert!(told[0].status_message().unwrap().contains("already exists"), "{told:?}");
    assert_eq!(value(&regions.there, "taken").await.as_deref(), Some("other"));
    let again = regions.here.replicate_secret_to_regions().secret_id(&arn);
    let forced = again.add_replica_regions(region()).force_overwrite_replica_secret(true);
    let told = forced.send().await.unwrap().replication_status.unwrap();
    assert_eq!((told.len(), told[0].status()), (1, Some(&StatusType::InSync)));
    assert_eq!(value(&regions.there, "taken").await.as_deref(), Some("first"));

    let nowhere = ReplicaRegionType::builder()
        .region("eu-north-1")
        .kms_key_id("alias/nowhere");
    let call = regions.here.replicate_secret_to_regions().secret_id(&arn);
    let told = call.add_replica_regions(nowhere.build()).send().await.unwrap();
    let failed = told
        .replication_status()
        .iter()
        .find(|one| one.region() == Some("eu-north-1"));
    assert_eq!(failed.unwrap().status(), Some(&StatusType::Failed));
}
