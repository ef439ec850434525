//! A server for the few calls of one test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;

/// What a client sent.
pub(crate) struct Request {
    pub(crate) method: String,
    /// Without the query.
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// A header's value, or nothing.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(header, _)| header == name);
        found.map_or("", |(_, value)| value)
    }
}

/// Answers each request with a status line and a body in JSON until the test's program ends, one after the other, and returns the address.
pub(crate) fn serve(mut answer: impl FnMut(&Request) -> (&'static str, String) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut first = String::new();
            reader.read_line(&mut first).unwrap();
            let mut headers = Vec::new();
            loop {
                let mut line = String::new();
                reader.read_line(&mut line).unwrap();
                let Some((name, value)) = line.trim().split_once(':') else {
                    break;
                };
                headers.push((name.to_lowercase(), value.trim().to_owned()));
            }
            let mut parts = first.split(' ').map(str::to_owned);
            let (Some(method), Some(target)) = (parts.next(), parts.next()) else {
                continue;
            };
            let path = target.split('?').next().unwrap_or_default().to_owned();
            let mut request = Request {
                method,
                path,
                headers,
                body: Vec::new(),
            };
            request.body = vec![0; request.header("content-length").parse().unwrap_or(0)];
            reader.read_exact(&mut request.body).unwrap();
            let (status, body) = answer(&request);
            let head = format!(
                "HTTP/1.1 {status}\r\nContent-Type: application/x-amz-json-1.1\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            // A client that went away is its own affair.
            stream
                .write_all(head.as_bytes())
                .and_then(|()| stream.write_all(body.as_bytes()))
                .ok();
        }
    });
    url
}
