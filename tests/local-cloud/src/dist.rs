//! `cargo dist`: the release: the provider as a registry takes it and as an unpacked mirror, and the functions' packages.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use object::Endianness;
use object::elf::{FileHeader64, SHT_DYNSYM};
use object::read::elf::{FileHeader as _, Sym as _};
use sha2::{Digest as _, Sha256};

use crate::mirror::{HOSTS, PLATFORM, VERSION, package_file};
use crate::package::{self, BOOTSTRAP, Effort};
use crate::progress::Progress;
use crate::workspace::{self, Place};

/// Highest glibc that a binary may need: the one of Lambda's `provided.al2023` (Amazon Linux 2023 has 2.34).
pub const GLIBC: (u32, u32) = (2, 34);

/// The provider's program.
pub const PROVIDER: &str = "terraform-provider-lectern";

/// Every handler, in order: its crate, its program and its package have one name.
pub const HANDLERS: [&str; 12] = [
    "cognito-export",
    "cognito-import",
    "download-api",
    "flow-log-guard",
    "mongo-dump",
    "mongo-probe",
    "mongo-restore",
    "origin-failover",
    "profile-api",
    "secret-rotation",
    "upload-api",
    "upload-janitor",
];

/// How long cargo takes for a release on two cores.
const RELEASE_BUILD: Duration = Duration::from_secs(25 * 60);

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
        let _progress = Progress::start("building the release with cargo".into(), Some(RELEASE_BUILD));
        let all = [PROVIDER].into_iter().chain(HANDLERS);
        let arguments: Vec<_> = all.flat_map(|name| ["--package", name]).collect();
        workspace::build(&place, &arguments)?;
    }
    for name in [PROVIDER].into_iter().chain(HANDLERS) {
        expect_old_glibc(&place.binary(name))?;
    }
    let provider = place.binary(PROVIDER);
    let folder = place.target.join("dist");
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    fs::create_dir_all(&folder)?;

    let release = format!("{PROVIDER}_{VERSION}");
    let archive = format!("{release}_{PLATFORM}.zip");
    let packed = package::zip(&provider, &format!("{PROVIDER}_v{VERSION}"), Effort::Most)?;
    fs::write(folder.join(&archive), packed)?;
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
    for name in HANDLERS {
        let packed = package::zip(&place.binary(name), BOOTSTRAP, Effort::Most)?;
        let archive = folder.join(format!("{name}.zip"));
        fs::write(&archive, &packed)?;
        let megabytes = packed.len() as f64 / 1e6;
        writeln!(stdout, "{}  {name}.zip  {megabytes:.1} MB", sha256(&archive)?)?;
    }
    writeln!(
        stdout,
        "mirror/  for provider_installation {{ filesystem_mirror {{ path = \"...\" }} }}"
    )?;
    Ok(())
}

/// The checksum of a file as SHA256SUMS has it, which is also that of a package in S3.
///
/// # Errors
/// The file cannot be read.
pub fn sha256(file: &Path) -> Result<String> {
    let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(hex::encode(Sha256::digest(bytes)))
}

/// Looks for what `binary` needs of glibc.
///
/// # Errors
/// When it needs a newer one than [`GLIBC`]; the message lists the symbols. When it cannot be read.
pub fn expect_old_glibc(binary: &Path) -> Result<()> {
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
}
