//! A document of XML, of which only some values are changed: everything else stays as it came, byte for byte. Of a distribution's
//! configuration this matters: UpdateDistribution takes away what is left out of it, and a reader that knows last year's members
//! leaves out this year's.

use std::ops::Range;

use quick_xml::Reader;
use quick_xml::escape::{escape, unescape};
use quick_xml::events::Event;

/// An element, by its place in the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Element {
    /// Names from the root, with slashes between and without prefixes: `DistributionConfig/DefaultCacheBehavior/TargetOriginId`.
    pub(crate) path: String,
    /// From the first byte of its start tag to the last of its end tag.
    pub(crate) outer: Range<usize>,
    /// What is between them.
    pub(crate) inner: Range<usize>,
}

/// Why a document cannot be read. It quotes nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no XML that can be read, from byte {at}")]
pub(crate) struct XmlError {
    at: usize,
}

/// All elements with a start and an end tag, each after those within it.
pub(crate) fn elements(xml: &str) -> Result<Vec<Element>, XmlError> {
    let mut reader = Reader::from_str(xml);
    let mut open: Vec<(String, usize, usize)> = Vec::new();
    let mut found = Vec::new();
    loop {
        let before = position(reader.buffer_position());
        let event = reader.read_event().map_err(|_| XmlError { at: before })?;
        let after = position(reader.buffer_position());
        match event {
            Event::Start(start) => {
                let name = start.local_name();
                let name: &str = name.as_ref();
                let path = match open.last() {
                    Some((above, ..)) => format!("{above}/{name}"),
                    None => name.to_owned(),
                };
                open.push((path, before, after));
            }
            Event::End(_) => {
                let (path, start, inner) = open.pop().ok_or(XmlError { at: before })?;
                found.push(Element {
                    path,
                    outer: start..after,
                    inner: inner..before,
                });
            }
            Event::Eof if open.is_empty() => return Ok(found),
            Event::Eof => return Err(XmlError { at: before }),
            _ => {}
        }
    }
}

fn position(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// The text of an element without elements in it.
pub(crate) fn text(xml: &str, element: &Element) -> String {
    let raw = xml.get(element.inner.clone()).unwrap_or_default();
    // What names an entity that XML does not have is no id of anything here.
    unescape(raw).map(|text| text.trim().to_owned()).unwrap_or_default()
}

/// The document with other texts in these places, which do not overlap.
pub(crate) fn replaced(xml: &str, mut changes: Vec<(Range<usize>, &str)>) -> String {
    changes.sort_by_key(|(range, _)| range.start);
    let (mut changed, mut at) = (String::with_capacity(xml.len()), 0);
    for (range, text) in changes {
        changed.push_str(xml.get(at..range.start).unwrap_or_default());
        changed.push_str(&escape(text));
        at = range.end;
    }
    changed.push_str(xml.get(at..).unwrap_or_default());
    changed
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    const XML: &str = "<?xml version=\"1.0\"?>\n<A xmlns=\"urn:a\"><!-- b --><B c='>'>x &amp; y</B>\n  <New><B>z</B><Empty/></New></A>\n";

    #[test]
    fn elements_have_their_paths_and_places() {
        let found = elements(XML).unwrap();
        let paths: Vec<_> = found.iter().map(|element| element.path.as_str()).collect();
        assert_eq!(paths, ["A/B", "A/New/B", "A/New", "A"]);
        assert_eq!(text(XML, &found[0]), "x & y");
        assert_eq!(&XML[found[1].outer.clone()], "<B>z</B>");
    }

    #[test]
    fn what_is_not_replaced_stays_byte_for_byte() {
        let found = elements(XML).unwrap();
        let changes = vec![(found[1].inner.clone(), "a<b"), (found[0].inner.clone(), "é")];
        let expected = XML.replace("x &amp; y", "é").replace(">z<", ">a&lt;b<");
        assert_eq!(replaced(XML, changes), expected);
        assert_eq!(replaced(XML, vec![]), XML);
    }

    #[test]
    fn half_a_document_is_none() {
        for xml in ["<A><B>", "<A></B>", "<A", "</A>"] {
            assert!(elements(xml).is_err(), "{xml}");
        }
        assert_eq!(elements(""), Ok(vec![]));
    }
}
