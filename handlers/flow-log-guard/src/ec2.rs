//! The one call of EC2: the entries of a prefix list. The SDK's crate for EC2 has some 700 operations and takes minutes to compile, so
//! this one is signed and read by [`lambda_kit::signed`].
//!
//! Source: Amazon EC2 API reference, "Query requests", "GetManagedPrefixListEntries" and "Common query parameters".

use std::time::Duration;

use aws_config::SdkConfig;
use ipnet::IpNet;
use lambda_kit::aws::AwsError;
use lambda_kit::signed::{Client, Request, Service, elements};

const OPERATION: &str = "GetManagedPrefixListEntries";
/// The API's only version.
const VERSION: &str = "2016-11-15";
const SERVICE: Service = Service {
    name: "ec2",
    endpoint_variable: "AWS_ENDPOINT_URL_EC2",
    is_global: false,
    timeout: Duration::from_secs(3),
};
/// A page has 100 entries and a list 1000 at most ("Managed prefix lists", quotas): a token that never ends is a fault.
const PAGES_MAX: usize = 20;

/// EC2 in one region.
#[derive(Debug)]
pub(crate) struct Ec2(Client);

impl Ec2 {
    pub(crate) fn new(config: &SdkConfig) -> Self {
        Self(Client::new(config, SERVICE))
    }

    /// All entries of a prefix list.
    pub(crate) async fn prefix_list(&self, id: &str) -> Result<Vec<IpNet>, AwsError> {
        let (mut nets, mut token) = (Vec::new(), None);
        for _ in 0..PAGES_MAX {
            let page = self.page(id, token.as_deref()).await?;
            for text in elements(&page, "cidr") {
                nets.push(
                    text.parse()
                        .map_err(|_| unreachable("an entry is no range of addresses"))?,
                );
            }
            token = elements(&page, "nextToken")
                .next()
                .filter(|token| !token.is_empty())
                .map(str::to_owned);
            if token.is_none() {
                return Ok(nets);
            }
        }
        Err(unreachable("the list of entries does not end"))
    }

    async fn page(&self, id: &str, token: Option<&str>) -> Result<String, AwsError> {
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("Action", OPERATION).append_pair("Version", VERSION);
        form.append_pair("PrefixListId", id).append_pair("MaxResults", "100");
        if let Some(token) = token {
            form.append_pair("NextToken", token);
        }
        let request = Request {
            operation: OPERATION,
            method: "POST",
            target: "/",
            headers: &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: &form.finish(),
        };
        Ok(self.0.send(&request).await?.body)
    }
}

fn unreachable(reason: &str) -> AwsError {
    AwsError::Unreachable {
        operation: OPERATION,
        reason: reason.to_owned(),
    }
}
