use super::scan::{DecodeProblem, Refusal, expect, patch_length, refuse, string, zero_free};
use super::wrapper::{self, Wrapper};
use super::{ESCAPE_END, ESCAPE_START, MAX_DEPTH, path, push_from_base64};

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

    /// Reads the value at `at`, or begins it if it is a document, and sets its type; returns the position to continue at.
    fn value(&mut self, line: &[u8], at: usize, kind_at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
        let rest = line.get(at..).unwrap_or_default();
        let (kind, after) = match rest {
            [b'"', ..] => (0x02, string(line, at, out)?),
            [b'{', b'"', b'$', ..] => match wrapper::read(line, at, out)? {
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

/// Reads a field's name and the colon after it.
fn name(line: &[u8], at: usize, out: &mut Vec<u8>) -> Result<usize, Refusal> {
    let start = out.len();
    let after = zero_free(line, at, out)?;
    if out.get(start) == Some(&b'$') {
        return refuse(DecodeProblem::DollarField, at);
    }
    expect(line, after, b":", ":")
}
