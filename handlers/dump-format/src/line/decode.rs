use super::wrapper::Wrapper;
use super::{ESCAPE_END, ESCAPE_START, MAX_DEPTH, path, push_from_base64, text};

/// A line that is not one of a dump: where and in which field, never what stands there.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}{}: {problem}", if path.is_empty() { String::new() } else { format!(", field {path}") })]
pub struct DecodeError {
    /// What is wrong.
    pub problem: DecodeProblem,
    /// Where in the line, from 0.
    pub offset: usize,
    /// The field, like `items.3.price`: names only, shortened when long; empty outside any field.
    pub path: String,
}

/// What is wrong with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeProblem {
    /// JSON is UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Lines have no blanks, and no numbers outside wrappers.
    #[error("not JSON as a dump writes it: {0} expected")]
    Syntax(&'static str),
    /// A string ends before its quote, holds a control character or an escape that is none.
    #[error("not a JSON string")]
    Text,
    /// BSON ends names with a zero byte.
    #[error("a zero character in a name or regular expression")]
    Zero,
    /// A document beginning with a field that begins with `$`.
    #[error("a wrapper that canonical Extended JSON does not have, or not in this form")]
    UnknownWrapper,
    /// A wrapper whose text cannot be read.
    #[error("not the canonical text of {0}")]
    Value(&'static str),
    /// A field beginning with `$` that is not a wrapper's first.
    #[error("a field beginning with $ inside a document")]
    DollarField,
    /// More than [`MAX_DEPTH`] documents within documents.
    #[error("documents are nested too deep")]
    TooDeep,
    /// More than BSON's 2 GiB.
    #[error("the document is too long")]
    TooLong,
    /// Something behind the document.
    #[error("more than one document")]
    Trailing,
}

/// Turns lines back into documents. It keeps its working memory from one line to the next.
#[derive(Default)]
pub struct Decoder {
    frames: Vec<Frame>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Document,
    Array,
    /// The scope of a code whose value begins at the place given.
    Scope(usize),
}

/// One open document.
struct Frame {
    kind: Kind,
    /// Where it begins in the output.
    start: usize,
    /// Fields begun so far.
    count: usize,
    /// Where the name of the field begun last is in the output.
    name: usize,
}

pub(super) struct Refusal {
    pub(super) problem: DecodeProblem,
    pub(super) offset: usize,
}

pub(super) fn refuse<T>(problem: DecodeProblem, offset: usize) -> Result<T, Refusal> {
    Err(Refusal { problem, offset })
}

impl Decoder {
    /// A decoder with nothing allocated yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the document of one line (without its `\n`) to `out`: exactly the bytes that were encoded. What an escape
    /// line holds is passed on as it is, valid BSON or not.
    ///
    /// # Errors
    /// [`DecodeError`] for a line the encoder does not write; `out` is then as before. Spellings of numbers are the one
    /// thing it is free in: a double may have more digits than it needs.
    pub fn decode(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let start = out.len();
        self.frames.clear();
        let refusal = match self.run(line, out) {
            Ok(()) => return Ok(()),
            Err(refusal) => refusal,
        };
        let names = self.frames.iter().filter(|frame| frame.count > 0).map(|frame| {
            let rest = &out[frame.name..];
            &rest[..rest.iter().position(|&byte| byte == 0).unwrap_or(rest.len())]
        });
        let path = path::of(names);
        out.truncate(start);
        Err(DecodeError {
            problem: refusal.problem,
            offset: refusal.offset,
            path,
        })
    }

    fn run(&mut self, line: &[u8], out: &mut Vec<u8>) -> Result<(), Refusal> {
        if let Some(rest) = line.strip_prefix(ESCAPE_START) {
            let bytes = rest
                .strip_suffix(ESCAPE_END)
                .and_then(|base64| push_from_base64(base64, out));
            return bytes.map_or_else(|| refuse(DecodeProblem::Value("base64"), ESCAPE_START.len()), Ok);
        }
        if let Err(error) = std::str::from_utf8(line) {
            return refuse(DecodeProblem::NotUtf8, error.valid_up_to());
        }
        if line.first() != Some(&b'{') {
            return refuse(DecodeProblem::Syntax("{"), 0);
        }
        if line.starts_with(br#"{"$"#) {
            return refuse(DecodeProblem::UnknownWrapper, 0);
        }
        self.open(Kind::Document, 0, out)?;
        let mut at = 1;
        while let Some(frame) = self.frames.last_mut() {
            let next = line.get(at);
            let closing = if frame.kind == Kind::Array { b']' } else { b'}' };
            if next == Some(&closing) {
                at = self.close(line, at, out)?;
                continue;
            }
            if frame.count > 0 {
                if next != Some(&b',') {
                    return refuse(DecodeProblem::Syntax(", or the end of the document"), at);
                }
                at += 1;
            }
            let kind_at = out.len();
            out.push(0);
            frame.name = out.len();
            if frame.kind == Kind::Array {
                out.extend_from_slice(itoa::Buffer::new().format(frame.count).as_bytes());
                frame.count += 1;
            } else {
                frame.count += 1;
                at = name(line, at, out)?;
            }
            out.push(0);
            at = self.value(line, at, kind_at, out)?;
        }
        if at == line.len() {
            Ok(())
        } else {
            refuse(DecodeProblem::Trailing, at)
        }
    }

    fn open(&mut self, kind: Kind, at: usize, out: &mut Vec<u8>) -> Result<(), Refusal> {
        if self.frames.len() == MAX_DEPTH {
            return refuse(DecodeProblem::TooDeep, at);
        }
        self.frames.push(Frame {
            kind,
            start: out.len(),
            count: 0,
            name: 0,
        });
        // Its length, known when it ends.
        out.extend_from_slice(&[0; 4]);
        Ok(())
    }

    fn close(&mut self, line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
        let mut after = at + 1;
        out.push(0);
        if let Some(frame) = self.frames.last() {
            patch_length(out, frame.start, at)?;
            if let Kind::Scope(start) = frame.kind {
                after = expect(line, after, b"}", "}")?;
                patch_length(out, start, at)?;
            }
        }
        self.frames.pop();
        Ok(after)
    }

    /// Reads the value at `at`, or begins it if it is a document, and sets its type; the answer is where to go on.
    fn value(&mut self, line: &[u8], at: usize, kind_at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
        let rest = line.get(at..).unwrap_or_default();
        let (kind, after) = match rest {
            [b'"', ..] => (0x02, string(line, at, out)?),
            [b'{', b'"', b'$', ..] => match super::wrapper::read(line, at, out)? {
                Wrapper::Value { kind, after } => (kind, after),
                Wrapper::Scope { value_start, after } => {
                    self.open(Kind::Scope(value_start), after, out)?;
                    (0x0F, after + 1)
                }
            },
            [b'{', ..] => {
                self.open(Kind::Document, at, out)?;
                (0x03, at + 1)
            }
            [b'[', ..] => {
                self.open(Kind::Array, at, out)?;
                (0x04, at + 1)
            }
            [b't', b'r', b'u', b'e', ..] => {
                out.push(1);
                (0x08, at + 4)
            }
            [b'f', b'a', b'l', b's', b'e', ..] => {
                out.push(0);
                (0x08, at + 5)
            }
            [b'n', b'u', b'l', b'l', ..] => (0x0A, at + 4),
            _ => return refuse(DecodeProblem::Syntax("a value"), at),
        };
        out[kind_at] = kind;
        Ok(after)
    }
}

/// The place after `literal`, which has to be at `at`.
pub(super) fn expect(line: &[u8], at: usize, literal: &[u8], name: &'static str) -> Result<usize, Refusal> {
    if line.get(at..).is_some_and(|rest| rest.starts_with(literal)) {
        return Ok(at + literal.len());
    }
    refuse(DecodeProblem::Syntax(name), at)
}

/// Writes the length of what began at `start` and ends with the output.
pub(super) fn patch_length(out: &mut [u8], start: usize, at: usize) -> Result<(), Refusal> {
    let Ok(length) = i32::try_from(out.len() - start) else {
        return refuse(DecodeProblem::TooLong, at);
    };
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
    Ok(())
}

/// Reads the JSON string at `at` as BSON ends names: with a zero byte, which the caller writes.
pub(super) fn zero_free(line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
    let start = out.len();
    let opened = expect(line, at, b"\"", "a string")?;
    match text::read(line, opened, out) {
        Ok(_) if out[start..].contains(&0) => refuse(DecodeProblem::Zero, at),
        Ok(after) => Ok(after),
        Err(offset) => refuse(DecodeProblem::Text, offset),
    }
}

/// Reads the JSON string at `at` as BSON writes strings: length, text, zero byte.
pub(super) fn string(line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
    let opened = expect(line, at, b"\"", "a string")?;
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    match text::read(line, opened, out) {
        Ok(after) => {
            out.push(0);
            let text_start = start + 4;
            let Ok(length) = i32::try_from(out.len() - text_start) else {
                return refuse(DecodeProblem::TooLong, at);
            };
            out[start..text_start].copy_from_slice(&length.to_le_bytes());
            Ok(after)
        }
        Err(offset) => refuse(DecodeProblem::Text, offset),
    }
}

/// Reads a field's name and the colon after it.
fn name(line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
    let start = out.len();
    let after = zero_free(line, at, out)?;
    if out.get(start) == Some(&b'$') {
        return refuse(DecodeProblem::DollarField, at);
    }
    expect(line, after, b":", ":")
}
