//! A client of S3 as a browser is one: it has what the function handed out, and no credentials.

use serde_json::Value;

/// What S3 answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// `<Code>` of an error.
    pub(crate) code: String,
}

impl Answered {
    async fn of(answer: reqwest::Response) -> Self {
        let status = answer.status().as_u16();
        let body = answer.text().await.unwrap();
        let code = body.split("<Code>").nth(1).and_then(|rest| rest.split('<').next());
        Self {
            status,
            code: code.unwrap_or_default().to_owned(),
        }
    }
}

/// A form as it was handed out, in its order.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    pub(crate) url: String,
    pub(crate) fields: Vec<(String, String)>,
}

impl Form {
    pub(crate) fn of(ticket: &Value) -> Self {
        assert_eq!(ticket["upload"]["method"], "post", "{ticket}");
        let fields = ticket["upload"]["fields"].as_object().unwrap().iter();
        Self {
            url: ticket["upload"]["url"].as_str().unwrap().to_owned(),
            fields: fields
                .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                .collect(),
        }
    }

    /// The same with another value of a field, or without it.
    pub(crate) fn with(mut self, name: &str, value: Option<&str>) -> Self {
        self.fields.retain(|(known, _)| known != name);
        let value = value.map(|value| (name.to_owned(), value.to_owned()));
        self.fields.extend(value);
        self
    }

    /// Sends the form, with the file as its last field.
    pub(crate) async fn send(&self, file: &[u8]) -> Answered {
        const BOUNDARY: &str = "----lectern-form";
        let mut body = Vec::new();
        for (name, value) in &self.fields {
            let field = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(field.as_bytes());
        }
        let head = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"blob\"\r\n\
             Content-Type: application/octet-stream\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(file);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        let request = reqwest::Client::new().post(&self.url).body(body);
        let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let answer = request.header("content-type", content_type).send().await;
        Answered::of(answer.unwrap()).await
    }
}

/// One part's URL and headers as they were handed out.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
}

impl Part {
    pub(crate) fn all(ticket: &Value) -> Vec<Self> {
        assert_eq!(ticket["upload"]["method"], "parts", "{ticket}");
        let parts = ticket["upload"]["parts"].as_array().unwrap().iter();
        parts
            .zip(1..)
            .map(|(part, number)| {
                assert_eq!(part["number"], number);
                let headers = part["headers"].as_object().unwrap().iter();
                Self {
                    url: part["url"].as_str().unwrap().to_owned(),
                    headers: headers
                        .map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned()))
                        .collect(),
                }
            })
            .collect()
    }

    /// Puts the part. A client counts the bytes itself, as a browser does.
    pub(crate) async fn send(&self, bytes: &[u8]) -> Answered {
        let mut request = reqwest::Client::new().put(&self.url).body(bytes.to_vec());
        for (name, value) in self.headers.iter().filter(|(name, _)| name != "content-length") {
            request = request.header(name, value);
        }
        Answered::of(request.send().await.unwrap()).await
    }
}
