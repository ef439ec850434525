//! SNS Publish over awsQuery.

use anyhow::Result;

use super::endpoint::{Call, Endpoint};

/// Publishes a message to a topic.
pub(crate) async fn publish(sns: &Endpoint, topic: &str, subject: &str, message: &str) -> Result<()> {
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("Action", "Publish")
        .append_pair("Version", "2010-03-31")
        .append_pair("TopicArn", topic)
        .append_pair("Subject", subject)
        .append_pair("Message", message)
        .finish();
    let mut parts = topic.split(':').skip(3);
    let (region, account) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let call = Call {
        service: "sns",
        account,
        region,
        content_type: "application/x-www-form-urlencoded; charset=utf-8",
        headers: &[],
        body,
    };
    sns.send(&call, |_| true).await
}
