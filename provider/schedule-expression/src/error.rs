//! What can be wrong with the text of an expression.

use crate::Field;

/// Why a text is no expression. The message names the part, what was seen, why it is refused and what to type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// Another word than the three.
    #[error(
        "Got {seen:?}, which is not a rate(...), cron(...) or at(...) expression. Use, for example, rate(6 hours), \
         cron(0 3 * * ? *) or at(2030-01-31T03:00:00)."
    )]
    UnknownKind {
        /// The whole text.
        seen: String,
    },
    /// Not one pair of brackets around the whole.
    #[error("Got {seen:?}, which is not an expression in parentheses. Use, for example, rate(6 hours).")]
    Brackets {
        /// The whole text.
        seen: String,
    },
    /// `rate` has not two words.
    #[error("Got rate({seen}), which is not a number and a unit. Use, for example, rate(6 hours).")]
    RateShape {
        /// Between the brackets.
        seen: String,
    },
    /// The number of `rate` is none, or not positive.
    #[error(
        "The value of rate is {seen:?}, which is not a whole number from 1 to {max}. Use, for example, rate(6 hours)."
    )]
    RateValue {
        /// As typed.
        seen: String,
        /// The largest accepted number.
        max: u32,
    },
    /// The unit of `rate` is none of those there are.
    #[error("The unit of rate is {seen:?}, which is not minutes, hours or days. {hint}")]
    RateUnit {
        /// As typed.
        seen: String,
        /// What to type.
        hint: String,
    },
    /// More than one of a singular.
    #[error("The unit of rate({value} {seen}) is singular. Use rate({value} {seen}s).")]
    RateSingular {
        /// The number.
        value: u32,
        /// The unit as typed.
        seen: String,
    },
    /// `at` in another form.
    #[error(
        "Got at({seen}), which is not in the format yyyy-mm-ddThh:mm:ss (no time zone and no fraction of a second; \
         set the time zone in its own attribute). Use, for example, at(2030-01-31T03:00:00)."
    )]
    AtShape {
        /// Between the brackets.
        seen: String,
    },
    /// `at` a date that the calendar has not.
    #[error("Got at({seen}): {why}. Use a date and time that exist, for example at(2030-01-31T03:00:00).")]
    AtNoSuchTime {
        /// Between the brackets.
        seen: String,
        /// What does not exist.
        why: String,
    },
    /// `cron` has not six fields.
    #[error(
        "Got cron({seen}) with {count} fields instead of 6 (minutes hours day-of-month month day-of-week year). {hint}"
    )]
    CronFieldCount {
        /// Between the brackets.
        seen: String,
        /// How many there are.
        count: usize,
        /// What to type.
        hint: String,
    },
    /// Six fields of Quartz, the first of which are seconds.
    #[error(
        "Got cron({seen}), which begins with seconds, as in Quartz. EventBridge Scheduler has no seconds field. \
        Use {instead}."
    )]
    CronSeconds {
        /// Between the brackets.
        seen: String,
        /// Without seconds, and with a year.
        instead: String,
    },
    /// Something that the field's grammar has not.
    #[error("The {field} field of cron has {seen:?}, which is not {}. Use, for example, {}.", field.takes(), field.example())]
    CronWord {
        /// Where.
        field: Field,
        /// As typed.
        seen: String,
    },
    /// A number or name beyond the field's.
    #[error("The {field} field of cron has {seen:?}, which is outside of {}. Use, for example, {}.", field.range(), field.example())]
    CronOutOfRange {
        /// Where.
        field: Field,
        /// As typed.
        seen: String,
    },
    /// A range whose end is before its begin. Our choice to refuse it: Scheduler's documentation does not say what it means.
    #[error("The {field} field of cron has the range {seen:?}, which runs backwards. Use {instead}.")]
    CronBackwardRange {
        /// Where.
        field: Field,
        /// As typed.
        seen: String,
        /// What it means, or the same the right way round.
        instead: String,
    },
    /// A step of nothing, or beyond the field's end.
    #[error("The {field} field of cron has the step {seen:?}, which is not a number from 1 to {max}. Use, for \
        example, {}.", field.stepped())]
    CronStep {
        /// Where.
        field: Field,
        /// As typed.
        seen: String,
        /// The largest step that reaches a second value.
        max: i16,
    },
    /// A sign the field does not take.
    #[error("The {field} field of cron has {seen:?}, but this field does not support {sign}. {hint}")]
    CronSign {
        /// Where.
        field: Field,
        /// As typed.
        seen: String,
        /// The sign.
        sign: char,
        /// What to type.
        hint: &'static str,
    },
    /// `?`, `L`, `W` or `#` together with others.
    #[error(
        "The {field} field of cron has {seen:?}, but {sign} must be alone in its field. Use {instead}, or create a \
         schedule for each value."
    )]
    CronNotAlone {
        /// Where.
        field: Field,
        /// As typed.
        seen: String,
        /// The sign.
        sign: char,
        /// The one item.
        instead: String,
    },
    /// Both day fields say something.
    #[error(
        "cron has {day_of_month:?} as day-of-month and {day_of_week:?} as day-of-week, but one of the two fields must \
         be ?. Use {instead}."
    )]
    CronBothDays {
        /// As typed.
        day_of_month: String,
        /// As typed.
        day_of_week: String,
        /// The expression with a `?`.
        instead: String,
    },
    /// Neither day field says something.
    #[error("cron has ? both as day-of-month and as day-of-week, so it names no day. Use {instead} for every day.")]
    CronNoDay {
        /// The expression with a `*`.
        instead: String,
    },
}
