//! A Lambda function's package: a zip with one program in it.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// The name under which Lambda's `provided.*` runtimes look for the program.
pub const BOOTSTRAP: &str = "bootstrap";

/// How hard to compress: a release is made once and sent often, a test's package the other way round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// For a release.
    Most,
    /// For a test.
    Least,
}

/// The bytes of a zip that holds `binary` alone, executable, as `name`. Equal binaries give equal zips.
///
/// # Errors
/// When the binary cannot be read.
pub fn zip(binary: &Path, name: &str, effort: Effort) -> Result<Vec<u8>> {
    let program = fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .unix_permissions(0o755)
        .compression_level(Some(match effort {
            Effort::Most => 9,
            Effort::Least => 1,
        }))
        .last_modified_time(zip::DateTime::default());
    zip.start_file(name, options)?;
    zip.write_all(&program)?;
    Ok(zip.finish()?.into_inner())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::io::Read as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_package_holds_the_program_alone_under_its_name_and_executable() {
        let folder = tempfile::tempdir().unwrap();
        let binary = folder.path().join("built");
        fs::write(&binary, "program").unwrap();
        let package = zip(&binary, "a-name", Effort::Most).unwrap();
        assert_eq!(package, zip(&binary, "a-name", Effort::Most).unwrap());
        let mut zip = zip::ZipArchive::new(Cursor::new(package)).unwrap();
        assert_eq!(zip.len(), 1);
        let mut file = zip.by_index(0).unwrap();
        assert_eq!(file.name().unwrap(), "a-name");
        assert_eq!(
            fs::Permissions::from_mode(file.unix_mode().unwrap()).mode() & 0o777,
            0o755
        );
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        assert_eq!(content, "program");
    }
}
