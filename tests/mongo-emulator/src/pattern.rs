//! Which commands a fault or a gate is for.

/// Commands that drivers send by themselves; `*` does not stand for them, so that scripts count what a test does.
const HOUSEKEEPING: [&str; 8] = [
    "hello",
    "ismaster",
    "saslStart",
    "saslContinue",
    "endSessions",
    "refreshSessions",
    "ping",
    "killCursors",
];

/// A command's name, or `*` for any that drivers do not send by themselves; a namespace in which `*` stands for any text.
pub(crate) fn matches(command_pattern: &str, namespace_pattern: &str, command: &str, namespace: &str) -> bool {
    let is_command = match command_pattern {
        "*" => !HOUSEKEEPING.iter().any(|name| name.eq_ignore_ascii_case(command)),
        wanted => wanted.eq_ignore_ascii_case(command),
    };
    is_command && text_matches(namespace_pattern, namespace)
}

fn text_matches(pattern: &str, text: &str) -> bool {
    let Some((head, tail)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(rest) = text.strip_prefix(head) else {
        return false;
    };
    let ends = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
    ends.into_iter().any(|at| text_matches(tail, &rest[at..]))
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_stand_for_commands_and_namespaces() {
        for (case, command, namespace, expected) in [
            ("everything", "*", "*", true),
            ("whole name", "find", "shop.orders", true),
            ("another case", "FIND", "shop.orders", true),
            ("a database", "find", "shop.*", true),
            ("a collection", "*", "*.orders", true),
            ("part of a name", "*", "*.ord*s", true),
            ("other command", "insert", "*", false),
            ("other collection", "*", "shop.order", false),
            ("other database", "*", "shops.*", false),
        ] {
            assert_eq!(matches(command, namespace, "find", "shop.orders"), expected, "{case}");
        }
        assert!(!matches("*", "*", "isMaster", "admin"), "drivers send it by themselves");
        assert!(matches("killCursors", "*", "killCursors", "shop.orders"));
    }
}
