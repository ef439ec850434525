use super::fields::{self, Mark};
use super::raw::{length, zero_ended};
use super::refusal::{Refusal, refuse};
use super::{ESCAPE_END, ESCAPE_START, Encoded, EscapeReason, MAX_DEPTH, MAX_PLAIN_LINE, path, push_base64, text};

/// A string shorter than this cannot make a line much longer than [`MAX_PLAIN_LINE`] before that is noticed.
const LONG_TEXT: usize = 1 << 20;

/// Turns documents into lines. It keeps its working memory from one document to the next: a few bytes for each field of the
/// largest document so far, no allocation per field.
#[derive(Default)]
pub struct Encoder {
    frames: Vec<Frame>,
    /// The names of all fields read so far in the documents that are open.
    marks: Vec<Mark>,
}

#[derive(Clone, Copy, PartialEq)]
pub(super) enum Kind {
    Document,
    Array,
    /// The scope of a code: its document ends where the code's value does.
    Scope,
}

/// One open document.
struct Frame {
    kind: Kind,
    /// Where its closing zero byte is.
    end: usize,
    /// How many of `marks` belong to the documents around it.
    marks_before: usize,
    /// Fields begun so far.
    count: usize,
    /// The name of the field begun last.
    name: (usize, usize),
}

impl Encoder {
    /// An encoder with nothing allocated yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends the line of one document, `\n` included, to `out`. Any bytes have a line: what is not valid BSON becomes an
    /// escape line too.
    pub fn encode(&mut self, raw: &[u8], out: &mut Vec<u8>) -> Encoded {
        let start = out.len();
        self.frames.clear();
        self.marks.clear();
        // Measured on mixed documents a line is 1.45 times its document.
        out.reserve((raw.len() + raw.len() / 2 + 64).min(MAX_PLAIN_LINE));
        let walked = Walk {
            frames: &mut self.frames,
            marks: &mut self.marks,
            raw,
            out,
            start,
        }
        .run();
        let Err(Refusal { reason, offset }) = walked else {
            out.push(b'\n');
            return Encoded::Plain;
        };
        out.truncate(start);
        out.extend_from_slice(ESCAPE_START);
        push_base64(raw, out);
        out.extend_from_slice(ESCAPE_END);
        out.push(b'\n');
        let names = self.frames.iter().filter(|frame| frame.count > 0);
        let path = path::of(names.map(|frame| &raw[frame.name.0..frame.name.1]));
        Encoded::Escaped { reason, offset, path }
    }
}

pub(super) struct Walk<'a> {
    frames: &'a mut Vec<Frame>,
    marks: &'a mut Vec<Mark>,
    raw: &'a [u8],
    pub(super) out: &'a mut Vec<u8>,
    /// Where the line begins in `out`.
    pub(super) start: usize,
}

/// Whether an array's key is the decimal spelling of `index`.
fn is_index(key: &[u8], index: usize) -> bool {
    if index < 10 {
        return key.len() == 1 && usize::from(key[0]) == usize::from(b'0') + index;
    }
    itoa::Buffer::new().format(index).as_bytes() == key
}

impl<'a> Walk<'a> {
    fn run(&mut self) -> Result<(), Refusal> {
        let mut at = self.open(Kind::Document, 0, self.raw.len())?;
        if self.frames.first().is_some_and(|frame| frame.end + 1 != self.raw.len()) {
            return refuse(EscapeReason::Malformed, 0);
        }
        while let Some(frame) = self.frames.last_mut() {
            let end = frame.end;
            if at == end {
                at = self.close()?;
                continue;
            }
            let body: &'a [u8] = &self.raw[..end];
            let (key, value) = zero_ended(body, at + 1)?;
            if frame.count > 0 {
                self.out.push(b',');
            }
            let index = frame.count;
            frame.count += 1;
            frame.name = (at + 1, value - 1);
            if frame.kind == Kind::Array {
                if !is_index(key, index) {
                    return refuse(EscapeReason::ArrayKeys, at + 1);
                }
            } else {
                if key.first() == Some(&b'$') {
                    return refuse(EscapeReason::DollarField, at + 1);
                }
                self.marks.push(Mark::of(self.raw, at + 1, key.len()));
                self.text(key, at + 1)?;
                self.out.push(b':');
            }
            at = self.value(body, body[at], value)?;
            if self.out.len() - self.start > MAX_PLAIN_LINE {
                return refuse(EscapeReason::TooLong, at);
            }
        }
        Ok(())
    }

    /// Begins the document at `at`, which has to end at `limit` or before; the answer is where its first field is.
    pub(super) fn open(&mut self, kind: Kind, at: usize, limit: usize) -> Result<usize, Refusal> {
        let length = length(&self.raw[..limit], at)?;
        if length < 5 || length > limit - at || self.raw[at + length - 1] != 0 {
            return refuse(EscapeReason::Malformed, at);
        }
        if self.frames.len() == MAX_DEPTH {
            return refuse(EscapeReason::TooDeep, at);
        }
        self.frames.push(Frame {
            kind,
            end: at + length - 1,
            marks_before: self.marks.len(),
            count: 0,
            name: (0, 0),
        });
        self.out.push(if kind == Kind::Array { b'[' } else { b'{' });
        Ok(at + 4)
    }

    /// Ends the innermost document; the answer is the place after it.
    fn close(&mut self) -> Result<usize, Refusal> {
        let Some(frame) = self.frames.last() else {
            return refuse(EscapeReason::Malformed, 0);
        };
        let marks = &mut self.marks[frame.marks_before..];
        if let Some(offset) = fields::doubled(self.raw, marks) {
            return refuse(EscapeReason::DoubledField, offset);
        }
        self.marks.truncate(frame.marks_before);
        let closing: &[u8] = match frame.kind {
            Kind::Document => b"}",
            Kind::Array => b"]",
            Kind::Scope => b"}}",
        };
        let after = frame.end + 1;
        self.put(closing);
        self.frames.pop();
        Ok(after)
    }

    pub(super) fn put(&mut self, literal: &[u8]) {
        self.out.extend_from_slice(literal);
    }

    pub(super) fn text(&mut self, text: &[u8], at: usize) -> Result<(), Refusal> {
        if text.len() > LONG_TEXT && self.out.len() - self.start + text::pushed_len(text) > MAX_PLAIN_LINE {
            return refuse(EscapeReason::TooLong, at);
        }
        match text::push(text, self.out) {
            Some(()) => Ok(()),
            None => refuse(EscapeReason::NotUtf8, at),
        }
    }

    /// `{"$numberInt":"..."}` and its like.
    pub(super) fn number(&mut self, opening: &[u8], number: impl itoa::Integer) {
        self.put(opening);
        self.out
            .extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
    }
}
