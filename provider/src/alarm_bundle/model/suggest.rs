//! The nearest names to a mistyped one.

/// At most three candidates by edit distance, nearest first; those that differ in more than half of their characters are no help.
pub(crate) fn nearest<'a>(typed: &str, candidates: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut ranked: Vec<(usize, &str)> = candidates
        .map(|candidate| (edit_distance(typed, candidate), candidate))
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
    is_cut_short || (typed.chars().next() == word.chars().next() && edit_distance(&typed, word) <= 2)
}

/// Levenshtein's distance: insertions, deletions and replacements of one character.
fn edit_distance(left: &str, right: &str) -> usize {
    let right: Vec<char> = right.chars().collect();
    let mut previous: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.chars().enumerate() {
        let mut current = vec![row + 1];
        for (column, to) in right.iter().enumerate() {
            let replaced = previous[column] + usize::from(from != *to);
            current.push(replaced.min(previous[column + 1] + 1).min(current[column] + 1));
        }
        previous = current;
    }
    previous[right.len()]
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

    #[test]
    fn edit_distance_counts_single_changes() {
        for (left, right, expected) in [
            ("", "abc", 3),
            ("kitten", "sitting", 3),
            ("same", "same", 0),
            ("ab", "ba", 2),
        ] {
            assert_eq!(edit_distance(left, right), expected, "{left} {right}");
        }
    }
}
