//! What is built here runs where it is meant to.

use local_cloud::dist::{HANDLERS, PROVIDER, expect_old_glibc};
use local_cloud::workspace;

#[test]
fn every_handler_is_packed() {
    let folders = std::fs::read_dir(workspace::root().join("handlers")).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    let programs = folders.filter(|folder| folder.join("src/main.rs").exists());
    let mut names: Vec<_> = programs
        .map(|folder| folder.file_name().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, HANDLERS);
}

/// `link.rs` gives the program a fixed address, which saves a tenth of its memory.
#[test]
fn every_handler_is_linked_and_linted_as_the_others() {
    for name in HANDLERS {
        let manifest = workspace::root().join("handlers").join(name).join("Cargo.toml");
        let manifest = std::fs::read_to_string(manifest).unwrap();
        for line in ["\nbuild = \"../link.rs\"\n", "\n[lints]\nworkspace = true\n"] {
            assert!(manifest.contains(line), "handlers/{name}/Cargo.toml has no {line}");
        }
    }
}

#[test]
fn no_program_needs_a_newer_glibc_than_lambda_has() {
    for name in HANDLERS.into_iter().chain([PROVIDER]) {
        expect_old_glibc(&workspace::binary(name).unwrap()).unwrap();
    }
}
