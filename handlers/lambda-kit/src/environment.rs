//! A function's settings from its environment variables, read once at the start.

use std::fmt::Display;
use std::str::FromStr;

/// A variable's value by its name.
type Read<'a> = Box<dyn Fn(&str) -> Option<String> + 'a>;

/// Reads variables and keeps what is wrong with them, so that one error names everything there is to mend.
pub struct Environment<'a> {
    read: Read<'a>,
    problems: Vec<String>,
}

/// What is wrong with a function's environment variables.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the function's environment variables are wrong: {}", .0.join("; "))]
pub struct EnvironmentError(
    /// One sentence each, with the variable's name; never a value that is set.
    pub Vec<String>,
);

impl<'a> Environment<'a> {
    /// Of this process.
    #[must_use]
    pub fn process() -> Self {
        Self::new(|name| std::env::var(name).ok())
    }

    /// By a function of the variable's name: for tests.
    pub fn new(read: impl Fn(&str) -> Option<String> + 'a) -> Self {
        Self {
            read: Box::new(read),
            problems: Vec::new(),
        }
    }

    /// A variable that may be left out; an empty one is as good as none.
    pub fn optional(&self, name: &str) -> Option<String> {
        (self.read)(name).filter(|value| !value.is_empty())
    }

    /// A variable that has to be there; `what` says what to set it to. Empty where it is not, which [`Environment::finish`] reports.
    pub fn required(&mut self, name: &str, what: &str) -> String {
        self.optional(name).unwrap_or_else(|| {
            self.problem(format!("{name} is not set: set it to {what}"));
            String::new()
        })
    }

    /// A variable that is read as a `T` and passes `accepts`; `what` says what it may be.
    pub fn parsed<T: FromStr + Display>(
        &mut self,
        name: &str,
        default: T,
        accepts: impl Fn(&T) -> bool,
        what: &str,
    ) -> T {
        let Some(value) = self.optional(name) else {
            return default;
        };
        match value.parse() {
            Ok(parsed) if accepts(&parsed) => parsed,
            _ => {
                self.problem(format!(
                    "{name} has an invalid value: set it to {what}, or remove it to use the default {default}"
                ));
                default
            }
        }
    }

    /// The elements of a list with commas between, without blanks around them; none where the variable is not set.
    #[must_use]
    pub fn list(&self, name: &str) -> Vec<String> {
        let text = self.optional(name).unwrap_or_default();
        let elements = text.split(',').map(str::trim).filter(|element| !element.is_empty());
        elements.map(str::to_owned).collect()
    }

    /// Keeps a problem of a kind that only the caller sees.
    pub fn problem(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// Everything that was wrong, together.
    pub fn finish(self) -> Result<(), EnvironmentError> {
        if self.problems.is_empty() {
            Ok(())
        } else {
            Err(EnvironmentError(self.problems))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_is_wrong_is_said_at_once_and_no_value_is_quoted() {
        let mut environment = Environment::new(|name| match name {
            "EMPTY" => Some(String::new()),
            "SECONDS" => Some("hunter2".to_owned()),
            "LIST" => Some("a, b,,c ".to_owned()),
            _ => None,
        });
        assert_eq!(environment.required("EMPTY", "the bucket's name"), "");
        assert_eq!(
            environment.parsed("SECONDS", 900, |seconds: &u64| *seconds > 0, "seconds from 1"),
            900
        );
        assert_eq!(environment.parsed("MISSING", 7, |_: &u64| true, "a number"), 7);
        assert_eq!(environment.list("LIST"), ["a", "b", "c"]);
        let error = environment.finish().map_err(|error| error.to_string());
        let expected = "the function's environment variables are wrong: EMPTY is not set: set it to the bucket's name; SECONDS has \
                        an invalid value: set it to seconds from 1, or remove it to use the default 900";
        assert_eq!(error, Err(expected.to_owned()));
    }
}
