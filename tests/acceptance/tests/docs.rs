//! The pages in docs/ and the modules' READMEs are what the schema, the catalogue, the variables and the examples say today.

use std::path::{Path, PathBuf};

use acceptance::pages;
use local_cloud::workspace;

#[test]
fn registry_pages_are_those_the_schema_generates() {
    let generated = pages::generate().unwrap();
    for page in [
        "index.md",
        "resources/alarm_bundle.md",
        "resources/atlas_access_list.md",
        "resources/atlas_private_link.md",
        "resources/atlas_private_link_endpoint.md",
        "resources/mongo_dump_schedule.md",
        "data-sources/alarm_catalog.md",
        "data-sources/atlas_private_link.md",
        "data-sources/mongo_dumps.md",
        "functions/atlas_region.md",
        "functions/is_private_cidr.md",
        "functions/schedule_runs.md",
    ] {
        assert!(
            generated.contains_key(page),
            "{page} is not generated; there are {:?}",
            generated.keys()
        );
    }
    for (name, text) in generated {
        let committed = std::fs::read_to_string(workspace::root().join("docs").join(&name)).unwrap_or_default();
        assert!(
            committed == text,
            "docs/{name} is not what the schema says; run `cargo run -p acceptance --bin generate-docs` and commit"
        );
    }
}

/// After a change: `cargo run -p acceptance --bin generate-docs`.
#[test]
fn readmes_of_modules_list_the_inputs_and_outputs_that_they_have() {
    pages::check_tables().unwrap();
}

#[test]
fn the_registry_accepts_every_page() {
    pages::validate().unwrap();
}

#[test]
fn every_resource_page_shows_each_way_to_import() {
    let folder = workspace::root().join("examples/resources");
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let folder = entry.file_name().into_string().unwrap();
        let page = format!("docs/resources/{}.md", folder.trim_start_matches("lectern_"));
        let page = std::fs::read_to_string(workspace::root().join(page)).unwrap();
        for example in ["import-by-identity.tf", "import-by-string-id.tf", "import.sh"] {
            let text = std::fs::read_to_string(entry.path().join(example)).unwrap();
            assert!(page.contains(text.trim()), "{folder}/{example}");
        }
    }
}

#[test]
fn every_link_from_page_to_page_leads_somewhere() {
    let mut pages = Vec::new();
    collect_pages(&workspace::root(), &mut pages);
    assert!(pages.len() > 40, "{} pages", pages.len());
    let mut dead = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1) {
            let target = link.split([')', '#']).next().unwrap_or_default();
            let is_path = !target.is_empty() && !target.contains([':', ' ', '{', '"']) && !target.starts_with('/');
            if is_path && !page.with_file_name(target).exists() {
                dead.push(format!("{}: {target}", page.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

/// The Markdown files of the repository.
pub(crate) fn collect_pages(folder: &Path, pages: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            collect_pages(&path, pages);
        } else if name.ends_with(".md") {
            pages.push(path);
        }
    }
}
