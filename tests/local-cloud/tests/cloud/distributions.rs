//! What CloudFront refuses of a distribution, how long a change takes, and when it asks the second origin of a group.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use lambda_kit::aws::AwsError;
use lambda_kit::signed::{Answer, Client, Request, Service, elements};
use local_cloud::{LocalCloud, Options};
use tokio::runtime::Runtime;

const XML: &str = "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><CallerReference>distributions</CallerReference>\
     <Origins><Quantity>1</Quantity><Items><Origin><Id>one</Id><DomainName>one.example.com</DomainName></Origin></Items></Origins>\
     <DefaultCacheBehavior><TargetOriginId>one</TargetOriginId></DefaultCacheBehavior><Comment></Comment><Enabled>true</Enabled></DistributionConfig>";

const CLOUDFRONT: Service = Service {
    name: "cloudfront",
    endpoint_variable: "NO_SUCH_VARIABLE",
    is_global: true,
    timeout: Duration::from_secs(30),
};

async fn send(client: &Client, method: &'static str, path: &str, etag: &str, body: &str) -> Result<Answer, AwsError> {
    let request = Request {
        operation: "CloudFront",
        method,
        target: &format!("/2020-05-31/distribution{path}"),
        headers: &[("content-type", "application/xml"), ("if-match", etag)],
        body,
    };
    client.once(&request).await
}

async fn story() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let client = Client::new(&cloud.sdk_config(), CLOUDFRONT);
    let elsewhere = XML.replace("<TargetOriginId>one", "<TargetOriginId>two");
    let no_origin = |refused: Result<Answer, AwsError>| {
        let refused = refused.unwrap_err();
        assert_eq!((refused.code(), refused.status()), (Some("NoSuchOrigin"), Some(404)));
    };
    no_origin(send(&client, "POST", "", "*", &elsewhere).await);
    let made = send(&client, "POST", "", "*", XML).await.unwrap();
    let id = elements(&made.body, "Id").next().unwrap().to_owned();
    let (of_it, config) = (format!("/{id}"), format!("/{id}/config"));
    let etag = made.etag().unwrap();
    no_origin(send(&client, "PUT", &config, etag, &elsewhere).await);
    let stale = send(&client, "PUT", &config, "E1STALE", XML).await.unwrap_err();
    assert_eq!((stale.code(), stale.status()), (Some("PreconditionFailed"), Some(412)));
    let changed = send(&client, "PUT", &config, etag, XML).await.unwrap();
    let status = |answer: &Answer| elements(&answer.body, "Status").next().unwrap().to_owned();
    assert_eq!(status(&changed), "InProgress");
    // It can be changed again meanwhile.
    let etag = changed.etag().unwrap();
    send(&client, "PUT", &config, etag, XML).await.unwrap();
    let started = Instant::now();
    while status(&send(&client, "GET", &of_it, "*", "").await.unwrap()) != "Deployed" {
        assert!(started.elapsed() < Duration::from_secs(20), "it is never deployed");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[test]
fn a_behaviour_needs_an_origin_and_a_change_its_etag_and_some_time() {
    Runtime::new().unwrap().block_on(story());
}

/// Says who it is, with the path as its status; the second is always well.
fn origin(name: &'static str) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            let first = lines.next().unwrap().unwrap();
            let end = lines.find(|line| line.as_ref().is_ok_and(String::is_empty));
            assert!(end.is_some(), "{first}");
            let path = first.split(' ').nth(1).unwrap();
            let status = if name == "second" {
                "200"
            } else {
                path.trim_start_matches('/')
            };
            let length = name.len();
            let answer = format!("HTTP/1.1 {status} said\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n");
            let body = if first.starts_with("HEAD") { "" } else { name };
            stream.write_all(format!("{answer}{body}").as_bytes()).unwrap();
        }
    });
    port
}

/// The status and the body that a viewer gets.
fn view(cloud: &LocalCloud, host: &str, method: &str, path: &str) -> (u16, String) {
    let address = cloud.endpoint_url().trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nx-forwarded-proto: https\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    (head[9..12].parse().unwrap(), body.to_owned())
}

#[test]
fn the_second_origin_of_a_group_is_asked_where_the_first_fails_and_for_reads_alone() {
    let cloud = LocalCloud::shared(Options::default()).unwrap();
    let (first, second) = (origin("first"), origin("second"));
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let one = |id: &str, port: u16| {
        format!(
            "<Origin><Id>{id}</Id><DomainName>localhost</DomainName><CustomOriginConfig><HTTPPort>{port}</HTTPPort><HTTPSPort>443</HTTPSPort>\
             <OriginProtocolPolicy>http-only</OriginProtocolPolicy></CustomOriginConfig></Origin>"
        )
    };
    let group = |id: &str, member: &str| {
        format!(
            "<OriginGroup><Id>{id}</Id><FailoverCriteria><StatusCodes><Quantity>2</Quantity><Items><StatusCode>500</StatusCode>\
             <StatusCode>503</StatusCode></Items></StatusCodes></FailoverCriteria><Members><Quantity>2</Quantity><Items><OriginGroupMember>\
             <OriginId>{member}</OriginId></OriginGroupMember><OriginGroupMember><OriginId>second</OriginId></OriginGroupMember></Items>\
             </Members></OriginGroup>"
        )
    };
    let xml = format!(
        "<DistributionConfig xmlns=\"http://cloudfront.amazonaws.com/doc/2020-05-31/\"><CallerReference>groups</CallerReference><Aliases>\
         <Quantity>1</Quantity><Items><CNAME>groups.example.com</CNAME></Items></Aliases><Origins><Quantity>3</Quantity><Items>{}{}{}</Items>\
         </Origins><OriginGroups><Quantity>2</Quantity><Items>{}{}</Items></OriginGroups><DefaultCacheBehavior><TargetOriginId>both</TargetOriginId>\
         </DefaultCacheBehavior><CacheBehaviors><Quantity>1</Quantity><Items><CacheBehavior><PathPattern>/2*</PathPattern>\
         <TargetOriginId>gone</TargetOriginId></CacheBehavior></Items></CacheBehaviors><Comment></Comment><Enabled>true</Enabled></DistributionConfig>",
        one("first", first),
        one("closed", closed),
        one("second", second),
        group("both", "first"),
        group("gone", "closed"),
    );
    let client = Client::new(&cloud.sdk_config(), CLOUDFRONT);
    Runtime::new()
        .unwrap()
        .block_on(send(&client, "POST", "", "*", &xml))
        .unwrap();
    for (method, path, status, who) in [
        ("GET", "/201", 200, "second"),
        ("GET", "/404", 404, "first"),
        ("GET", "/403", 403, "first"),
        ("GET", "/502", 502, "first"),
        ("GET", "/500", 200, "second"),
        ("GET", "/503", 200, "second"),
        ("HEAD", "/503", 200, ""),
        ("PUT", "/500", 500, "first"),
    ] {
        let seen = view(&cloud, "groups.example.com", method, path);
        assert_eq!(seen, (status, who.to_owned()), "{method} {path}");
    }
}
