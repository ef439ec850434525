//! Wildcards and policy variables in resources, actions and conditions.

use crate::context::Context;

/// A piece of a text as written in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// A character that stands for itself.
    Literal(char),
    /// `?`: one character; a colon only where true.
    One(bool),
    /// `*`: any number of characters; colons only where true.
    Any(bool),
    /// `${key}` or `${key, 'default'}`.
    Variable { key: String, default: Option<String> },
}

/// A text with wildcards and variables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Piece>,
}

/// Where `*` and `?` are wildcards, and how far they go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wildcards {
    Nowhere,
    Anywhere,
    InArn,
}

/// How many colons an ARN has before its resource.
const COLONS_BEFORE_RESOURCE: usize = 5;

impl Pattern {
    /// A text without wildcards, as `StringEquals` compares. `variables`: whether the policy's version knows policy variables.
    ///
    /// # Errors
    /// A variable is not closed, is empty or has a default that is not in quotes; the error says which.
    pub fn exact(text: &str, variables: bool) -> Result<Self, String> {
        Self::parse(text, variables, Wildcards::Nowhere)
    }

    /// A text with wildcards "anywhere in the string", as `StringLike` and an action's name have them.
    ///
    /// # Errors
    /// As [`Self::exact`].
    pub fn like(text: &str, variables: bool) -> Result<Self, String> {
        Self::parse(text, variables, Wildcards::Anywhere)
    }

    /// A resource's ARN. "You can use wildcard characters (* and ?) within the individual segments of an ARN (the parts separated by
    /// colons). ... If the * wildcard is the last character of a resource ARN segment, it can expand to match beyond the colon
    /// boundaries." The resource part is one segment here, colons and all: names of S3 objects have colons in them.
    ///
    /// # Errors
    /// As [`Self::exact`]; and "You can't use a variable to replace parts of the ARN before the fifth colon."
    pub fn resource(text: &str, variables: bool) -> Result<Self, String> {
        let pattern = Self::parse(text, variables, Wildcards::InArn)?;
        let mut colons = 0;
        for piece in &pattern.pieces {
            match piece {
                Piece::Literal(':') => colons += 1,
                Piece::Variable { key, .. } if colons < COLONS_BEFORE_RESOURCE => {
                    return Err(format!("the variable {key} stands before the fifth colon of {text:?}"));
                }
                _ => {}
            }
        }
        Ok(pattern)
    }

    fn parse(text: &str, variables: bool, wildcards: Wildcards) -> Result<Self, String> {
        let mut pieces = Vec::new();
        let mut at = 0;
        while let Some(character) = text[at..].chars().next() {
            if variables && text[at..].starts_with("${") {
                let length = text[at..].find('}');
                let length = length.ok_or_else(|| format!("a variable in {text:?} is not closed"))?;
                pieces.push(variable(&text[at + 2..at + length])?);
                at += length + 1;
                continue;
            }
            let after = &text[at + character.len_utf8()..];
            let everywhere =
                wildcards == Wildcards::Anywhere || text[..at].matches(':').count() >= COLONS_BEFORE_RESOURCE;
            pieces.push(match character {
                '*' | '?' if wildcards == Wildcards::Nowhere => Piece::Literal(character),
                '*' => Piece::Any(everywhere || after.is_empty() || after.starts_with(':')),
                '?' => Piece::One(everywhere),
                _ => Piece::Literal(character),
            });
            at += character.len_utf8();
        }
        Ok(Self { pieces })
    }

    /// Whether a text matches. A value that comes from a variable has no wildcards, whatever is in it: it is what a request carries
    /// and not what the policy's author wrote.
    ///
    /// "When policy variables reference a condition context key that has no value or is not present in an authorization context for a
    /// request, the value is effectively null. There is no equal or like value."
    #[must_use]
    pub fn matches(&self, text: &str, context: &Context) -> bool {
        let Some(pieces) = self.resolved(context) else {
            return false;
        };
        let text: Vec<char> = text.chars().collect();
        // reached[n]: the pieces so far match the first n characters
        let mut reached = vec![false; text.len() + 1];
        reached[0] = true;
        for piece in &pieces {
            let mut next = vec![false; text.len() + 1];
            if let Piece::Any(colons) = piece {
                let mut open = false;
                for (end, open_here) in reached.iter().enumerate() {
                    open &= end == 0 || *colons || text[end - 1] != ':';
                    open |= *open_here;
                    next[end] = open;
                }
            } else {
                for (end, character) in text.iter().enumerate() {
                    let takes = match piece {
                        Piece::Literal(literal) => literal == character,
                        Piece::One(colons) => *colons || *character != ':',
                        Piece::Any(_) | Piece::Variable { .. } => false,
                    };
                    next[end + 1] = reached[end] && takes;
                }
            }
            reached = next;
        }
        reached.last() == Some(&true)
    }

    /// The pieces with the values of all variables in them; none where one has no value.
    fn resolved(&self, context: &Context) -> Option<Vec<Piece>> {
        let mut resolved = Vec::new();
        for piece in &self.pieces {
            if let Piece::Variable { key, default } = piece {
                let value = context.single(key).or(default.as_deref())?;
                resolved.extend(value.chars().map(Piece::Literal));
            } else {
                resolved.push(piece.clone());
            }
        }
        Some(resolved)
    }
}

/// What is between `${` and `}`. "To add a default value to a variable, surround the default value with single quotes, and separate
/// the variable text and the default value with a comma and space." `${*}`, `${?}` and `${$}` are the characters themselves.
fn variable(inside: &str) -> Result<Piece, String> {
    if let "*" | "?" | "$" = inside {
        return Ok(Piece::Literal(inside.chars().next().unwrap_or_default()));
    }
    let (key, default) = match inside.split_once(", ") {
        None => (inside, None),
        Some((key, default)) => {
            let quoted = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
            let value = quoted.ok_or_else(|| format!("the default of ${{{inside}}} has no single quotes"))?;
            (key, Some(value.to_owned()))
        }
    };
    if key.is_empty() || key.contains([' ', '*', '?', '$', '{']) {
        return Err(format!("${{{inside}}} names no context key"));
    }
    Ok(Piece::Variable {
        key: key.to_owned(),
        default,
    })
}

/// An ARN of a condition. "Each of the six colon-delimited components of the ARN is checked separately and each can include
/// multi-character match wildcards (*) or single-character match wildcards (?)."
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArnPattern {
    components: Vec<Pattern>,
}

impl ArnPattern {
    /// Reads `arn:partition:service:region:account:resource`.
    ///
    /// # Errors
    /// As [`Pattern::exact`], or the text has fewer than six components.
    pub fn parse(text: &str, variables: bool) -> Result<Self, String> {
        let whole = Pattern::like(text, variables)?;
        let components: Vec<_> = whole
            .pieces
            .splitn(COLONS_BEFORE_RESOURCE + 1, |piece| *piece == Piece::Literal(':'))
            .map(|pieces| Pattern {
                pieces: pieces.to_vec(),
            })
            .collect();
        if components.len() <= COLONS_BEFORE_RESOURCE {
            return Err(format!("{text:?} has not the six components of an ARN"));
        }
        Ok(Self { components })
    }

    /// Whether a text is an ARN of which every component matches.
    #[must_use]
    pub fn matches(&self, text: &str, context: &Context) -> bool {
        let components: Vec<_> = text.splitn(COLONS_BEFORE_RESOURCE + 1, ':').collect();
        components.len() == self.components.len()
            && self
                .components
                .iter()
                .zip(components)
                .all(|(pattern, text)| pattern.matches(text, context))
    }
}
