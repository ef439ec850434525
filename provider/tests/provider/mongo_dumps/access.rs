//! Where S3 is, and who may read it.

use std::sync::Arc;

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use local_cloud::Options;
use serde_json::json;

use crate::mongo_dumps::world::{TYPE, TestDump, World, configured, runs, spawn, start, with};

const ROLE: &str = "arn:aws:iam::000000000000:role/reader";

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9";

#[tokio::test]
async fn an_endpoint_of_its_own_leads_to_s3_with_the_bucket_in_the_path() {
    let world = World::start().await;
    let dump = TestDump::at(1_778_000_000);
    world.dump(&dump).await;
    let url = world.front.url();

    let by_attribute = configured(NOWHERE, json!({ "endpoints": { "s3": url } })).await;
    let by_variable = spawn(NOWHERE, ("test", "test"), &[("AWS_ENDPOINT_URL_S3", &url)]).await;
    by_variable.configure(json!({})).await.unwrap().ok().unwrap();
    // The attribute is stronger than the variable, and an empty one is as good as none.
    let both = spawn(&url, ("test", "test"), &[("AWS_ENDPOINT_URL_S3", NOWHERE)]).await;
    both.configure(json!({ "endpoints": { "s3": url } }))
        .await
        .unwrap()
        .ok()
        .unwrap();
    let empty = configured(&url, json!({ "endpoints": { "s3": "" } })).await;

    for (case, provider) in [
        ("attribute", by_attribute),
        ("variable", by_variable),
        ("both", both),
        ("empty", empty),
    ] {
        world.front.clear();
        let outcome = provider.read_data_source(TYPE, world.config()).await.unwrap();
        assert_eq!(runs(outcome.ok().unwrap().value()), [dump.run().to_string()], "{case}");
        let calls = world.front.calls();
        let inside = format!("/{}", world.bucket);
        assert!(
            !calls.is_empty() && calls.iter().all(|call| call.path.starts_with(&inside)),
            "{case}: {calls:?}"
        );
    }
}

#[tokio::test]
async fn a_bucket_of_another_region_is_read_there_or_refused_with_its_region() {
    let world = World::start().await;
    let there = CreateBucketConfiguration::builder().location_constraint(BucketLocationConstraint::EuWest1);
    let name = format!("{}-replica", world.bucket);
    let create = world.s3.create_bucket().bucket(&name);
    create.create_bucket_configuration(there.build()).send().await.unwrap();
    let config = with(&world.config(), "bucket", json!(name));
    world
        .refused(
            config.clone(),
            "region",
            "Bucket is in another region.",
            &[&name, "in us-east-1", "region = \"eu-west-1\""],
        )
        .await;
    let state = world.quietly(with(&config, "region", json!("eu-west-1"))).await;
    assert_eq!(state["region"], "eu-west-1");
}

#[tokio::test]
async fn the_region_that_a_refused_signature_should_have_is_told() {
    let world = World::start().await;
    let body = "<Error><Code>AuthorizationHeaderMalformed</Code><Message>The region is wrong</Message>\
                <Region>eu-central-1</Region></Error>";
    let answer = aws_front::Effect::Answer {
        status: 400,
        body: body.to_owned(),
    };
    world.front.script(aws_front::Rule::on("ListObjectsV2").effect(answer));
    world
        .refused(
            world.config(),
            "region",
            "Bucket is in another region.",
            &["region = \"eu-central-1\""],
        )
        .await;
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_an_error_at_the_bucket() {
    let world = World::start().await;
    let config = with(&world.config(), "bucket", json!("no-such-bucket"));
    world
        .refused(
            config,
            "bucket",
            "Bucket does not exist.",
            &["no-such-bucket", "us-east-1"],
        )
        .await;
}

#[tokio::test]
async fn without_credentials_the_error_says_where_they_come_from() {
    let mut world = World::start().await;
    world.provider = spawn(&world.front.url(), ("", ""), &[]).await;
    world.provider.configure(json!({})).await.unwrap().ok().unwrap();
    world
        .refused(
            world.config(),
            "",
            "AWS credentials are missing or refused.",
            &["AWS_PROFILE", &world.bucket],
        )
        .await;
    // They are what is missing, too, where a role is to be assumed with them.
    let config = with(&world.config(), "role_arn", json!(ROLE));
    world
        .refused(
            config,
            "",
            "AWS credentials are missing or refused.",
            &["AWS_PROFILE", ROLE],
        )
        .await;
}

#[tokio::test]
async fn without_a_region_anywhere_the_error_names_the_attribute() {
    let mut world = World::start().await;
    world.provider = spawn(&world.front.url(), ("test", "test"), &[("AWS_REGION", "")]).await;
    world.provider.configure(json!({})).await.unwrap().ok().unwrap();
    world.refused(world.config(), "region", "Region is not set.", &[]).await;
    let state = world.quietly(with(&world.config(), "region", json!("us-east-1"))).await;
    assert_eq!(state["region"], "us-east-1");
}

#[tokio::test]
async fn credentials_of_an_account_that_is_not_allowed_read_nothing() {
    let mut world = World::start().await;
    world.provider = configured(&world.front.url(), json!({ "allowed_account_ids": ["111122223333"] })).await;
    world
        .refused(
            world.config(),
            "",
            "AWS credentials belong to an account that is not allowed.",
            &["000000000000"],
        )
        .await;
    assert_eq!(world.front.operations(), ["GetCallerIdentity"]);
}

#[tokio::test]
async fn a_role_that_sts_refuses_is_an_error_at_the_role() {
    let world = World::start().await;
    let refusal = aws_front::Effect::refusal(403, "AccessDenied", "User is not authorized to perform: sts:AssumeRole");
    world
        .front
        .script(aws_front::Rule::on("AssumeRole").always().effect(refusal.clone()));
    let config = with(&world.config(), "role_arn", json!(ROLE));
    world
        .refused(
            config.clone(),
            "role_arn",
            "Role cannot be assumed.",
            &[ROLE, "AccessDenied", "trust policy", "`sts:AssumeRole`"],
        )
        .await;
    assert_eq!(world.front.calls_of("ListObjectsV2"), 0);

    // The provider's own role is another one, and this attribute could not repair it.
    let own = json!({ "assume_role": { "role_arn": "arn:aws:iam::000000000000:role/provider" } });
    let provider = configured(&world.front.url(), own).await;
    for config in [world.config(), config] {
        let outcome = provider.read_data_source(TYPE, config).await.unwrap();
        let error = outcome.diagnostics.only_error().unwrap();
        assert_eq!(
            (error.path.as_str(), error.summary.as_str()),
            ("", "AWS credentials are missing or refused.")
        );
    }
}

/// With permissions that are really evaluated: the caller may assume the role and nothing else, the role may read the dumps.
#[tokio::test]
async fn the_role_reads_what_the_caller_may_not() {
    let options = Options {
        ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
        ..Options::default()
    };
    let mut world = World::on(Arc::new(start(options))).await;
    let dump = TestDump::at(1_778_000_000);
    world.dump(&dump).await;
    let iam = aws_sdk_iam::Client::new(&world.cloud.sdk);
    let bucket = &world.bucket;
    let allow = |action: &str, resource: &str| json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": resource }] });
    let user = iam.create_user().user_name("ci").send().await.unwrap();
    let arn = user.user().unwrap().arn();
    let key = iam.create_access_key().user_name("ci").send().await.unwrap();
    let key = key.access_key().unwrap().clone();
    let assume = allow("sts:AssumeRole", ROLE).to_string();
    let put = iam.put_user_policy().user_name("ci").policy_name("assume");
    put.policy_document(assume).send().await.unwrap();
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": arn } },
    ] });
    let create = iam.create_role().role_name("reader");
    create
        .assume_role_policy_document(trust.to_string())
        .send()
        .await
        .unwrap();
    let list = allow("s3:ListBucket", &format!("arn:aws:s3:::{bucket}"));
    let grant = |name: &str, policy: serde_json::Value| {
        let put = iam.put_role_policy().role_name("reader").policy_name(name);
        put.policy_document(policy.to_string()).send()
    };
    grant("list", list).await.unwrap();

    let credentials = (key.access_key_id(), key.secret_access_key());
    world.provider = spawn(&world.front.url(), credentials, &[]).await;
    world.provider.configure(json!({})).await.unwrap().ok().unwrap();
    let alone = world.config();
    world
        .refused(
            alone.clone(),
            "bucket",
            "AWS denied access.",
            &["the provider's credentials", "role_arn"],
        )
        .await;
    let in_role = with(&alone, "role_arn", json!(ROLE));
    world
        .refused(
            in_role.clone(),
            "role_arn",
            "AWS denied access.",
            &[ROLE, "`s3:GetObject` on mongo/main/*"],
        )
        .await;
    grant(
        "get",
        allow("s3:GetObject", &format!("arn:aws:s3:::{bucket}/mongo/main/*")),
    )
    .await
    .unwrap();
    let state = world.quietly(in_role).await;
    assert_eq!(runs(&state), [dump.run().to_string()]);
    assert_eq!(state["role_arn"], ROLE);
    let other = with(&alone, "role_arn", json!("arn:aws:iam::000000000000:role/other"));
    world
        .refused(other, "role_arn", "Role cannot be assumed.", &["role/other"])
        .await;
}
