//! `--from`: where dumps are, and which of them is meant.

use dump_format::key::{Location, RunId};
use dump_format::names::{BucketName, ClusterName, Prefix};
use mongo_restore::event::{DumpId, Source};

const FORM: &str = "write s3://BUCKET/PREFIX/CLUSTER or s3://BUCKET/PREFIX/CLUSTER/YYYY/MM/DD/RUN_ID";

/// `--from`, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct From {
    bucket: BucketName,
    location: Location,
    pub(super) which: Which,
}

/// Which dumps are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Which {
    /// All of the cluster, or the newest.
    All,
    /// One.
    Run(RunId),
    /// Those of a month or a day: `2026/05/`, `2026/05/06/`.
    Below(String),
}

impl From {
    /// Takes what people copy: a cluster's folder or a dump's own, with or without a slash at the end, a month's or a day's folder, the
    /// address of `latest.json` and of a `manifest.json`.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (bucket, path) = text
            .strip_prefix("s3://")
            .and_then(|rest| rest.split_once('/'))
            .ok_or(FORM)?;
        let bucket = BucketName::parse(bucket).map_err(|invalid| format!("the bucket is {invalid}"))?;
        let path = path.trim_end_matches('/');
        let path = path.strip_suffix("/manifest.json").unwrap_or(path);
        let path = path.strip_suffix("/latest.json").unwrap_or(path);
        if let Ok((location, run)) = Location::parse_run_folder(path) {
            let which = Which::Run(run);
            return Ok(Self {
                bucket,
                location,
                which,
            });
        }
        let above = path.match_indices('/').map(|(at, _)| &path[..at]);
        if let Some(folder) = above.rev().find(|folder| Location::parse_run_folder(folder).is_ok()) {
            return Err(format!(
                "this is a folder inside of a dump. Use --from s3://{bucket}/{folder} for the dump, and --include DATABASE.COLLECTION for \
                 a part of it"
            ));
        }
        let (path, which) = dates(path);
        let (prefix, cluster) = path.rsplit_once('/').ok_or(FORM)?;
        let prefix = Prefix::parse(prefix).map_err(|invalid| format!("the prefix is {invalid}"))?;
        let cluster = ClusterName::parse(cluster).map_err(|invalid| format!("the cluster is {invalid}"))?;
        let location = Location { prefix, cluster };
        Ok(Self {
            bucket,
            location,
            which,
        })
    }

    /// The one dump of the event.
    pub(super) fn dump_id(&self) -> Result<DumpId, String> {
        match &self.which {
            Which::All => Ok(DumpId::Latest),
            Which::Run(run) => Ok(DumpId::Run(*run)),
            Which::Below(below) => {
                let cluster = self.location.folder();
                let (bucket, cluster) = (&self.bucket, cluster.trim_end_matches('/'));
                let below = below.trim_end_matches('/');
                Err(format!(
                    "this folder can contain several dumps. To list them, run: mongo-restore list --from s3://{bucket}/{cluster}/{below}. \
                     Then use --from with the folder of one of them, or s3://{bucket}/{cluster} for the newest complete dump"
                ))
            }
        }
    }

    /// As the event has it.
    pub(super) fn source(&self, role_arn: Option<dump_format::names::RoleArn>) -> Source {
        Source {
            bucket: self.bucket.clone(),
            prefix: self.location.prefix.clone(),
            cluster: self.location.cluster.clone(),
            role_arn,
        }
    }
}

/// Takes the year and the month, and perhaps the day, from the end. A year alone stays, because a cluster may be called so.
fn dates(path: &str) -> (&str, Which) {
    let is_date = |part: &str, digits: usize| part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit());
    for count in [3, 2] {
        let Some((at, _)) = path.rmatch_indices('/').nth(count - 1) else {
            continue;
        };
        let below = &path[at + 1..];
        if below
            .split('/')
            .zip([4, 2, 2])
            .all(|(part, digits)| is_date(part, digits))
        {
            return (&path[..at], Which::Below(format!("{below}/")));
        }
    }
    (path, Which::All)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    #[test]
    fn every_address_that_people_copy_is_read() {
        let run = Which::Run(RunId::parse("20260506T180000Z-1a2b3c").unwrap());
        for (text, prefix, cluster, which) in [
            ("s3://dumps/mongo/main", "mongo", "main", Which::All),
            ("s3://dumps/a/b/main/", "a/b", "main", Which::All),
            ("s3://dumps/mongo/main/latest.json", "mongo", "main", Which::All),
            ("s3://dumps/mongo/2026", "mongo", "2026", Which::All),
            ("s3://dumps/a/2026/05", "a", "2026/05", Which::All),
            (
                "s3://dumps/mongo/main/2026/05/06",
                "mongo",
                "main",
                Which::Below("2026/05/06/".to_owned()),
            ),
            (
                "s3://dumps/mongo/main/2026/05/",
                "mongo",
                "main",
                Which::Below("2026/05/".to_owned()),
            ),
            (
                "s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c",
                "mongo",
                "main",
                run.clone(),
            ),
            (
                "s3://dumps/mongo/main/2026/05/06/20260506T180000Z-1a2b3c/manifest.json",
                "mongo",
                "main",
                run,
            ),
        ] {
            let read = From::parse(text);
            if cluster.contains('/') {
                assert!(read.is_err(), "{text}: a month without a cluster");
                continue;
            }
            let read = read.unwrap();
            let source = read.source(None);
            assert_eq!(
                (source.prefix.as_str(), source.cluster.as_str()),
                (prefix, cluster),
                "{text}"
            );
            assert_eq!(read.which, which, "{text}");
        }
    }
}
