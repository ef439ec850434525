//! A field's path for a message: names joined by dots, on one line, shortened when long.

const LONGEST: usize = 256;

pub(super) fn of<'a>(names: impl Iterator<Item = &'a [u8]>) -> String {
    let mut path = String::new();
    for (at, name) in names.enumerate() {
        if at > 0 {
            path.push('.');
        }
        // A name may be as long as a document; no character of a path is longer than its escape.
        let name = &name[..name.len().min(LONGEST)];
        path.extend(String::from_utf8_lossy(name).chars().flat_map(char::escape_debug));
        if path.len() > LONGEST {
            let end = path.floor_char_boundary(LONGEST);
            path.truncate(end);
            path.push('…');
            break;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_one_short_line_whatever_the_names_are() {
        let names: [&[u8]; 4] = [b"items", b"3", b"a\nb", b"\xFF"];
        assert_eq!(of(names.into_iter()), "items.3.a\\nb.\u{FFFD}");
        let long = vec![b'x'; 1 << 20];
        assert_eq!(of([long.as_slice()].into_iter()).chars().count(), LONGEST);
        let many = std::iter::repeat_n(&b"name"[..], 1_000);
        assert!(of(many).ends_with('…'));
    }
}
