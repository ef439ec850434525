//! Composite alarm rules: `ALARM("a") AND (OK(b) OR NOT INSUFFICIENT_DATA(c))`.
//!
//! Source: API reference, PutCompositeAlarm, and "Create a composite alarm". NOT binds tighter than AND, AND tighter than OR.
//! Names may be quoted or not, and may be ARNs. CloudWatch's newer AT_LEAST is refused by name.

use std::collections::BTreeSet;

use crate::definition::StateValue;

/// Longest rule in characters (API reference).
pub const MAX_LENGTH: usize = 10_240;
/// Most alarms a rule may name.
pub const MAX_CHILDREN: usize = 100;
/// Most elements: alarms, TRUE, FALSE and pairs of parentheses.
pub const MAX_ELEMENTS: usize = 500;

/// A parsed rule, within CloudWatch's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    root: Node,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    Constant(bool),
    /// The alarm of this name or ARN is in this state.
    State(StateValue, String),
    Not(Box<Node>),
    And(Box<Node>, Box<Node>),
    Or(Box<Node>, Box<Node>),
    Group(Box<Node>),
}

/// Why a text is no rule. `at` counts characters from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Something else should stand here.
    #[error("expected {expected} at position {at}, found {found}")]
    Expected {
        /// What could stand here.
        expected: &'static str,
        /// What stands here.
        found: String,
        /// Position.
        at: usize,
    },
    /// A name without its closing quote or parenthesis.
    #[error("the alarm name that starts at position {at} is not closed")]
    OpenName {
        /// Position.
        at: usize,
    },
    /// `ALARM()`.
    #[error("an alarm name is missing at position {at}")]
    EmptyName {
        /// Position.
        at: usize,
    },
    /// AT_LEAST(M, state, (alarms)).
    #[error("AT_LEAST at position {at} is a CloudWatch function that this provider does not support")]
    Unsupported {
        /// Position.
        at: usize,
    },
    /// Too long.
    #[error("the rule has {length} characters; CloudWatch takes {MAX_LENGTH}")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// Too many alarms.
    #[error("the rule names {count} alarms; CloudWatch takes {MAX_CHILDREN}")]
    TooManyChildren {
        /// How many.
        count: usize,
    },
    /// Too many elements, or nested so deeply that there must be.
    #[error("the rule has more than {MAX_ELEMENTS} elements (alarms, TRUE, FALSE, pairs of parentheses)")]
    TooManyElements,
}

/// An alarm whose state nobody knows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the rule names \"{0}\", which does not exist")]
pub struct UnknownAlarm(pub String);

impl Rule {
    /// Parses a rule and holds it against CloudWatch's limits.
    ///
    /// # Errors
    /// The first thing that is wrong, with its position.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let characters: Vec<char> = text.chars().collect();
        if characters.len() > MAX_LENGTH {
            return Err(RuleError::TooLong {
                length: characters.len(),
            });
        }
        let mut parser = Parser {
            characters,
            at: 0,
            depth: 0,
        };
        let root = parser.or()?;
        parser.skip_space();
        if parser.at < parser.characters.len() {
            return Err(parser.expected("AND, OR or the end"));
        }
        let rule = Self { root };
        match rule.children().len() {
            count if count > MAX_CHILDREN => Err(RuleError::TooManyChildren { count }),
            _ if rule.elements() > MAX_ELEMENTS => Err(RuleError::TooManyElements),
            _ => Ok(rule),
        }
    }

    /// Names of the alarms the rule looks at, each once, sorted; of an ARN its last part.
    #[must_use]
    pub fn children(&self) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        self.root.visit(&mut |node| {
            if let Node::State(_, reference) = node {
                names.insert(alarm_name(reference));
            }
        });
        names
    }

    /// Number of elements as CloudWatch counts them.
    #[must_use]
    pub fn elements(&self) -> usize {
        let mut elements = 0;
        self.root.visit(&mut |node| {
            elements += usize::from(matches!(node, Node::Constant(_) | Node::State(..) | Node::Group(_)));
        });
        elements
    }

    /// Does the rule hold? `state_of` gets a name as [`Self::children`] gives it.
    ///
    /// # Errors
    /// An alarm that `state_of` does not know, also where the rest of the rule already decides.
    pub fn holds(&self, mut state_of: impl FnMut(&str) -> Option<StateValue>) -> Result<bool, UnknownAlarm> {
        self.root.holds(&mut state_of)
    }
}

/// The name in a reference that may be an ARN: `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:name`.
#[must_use]
pub fn alarm_name(reference: &str) -> &str {
    match reference
        .strip_prefix("arn:")
        .and_then(|rest| rest.split_once(":alarm:"))
    {
        Some((_, name)) => name,
        None => reference,
    }
}

impl Node {
    fn visit<'a>(&'a self, visitor: &mut impl FnMut(&'a Node)) {
        visitor(self);
        match self {
            Self::Constant(_) | Self::State(..) => {}
            Self::Not(inner) | Self::Group(inner) => inner.visit(visitor),
            Self::And(left, right) | Self::Or(left, right) => {
                left.visit(visitor);
                right.visit(visitor);
            }
        }
    }

    fn holds(&self, state_of: &mut impl FnMut(&str) -> Option<StateValue>) -> Result<bool, UnknownAlarm> {
        Ok(match self {
            Self::Constant(constant) => *constant,
            Self::State(state, reference) => {
                let name = alarm_name(reference);
                state_of(name).ok_or_else(|| UnknownAlarm(name.to_owned()))? == *state
            }
            Self::Not(inner) => !inner.holds(state_of)?,
            Self::Group(inner) => inner.holds(state_of)?,
            // Both sides always: an unknown alarm must not hide behind a side that decides.
            Self::And(left, right) => left.holds(state_of)? & right.holds(state_of)?,
            Self::Or(left, right) => left.holds(state_of)? | right.holds(state_of)?,
        })
    }
}

impl std::fmt::Display for Rule {
    /// Prints the rule with every name quoted.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.root.fmt(f)
    }
}

impl std::fmt::Display for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Constant(constant) => f.write_str(if *constant { "TRUE" } else { "FALSE" }),
            Self::State(state, reference) => {
                write!(
                    f,
                    "{state}(\"{}\")",
                    reference.replace('\\', "\\\\").replace('"', "\\\"")
                )
            }
            Self::Not(inner) => write!(f, "NOT {inner}"),
            Self::And(left, right) => write!(f, "{left} AND {right}"),
            Self::Or(left, right) => write!(f, "{left} OR {right}"),
            Self::Group(inner) => write!(f, "({inner})"),
        }
    }
}

struct Parser {
    characters: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn skip_space(&mut self) {
        while self
            .characters
            .get(self.at)
            .is_some_and(|character| character.is_whitespace())
        {
            self.at += 1;
        }
    }

    /// The word that starts here: letters and underscores.
    fn word(&self) -> String {
        let belongs = |character: &&char| character.is_ascii_alphabetic() || **character == '_';
        self.characters[self.at..].iter().take_while(belongs).collect()
    }

    fn expected(&self, expected: &'static str) -> RuleError {
        let found = match self.characters.get(self.at) {
            None => "the end of the rule".to_owned(),
            Some(character) => match self.word() {
                word if word.is_empty() => format!("'{character}'"),
                word => format!("\"{word}\""),
            },
        };
        RuleError::Expected {
            expected,
            found,
            at: self.at + 1,
        }
    }

    fn accept_word(&mut self, word: &str) -> bool {
        self.skip_space();
        let here = self.word() == word;
        self.at += if here { word.len() } else { 0 };
        here
    }

    fn accept(&mut self, symbol: char) -> bool {
        self.skip_space();
        let here = self.characters.get(self.at) == Some(&symbol);
        self.at += usize::from(here);
        here
    }

    fn or(&mut self) -> Result<Node, RuleError> {
        let mut left = self.and()?;
        while self.accept_word("OR") {
            left = Node::Or(Box::new(left), Box::new(self.and()?));
        }
        Ok(left)
    }

    fn and(&mut self) -> Result<Node, RuleError> {
        let mut left = self.not()?;
        while self.accept_word("AND") {
            left = Node::And(Box::new(left), Box::new(self.not()?));
        }
        Ok(left)
    }

    fn not(&mut self) -> Result<Node, RuleError> {
        // Every level is a NOT or a pair of parentheses; more levels than elements are no useful rule and would end the stack.
        self.depth += 1;
        if self.depth > MAX_ELEMENTS {
            return Err(RuleError::TooManyElements);
        }
        let node = if self.accept_word("NOT") {
            Node::Not(Box::new(self.not()?))
        } else {
            self.primary()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn primary(&mut self) -> Result<Node, RuleError> {
        if self.accept('(') {
            let inner = self.or()?;
            if !self.accept(')') {
                return Err(self.expected("\")\""));
            }
            return Ok(Node::Group(Box::new(inner)));
        }
        let (word, start) = (self.word(), self.at);
        let state = match word.as_str() {
            "ALARM" => StateValue::Alarm,
            "OK" => StateValue::Ok,
            "INSUFFICIENT_DATA" => StateValue::InsufficientData,
            "AT_LEAST" => return Err(RuleError::Unsupported { at: start + 1 }),
            _ if word.eq_ignore_ascii_case("TRUE") || word.eq_ignore_ascii_case("FALSE") => {
                self.at += word.len();
                return Ok(Node::Constant(word.eq_ignore_ascii_case("TRUE")));
            }
            _ => return Err(self.expected("ALARM(), OK(), INSUFFICIENT_DATA(), TRUE, FALSE, NOT or \"(\"")),
        };
        self.at += word.len();
        if !self.accept('(') {
            return Err(self.expected("\"(\""));
        }
        self.skip_space();
        let name = if self.characters.get(self.at) == Some(&'"') {
            self.quoted()?
        } else {
            self.unquoted()?
        };
        if !self.accept(')') {
            return Err(self.expected("\")\""));
        }
        Ok(Node::State(state, name))
    }

    fn quoted(&mut self) -> Result<String, RuleError> {
        let start = self.at + 1;
        let mut name = String::new();
        let mut at = start;
        loop {
            match (self.characters.get(at), self.characters.get(at + 1)) {
                (None, _) => return Err(RuleError::OpenName { at: start }),
                (Some('"'), _) if name.is_empty() => return Err(RuleError::EmptyName { at: start }),
                (Some('"'), _) => {
                    self.at = at + 1;
                    return Ok(name);
                }
                (Some('\\'), Some(escaped @ ('"' | '\\'))) => {
                    name.push(*escaped);
                    at += 2;
                }
                (Some(character), _) => {
                    name.push(*character);
                    at += 1;
                }
            }
        }
    }

    fn unquoted(&mut self) -> Result<String, RuleError> {
        let start = self.at;
        let length = self.characters[start..].iter().position(|character| *character == ')');
        let length = length.ok_or(RuleError::OpenName { at: start + 1 })?;
        let name: String = self.characters[start..start + length].iter().collect();
        let name = name.trim();
        if name.is_empty() {
            return Err(RuleError::EmptyName { at: start + 1 });
        }
        self.at = start + length;
        Ok(name.to_owned())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rules_hold_as_written() {
        let states = |name: &str| match name {
            "cpu" => Some(StateValue::Alarm),
            "disk" | "edu-prod/lambda/upload/errors/critical" => Some(StateValue::Ok),
            "net" | "a name (odd), \"quoted\"" => Some(StateValue::InsufficientData),
            _ => None,
        };
        for (text, expected) in [
            ("ALARM(cpu)", true),
            ("ALARM(\"cpu\") AND OK(disk)", true),
            ("ALARM(cpu) AND NOT ALARM(disk)", true),
            ("NOT ALARM(cpu) OR OK(disk)", true),
            ("(ALARM(disk) OR ALARM(cpu)) AND OK(net)", false),
            ("ALARM(disk) AND ALARM(disk) OR TRUE", true),
            ("FALSE AND FALSE OR TRUE", true),
            ("TRUE OR FALSE AND FALSE", true),
            ("(TRUE OR FALSE) AND FALSE", false),
            ("NOT NOT TRUE", true),
            ("False", false),
            ("INSUFFICIENT_DATA( net )", true),
            ("OK(edu-prod/lambda/upload/errors/critical)", true),
            ("ALARM(arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu)", true),
            ("ALARM(\"arn:aws:cloudwatch:eu-west-1:123456789012:alarm:cpu\")", true),
            ("INSUFFICIENT_DATA(\"a name (odd), \\\"quoted\\\"\")", true),
            ("\n ALARM ( cpu )\tAND\nTRUE ", true),
        ] {
            assert_eq!(Rule::parse(text).unwrap().holds(states), Ok(expected), "{text}");
        }
    }

    #[test]
    fn an_unknown_child_is_an_error_even_where_it_does_not_matter() {
        let rule = Rule::parse("TRUE OR ALARM(gone)").unwrap();
        assert_eq!(rule.holds(|_| None), Err(UnknownAlarm("gone".into())));
    }

    #[test]
    fn children_are_named_once() {
        let rule =
            Rule::parse("ALARM(b) OR (OK(\"a\") AND ALARM(arn:aws:cloudwatch:x:1:alarm:b)) OR NOT TRUE").unwrap();
        assert_eq!(rule.children().into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(rule.elements(), 5);
    }

    #[test]
    fn errors_name_the_position() {
        for (text, message) in [
            (
                "",
                "expected ALARM(), OK(), INSUFFICIENT_DATA(), TRUE, FALSE, NOT or \"(\" at position 1, found the end of the rule",
            ),
            (
                "ALARM(a) AND",
                "expected ALARM(), OK(), INSUFFICIENT_DATA(), TRUE, FALSE, NOT or \"(\" at position 13, found the end of the rule",
            ),
            (
                "ALARM(a) XOR OK(b)",
                "expected AND, OR or the end at position 10, found \"XOR\"",
            ),
            (
                "alarm(a)",
                "expected ALARM(), OK(), INSUFFICIENT_DATA(), TRUE, FALSE, NOT or \"(\" at position 1, found \"alarm\"",
            ),
            ("ALARM a", "expected \"(\" at position 7, found \"a\""),
            ("(TRUE", "expected \")\" at position 6, found the end of the rule"),
            ("ALARM(a", "the alarm name that starts at position 7 is not closed"),
            ("ALARM(\"a)", "the alarm name that starts at position 7 is not closed"),
            ("ALARM()", "an alarm name is missing at position 7"),
            ("ALARM(\"\")", "an alarm name is missing at position 7"),
            ("ALARM(\"a\" b)", "expected \")\" at position 11, found \"b\""),
            (
                "AT_LEAST(2, ALARM, (a, b))",
                "AT_LEAST at position 1 is a CloudWatch function that this provider does not support",
            ),
        ] {
            assert_eq!(Rule::parse(text).unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn cloudwatchs_limits_hold() {
        let children = |count: usize| {
            (0..count)
                .map(|n| format!("ALARM(a{n})"))
                .collect::<Vec<_>>()
                .join(" OR ")
        };
        assert!(Rule::parse(&children(100)).is_ok());
        assert_eq!(
            Rule::parse(&children(101)),
            Err(RuleError::TooManyChildren { count: 101 })
        );
        let constants = |count: usize| vec!["TRUE"; count].join(" OR ");
        assert!(Rule::parse(&constants(500)).is_ok());
        assert_eq!(Rule::parse(&constants(501)), Err(RuleError::TooManyElements));
        assert_eq!(Rule::parse(&"(".repeat(10_240)), Err(RuleError::TooManyElements));
        assert_eq!(
            Rule::parse(&format!("TRUE{}", " ".repeat(10_237))),
            Err(RuleError::TooLong { length: 10_241 })
        );
    }

    /// Text of a random rule, with parentheses around everything compound.
    fn any_rule() -> impl Strategy<Value = String> {
        let state = prop_oneof![Just("ALARM"), Just("OK"), Just("INSUFFICIENT_DATA")];
        let leaf = prop_oneof![
            Just("TRUE".to_owned()),
            Just("FALSE".to_owned()),
            (state, "[a-z\\\\\" /()-]{1,6}").prop_map(|(state, name)| {
                format!("{state}(\"{}\")", name.replace('\\', "\\\\").replace('"', "\\\""))
            }),
        ];
        leaf.prop_recursive(5, 24, 2, |inner| {
            prop_oneof![
                inner.clone().prop_map(|a| format!("NOT ({a})")),
                inner.clone().prop_map(|a| format!("({a})")),
                (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} AND ({b})")),
                (inner.clone(), inner).prop_map(|(a, b)| format!("{a} OR {b}")),
            ]
        })
    }

    proptest! {
        #[test]
        fn a_printed_rule_parses_to_itself(text in any_rule()) {
            let rule = Rule::parse(&text).unwrap();
            prop_assert_eq!(Rule::parse(&rule.to_string()), Ok(rule));
        }

        #[test]
        fn no_text_panics(text in "(ALARM|OK|AND|OR|NOT|TRUE|[()\"\\\\ a-z]){0,30}") {
            let _either_way = Rule::parse(&text);
        }

        #[test]
        fn a_negated_rule_holds_exactly_when_the_rule_does_not(text in any_rule(), seed in any::<u8>()) {
            let states = [StateValue::Ok, StateValue::Alarm, StateValue::InsufficientData];
            let of = |name: &str| Some(states[(name.len() + usize::from(seed)) % 3]);
            let negated = Rule::parse(&format!("NOT ({text})")).unwrap();
            prop_assert_eq!(Rule::parse(&text).unwrap().holds(of).map(|holds| !holds), negated.holds(of));
        }
    }
}
