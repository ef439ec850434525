//! What a server's error code says of another attempt.

/// Whether the same command may succeed a little later: an election or a shutdown, a network or a time limit within the deployment, a
/// sharded cluster that moves data, a cursor or a plan that ended, a lock or an operation in the way, a busy server.
///
/// Sources: MongoDB's `error_codes.yml` and the specification of retryable reads and writes. Codes that say who may do what, or that a
/// command is wrong, are none of these.
#[must_use]
pub fn passes(code: i32) -> bool {
    PASSING.binary_search(&code).is_ok()
}

/// In order.
const PASSING: [i32; 35] = [
    6, 7, 24, 43, 50, 63, 64, 89, 91, 100, 112, 117, 133, 134, 136, 150, 175, 189, 202, 234, 237, 262, 290, 314, 317,
    358, 384, 9_001, 10_107, 11_600, 11_601, 11_602, 13_388, 13_435, 13_436,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_in_the_table_is_found_and_refusals_are_not() {
        assert!(PASSING.is_sorted() && PASSING.iter().all(|code| passes(*code)));
        // FailedToParse, Unauthorized, AuthenticationFailed, NamespaceNotFound, DuplicateKey
        assert!([9, 13, 18, 26, 11_000].iter().all(|code| !passes(*code)));
    }
}
