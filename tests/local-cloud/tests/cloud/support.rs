//! What several tests of the local cloud need.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;
use std::time::{Duration, Instant};

use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::primitives::Blob;
use aws_sdk_lambda::types::{Environment, FunctionCode, InvocationType, Runtime, State};
use local_cloud::LocalCloud;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Polls until `condition` holds; panics naming it after a minute.
pub(crate) fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < deadline, "not within a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Command lines of the processes that have `path` in theirs.
pub(crate) fn processes_that_name(path: &Path) -> Vec<String> {
    let path = path.to_str().unwrap();
    let processes = fs::read_dir("/proc").unwrap().filter_map(Result::ok);
    let commands = processes.filter_map(|process| fs::read(process.path().join("cmdline")).ok());
    let commands = commands.map(|command| String::from_utf8_lossy(&command).replace('\0', " "));
    commands.filter(|command| command.contains(path)).collect()
}

/// Local addresses (hexadecimal, as the kernel shows them) of the TCP sockets on which the cloud's processes listen.
pub(crate) fn listening_sockets(cloud: &LocalCloud) -> Vec<String> {
    let path = cloud.folder().to_str().unwrap();
    let mut addresses = Vec::new();
    for process in fs::read_dir("/proc").unwrap().filter_map(Result::ok) {
        let command = fs::read(process.path().join("cmdline")).unwrap_or_default();
        if !String::from_utf8_lossy(&command).contains(path) {
            continue;
        }
        let descriptors = fs::read_dir(process.path().join("fd")).unwrap().filter_map(Result::ok);
        let links = descriptors.filter_map(|descriptor| fs::read_link(descriptor.path()).ok());
        let sockets: Vec<String> = links.map(|link| link.to_string_lossy().into_owned()).collect();
        for table in ["net/tcp", "net/tcp6"] {
            let table = fs::read_to_string(process.path().join(table)).unwrap_or_default();
            for line in table.lines().skip(1) {
                let fields: Vec<&str> = line.split_whitespace().collect();
                let listens = fields[3] == "0A";
                if listens && sockets.contains(&format!("socket:[{}]", fields[9])) {
                    addresses.push(fields[1].split(':').next().unwrap().to_owned());
                }
            }
        }
    }
    assert!(addresses.len() >= 2, "ministack and moto listen: {addresses:?}");
    addresses
}

/// A function on `provided.al2023` whose program is a Python script: `{"fail": true}` fails, `{"print": "..."}` prints a
/// line, anything else answers.
const BOOTSTRAP: &str = r#"#!/usr/bin/env python3
import json, os, sys, urllib.request

api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as request:
        identity, event = request.headers["Lambda-Runtime-Aws-Request-Id"], json.load(request)
    if "print" in event:
        print(event["print"], flush=True)
    failed = event.get("fail")
    answer = {"errorMessage": "on purpose", "errorType": "OnPurpose"} if failed else {}
    kind = "error" if failed else "response"
    data = json.dumps(answer).encode()
    urllib.request.urlopen(urllib.request.Request(f"{api}/{identity}/{kind}", data=data)).close()
"#;

/// A function that runs on a cloud.
pub(crate) struct Function {
    runtime: tokio::runtime::Runtime,
    client: aws_sdk_lambda::Client,
    name: String,
}

impl Function {
    pub(crate) fn create(cloud: &LocalCloud, name: &str) -> Self {
        Self::with_program(cloud, name, BOOTSTRAP, &[])
    }

    /// One whose program is another script.
    pub(crate) fn with_program(cloud: &LocalCloud, name: &str, program: &str, variables: &[(&str, &str)]) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let client = aws_sdk_lambda::Client::new(&cloud.sdk_config());
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("bootstrap", SimpleFileOptions::default().unix_permissions(0o755))
            .unwrap();
        zip.write_all(program.as_bytes()).unwrap();
        let package = zip.finish().unwrap().into_inner();
        runtime.block_on(async {
            let create = client
                .create_function()
                .function_name(name)
                .runtime(Runtime::Providedal2023);
            let code = FunctionCode::builder().zip_file(Blob::new(package)).build();
            let role = "arn:aws:iam::000000000000:role/test";
            let variables = variables.iter().fold(Environment::builder(), |all, (name, value)| {
                all.variables(*name, *value)
            });
            create
                .environment(variables.build())
                .handler("bootstrap")
                .role(role)
                .code(code)
                .timeout(10)
                .send()
                .await
                .unwrap();
        });
        let function = Self {
            runtime,
            client,
            name: name.to_owned(),
        };
        eventually("the function is active", || {
            let configuration = function.client.get_function_configuration().function_name(name).send();
            function.runtime.block_on(configuration).unwrap().state() == Some(&State::Active)
        });
        function
    }

    /// Publishes a version and points an alias at it.
    pub(crate) fn alias(&self, alias: &str) {
        self.runtime.block_on(async {
            let version = self
                .client
                .publish_version()
                .function_name(&self.name)
                .send()
                .await
                .unwrap();
            let create = self.client.create_alias().function_name(&self.name).name(alias);
            create
                .function_version(version.version().unwrap())
                .send()
                .await
                .unwrap();
        });
    }

    /// Lets a service invoke it for one account.
    pub(crate) fn permit(&self, service: &str, account: &str) {
        let call = self.client.add_permission().function_name(&self.name);
        let call = call.statement_id(format!("{service}-{account}")).principal(service);
        let call = call.action("lambda:InvokeFunction").source_account(account);
        self.runtime.block_on(call.send()).unwrap();
    }

    /// Its ARN.
    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:lambda:us-east-1:000000000000:function:{}", self.name)
    }

    /// Invokes it and returns the name of its error, if it failed.
    pub(crate) fn invoke(&self, event: &str) -> Option<String> {
        self.send(event, None, InvocationType::RequestResponse)
    }

    /// Invokes it by an alias or version.
    pub(crate) fn invoke_by(&self, qualifier: &str, event: &str) -> Option<String> {
        self.send(event, Some(qualifier), InvocationType::RequestResponse)
    }

    /// Queues an invocation.
    pub(crate) fn invoke_later(&self, event: &str) {
        self.send(event, None, InvocationType::Event);
    }

    pub(crate) fn reserve_concurrency(&self, runs: i32) {
        let put = self.client.put_function_concurrency().function_name(&self.name);
        self.runtime
            .block_on(put.reserved_concurrent_executions(runs).send())
            .unwrap();
    }

    /// Invokes it once, without a retry, and expects a refusal.
    pub(crate) fn expect_throttled(&self) {
        let once = RetryConfig::disabled();
        let invoke = self.client.invoke().function_name(&self.name).customize();
        let invoke = invoke
            .config_override(aws_sdk_lambda::config::Builder::new().retry_config(once))
            .send();
        let error = self.runtime.block_on(invoke).unwrap_err().into_service_error();
        assert!(error.is_too_many_requests_exception(), "{error}");
    }

    fn send(&self, event: &str, qualifier: Option<&str>, kind: InvocationType) -> Option<String> {
        let invoke = self
            .client
            .invoke()
            .function_name(&self.name)
            .set_qualifier(qualifier.map(str::to_owned));
        let invoke = invoke.invocation_type(kind).payload(Blob::new(event)).send();
        self.runtime
            .block_on(invoke)
            .unwrap()
            .function_error()
            .map(str::to_owned)
    }
}
