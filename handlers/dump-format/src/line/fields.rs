//! Whether a document has a field twice, without an allocation a field.

/// One field's name: where it is in the document, and a word that differs for most names that differ.
#[derive(Clone, Copy)]
pub(super) struct Mark {
    word: u64,
    start: usize,
    len: usize,
}

impl Mark {
    /// The name at `start..start + len`, none of whose bytes is zero.
    pub(super) fn of(raw: &[u8], start: usize, len: usize) -> Self {
        // Up to eight bytes the word is the name itself.
        const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
        let (words, rest) = raw[start..start + len].as_chunks::<8>();
        let mut word = rest.iter().fold(0, |word, &byte| word << 8 | u64::from(byte));
        for eight in words {
            word = (word ^ u64::from_le_bytes(*eight)).wrapping_mul(FACTOR).rotate_left(29);
        }
        Self { word, start, len }
    }

    fn name(self, raw: &[u8]) -> &[u8] {
        &raw[self.start..self.start + self.len]
    }
}

/// Above this many fields sorting costs less than comparing each with each.
const FEW: usize = 24;

/// Where a name begins that is among `marks` twice. The order of `marks` may change.
pub(super) fn doubled(raw: &[u8], marks: &mut [Mark]) -> Option<usize> {
    if marks.len() <= FEW {
        for (at, mark) in marks.iter().enumerate() {
            let same = |other: &&Mark| other.word == mark.word && other.name(raw) == mark.name(raw);
            if marks[..at].iter().any(|other| same(&other)) {
                return Some(mark.start);
            }
        }
        return None;
    }
    marks.sort_unstable_by(|a, b| a.word.cmp(&b.word).then_with(|| a.name(raw).cmp(b.name(raw))));
    let mut pairs = marks.windows(2);
    let same = pairs.find(|pair| pair[0].word == pair[1].word && pair[0].name(raw) == pair[1].name(raw));
    same.map(|pair| pair[0].start.max(pair[1].start))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(names: &[String]) -> bool {
        let raw = names.concat();
        let mut start = 0;
        let mut marks: Vec<_> = names
            .iter()
            .map(|name| {
                start += name.len();
                Mark::of(raw.as_bytes(), start - name.len(), name.len())
            })
            .collect();
        doubled(raw.as_bytes(), &mut marks).is_some()
    }

    #[test]
    fn a_name_that_is_there_twice_is_found_among_few_and_many() {
        for count in [1, 2, FEW, FEW + 1, 1_000] {
            for length in [1, 7, 8, 9, 40] {
                let name = |number: usize| format!("{number:0length$}");
                let mut names: Vec<_> = (0..count).map(name).collect();
                assert!(!found(&names), "{count} names of length {length}");
                names.push(name(count / 2));
                assert!(found(&names), "{count} names of length {length}");
            }
        }
        assert!(found(&[String::new(), String::new()]));
        assert!(!found(&[String::new()]));
    }
}
