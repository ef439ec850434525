//! `cargo dist`: the provider's release package: what a registry takes, and an unpacked mirror.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use object::Endianness;
use object::elf::{FileHeader64, SHT_DYNSYM};
use object::read::elf::{FileHeader as _, Sym as _};
use sha2::{Digest as _, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::mirror::{HOSTS, PLATFORM, VERSION, package_file};
use crate::progress::Progress;
use crate::workspace::{self, Place};

/// Highest glibc that a binary may need: the one of Lambda's `provided.al2023` (Amazon Linux 2023 has 2.34).
pub const GLIBC: (u32, u32) = (2, 34);

/// What is built and checked: the provider, and the quickstart's function as one that runs on Lambda.
const BINARIES: [&str; 2] = ["terraform-provider-lectern", "quickstart-function"];

/// Builds the package into `dist` in Cargo's target folder, anew, and says on stdout what it holds.
///
/// # Errors
/// When the build fails, the registry manifest is missing, or a binary needs a newer glibc than [`GLIBC`]; the message then
/// lists the symbols.
pub fn run() -> Result<()> {
    let place = Place {
        profile: "release".into(),
        ..Place::current()?
    };
    {
        let _progress = Progress::start("building the release with cargo".into(), Some(Duration::from_secs(240)));
        workspace::build(&place, &BINARIES.map(|name| ["--package", name]).concat())?;
    }
    for name in BINARIES {
        expect_old_glibc(&place.binary(name))?;
    }
    let provider = place.binary("terraform-provider-lectern");
    let folder = place.target.join("dist");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;

    let release = format!("terraform-provider-lectern_{VERSION}");
    let archive = format!("{release}_{PLATFORM}.zip");
    pack(&provider, &folder.join(&archive))?;
    let manifest = format!("{release}_manifest.json");
    let source = workspace::root().join("terraform-registry-manifest.json");
    fs::copy(&source, folder.join(&manifest)).with_context(|| format!("cannot copy {}", source.display()))?;
    let mut sums = String::new();
    for name in [&archive, &manifest] {
        sums += &format!("{}  {name}\n", sha256(&folder.join(name))?);
    }
    fs::write(folder.join(format!("{release}_SHA256SUMS")), &sums)?;
    for host in HOSTS {
        let file = package_file(&folder.join("mirror"), host, "lectern/lectern", VERSION);
        fs::create_dir_all(file.parent().context("a package without a folder")?)?;
        fs::copy(&provider, &file)?;
    }
    let mut stdout = io::stdout();
    writeln!(stdout, "{}", folder.display())?;
    write!(stdout, "{sums}")?;
    writeln!(
        stdout,
        "mirror/  for provider_installation {{ filesystem_mirror {{ path = \"...\" }} }}"
    )?;
    Ok(())
}

/// A zip as the registry wants it: only the binary, with its version in the name.
fn pack(provider: &Path, archive: &Path) -> Result<()> {
    let mut zip = ZipWriter::new(File::create(archive)?);
    let options = SimpleFileOptions::default()
        .unix_permissions(0o755)
        .compression_level(Some(9));
    zip.start_file(format!("terraform-provider-lectern_v{VERSION}"), options)?;
    zip.write_all(&fs::read(provider)?)?;
    zip.finish()?;
    Ok(())
}

fn sha256(file: &Path) -> Result<String> {
    let digest = Sha256::digest(fs::read(file)?);
    Ok(digest.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Fails when `binary` needs a newer glibc than [`GLIBC`], and says for which symbols.
fn expect_old_glibc(binary: &Path) -> Result<()> {
    let needed = glibc_symbols(&fs::read(binary).with_context(|| format!("cannot read {}", binary.display()))?)?;
    let newer: Vec<String> = needed
        .range((GLIBC.0, GLIBC.1 + 1)..)
        .map(|((major, minor), symbols)| format!("  glibc {major}.{minor}: {}", symbols.join(", ")))
        .collect();
    if newer.is_empty() {
        return Ok(());
    }
    let (major, minor) = GLIBC;
    bail!(
        "{} does not run where glibc is {major}.{minor}, as on Lambda's provided.al2023. It needs\n{}\n\
         Build it through cargo-lambda, whose zig linker takes an older glibc.",
        binary.display(),
        newer.join("\n")
    )
}

/// The symbols that an ELF file takes from glibc, by the version that they came with.
fn glibc_symbols(data: &[u8]) -> Result<BTreeMap<(u32, u32), Vec<String>>> {
    let header = FileHeader64::<Endianness>::parse(data)?;
    let endian = header.endian()?;
    let sections = header.sections(endian, data)?;
    let symbols = sections.symbols(endian, data, SHT_DYNSYM)?;
    let mut needed: BTreeMap<(u32, u32), Vec<String>> = BTreeMap::new();
    let Some(versions) = sections.versions(endian, data)? else {
        return Ok(needed);
    };
    for (index, symbol) in symbols.enumerate() {
        if !symbol.is_undefined(endian) {
            continue;
        }
        let Some(version) = versions.version(versions.version_index(endian, index).into())? else {
            continue;
        };
        if let Some(version) = glibc_version(&String::from_utf8_lossy(version.name())) {
            let name = symbols.symbol_name(endian, symbol)?;
            needed
                .entry(version)
                .or_default()
                .push(String::from_utf8_lossy(name).into_owned());
        }
    }
    Ok(needed)
}

/// `GLIBC_2.34` and `GLIBC_2.2.5` -> `(2, 34)` and `(2, 2)`; nothing for what is not glibc's.
fn glibc_version(name: &str) -> Option<(u32, u32)> {
    let mut parts = name.strip_prefix("GLIBC_")?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::io::Read as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        for (name, version) in [
            ("GLIBC_2.34", Some((2, 34))),
            ("GLIBC_2.2.5", Some((2, 2))),
            ("GLIBC_PRIVATE", None),
            ("GCC_3.0", None),
        ] {
            assert_eq!(glibc_version(name), version, "{name}");
        }
        assert!(glibc_version("GLIBC_2.2.5") < glibc_version("GLIBC_2.34"));
    }

    #[test]
    fn the_symbols_of_a_real_binary_are_found() {
        let this_test = fs::read(std::env::current_exe().unwrap()).unwrap();
        let needed = glibc_symbols(&this_test).unwrap();
        assert!(needed.values().flatten().any(|symbol| symbol == "memcpy"), "{needed:?}");
    }

    #[test]
    fn the_archive_holds_the_binary_alone_under_its_release_name_and_executable() {
        let folder = tempfile::tempdir().unwrap();
        let provider = folder.path().join("built");
        fs::write(&provider, "provider").unwrap();
        let archive = folder.path().join("archive.zip");
        pack(&provider, &archive).unwrap();
        let mut zip = zip::ZipArchive::new(File::open(&archive).unwrap()).unwrap();
        assert_eq!(zip.len(), 1);
        let mut file = zip.by_index(0).unwrap();
        assert_eq!(file.name().unwrap(), format!("terraform-provider-lectern_v{VERSION}"));
        assert_eq!(
            fs::Permissions::from_mode(file.unix_mode().unwrap()).mode() & 0o777,
            0o755
        );
        let mut content = String::new();
        file.read_to_string(&mut content).unwrap();
        assert_eq!(content, "provider");
    }
}
