//! S3 answers browsers, forms and readers of versions as its manual says.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{BucketVersioningStatus, CorsConfiguration, CorsRule, VersioningConfiguration};
use local_cloud::{LocalCloud, Options};
use reqwest::Method;
use reqwest::header::HeaderMap;

const SCHOOL: &str = "https://school.example";
const STRANGER: &str = "https://stranger.example";

struct Bucket {
    s3: Client,
    name: &'static str,
    url: String,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Of an error.
    fn code(&self) -> &str {
        let code = self.body.split("<Code>").nth(1);
        code.and_then(|rest| rest.split('<').next()).unwrap_or_default()
    }
}

impl Bucket {
    /// With versions, and rules for two origins.
    async fn create(cloud: &LocalCloud, name: &'static str) -> Self {
        let settings = aws_sdk_s3::config::Builder::from(&cloud.sdk_config()).force_path_style(true);
        let s3 = Client::from_conf(settings.build());
        s3.create_bucket().bucket(name).send().await.unwrap();
        let versioning = VersioningConfiguration::builder().status(BucketVersioningStatus::Enabled);
        let call = s3.put_bucket_versioning().bucket(name);
        call.versioning_configuration(versioning.build()).send().await.unwrap();
        let url = format!("{}/{name}", cloud.endpoint_url());
        Self { s3, name, url }
    }

    async fn share(&self) {
        let rule = |origin: &str, methods: &[&str], headers: &[&str]| {
            let rule = CorsRule::builder()
                .allowed_origins(origin)
                .set_allowed_methods(Some(methods.iter().map(|one| (*one).to_owned()).collect()))
                .set_allowed_headers(Some(headers.iter().map(|one| (*one).to_owned()).collect()));
            rule.expose_headers("ETag").max_age_seconds(60).build().unwrap()
        };
        let rules = CorsConfiguration::builder()
            .cors_rules(rule(SCHOOL, &["GET"], &[]))
            .cors_rules(rule(SCHOOL, &["GET", "PUT"], &["content-type", "x-amz-*"]))
            .cors_rules(rule("https://*.library.example", &["GET"], &["*"]));
        let call = self.s3.put_bucket_cors().bucket(self.name);
        call.cors_configuration(rules.build().unwrap()).send().await.unwrap();
    }

    async fn put(&self, key: &str, content: &'static [u8]) -> String {
        let call = self.s3.put_object().bucket(self.name).key(key);
        let put = call
            .content_type("application/pdf")
            .body(ByteStream::from_static(content))
            .send()
            .await
            .unwrap();
        put.version_id.unwrap()
    }

    async fn preflight(&self, origin: &str, method: &str, headers: &str) -> Answer {
        let mut asked = vec![("origin", origin), ("access-control-request-method", method)];
        if !headers.is_empty() {
            asked.push(("access-control-request-headers", headers));
        }
        send(Method::OPTIONS, &format!("{}/key", self.url), &asked, String::new()).await
    }

    /// A form with fields in this order, `file` among them.
    async fn post(&self, fields: &[(&str, &str)]) -> Answer {
        let mut form = String::new();
        for (name, value) in fields {
            let file = if *name == "file" { "; filename=\"blob\"" } else { "" };
            form += &format!("--limit\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n");
        }
        form += "--limit--\r\n";
        let kind = [("content-type", "multipart/form-data; boundary=limit")];
        send(Method::POST, &self.url, &kind, form).await
    }
}

async fn send(method: Method, url: &str, headers: &[(&str, &str)], body: String) -> Answer {
    let mut request = reqwest::Client::new().request(method, url).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = request.send().await.unwrap();
    Answer {
        status: answer.status().as_u16(),
        headers: answer.headers().clone(),
        body: answer.text().await.unwrap(),
    }
}

fn clouds() -> [std::sync::Arc<LocalCloud>; 2] {
    let enforced = Options {
        ministack_environment: vec![("AUTH".to_owned(), "true".to_owned())],
        ..Options::default()
    };
    [Options::default(), enforced].map(|options| LocalCloud::shared(options).unwrap())
}

#[tokio::test]
async fn a_preflight_is_allowed_by_the_first_rule_that_has_origin_method_and_headers() {
    for cloud in clouds() {
        let bucket = Bucket::create(&cloud, "preflights").await;
        let closed = bucket.preflight(SCHOOL, "GET", "").await;
        assert_eq!(
            (closed.status, closed.code()),
            (403, "AccessForbidden"),
            "{}",
            closed.body
        );
        assert!(
            closed.body.contains("CORS is not enabled for this bucket"),
            "{}",
            closed.body
        );
        bucket.share().await;
        let allowed = bucket
            .preflight(SCHOOL, "PUT", "content-type,x-amz-checksum-sha256")
            .await;
        assert_eq!(allowed.status, 200, "{}", allowed.body);
        for (name, value) in [
            ("access-control-allow-origin", SCHOOL),
            ("access-control-allow-methods", "GET, PUT"),
            ("access-control-allow-headers", "content-type, x-amz-checksum-sha256"),
            ("access-control-expose-headers", "ETag"),
            ("access-control-max-age", "60"),
        ] {
            assert_eq!(allowed.header(name), Some(value), "{name}");
        }
        let first = bucket.preflight(SCHOOL, "GET", "").await;
        assert_eq!(first.header("access-control-allow-methods"), Some("GET"));
        let library = "https://north.library.example";
        let wildcard = bucket.preflight(library, "GET", "anything").await;
        assert_eq!(wildcard.header("access-control-allow-origin"), Some(library));
        for (origin, method, headers) in [
            (STRANGER, "GET", ""),
            (SCHOOL, "DELETE", ""),
            (SCHOOL, "PUT", "content-type,x-amzn-trace-id"),
            ("https://library.example", "GET", ""),
            (library, "PUT", ""),
        ] {
            let refused = bucket.preflight(origin, method, headers).await;
            let seen = (
                refused.status,
                refused.code(),
                refused.header("access-control-allow-origin"),
            );
            assert_eq!(seen, (403, "AccessForbidden", None), "{origin} {method} {headers}");
        }
    }
}

#[tokio::test]
async fn an_answer_is_shown_to_pages_that_a_rule_names_and_to_no_other() {
    for cloud in clouds() {
        let bucket = Bucket::create(&cloud, "answers").await;
        bucket.put("key", b"content").await;
        bucket.share().await;
        let signed = bucket.s3.get_object().bucket(bucket.name).key("key");
        let signed = signed.presigned(PresigningConfig::expires_in(Duration::from_secs(60)).unwrap());
        let url = signed.await.unwrap().uri().to_owned();
        let last = if url.ends_with('0') { '1' } else { '0' };
        let forged = format!("{}{last}", &url[..url.len() - 1]);
        for (url, origin, status, shown) in [
            (&url, Some(SCHOOL), 200, Some(SCHOOL)),
            (&url, Some(STRANGER), 200, None),
            (&url, None, 200, None),
            (&forged, Some(SCHOOL), 403, Some(SCHOOL)),
            (&forged, Some(STRANGER), 403, None),
        ] {
            let headers: Vec<_> = origin.map(|origin| ("origin", origin)).into_iter().collect();
            let answer = send(Method::GET, url, &headers, String::new()).await;
            assert_eq!(answer.status, status, "{origin:?} {}", answer.body);
            assert_eq!(
                answer.header("access-control-allow-origin"),
                shown,
                "{origin:?} {status}"
            );
            let exposed = answer.header("access-control-expose-headers");
            assert_eq!(exposed, shown.map(|_| "ETag"), "{origin:?} {status}");
        }
    }
}

#[tokio::test]
async fn a_version_is_read_by_ranges_and_under_the_name_that_was_asked_for() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let bucket = Bucket::create(&cloud, "versions").await;
    let version = bucket.put("key", b"0123456789").await;
    bucket.put("key", b"later").await;
    let get = || {
        bucket
            .s3
            .get_object()
            .bucket(bucket.name)
            .key("key")
            .version_id(&version)
    };
    let part = get()
        .range("bytes=2-4")
        .response_content_disposition("attachment; filename=\"a.pdf\"");
    let part = part.response_cache_control("private, no-store").send().await.unwrap();
    assert_eq!(part.content_range(), Some("bytes 2-4/10"));
    assert_eq!(part.content_disposition(), Some("attachment; filename=\"a.pdf\""));
    assert_eq!(part.cache_control(), Some("private, no-store"));
    assert_eq!(part.content_type(), Some("application/pdf"));
    assert_eq!(part.version_id(), Some(version.as_str()));
    assert_eq!(part.body.collect().await.unwrap().into_bytes().as_ref(), b"234");
    for (range, content) in [("bytes=7-", "789"), ("bytes=-2", "89"), ("bytes=8-99", "89")] {
        let part = get().range(range).send().await.unwrap();
        assert_eq!(part.body.collect().await.unwrap().into_bytes(), content, "{range}");
    }
    let whole = get().response_content_type("text/plain").send().await.unwrap();
    assert_eq!(
        (whole.content_type(), whole.content_range()),
        (Some("text/plain"), None)
    );
    assert_eq!(whole.body.collect().await.unwrap().into_bytes().as_ref(), b"0123456789");
    let error = get().range("bytes=10-").send().await.unwrap_err();
    assert_eq!(error.raw_response().unwrap().status().as_u16(), 416);
    assert_eq!(
        error.raw_response().unwrap().headers().get("content-range"),
        Some("bytes */10")
    );
}

#[tokio::test]
async fn what_follows_the_file_in_a_form_is_not_read() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let bucket = Bucket::create(&cloud, "forms").await;
    let first = bucket.post(&[("file", "content"), ("key", "first")]).await;
    assert_eq!((first.status, first.code()), (400, "InvalidArgument"), "{}", first.body);
    assert!(
        first.body.contains("must contain a field named 'key'"),
        "{}",
        first.body
    );
    let fields = [
        ("key", "kept"),
        ("file", "content"),
        ("Content-Type", "text/plain"),
        ("key", "other"),
    ];
    let middle = bucket.post(&fields).await;
    assert_eq!(middle.status, 204, "{}", middle.body);
    let kept = bucket
        .s3
        .get_object()
        .bucket(bucket.name)
        .key("kept")
        .send()
        .await
        .unwrap();
    assert_ne!(kept.content_type(), Some("text/plain"));
    assert_eq!(kept.body.collect().await.unwrap().into_bytes().as_ref(), b"content");
    let keys = bucket.s3.list_objects_v2().bucket(bucket.name).send().await.unwrap();
    assert_eq!(keys.contents().len(), 1);
}
