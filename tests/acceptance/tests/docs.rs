//! The pages in docs/ are what the schema, the catalogue and the examples say today.

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
