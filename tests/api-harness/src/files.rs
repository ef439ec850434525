//! A bucket of files, as the functions reach it and as a test looks into it.

use anyhow::{Context as _, Result};
use aws_sdk_s3::types::{BucketVersioningStatus, VersioningConfiguration};
use file_catalog::key;
use serde_json::json;

use crate::cloud::Cloud;

/// A bucket with versions, a key, and roles that the functions assume.
pub struct Files {
    /// As the account's root.
    pub s3: aws_sdk_s3::Client,
    /// Its name.
    pub bucket: String,
    /// The key that its objects are encrypted with.
    pub kms_key_arn: String,
    iam: aws_sdk_iam::Client,
}

impl Files {
    /// Of the scene with this number.
    ///
    /// # Errors
    /// Something of it cannot be made.
    pub async fn start(cloud: &Cloud, number: usize) -> Result<Self> {
        let s3 = lambda_kit::aws::s3(&cloud.sdk);
        let bucket = format!("files-{number}");
        s3.create_bucket().bucket(&bucket).send().await?;
        let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
        let call = s3.put_bucket_versioning().bucket(&bucket);
        call.versioning_configuration(versioning.build()).send().await?;
        let made = aws_sdk_kms::Client::new(&cloud.sdk).create_key().send().await?;
        let kms_key_arn = made.key_metadata.and_then(|key| key.arn).context("a key without ARN")?;
        Ok(Self {
            s3,
            bucket,
            kms_key_arn,
            iam: aws_sdk_iam::Client::new(&cloud.sdk),
        })
    }

    /// Makes a role that functions of the account can assume; its ARN.
    ///
    /// # Errors
    /// It cannot be made.
    pub async fn role(&self, role: &str, on_objects: &[&str], on_bucket: &[&str]) -> Result<String> {
        let trust = json!({
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow",
                "Principal": { "AWS": "arn:aws:iam::000000000000:root" },
                "Action": "sts:AssumeRole",
            }],
        });
        let call = self.iam.create_role().role_name(role);
        let made = call.assume_role_policy_document(trust.to_string()).send().await?;
        self.allow(role, on_objects, on_bucket).await?;
        Ok(made.role.context("no role in the answer")?.arn)
    }

    /// Gives a role these actions on the objects of files and on their bucket, and no others.
    ///
    /// # Errors
    /// There is no such role.
    pub async fn allow(&self, role: &str, on_objects: &[&str], on_bucket: &[&str]) -> Result<()> {
        let bucket = format!("arn:aws:s3:::{}", self.bucket);
        let statements = [(on_objects, format!("{bucket}/files/*")), (on_bucket, bucket)];
        let statements = statements.into_iter().filter(|(actions, _)| !actions.is_empty());
        let statements = statements
            .map(|(actions, resource)| json!({ "Effect": "Allow", "Action": actions, "Resource": resource }))
            .collect::<Vec<_>>();
        let policy = json!({ "Version": "2012-10-17", "Statement": statements });
        let call = self.iam.put_role_policy().role_name(role).policy_name("files");
        call.policy_document(policy.to_string()).send().await?;
        Ok(())
    }

    /// The current content of a file, if it has any.
    ///
    /// # Errors
    /// It breaks off.
    pub async fn content(&self, id: &str) -> Result<Option<Vec<u8>>> {
        let answer = self.s3.get_object().bucket(&self.bucket).key(key(id)).send().await;
        match answer {
            Ok(answer) => Ok(Some(answer.body.collect().await?.into_bytes().to_vec())),
            Err(_) => Ok(None),
        }
    }

    /// How many uploads in parts were begun and not ended.
    ///
    /// # Errors
    /// S3 does not tell.
    pub async fn uploads(&self) -> Result<usize> {
        let answer = self.s3.list_multipart_uploads().bucket(&self.bucket).send().await?;
        Ok(answer.uploads().len())
    }

    /// Tags of a version of a file, or of the current one.
    ///
    /// # Errors
    /// There is no such version.
    pub async fn tags(&self, id: &str, version_id: Option<&str>) -> Result<Vec<(String, String)>> {
        let call = self.s3.get_object_tagging().bucket(&self.bucket).key(key(id));
        let answer = call.set_version_id(version_id.map(str::to_owned)).send().await?;
        let tags = answer.tag_set().iter();
        Ok(tags.map(|tag| (tag.key().to_owned(), tag.value().to_owned())).collect())
    }
}
