//! The texts for users and the comments avoid the phrases that CONTRIBUTING.md's glossary replaces. Descriptions of the schema are on the
//! generated pages in docs/, which another test compares with the schema.

use std::path::{Path, PathBuf};

use acceptance::documents::pages;
use local_cloud::workspace;

/// Pages that only contributors read, and the log of changes.
const FOR_CONTRIBUTORS: [&str; 3] = ["docs/decisions", "tests", "CHANGELOG.md"];

/// Folders whose comments are read.
const CODE: [&str; 5] = ["handlers", "provider", "tests", "terraform", "examples"];

/// Extensions of files with comments, each with the mark that begins a comment.
const MARKS: [(&str, &str); 4] = [("rs", "//"), ("tf", "#"), ("rego", "#"), ("py", "#")];

const GLOSSARY: &str = "\n## Words\n";

#[test]
fn texts_for_users_are_in_the_words_of_the_glossary() {
    let root = workspace::root();
    let texts = texts(&root);
    assert!(texts.len() > 80, "{} texts", texts.len());
    let found = found(&root, texts);
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn comments_are_in_the_words_of_the_glossary() {
    let root = workspace::root();
    let mut sources: Vec<_> = CODE.iter().flat_map(|folder| sources(&root.join(folder))).collect();
    sources.retain(|(path, _)| !path.ends_with("tests/language.rs"));
    assert!(sources.len() > 1_000, "{} files", sources.len());
    let found = found(&root, sources);
    assert!(found.is_empty(), "{found:#?}");
}

/// Each place of a phrase in these texts, with what to write instead.
fn found(root: &Path, texts: Vec<(PathBuf, String)>) -> Vec<String> {
    let contributing = std::fs::read_to_string(root.join("CONTRIBUTING.md")).unwrap();
    let phrases = phrases(contributing.split_once(GLOSSARY).unwrap().1);
    assert!(phrases.len() > 20, "{phrases:?}");
    let mut found = Vec::new();
    for (path, text) in texts {
        for (line, text) in text.lines().enumerate() {
            for (phrase, instead) in phrases.iter().filter(|(phrase, _)| has(text, phrase)) {
                let path = path.strip_prefix(root).unwrap().display();
                found.push(format!("{path}:{}: \"{phrase}\": write {instead}", line + 1));
            }
        }
    }
    found
}

/// A text with each phrase is found, and one with the words of another phrase is not.
#[test]
fn a_phrase_is_found_as_whole_words_in_prose_and_nowhere_else() {
    for (text, phrase, expected) in [
        ("ARNs told: who is told.", "is told", true),
        ("`null`: the account's.", "null: ", true),
        ("Also `AWS_REGION`.", "also AWS_", true),
        ("an ARN, as arn:aws:sns:x", ", as arn:", true),
        ("The cargo on board", "go on", false),
        ("this toldness", "is told", false),
    ] {
        assert_eq!(has(&plain(text), &phrase.to_lowercase()), expected, "{text}: {phrase}");
    }
    let page = "one\n```\nso many\n```\ntwo so many\n";
    assert_eq!(prose(page), "one\n\n\n\ntwo so many\n");
    let module = "variable \"x\" {\n  description = \"So many.\"\n  default = \"so many\"\n}\n";
    assert_eq!(descriptions(module), "\n\"so many.\"\n\n\n");
    let source = "/// So `what is there` many.\nlet url = \"https://so.many\"; // more\n    //! Is told.\n";
    assert_eq!(comments(source, "//"), "/ so  many.\n\n! is told.\n");
}

/// The phrases in backticks of the glossary's second column, in lower case, each with the first column.
fn phrases(glossary: &str) -> Vec<(String, String)> {
    let rows = glossary.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.splitn(2, " | ");
        Some((cells.next()?, cells.next()?))
    });
    rows.flat_map(|(write, instead_of)| {
        let phrases = instead_of.split('`').skip(1).step_by(2);
        phrases.map(|phrase| (phrase.to_lowercase(), write.to_owned()))
    })
    .collect()
}

/// The pages for users and the descriptions of variables and outputs, in lower case, without code, line by line.
fn texts(root: &Path) -> Vec<(PathBuf, String)> {
    let is_for_users = |path: &PathBuf| {
        !FOR_CONTRIBUTORS
            .iter()
            .any(|folder| path.starts_with(root.join(folder)))
    };
    let mut texts: Vec<_> = pages(root)
        .unwrap()
        .into_iter()
        .filter(is_for_users)
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            let text = prose(text.split(GLOSSARY).next().unwrap_or_default());
            (path, text)
        })
        .collect();
    for folder in ["terraform/modules", "examples"] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            for file in ["variables.tf", "outputs.tf"] {
                let path = entry.as_ref().unwrap().path().join(file);
                if let Ok(text) = std::fs::read_to_string(&path) {
                    texts.push((path, descriptions(&text)));
                }
            }
        }
    }
    texts
}

/// The files of a folder and of those in it, each with its comments, but for folders that Cargo or Terraform filled.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let is_hidden = path.file_name().unwrap().to_string_lossy().starts_with('.');
        if path.is_dir() && !is_hidden && !path.join("CACHEDIR.TAG").exists() {
            found.extend(sources(&path));
        }
        let mark = MARKS
            .iter()
            .find(|(extension, _)| path.extension().is_some_and(|it| it == *extension));
        if let (true, Some((_, mark))) = (path.is_file(), mark) {
            let comments = comments(&std::fs::read_to_string(&path).unwrap(), mark);
            found.push((path, comments));
        }
    }
    found
}

/// The lines that begin with the mark of a comment, in lower case and without code in backticks; the others are empty.
fn comments(source: &str, mark: &str) -> String {
    let mut text = String::new();
    for line in source.lines() {
        if let Some(comment) = line.trim_start().strip_prefix(mark) {
            text.extend(comment.split('`').step_by(2).map(str::to_lowercase));
        }
        text.push('\n');
    }
    text
}

/// The lines outside of fenced code; the others are empty.
fn prose(page: &str) -> String {
    let mut is_code = false;
    let mut text = String::new();
    for line in page.lines() {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        if !is_code && !is_fence {
            text.push_str(&plain(line));
        }
        text.push('\n');
    }
    text
}

/// The values of `description` and `error_message`; the other lines are empty.
fn descriptions(module: &str) -> String {
    let mut text = String::new();
    for line in module.lines() {
        let is_text = ["description", "error_message"]
            .iter()
            .any(|name| line.trim_start().starts_with(name));
        if let (true, Some((_, value))) = (is_text, line.split_once("= ")) {
            text.push_str(&plain(value));
        }
        text.push('\n');
    }
    text
}

/// In lower case and without backticks, which do not change what is read.
fn plain(text: &str) -> String {
    text.replace('`', "").to_lowercase()
}

/// Whether a phrase is in a text, with no letter before or after it.
fn has(text: &str, phrase: &str) -> bool {
    let is_letter = |character: Option<char>| character.is_some_and(char::is_alphabetic);
    let begins = phrase.starts_with(char::is_alphabetic);
    let ends = phrase.ends_with(char::is_alphabetic);
    text.match_indices(phrase).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + phrase.len()..].chars().next();
        !(begins && is_letter(before) || ends && is_letter(after))
    })
}
