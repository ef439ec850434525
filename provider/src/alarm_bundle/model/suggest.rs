//! The nearest names to a mistyped one.

use strsim::levenshtein;

/// At most three candidates by edit distance, nearest first; those that differ in more than half of their characters are no help.
pub(crate) fn nearest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ranked: Vec<(usize, &str)> = candidates
        .map(|candidate| (levenshtein(typed, candidate), candidate))
        .filter(|(distance, candidate)| distance * 2 <= candidate.chars().count().max(typed.chars().count()))
        .collect();
    ranked.sort_unstable();
    ranked.dedup();
    ranked.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// Whether `typed` is `word` in other letters' case, cut short, or with at most two characters wrong after the first.
pub(crate) fn is_slip_of(typed: &str, word: &str) -> bool {
    let typed = typed.to_ascii_lowercase();
    let is_cut_short = typed.len() >= 4 && word.starts_with(&typed);
    is_cut_short || (typed.chars().next() == word.chars().next() && levenshtein(&typed, word) <= 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first_and_strangers_not_at_all() {
        let known = ["lambda/upload/errors", "lambda/upload/throttles", "s3/files/errors_4xx"];
        for (typed, expected) in [
            (
                "lambda/upload/error",
                vec!["lambda/upload/errors", "lambda/upload/throttles"],
            ),
            (
                "lambda/uplaod/errors",
                vec!["lambda/upload/errors", "lambda/upload/throttles"],
            ),
            ("s3/files/errors", vec!["s3/files/errors_4xx"]),
            ("something/else/entirely/different", vec![]),
        ] {
            assert_eq!(nearest(typed, known.into_iter()), expected, "{typed}");
        }
    }

    #[test]
    fn a_slip_is_little_and_another_word_is_not() {
        for typed in ["critcal", "CRITICAL", "Critical", "crit", "criticla", "critical2"] {
            assert!(is_slip_of(typed, "critical"), "{typed}");
        }
        for (typed, word) in [
            ("paging", "warning"),
            ("training", "warning"),
            ("morning", "warning"),
            ("tactical", "critical"),
            ("technical", "critical"),
            ("critical_oncall", "critical"),
            ("page", "critical"),
        ] {
            assert!(!is_slip_of(typed, word), "{typed} {word}");
        }
    }
}
