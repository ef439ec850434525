//! The pages in docs/ and the modules' READMEs are what the schema, the catalogue, the variables and the examples say today.

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

/// Pages of the kind that providers in the registry have: a subcategory, and for resources several examples under headings of their own,
/// links to the vendor's documentation, and every value of a status in a table.
#[test]
fn pages_have_what_a_reader_of_the_registry_expects() {
    for kind in ["resources", "data-sources"] {
        for entry in std::fs::read_dir(workspace::root().join("docs").join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let page = std::fs::read_to_string(&path).unwrap();
            let place = path.display();
            assert!(!page.contains("subcategory: \"\""), "{place} has no subcategory");
            if kind == "resources" {
                let (_, examples) = page.split_once("\n## Example Usage\n").unwrap();
                let examples = examples.split("\n## ").next().unwrap();
                assert!(examples.matches("\n### ").count() >= 2, "{place}: examples");
                let vendor = ["(https://docs.aws.amazon.com/", "(https://www.mongodb.com/docs/"];
                assert!(vendor.iter().any(|link| page.contains(link)), "{place}: links");
            }
        }
    }
}

/// The words of the client are those of the pages.
#[test]
fn every_status_of_atlas_is_explained() {
    let root = workspace::root();
    let client = std::fs::read_to_string(root.join("provider/atlas-client/src/status.rs")).unwrap();
    let mut explained = 0;
    for (declared, page) in [
        ("    ServiceStatus {", "atlas_private_link"),
        ("    ConnectionStatus {", "atlas_private_link_endpoint"),
    ] {
        let (_, words) = client.split_once(declared).unwrap();
        let page = std::fs::read_to_string(root.join(format!("docs/resources/{page}.md"))).unwrap();
        let (_, table) = page.split_once("\n## Values of `status`\n").unwrap();
        for word in words.split("\n}").next().unwrap().split('"').skip(1).step_by(2) {
            assert!(table.contains(&format!("| `{word}` |")), "{word}");
            explained += 1;
        }
    }
    assert!(explained >= 12, "{explained}");
}
