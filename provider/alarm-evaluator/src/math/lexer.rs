//! Characters to tokens.

use super::MathError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Number(f64),
    Name(String),
    Text(String),
    Symbol(&'static str),
    End,
}

impl Token {
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Number(number) => format!("the number {number}"),
            Self::Name(name) => format!("\"{name}\""),
            Self::Text(text) => format!("the text '{text}'"),
            Self::Symbol(symbol) => format!("\"{symbol}\""),
            Self::End => "the end of the expression".to_owned(),
        }
    }
}

/// Longer symbols first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 19] = [
    "==", "!=", "<=", ">=", "&&", "||", "<", ">", "+", "-", "*", "/", "^", "(", ")", "[", "]", ",", ";",
];

/// Tokens with their positions, counted from 1; the last is [`Token::End`].
pub(super) fn tokens(text: &str) -> Result<Vec<(Token, usize)>, MathError> {
    let characters: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(&first) = characters.get(at) {
        let position = at + 1;
        let run = |from: usize, belongs: &dyn Fn(char) -> bool| {
            characters[from..]
                .iter()
                .take_while(|character| belongs(**character))
                .collect::<String>()
        };
        if first.is_whitespace() {
            at += 1;
        } else if first.is_ascii_digit() || first == '.' {
            let (text, length) = number_text(&characters[at..]);
            let number = text.parse().ok().filter(|number: &f64| number.is_finite());
            tokens.push((
                Token::Number(number.ok_or(MathError::Number { text, at: position })?),
                position,
            ));
            at += length;
        } else if first.is_ascii_alphabetic() || first == '_' {
            let name = run(at, &|character| character.is_ascii_alphanumeric() || character == '_');
            at += name.len();
            tokens.push((Token::Name(name), position));
        } else if first == '"' || first == '\'' {
            let text = run(at + 1, &|character| character != first);
            at += text.chars().count() + 2;
            if at > characters.len() {
                return Err(MathError::OpenText { at: position });
            }
            tokens.push((Token::Text(text), position));
        } else {
            let here = |symbol: &&&str| symbol.chars().eq(characters[at..].iter().copied().take(symbol.len()));
            let symbol = SYMBOLS.iter().find(here).ok_or(MathError::Character {
                found: first,
                at: position,
            })?;
            tokens.push((Token::Symbol(symbol), position));
            at += symbol.len();
        }
    }
    tokens.push((Token::End, characters.len() + 1));
    Ok(tokens)
}

/// Digits and points, and an exponent only where digits follow it.
fn number_text(characters: &[char]) -> (String, usize) {
    let digits = |from: usize| characters[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut length = characters
        .iter()
        .take_while(|c| c.is_ascii_digit() || **c == '.')
        .count();
    if matches!(characters.get(length), Some('e' | 'E')) {
        let sign = usize::from(matches!(characters.get(length + 1), Some('+' | '-')));
        let exponent = if length + 1 + sign <= characters.len() {
            digits(length + 1 + sign)
        } else {
            0
        };
        if exponent > 0 {
            length += 1 + sign + exponent;
        }
    }
    (characters[..length].iter().collect(), length)
}
