//! The Markdown pages of the workspace: their fenced blocks, headings and links.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

/// A fenced block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// First word behind the fence; empty without one.
    pub language: String,
    /// Line of the page on which the block's first line is, from 1.
    pub line: usize,
    /// Its lines, without the indentation of the fence.
    pub text: String,
    /// The file that the block is, where the paragraph before it is a file name in backticks and nothing else.
    pub file: Option<String>,
}

/// The blocks of a page, in order.
///
/// # Errors
/// A fence is not closed.
pub fn blocks(page: &str) -> Result<Vec<Block>> {
    let mut found = Vec::new();
    let mut open: Option<(Block, usize, usize)> = None;
    let mut paragraph = "";
    for (number, line) in page.lines().enumerate() {
        let bare = if open.is_none() {
            without_mark(line)
        } else {
            line.trim_start()
        };
        let fence = bare.bytes().take_while(|byte| *byte == b'`').count();
        let indent = line.len() - bare.len();
        match &mut open {
            Some((block, length, _)) if fence >= *length && bare[fence..].trim().is_empty() => {
                found.push(block.clone());
                open = None;
                paragraph = "";
            }
            Some((block, _, outer)) => {
                block.text.push_str(line.get(*outer..).unwrap_or(bare));
                block.text.push('\n');
            }
            None if fence >= 3 => {
                let language = bare[fence..].split_whitespace().next().unwrap_or_default().to_owned();
                let file = paragraph.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
                let file = file.filter(|text| !text.contains(['`', ' '])).map(str::to_owned);
                let block = Block {
                    language,
                    line: number + 2,
                    text: String::new(),
                    file,
                };
                open = Some((block, fence, indent));
            }
            None if bare.is_empty() => {}
            None => paragraph = line.trim(),
        }
    }
    match open {
        Some((block, ..)) => bail!("the block that begins on line {} has no end", block.line - 1),
        None => Ok(found),
    }
}

/// A line without its indentation and without the mark of a list, behind which a fence may begin.
fn without_mark(line: &str) -> &str {
    let bare = line.trim_start();
    let digits = bare.bytes().take_while(u8::is_ascii_digit).count();
    let mark = if digits > 0 { ". " } else { "- " };
    bare[digits..].strip_prefix(mark).map_or(bare, str::trim_start)
}

/// A page outside of its blocks: the lines of blocks are empty.
#[must_use]
pub fn prose(page: &str) -> String {
    let mut text = String::new();
    let mut fence = 0;
    for line in page.lines() {
        let bare = if fence == 0 {
            without_mark(line)
        } else {
            line.trim_start()
        };
        let length = bare.bytes().take_while(|byte| *byte == b'`').count();
        let is_fence = length >= 3 && (fence == 0 || length >= fence);
        if is_fence {
            fence = if fence == 0 { length } else { 0 };
        } else if fence == 0 {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

/// What a link can name behind `#`: the headings of a page as GitHub and the registry write them, and the ids of its anchors.
#[must_use]
pub fn anchors(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for line in prose(page).lines() {
        if let Some(heading) = line.strip_prefix('#') {
            let plain: String = heading
                .trim_start_matches('#')
                .trim()
                .to_lowercase()
                .chars()
                .filter(|character| character.is_alphanumeric() || [' ', '-', '_'].contains(character))
                .map(|character| if character == ' ' { '-' } else { character })
                .collect();
            let repeated = (1..).map(|number| format!("{plain}-{number}"));
            let anchor = std::iter::once(plain.clone())
                .chain(repeated)
                .find(|anchor| !found.contains(anchor));
            found.extend(anchor);
        }
        if let Some((_, rest)) = line.split_once("<a id=\"") {
            found.extend(rest.split('"').next().map(str::to_owned));
        }
    }
    found
}

/// A link to a file of the workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Path relative to the page; empty for the page itself.
    pub path: String,
    /// What stands behind `#`.
    pub anchor: Option<String>,
}

/// The links of a page to files of the workspace.
#[must_use]
pub fn links(page: &str) -> Vec<Link> {
    let text = prose(page);
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    let targets = targets.filter(|target| !target.contains([':', ' ', '{', '"']) && !target.starts_with('/'));
    targets
        .map(|target| match target.split_once('#') {
            Some((path, anchor)) => Link {
                path: path.to_owned(),
                anchor: Some(anchor.to_owned()),
            },
            None => Link {
                path: target.to_owned(),
                anchor: None,
            },
        })
        .collect()
}

/// The Markdown files below a folder but for what was built.
///
/// # Errors
/// A folder cannot be read.
pub fn pages(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = std::fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(pages(&path)?);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    const PAGE: &str = "# One: `two`\n\n`main.tf`\n\n```hcl\na = 1\n\nb = 2\n```\n\ntext [x](y.md#z)\n\n1. ```sh event\n   ls\n   ```\n\n## A b\n## A b\n<a id=\"c\"></a>\n";

    #[test]
    fn blocks_have_their_language_line_text_and_file() {
        let found = blocks(PAGE).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(
            (found[1].language.as_str(), found[1].text.as_str()),
            ("sh", "ls\n"),
            "a fence may begin behind the mark of a list"
        );
        assert_eq!(
            found[0],
            Block {
                language: "hcl".into(),
                line: 6,
                text: "a = 1\n\nb = 2\n".into(),
                file: Some("main.tf".into()),
            }
        );
        let indented = blocks("- x\n\n  ```sh\n  ls\n    -l\n  ```\n").unwrap();
        assert_eq!(indented[0].text, "ls\n  -l\n");
        assert!(blocks("```\n").is_err());
    }

    #[test]
    fn a_page_has_its_headings_and_links() {
        let expected = ["one-two", "a-b", "a-b-1", "c"].map(str::to_owned);
        assert_eq!(anchors(PAGE), BTreeSet::from(expected));
        let link = Link {
            path: "y.md".into(),
            anchor: Some("z".into()),
        };
        assert_eq!(links(PAGE), [link]);
        assert_eq!(
            links("```\n[a](b.md)\n```\n[c](https://example.com) [d](#e)\n").len(),
            1
        );
    }
}
