//! This workspace's own binaries, built when something needs them.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};

use crate::group::Group;
use crate::progress::Progress;

/// The workspace's folder, where this crate was built from.
#[must_use]
pub fn root() -> PathBuf {
    // tests/local-cloud is two levels down.
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap_or(Path::new("."))
        .to_owned()
}

/// Where Cargo puts what it builds, and under which profile: read off the running binary's own place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) target: PathBuf,
    pub(crate) profile: String,
    /// Whether a test runs.
    pub(crate) test: bool,
}

impl Place {
    /// The running binary's place.
    pub(crate) fn current() -> Result<Self> {
        let executable = env::current_exe()?;
        Self::of(&executable).with_context(|| format!("{} is not in a Cargo target folder", executable.display()))
    }

    /// `<target>/<profile>/<binary>`, or for tests `<target>/<profile>/deps/<binary>`.
    fn of(executable: &Path) -> Option<Self> {
        let mut folder = executable.parent()?;
        let test = folder.file_name()? == "deps";
        if test {
            folder = folder.parent()?;
        }
        Some(Self {
            target: folder.parent()?.to_owned(),
            profile: folder.file_name()?.to_str()?.to_owned(),
            test,
        })
    }

    /// Cargo's name for the profile whose folder this is.
    fn cargo_profile(&self) -> &str {
        if self.profile == "debug" { "dev" } else { &self.profile }
    }

    pub(crate) fn binary(&self, name: &str) -> PathBuf {
        self.target.join(&self.profile).join(name)
    }
}

/// `cargo test` builds dependencies with the features that development dependencies ask for; `cargo build --bins` does not, and
/// would compile most of them a second time (330 s on 2 cores). One small example among the targets makes it do so too.
const WITH_DEVELOPMENT_DEPENDENCIES: [&str; 2] = ["--example", "generate_docs"];

/// Builds the workspace's binaries with the profile of the running one, once in a process, and returns the path of the one
/// named.
///
/// All binaries of the workspace are built together: a package built alone could resolve to other features of its
/// dependencies, and the next build of the workspace would compile those again.
///
/// # Errors
/// When the build fails; what Cargo said is on stderr. When there is no such binary.
pub fn binary(name: &str) -> Result<PathBuf> {
    static BUILT: Mutex<bool> = Mutex::new(false);
    let place = Place::current()?;
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    if !*built {
        // A release from nothing takes a quarter of an hour on 2 cores, and looks like a program that hangs.
        let _progress = Progress::start("building the workspace's programs with cargo".into(), None);
        let mut packages = vec!["--workspace"];
        if place.test {
            packages.extend(WITH_DEVELOPMENT_DEPENDENCIES);
        }
        build(&place, &packages)?;
        *built = true;
    }
    let binary = place.binary(name);
    if !binary.exists() {
        bail!("the workspace has no binary {name} ({})", binary.display());
    }
    Ok(binary)
}

/// Builds the provider, as the running binary was built, and returns its path.
///
/// # Errors
/// When the build fails; what Cargo said is on stderr.
pub fn provider() -> Result<PathBuf> {
    if cfg!(feature = "demo") {
        Ok(demo_binaries()?.provider)
    } else {
        binary("terraform-provider-lectern")
    }
}

/// What the demo runs, in the order of [`DEMO`].
pub(crate) struct DemoBinaries {
    pub(crate) provider: PathBuf,
    pub(crate) function: PathBuf,
    pub(crate) dump: PathBuf,
    pub(crate) restore: PathBuf,
    pub(crate) probe: PathBuf,
    pub(crate) guard: PathBuf,
}

const DEMO: [&str; 7] = [
    "terraform-provider-lectern",
    "quickstart-function",
    "mongo-dump",
    "mongo-restore",
    "mongo-probe",
    "flow-log-guard",
    // found beside the provider (mirror)
    "terraform-provider-mongodbatlas",
];

/// Builds what the demo runs.
pub(crate) fn demo_binaries() -> Result<DemoBinaries> {
    let place = Place::current()?;
    // This package too, as it runs: what is built together has the same features of every dependency.
    let mut arguments = vec!["--package", "local-cloud"];
    arguments.extend(DEMO.iter().flat_map(|name| ["--package", name]));
    if cfg!(feature = "demo") {
        arguments.extend(["--features", "local-cloud/demo"]);
    }
    build(&place, &arguments)?;
    let [provider, function, dump, restore, probe, guard, _] = DEMO.map(|name| place.binary(name));
    Ok(DemoBinaries {
        provider,
        function,
        dump,
        restore,
        probe,
        guard,
    })
}

/// Builds the binaries of the `packages` that are given as Cargo's arguments.
pub(crate) fn build(place: &Place, packages: &[&str]) -> Result<()> {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo
        .args(["build", "--quiet", "--bins", "--profile", place.cargo_profile()])
        .args(packages);
    cargo
        .arg("--target-dir")
        .arg(&place.target)
        .current_dir(root())
        .stdin(Stdio::null());
    for name in package_variables(env::vars_os().map(|(name, _)| name)) {
        cargo.env_remove(name);
    }
    let status = Group::spawn(&mut cargo).and_then(Group::wait);
    let status = status.with_context(|| format!("cannot run {cargo:?}"))?;
    if !status.success() {
        bail!("{cargo:?} failed: {status}");
    }
    Ok(())
}

/// What `cargo run` and `cargo test` tell a program about its own package. A build script that watches one of them, as
/// ring's does, would see it change from one build to the next, and everything above it would compile again each time.
fn package_variables(names: impl Iterator<Item = OsString>) -> Vec<OsString> {
    const PREFIXES: [&str; 5] = [
        "CARGO_BIN_",
        "CARGO_CRATE_",
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_PRIMARY_",
    ];
    let told = |name: &OsString| {
        let name = name.to_string_lossy();
        name == "OUT_DIR" || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    };
    names.filter(told).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[test]
    fn the_place_is_read_off_a_binary_or_a_test() {
        for (executable, profile, cargo_profile, test) in [
            ("/t/debug/local-cloud", "debug", "dev", false),
            ("/t/debug/deps/acceptance-0123", "debug", "dev", true),
            ("/t/demo/local-cloud", "demo", "demo", false),
            ("/t/release/deps/bench-0123", "release", "release", true),
        ] {
            let place = Place::of(Path::new(executable)).unwrap();
            assert_eq!(
                (place.target.as_path(), place.profile.as_str(), place.test),
                (Path::new("/t"), profile, test),
                "{executable}"
            );
            assert_eq!(place.cargo_profile(), cargo_profile, "{executable}");
        }
    }

    #[test]
    fn a_build_knows_nothing_of_the_package_that_asks_for_it() {
        let kept = [
            "CARGO_HOME",
            "CARGO_TARGET_DIR",
            "CARGO_NET_OFFLINE",
            "PATH",
            "PROTOC",
            "RUSTFLAGS",
        ];
        let told = [
            "CARGO_MANIFEST_DIR",
            "CARGO_PKG_NAME",
            "CARGO_CRATE_NAME",
            "CARGO_BIN_EXE_bench",
            "OUT_DIR",
        ];
        let all = kept.iter().chain(&told).map(OsString::from);
        assert_eq!(package_variables(all), told);
        assert!(
            !package_variables(env::vars_os().map(|(name, _)| name)).is_empty(),
            "cargo test tells this program about its package"
        );
    }

    #[test]
    fn the_root_has_the_workspace_manifest() {
        assert!(
            std::fs::read_to_string(root().join("Cargo.toml"))
                .unwrap()
                .contains("[workspace]")
        );
    }
}
