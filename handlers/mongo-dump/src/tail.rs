//! The last documents that were given, by which an answer that begins with them is known.
//!
//! After a failure, reading resumes from the last `_id`, and that document comes again. Where an `_id` is unique, it identifies the document.
//! On a sharded cluster several documents may have the same `_id`, one on each shard, and the router returns equal ones in any order: some of
//! them may have been given, and some not. Then their bytes identify them.

use std::collections::VecDeque;

use dump_format::Sha256Hex;
use serde::{Deserialize, Serialize};

use crate::plan::Raw;
use crate::raw;

/// Documents that are remembered of a sharded collection: as many as one `_id` can have, which is one a shard. Our choice: nobody has more shards than this.
const SHARDS: usize = 64;

/// A document that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    /// `{"_id": ...}`.
    pub(crate) id: Raw,
    /// Of its bytes; none in a state of before this field.
    pub(crate) sha256: Option<Sha256Hex>,
}

/// The last documents, the latest at the end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tail {
    most: usize,
    last: VecDeque<Given>,
}

impl Tail {
    pub(crate) fn new(is_sharded: bool, last: Vec<Given>) -> Self {
        Self {
            most: if is_sharded { SHARDS } else { 1 },
            last: last.into(),
        }
    }

    /// These were given.
    pub(crate) fn note(&mut self, documents: &[&[u8]]) {
        for document in &documents[documents.len().saturating_sub(self.most)..] {
            if self.last.len() >= self.most {
                self.last.pop_front();
            }
            self.last.push_back(Given {
                id: Raw(raw::id_document(document)),
                sha256: Some(Sha256Hex::of(document)),
            });
        }
    }

    pub(crate) fn last_id(&self) -> Option<&Raw> {
        self.last.back().map(|given| &given.id)
    }

    pub(crate) fn to_vec(&self) -> Vec<Given> {
        self.last.iter().cloned().collect()
    }

    /// For a cursor that begins with the last `_id`.
    pub(crate) fn resume(&self) -> Resume {
        Resume {
            tail: self.clone(),
            seen: 0,
            held: Vec::new(),
            is_over: self.last.is_empty(),
        }
    }
}

/// What of a cursor that begins with the last `_id` is new.
pub(crate) struct Resume {
    tail: Tail,
    seen: usize,
    /// Documents with the `_id` of one that was given and other bytes: the same one, changed meanwhile, or another shard's. Which, is known once all with that `_id` have come.
    held: Vec<Vec<u8>>,
    is_over: bool,
}

/// New documents of an answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Sifted {
    /// Held back before; they come first.
    pub(crate) held: Vec<Vec<u8>>,
    /// Places of those in the answer that are not to be given, ascending.
    pub(crate) without: Vec<usize>,
}

impl Resume {
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    pub(crate) fn sift(&mut self, documents: &[&[u8]]) -> Sifted {
        let mut sifted = Sifted::default();
        for (place, document) in documents.iter().enumerate() {
            if self.is_over {
                break;
            }
            if self.seen >= self.tail.most {
                sifted.held.append(&mut self.end());
                break;
            }
            self.seen += 1;
            let id = raw::id_document(document);
            let sha256 = Sha256Hex::of(document);
            let is_same = |given: &Given| given.id.0 == id && given.sha256 == Some(sha256);
            if let Some(at) = self.tail.last.iter().position(is_same) {
                self.tail.last.remove(at);
                sifted.without.push(place);
            } else if self.tail.last.iter().any(|given| given.id.0 == id) {
                self.held.push(document.to_vec());
                sifted.without.push(place);
            } else if !self.tail.last.iter().any(|given| raw::may_be_equal(&given.id.0, &id)) {
                sifted.held.append(&mut self.end());
            }
        }
        sifted
    }

    /// No more can come that was given. What is new of the documents held back: none, if no more have the `_id` than were given before they changed. If there are
    /// more, at least one was not given, nobody can tell which, and all of them are given rather than that one is lost.
    pub(crate) fn end(&mut self) -> Vec<Vec<u8>> {
        self.is_over = true;
        let held = std::mem::take(&mut self.held);
        let ids: Vec<_> = held.iter().map(|document| raw::id_document(document)).collect();
        let is_new = |id: &Vec<u8>| {
            let given = self.tail.last.iter().filter(|given| given.id.0 == *id).count();
            ids.iter().filter(|other| *other == id).count() > given
        };
        let kept: Vec<_> = ids.iter().map(is_new).collect();
        let new = held.into_iter().zip(kept).filter(|(_, is_new)| *is_new);
        new.map(|(document, _)| document).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use mongodb::bson::rawdoc;

    use super::*;

    fn document(id: i32, n: i32) -> Vec<u8> {
        rawdoc! { "_id": id, "n": n }.into_bytes()
    }

    fn slices(documents: &[Vec<u8>]) -> Vec<&[u8]> {
        documents.iter().map(Vec::as_slice).collect()
    }

    /// The documents that are given after a failure, from answers of `answer` documents.
    fn after(is_sharded: bool, given: &[Vec<u8>], come: &[Vec<u8>], answer: usize) -> Vec<Vec<u8>> {
        let mut tail = Tail::new(is_sharded, Vec::new());
        tail.note(&slices(given));
        let mut resume = tail.resume();
        let mut new = Vec::new();
        for documents in come.chunks(answer) {
            let sifted = resume.sift(&slices(documents));
            new.extend(sifted.held);
            let kept = documents.iter().enumerate();
            new.extend(
                kept.filter(|(at, _)| !sifted.without.contains(at))
                    .map(|(_, it)| it.clone()),
            );
        }
        new.extend(resume.end());
        new
    }

    #[test]
    fn the_last_document_comes_once_also_when_it_was_changed() {
        let given = [document(1, 0), document(2, 0)];
        for (come, expected) in [
            (vec![document(2, 0), document(3, 0)], vec![document(3, 0)]),
            (vec![document(2, 9), document(3, 0)], vec![document(3, 0)]),
            (vec![document(3, 0)], vec![document(3, 0)]),
            (vec![document(2, 9)], vec![]),
            (vec![], vec![]),
        ] {
            for is_sharded in [false, true] {
                for answer in 1..=3 {
                    assert_eq!(after(is_sharded, &given, &come, answer), expected, "{come:?} {answer}");
                }
            }
        }
    }

    #[test]
    fn of_several_with_one_id_those_come_that_were_not_given_in_whatever_order() {
        let twins = [document(2, 0), document(2, 1), document(2, 2)];
        for given in 1..=3 {
            let mut before = vec![document(1, 0)];
            before.extend_from_slice(&twins[..given]);
            for turn in 0..3 {
                let mut come = twins.to_vec();
                come.rotate_left(turn);
                come.push(document(3, 0));
                for answer in 1..=4 {
                    let mut new = after(true, &before, &come, answer);
                    assert_eq!(new.pop().unwrap(), document(3, 0));
                    new.sort();
                    assert_eq!(new, twins[given..], "{given} {turn} {answer}");
                }
            }
        }
    }

    #[test]
    fn where_one_of_several_was_changed_none_is_lost() {
        let before = [document(2, 0)];
        // The one that was given is another now, and its twin comes.
        for come in [[document(2, 9), document(2, 1)], [document(2, 1), document(2, 9)]] {
            assert_eq!(after(true, &before, &come, 1), come);
        }
        // Both were given.
        let before = [document(2, 0), document(2, 1)];
        let come = [document(2, 9), document(2, 1)];
        assert_eq!(after(true, &before, &come, 1), Vec::<Vec<u8>>::new());
    }

    #[test]
    fn numbers_of_other_types_are_among_equals() {
        let long = rawdoc! { "_id": 2_i64, "n": 1 }.into_bytes();
        let before = [document(1, 0), long.clone(), document(2, 0)];
        for come in [
            [document(2, 0), long.clone(), document(3, 0)],
            [long.clone(), document(2, 0), document(3, 0)],
        ] {
            for answer in 1..=3 {
                assert_eq!(after(true, &before, &come, answer), [document(3, 0)]);
            }
        }
    }

    #[test]
    fn a_state_of_before_hashes_were_kept_is_gone_on_from() {
        let given = Given {
            id: Raw(raw::id_document(&document(2, 0))),
            sha256: None,
        };
        let mut resume = Tail::new(false, vec![given]).resume();
        let come = [document(2, 0), document(3, 0)];
        assert_eq!(resume.sift(&slices(&come)).without, [0]);
        assert_eq!(resume.end(), Vec::<Vec<u8>>::new());
    }
}
