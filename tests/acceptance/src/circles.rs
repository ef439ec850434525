//! Which files of a crate import each other: read from their `use` lines and from paths that begin at `crate` or `super`.
//!
//! A file that re-exports what its children have (`pub use`) imports nothing by that: who imports through it imports from the
//! child. Unit tests do not count.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;

/// A module by its path in the crate; empty for lib.rs.
type Module = Vec<String>;

/// One file, as far as imports go.
#[derive(Default)]
struct Imports {
    /// Paths that it uses, as written.
    used: Vec<Vec<String>>,
    /// Names that it re-exports, and where they come from.
    exported: BTreeMap<String, Vec<String>>,
}

/// The circles among the files below `src`: the modules of each, as `a::b`.
///
/// # Errors
/// A file cannot be read.
pub fn circles(src: &Path) -> anyhow::Result<Vec<Vec<String>>> {
    let mut files = BTreeMap::new();
    collect(src, src, &mut files)?;
    Ok(find(&files))
}

fn collect(src: &Path, folder: &Path, files: &mut BTreeMap<Module, String>) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.is_dir() {
            collect(src, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let inside = path.strip_prefix(src)?.with_extension("");
            let mut module: Module = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
                module.pop();
            }
            // Programs are crates of their own.
            if module != ["main"] && module.first().is_none_or(|first| first != "bin") {
                files.insert(module, std::fs::read_to_string(&path)?);
            }
        }
    }
    Ok(())
}

fn find(files: &BTreeMap<Module, String>) -> Vec<Vec<String>> {
    let imports: BTreeMap<&Module, Imports> = files.iter().map(|(module, text)| (module, imports(text))).collect();
    let edges: BTreeMap<&Module, BTreeSet<Module>> = imports
        .iter()
        .map(|(module, found)| {
            let targets = found.used.iter().filter_map(|path| resolve(&imports, module, path, 0));
            (*module, targets.filter(|target| target != *module).collect())
        })
        .collect();
    let reached: BTreeMap<&Module, BTreeSet<Module>> =
        edges.keys().map(|module| (*module, reach(&edges, module))).collect();
    let mut circles = BTreeSet::new();
    for (module, there) in &reached {
        if there.contains(*module) {
            let back = |other: &&Module| reached.get(*other).is_some_and(|back| back.contains(*module));
            circles.insert(
                there
                    .iter()
                    .filter(back)
                    .map(|module| module.join("::"))
                    .collect::<Vec<_>>(),
            );
        }
    }
    circles.into_iter().collect()
}

/// Every module that one imports, directly or not.
fn reach(edges: &BTreeMap<&Module, BTreeSet<Module>>, from: &Module) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&Module> = vec![from];
    while let Some(module) = next.pop() {
        for target in edges.get(module).into_iter().flatten() {
            if reached.insert(target.clone()) {
                next.push(target);
            }
        }
    }
    reached
}

/// The file that a path leads to; `None` for another crate's.
fn resolve(imports: &BTreeMap<&Module, Imports>, from: &Module, path: &[String], depth: usize) -> Option<Module> {
    let mut module = from.clone();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => {
            module.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        "super" => {
            while rest.first().is_some_and(|word| word == "super") {
                module.pop()?;
                rest = &rest[1..];
            }
        }
        word => {
            let child: Module = module.iter().cloned().chain([word.to_owned()]).collect();
            imports.contains_key(&child).then_some(())?;
        }
    }
    while let Some((word, more)) = rest.split_first() {
        let child: Module = module.iter().cloned().chain([word.clone()]).collect();
        if !imports.contains_key(&child) {
            break;
        }
        (module, rest) = (child, more);
    }
    let exported = rest.first().and_then(|word| imports.get(&module)?.exported.get(word));
    // Re-exports of re-exports are few; one that leads to itself ends here.
    match exported.filter(|_| depth < 8) {
        Some(origin) => resolve(imports, &module, origin, depth + 1).or(Some(module)),
        None => Some(module),
    }
}

fn imports(text: &str) -> Imports {
    let text = code(text);
    let mut found = Imports::default();
    let mut body = String::new();
    let mut rest = text.as_str();
    while let Some((before, statement, after)) = next_use(rest) {
        let is_exported = before.trim_end().ends_with("pub") || before.trim_end().ends_with(')') && ends_in_pub(before);
        body.push_str(before);
        for path in expanded(statement) {
            if is_exported && let Some(name) = path.iter().rev().find(|word| *word != "self") {
                found.exported.insert(name.clone(), path);
            } else {
                found.used.push(path);
            }
        }
        rest = after;
    }
    body.push_str(rest);
    found.used.extend(inline_paths(&body));
    found
}

/// Whether a text ends in `pub(crate)` or `pub(super)`.
fn ends_in_pub(text: &str) -> bool {
    let text = text.trim_end();
    text.rfind('(').is_some_and(|open| text[..open].ends_with("pub"))
}

/// What is before the next `use`, what is between it and its semicolon, and the rest.
fn next_use(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    loop {
        let at = from + text[from..].find("use ")?;
        let is_word = text[..at].chars().next_back().is_none_or(char::is_whitespace);
        let length = text[at..].find(';')?;
        // Not `impl Trait + use<>`, and no word of a macro's body.
        if is_word {
            return Some((&text[..at], &text[at + 4..at + length], &text[at + length + 1..]));
        }
        from = at + 4;
    }
}

/// `a::{b, c::{self, D}}` as its single paths.
fn expanded(statement: &str) -> Vec<Vec<String>> {
    let statement = statement.trim();
    let Some(open) = statement.find('{') else {
        let path = statement.split(" as ").next().unwrap_or(statement);
        let words = path.split("::").map(|word| word.trim().to_owned());
        return vec![words.filter(|word| !word.is_empty() && word != "*").collect()];
    };
    let (start, inner) = (&statement[..open], &statement[open + 1..]);
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    let mut parts = vec![String::new()];
    let mut depth = 0;
    for letter in inner.chars() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if letter == ',' && depth == 0 {
            parts.push(String::new());
        } else if let Some(part) = parts.last_mut() {
            part.push(letter);
        }
    }
    let parts = parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty());
    parts.flat_map(|part| expanded(&format!("{start}{part}"))).collect()
}

/// Paths of the code that begin at `crate` or `super`.
fn inline_paths(body: &str) -> Vec<Vec<String>> {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let words = body.split(|letter| !is_part(letter));
    let paths = words.filter(|word| word.starts_with("crate::") || word.starts_with("super::"));
    paths
        .map(|path| {
            path.split("::")
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        })
        .collect()
}

/// The text without comments, strings and unit tests.
fn code(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        let skipped = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |end| end + 2)
        } else if let Some(hashes) = raw_string(rest) {
            let end = format!("\"{}", "#".repeat(hashes));
            let open = hashes + 2;
            rest[open..].find(&end).map_or(rest.len(), |at| open + at + end.len())
        } else if letter == '"' {
            string(rest)
        } else {
            0
        };
        if skipped == 0 {
            // A quoted quote is no string.
            let length = if rest.starts_with("'\"'") { 3 } else { letter.len_utf8() };
            kept.push_str(&rest[..length]);
            rest = &rest[length..];
        } else {
            rest = &rest[skipped..];
        }
    }
    without_tests(&kept)
}

/// The number of hashes of a raw string that begins here.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix('r')?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then_some(hashes)
}

/// The length of a string with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// Unit tests stand at the end of a file, in a module of their own.
fn without_tests(text: &str) -> String {
    let mut from = 0;
    while let Some(at) = text[from..].find("#[cfg(test)]") {
        let start = from + at;
        let after = &text[start..];
        let item = after.split(['{', ';']).next().unwrap_or_default();
        if after[item.len()..].starts_with('{') && item.contains("mod ") {
            return text[..start].to_owned();
        }
        from = start + 1;
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn circles_of(files: &[(&str, &str)]) -> Vec<Vec<String>> {
        let module = |name: &str| {
            name.split("::")
                .filter(|word| !word.is_empty())
                .map(str::to_owned)
                .collect()
        };
        find(
            &files
                .iter()
                .map(|(name, text)| (module(name), (*text).to_owned()))
                .collect(),
        )
    }

    #[test]
    fn two_files_that_import_each_other_are_a_circle_however_they_write_it() {
        let forms = [
            "use crate::b::B;",
            "use super::b;",
            "use super::{\n    b::{self, B},\n    c,\n};",
            "fn f() { crate::b::g() }",
            "use crate::B;",
        ];
        for form in forms {
            let files = [
                ("", "mod a; mod b; pub use b::B;"),
                ("a", form),
                ("b", "use crate::a::A;"),
                ("c", ""),
            ];
            assert_eq!(circles_of(&files), [["a", "b"]], "{form}");
        }
    }

    #[test]
    fn a_circle_of_three_is_found_once() {
        let files = [
            ("a", "use crate::b::B;"),
            ("b", "use crate::c::C;"),
            ("c", "use crate::a::A;"),
            ("d", "use crate::a::A;"),
        ];
        assert_eq!(circles_of(&files), [["a", "b", "c"]]);
    }

    #[test]
    fn what_is_no_import_makes_no_circle() {
        let harmless = [
            "// use crate::b::B;",
            "/// See [`crate::b::B`].",
            "const TEXT: &str = \"use crate::b::B;\";",
            "const TEXT: &str = r#\"use crate::b::B;\"#;",
            "fn f() -> impl Iterator + use<> { '\"'; }",
            "#[cfg(test)]\nmod tests {\n    use crate::b::B;\n}",
            "use other::b::B;",
        ];
        for text in harmless {
            let files = [("", "pub(crate) use a::A; mod a;"), ("a", text), ("b", "use crate::A;")];
            assert_eq!(circles_of(&files), Vec::<Vec<String>>::new(), "{text}");
        }
    }
}
