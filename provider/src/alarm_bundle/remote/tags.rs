//! Tags of alarms: read by the hundred from the Resource Groups Tagging API, or alarm by alarm from CloudWatch.

use std::collections::BTreeMap;

use aws_sdk_cloudwatch::types::Tag;
use futures::{StreamExt, TryStreamExt, stream};

use super::Remote;
use super::to_sdk::sdk_tags;
use crate::connection::aws::AwsError;

/// Most ARNs of one GetResources call. Source: Resource Groups Tagging API, GetResources, `ResourceARNList`. Its answer to
/// a list of ARNs has no pages.
const ARNS_PER_CALL: usize = 100;

/// GetResources calls at once. Source: "Service Quotas for Resource Groups Tagging API": 15 a second.
const PAGES_AT_ONCE: usize = 4;

/// ListTagsForResource calls at once; the provider's rate for them is kept besides.
const LISTS_AT_ONCE: usize = 8;

/// The tags of one alarm.
pub(crate) type Tags = BTreeMap<String, String>;

impl Remote<'_> {
    /// The tags of many alarms by ARN, one call per hundred. The API answers from an index that follows changes after a
    /// while; an alarm that it does not know is left out, as is one without tags.
    pub(crate) async fn indexed_tags(&self, arns: &[String]) -> Result<BTreeMap<String, Tags>, AwsError> {
        let client = &self.aws.tagging(self.region).await?;
        let batches: Vec<_> = arns.chunks(ARNS_PER_CALL).map(<[String]>::to_vec).collect();
        stream::iter(batches)
            .map(|batch| async move {
                let answer = client.get_resources().set_resource_arn_list(Some(batch)).send().await;
                answer.map_err(|error| AwsError::from_sdk("GetResources", error))
            })
            .buffer_unordered(PAGES_AT_ONCE)
            .try_fold(BTreeMap::new(), |mut all, page| async move {
                for resource in page.resource_tag_mapping_list() {
                    let tags = resource.tags().iter();
                    let tags = tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned()));
                    let arn = resource.resource_arn().unwrap_or_default().to_owned();
                    all.insert(arn, tags.collect());
                }
                Ok(all)
            })
            .await
    }

    /// The tags of each alarm by ARN, one call an alarm; one that has gone meanwhile is left out.
    pub(crate) async fn listed_tags(&self, arns: &[String]) -> Result<BTreeMap<String, Tags>, AwsError> {
        stream::iter(arns.to_vec())
            .map(|arn| async move {
                match self.tags(&arn).await {
                    Ok(tags) => Ok(Some((arn, tags))),
                    Err(AwsError::Refused { code, .. }) if code.starts_with("ResourceNotFound") => Ok(None),
                    Err(cause) => Err(cause),
                }
            })
            .buffer_unordered(LISTS_AT_ONCE)
            .try_filter_map(|found| async move { Ok(found) })
            .try_collect()
            .await
    }

    async fn tags(&self, arn: &str) -> Result<Tags, AwsError> {
        self.aws.tag_reads.turn().await;
        let listed = self.client.list_tags_for_resource().resource_arn(arn).send().await;
        let listed = listed.map_err(|error| AwsError::from_sdk("ListTagsForResource", error))?;
        let pair = |tag: &Tag| Some((tag.key()?.to_owned(), tag.value()?.to_owned()));
        Ok(listed.tags().iter().filter_map(pair).collect())
    }

    pub(crate) async fn tag(&self, arn: &str, tags: &Tags) -> Result<(), AwsError> {
        let tagged = self
            .client
            .tag_resource()
            .resource_arn(arn)
            .set_tags(sdk_tags(tags))
            .send()
            .await;
        tagged.map_err(|error| AwsError::from_sdk("TagResource", error))?;
        Ok(())
    }

    pub(crate) async fn untag(&self, arn: &str, keys: Vec<String>) -> Result<(), AwsError> {
        let untagged = self
            .client
            .untag_resource()
            .resource_arn(arn)
            .set_tag_keys(Some(keys))
            .send()
            .await;
        untagged.map_err(|error| AwsError::from_sdk("UntagResource", error))?;
        Ok(())
    }
}
