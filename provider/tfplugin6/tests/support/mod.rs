//! What the test files of this crate share.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// The example `probe`, which Cargo builds along with the tests and puts next to them.
///
/// Not with `--test name`, though: an old probe would then be tested in place of the sources, so that is refused.
pub(crate) fn probe() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let probe = test.ancestors().nth(2).unwrap().join("examples/probe");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
    let newest = newest(&sources.join("src")).max(newest(&sources.join("examples")));
    let built = fs::metadata(&probe).and_then(|metadata| metadata.modified()).ok();
    assert!(
        built.is_some_and(|built| built >= newest),
        "{} is missing or older than the sources: cargo build -p tfplugin6 --examples",
        probe.display()
    );
    probe
}

fn newest(folder: &Path) -> SystemTime {
    let files = fs::read_dir(folder).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().modified().unwrap())
        .max()
        .unwrap()
}
