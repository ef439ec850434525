//! The user's cache folder: what was built once stays there, and survives a clean checkout.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use sha2::{Digest as _, Sha256};

use crate::progress::Progress;

/// The cache folder: `$LECTERN_CACHE`, else `$XDG_CACHE_HOME/lectern`, else `$HOME/.cache/lectern`. Not created.
///
/// # Errors
/// When none of the three variables is set.
pub fn folder() -> Result<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let folder = set("LECTERN_CACHE")
        .or_else(|| Some(set("XDG_CACHE_HOME")?.join("lectern")))
        .or_else(|| Some(set("HOME")?.join(".cache/lectern")));
    match folder {
        Some(folder) => Ok(std::path::absolute(folder)?),
        None => bail!("no cache folder: set LECTERN_CACHE, XDG_CACHE_HOME or HOME"),
    }
}

/// First 12 hex digits of the SHA-256 of everything that a cached thing is built from, each part with its length.
#[must_use]
pub fn key<P: AsRef<[u8]>>(parts: &[P]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        let part = part.as_ref();
        hash.update(part.len().to_le_bytes());
        hash.update(part);
    }
    hex::encode(&hash.finalize()[..6])
}

/// A folder in the cache named `<name>-<key>`, with the one file in it that exists only once all the rest does.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What it is, for progress lines: `"OpenTofu 1.10.7"`.
    pub title: &'static str,
    /// Where it is.
    pub folder: PathBuf,
    /// The file whose existence says that the entry is complete.
    pub finished: PathBuf,
    /// How long a build takes on two cores.
    pub usual: Duration,
}

impl Entry {
    /// The entry `<name>-<key>` in the cache `root`, complete once `finished` (relative to it) exists.
    #[must_use]
    pub fn new(root: &Path, title: &'static str, name: &str, key: &str, finished: &str, usual: Duration) -> Self {
        let folder = root.join(format!("{name}-{key}"));
        let finished = folder.join(finished);
        Self {
            title,
            folder,
            finished,
            usual,
        }
    }

    /// Whether it is there, complete.
    #[must_use]
    pub fn is_present(&self) -> bool {
        self.finished.exists()
    }

    /// Builds the entry unless it is there. One process builds, others wait for it; what a killed build left is removed
    /// first. `build` gets the empty folder and has to make [`Entry::finished`] last, in one step.
    ///
    /// # Errors
    /// When the folder cannot be made or locked, or the build fails.
    pub fn ensure(&self, build: impl FnOnce(&Self) -> Result<()>) -> Result<()> {
        if self.is_present() {
            return Ok(());
        }
        let root = self.folder.parent().context("the cache folder has no parent")?;
        fs::create_dir_all(root).with_context(|| format!("cannot create the cache folder {}", root.display()))?;
        let lock_path = self.folder.with_extension("lock");
        let lock = File::create(&lock_path).with_context(|| format!("cannot create {}", lock_path.display()))?;
        {
            let _progress = Progress::start(format!("{}: waiting for another build", self.title), None);
            lock.lock()
                .with_context(|| format!("cannot lock {}", lock_path.display()))?;
        }
        if self.is_present() {
            return Ok(());
        }
        if self.folder.exists() {
            fs::remove_dir_all(&self.folder)?;
        }
        fs::create_dir(&self.folder)?;
        let _progress = Progress::start(format!("{}: building, once", self.title), Some(self.usual));
        build(self).with_context(|| format!("cannot build {} in {}", self.title, self.folder.display()))?;
        if !self.is_present() {
            bail!("the build of {} did not create {}", self.title, self.finished.display());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn entry(root: &Path) -> Entry {
        Entry::new(root, "a thing", "thing", &key(&["a"]), "ready", Duration::from_secs(1))
    }

    #[test]
    fn the_key_changes_with_any_part_and_with_where_parts_end() {
        let base = key(&["go.mod", "go.sum"]);
        assert_eq!(base.len(), 12);
        assert_eq!(base, key(&["go.mod", "go.sum"]), "same content");
        for (case, other) in [
            ("first part", key(&["go.mod2", "go.sum"])),
            ("second part", key(&["go.mod", "go.sum2"])),
            ("moved boundary", key(&["go.modg", "o.sum"])),
            ("one part more", key(&["go.mod", "go.sum", ""])),
        ] {
            assert_ne!(base, other, "{case}");
        }
    }

    #[test]
    fn two_builds_at_once_build_once() {
        let root = tempfile::tempdir().unwrap();
        let builds = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    entry(root.path())
                        .ensure(|entry| {
                            builds.fetch_add(1, Ordering::SeqCst);
                            Ok(fs::write(&entry.finished, "")?)
                        })
                        .unwrap();
                });
            }
        });
        assert_eq!(builds.load(Ordering::SeqCst), 1);
    }

    #[test]
    fn a_half_made_entry_is_built_again_from_an_empty_folder() {
        let root = tempfile::tempdir().unwrap();
        let entry = entry(root.path());
        let failed = entry.ensure(|entry| {
            fs::write(entry.folder.join("half"), "")?;
            bail!("killed")
        });
        assert!(format!("{:#}", failed.unwrap_err()).contains("killed"));
        assert!(!entry.is_present());
        entry
            .ensure(|entry| {
                assert!(!entry.folder.join("half").exists());
                Ok(fs::write(&entry.finished, "")?)
            })
            .unwrap();
        assert!(entry.is_present());
    }

    #[test]
    fn a_build_that_does_not_finish_the_entry_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let error = entry(root.path()).ensure(|_| Ok(())).unwrap_err();
        assert!(error.to_string().contains("did not create"), "{error}");
    }
}
