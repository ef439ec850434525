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

#[test]
fn no_program_needs_a_newer_glibc_than_lambda_has() {
    for name in HANDLERS.into_iter().chain([PROVIDER]) {
        expect_old_glibc(&workspace::binary(name).unwrap()).unwrap();
    }
}
