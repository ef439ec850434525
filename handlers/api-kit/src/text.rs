//! Text that shows what it is.

/// Whether the marks of the bidirectional algorithm (U+061C, U+200E, U+200F) may be in a text. They turn no letter, and people whose
/// language is written from right to left type them; beside an extension they make one file look like another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marks {
    /// Beside something that can be seen.
    Taken,
    /// Nowhere.
    Refused,
}

/// Whether a text has characters that nobody sees, with which one text looks like another or like none. What languages and emoji are
/// written with is taken where it does that: U+200C and U+200D after a letter of a script that joins or after an emoji, variation
/// selectors after what has variants, tags after a flag.
///
/// Source: Unicode 17, `DerivedCoreProperties.txt`, `Default_Ignorable_Code_Point`; Unicode Technical Standard 51 for emoji, 37 for
/// ideographs. U+2800 (a Braille cell without a dot) and U+FFF9 to U+FFFD are none of them, and shown as nothing or as a fault.
#[must_use]
pub fn has_hidden(text: &str, marks: Marks) -> bool {
    let mut before = None;
    let mut letters = text.chars().peekable();
    let mut seen = false;
    while let Some(c) = letters.next() {
        let fits = match c {
            '\u{61c}' | '\u{200e}' | '\u{200f}' => marks == Marks::Taken,
            '\u{200c}' | '\u{200d}' => before.is_some_and(joins),
            '\u{fe0e}' | '\u{fe0f}' => before.is_some_and(|before| match before {
                // A digit in its key, as 1\u{fe0f}\u{20e3}.
                '0'..='9' | '#' | '*' => letters.peek() == Some(&'\u{20e3}'),
                before => before >= '\u{a9}' && is_seen(before),
            }),
            '\u{fe00}'..='\u{fe02}' | '\u{e0100}'..='\u{e01ef}' => before.is_some_and(is_ideograph),
            '\u{e0020}'..='\u{e007f}' => matches!(before, Some('\u{1f3f4}' | '\u{e0020}'..='\u{e007e}')),
            c => !is_hidden(c),
        };
        if !fits {
            return true;
        }
        seen |= is_seen(c);
        before = Some(c);
    }
    !seen && !text.is_empty()
}

fn is_seen(c: char) -> bool {
    !is_hidden(c) && !c.is_whitespace() && !c.is_control()
}

/// Whether a joiner after it does something: letters from Arabic on, but for the Latin and Greek ones there, and emoji, whose last
/// character may be a variation selector.
fn joins(before: char) -> bool {
    before == '\u{fe0f}' || before >= '\u{600}' && !matches!(before, '\u{1e00}'..='\u{206f}') && is_seen(before)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn is_hidden(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{2800}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffd}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_languages_and_emoji_are_written_with_is_taken_where_it_is_at_work() {
        for text in [
            "",
            "Ada Lovelace",
            "cafe\u{301}",
            "نامه\u{200c}ها",
            "1420 ه\u{200d}",
            "क्\u{200d}ष",
            "👩\u{200d}🏫",
            "👩\u{1f3fd}\u{200d}🏫",
            "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
            "❤\u{fe0f}",
            "©\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "葛\u{e0100}城",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ] {
            assert!(!has_hidden(text, Marks::Refused), "{text:?}");
        }
        for text in [
            "a\u{200c}b",
            "é\u{200d}b",
            "б\u{200d}b",
            "ạ\u{200d}b",
            " \u{200d}",
            "ه\u{200d}\u{200d}",
            "a\u{fe0f}",
            "1\u{fe0f}",
            " \u{fe0f}",
            "a\u{fe00}",
            "a\u{e0100}",
            "a\u{e0041}",
            "🏴a\u{e0067}",
        ] {
            assert!(has_hidden(text, Marks::Taken), "{text:?}");
        }
    }

    #[test]
    fn marks_are_taken_beside_something_that_can_be_seen() {
        assert!(!has_hidden("محمد\u{200f} 7", Marks::Taken));
        assert!(has_hidden("محمد\u{200f} 7", Marks::Refused));
        for text in ["\u{200f}", "\u{200e} \u{61c}"] {
            assert!(has_hidden(text, Marks::Taken), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_taken_has_something_to_see(text in "[\u{34f}\u{17b4}\u{180b}\u{200b}-\u{200f}\u{2800}\u{3164}\u{fe0f}\u{ffa0}\u{1d173}\u{e0041}a👩ه]{1,6}") {
            let hidden = ['\u{34f}', '\u{17b4}', '\u{180b}', '\u{200b}', '\u{2800}', '\u{3164}', '\u{ffa0}', '\u{1d173}'];
            let taken = !has_hidden(&text, Marks::Refused);
            let shows_what_it_is = text.contains(['a', '👩', 'ه']) && !text.contains(hidden);
            prop_assert!(!taken || shows_what_it_is);
        }
    }
}
