//! The game day, as `cargo game-day` runs it.

use acceptance::game_day::{self, Options};
use acceptance::terraform::aws_provider_or_skip;

/// 756 resources are made and destroyed, and a dump, an export and an alarm are waited for.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes minutes: .ci/run starts it, and `cargo test --workspace --test acceptance -- --ignored`"]
async fn a_region_is_lost_and_users_go_on_in_the_other_and_come_back() {
    const TEST: &str = "a_region_is_lost_and_users_go_on_in_the_other_and_come_back";
    if aws_provider_or_skip(TEST).unwrap().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let options = Options {
        page: page.clone(),
        users: 4,
        is_brief: false,
        is_kept: false,
    };
    let summary = game_day::run(options).await.unwrap();
    // A file that is in the restored database has arrived: its upload was complete before the dump was taken.
    assert_eq!(summary.late_objects, 0, "{summary:#?}");
    assert!(summary.acknowledged.0 > 0 && summary.acknowledged.1 > 0, "{summary:#?}");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(
        page.contains("Region 1 is lost") && page.contains(r#"class="failed""#),
        "{page}"
    );
}
