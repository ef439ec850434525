//! Messages: `OP_MSG`, and the `OP_QUERY` that drivers begin with.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _};

use crate::bson::{Builder, Document, as_length};

const OP_REPLY: i32 = 1;
const OP_QUERY: i32 = 2004;
const OP_MSG: i32 = 2013;

/// Largest message, in bytes: the server's `maxMessageSizeBytes`, and a little for the rest of it.
const MAX_MESSAGE: usize = 48_000_000 + 64 * 1024;
const HEADER: usize = 16;
const CHECKSUM_PRESENT: u32 = 1;
const MORE_TO_COME: u32 = 1 << 1;

/// Bytes in front of an answer's document in an `OP_MSG`: header, flags, kind of section.
const PREFIX: usize = HEADER + 4 + 1;

/// A message as it came.
#[derive(Debug)]
pub(crate) struct Message {
    request_id: i32,
    op_code: i32,
    /// After the header.
    body: Vec<u8>,
}

/// A message understood.
#[derive(Debug)]
pub(crate) struct Command<'a> {
    pub(crate) body: Document<'a>,
    /// Documents that came beside the body.
    pub(crate) sequences: Vec<(&'a str, Vec<&'a [u8]>)>,
    /// The client waits for no answer.
    pub(crate) is_unacknowledged: bool,
    pub(crate) is_query: bool,
}

fn broken(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what.to_owned())
}

/// The next message; `None` at the end of the connection.
pub(crate) async fn read(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Option<Message>> {
    let mut header = [0; HEADER];
    match stream.read_exact(&mut header).await {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    };
    let field = |at: usize| i32::from_le_bytes([header[at], header[at + 1], header[at + 2], header[at + 3]]);
    let length = usize::try_from(field(0)).unwrap_or_default();
    if !(HEADER..=MAX_MESSAGE).contains(&length) {
        return Err(broken("a message's length is out of bounds"));
    }
    let mut body = vec![0; length - HEADER];
    stream.read_exact(&mut body).await?;
    Ok(Some(Message {
        request_id: field(4),
        op_code: field(12),
        body,
    }))
}

impl Message {
    pub(crate) fn parse(&self) -> io::Result<Command<'_>> {
        match self.op_code {
            OP_MSG => self.parse_msg(),
            OP_QUERY => self.parse_query(),
            _ => Err(broken("a message is neither OP_MSG nor OP_QUERY")),
        }
    }

    fn parse_msg(&self) -> io::Result<Command<'_>> {
        let (flags, mut rest) = self.body.split_first_chunk().ok_or_else(|| broken("no flags"))?;
        let flags = u32::from_le_bytes(*flags);
        if flags & CHECKSUM_PRESENT != 0 {
            rest = rest
                .len()
                .checked_sub(4)
                .map(|end| &rest[..end])
                .ok_or_else(|| broken("no checksum"))?;
        }
        let mut body = None;
        let mut sequences = Vec::new();
        while let Some((kind, section)) = rest.split_first() {
            let (content, after) = split_sized(section)?;
            rest = after;
            match kind {
                0 => body = Some(Document(content)),
                1 => {
                    let content = &content[4..];
                    let end = content
                        .iter()
                        .position(|byte| *byte == 0)
                        .ok_or_else(|| broken("a sequence has no name"))?;
                    let name = std::str::from_utf8(&content[..end]).map_err(|_| broken("a sequence's name"))?;
                    let mut content = &content[end + 1..];
                    let mut documents = Vec::new();
                    while !content.is_empty() {
                        let (document, after) = split_sized(content)?;
                        documents.push(document);
                        content = after;
                    }
                    sequences.push((name, documents));
                }
                _ => return Err(broken("an unknown kind of section")),
            }
        }
        Ok(Command {
            body: body.ok_or_else(|| broken("no body"))?,
            sequences,
            is_unacknowledged: flags & MORE_TO_COME != 0,
            is_query: false,
        })
    }

    fn parse_query(&self) -> io::Result<Command<'_>> {
        // Flags, the collection's name, two numbers, the query.
        let rest = self.body.get(4..).ok_or_else(|| broken("no flags"))?;
        let end = rest
            .iter()
            .position(|byte| *byte == 0)
            .ok_or_else(|| broken("no collection"))?;
        let query = rest.get(end + 9..).ok_or_else(|| broken("no query"))?;
        let (query, _) = split_sized(query)?;
        Ok(Command {
            body: Document(query),
            sequences: Vec::new(),
            is_unacknowledged: false,
            is_query: true,
        })
    }
}

/// What begins with its length, and what follows it.
fn split_sized(bytes: &[u8]) -> io::Result<(&[u8], &[u8])> {
    let length = bytes.first_chunk().map(|length| i32::from_le_bytes(*length));
    let length = length
        .and_then(|length| usize::try_from(length).ok())
        .filter(|length| *length >= 5);
    length
        .and_then(|length| bytes.split_at_checked(length))
        .ok_or_else(|| broken("a length is out of bounds"))
}

/// A document with room in front for what a message needs.
pub(crate) fn begin_reply() -> Builder {
    Builder::after(vec![0; PREFIX])
}

/// The message of a reply that was begun with [`begin_reply`].
pub(crate) fn finish_reply(request: &Message, command: &Command<'_>, builder: Builder) -> Vec<u8> {
    let mut bytes = builder.build();
    if command.is_query {
        let document = bytes.split_off(PREFIX);
        bytes.clear();
        bytes.extend([0; HEADER]);
        // AwaitCapable, no cursor, from 0, one document.
        bytes.extend(8_i32.to_le_bytes());
        bytes.extend(0_i64.to_le_bytes());
        bytes.extend(0_i32.to_le_bytes());
        bytes.extend(1_i32.to_le_bytes());
        bytes.extend(document);
    }
    let op_code = if command.is_query { OP_REPLY } else { OP_MSG };
    let length = as_length(bytes.len());
    let header = [
        length,
        request.request_id.wrapping_add(1).to_le_bytes(),
        request.request_id.to_le_bytes(),
        op_code.to_le_bytes(),
    ];
    bytes[..HEADER].copy_from_slice(header.as_flattened());
    bytes
}
