//! What a plan must know about metric math: the ids an expression uses.

use std::collections::BTreeSet;

/// Words of an expression, quoted text left out.
fn words(expression: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for (index, part) in expression.split('"').enumerate() {
        if index % 2 == 0 {
            let split = part.split(|char: char| !(char.is_ascii_alphanumeric() || char == '_'));
            words.extend(split.filter(|word| !word.is_empty()));
        }
    }
    words
}

/// The metric ids an expression names. CloudWatch's functions and keywords begin with a capital, ids with a small letter.
pub(crate) fn ids(expression: &str) -> BTreeSet<&str> {
    words(expression)
        .into_iter()
        .filter(|word| word.starts_with(|char: char| char.is_ascii_lowercase()))
        .collect()
}

/// The function in an expression that no alarm may use, if there is one.
/// Source: CloudWatch User Guide, Create-alarm-on-metric-math-expression.
pub(crate) fn forbidden_function(expression: &str) -> Option<&str> {
    words(expression).into_iter().find(|word| matches!(*word, "SEARCH"))
}

/// Whether a text can be a metric's id: `[a-z][A-Za-z0-9_]*`, at most 255 characters.
pub(crate) fn is_id(text: &str) -> bool {
    text.len() <= 255
        && text.starts_with(|char: char| char.is_ascii_lowercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_the_words_in_small_letters_outside_quotes() {
        for (expression, expected) in [
            ("IF(n >= 20, 100 * (1 - s / n))", vec!["n", "s"]),
            ("FILL(m1, 0) + m_2", vec!["m1", "m_2"]),
            ("METRICS(\"errors\") / 2e3", vec![]),
            ("100*e/n AND NOT x1", vec!["e", "n", "x1"]),
        ] {
            assert_eq!(
                ids(expression).into_iter().collect::<Vec<_>>(),
                expected,
                "{expression}"
            );
        }
    }

    #[test]
    fn functions_that_give_many_series_are_found() {
        assert_eq!(forbidden_function("SUM(SEARCH('x', 'Sum', 60))"), Some("SEARCH"));
        assert_eq!(forbidden_function("SUM(METRICS())"), None);
    }
}
