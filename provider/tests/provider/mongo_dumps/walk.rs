//! How many calls a look at a bucket costs.

use serde_json::json;

use crate::mongo_dumps::world::{HOUR, TestDump, World, runs, with};

const DAY: i64 = 24 * HOUR;
const NEWEST: i64 = 1_778_090_400;

#[tokio::test]
async fn years_of_dumps_cost_calls_for_the_newest_only() {
    let world = World::start().await;
    let dumps: Vec<_> = (0..400)
        .map(|day| TestDump {
            parts: 0,
            ..TestDump::at(NEWEST - day * DAY)
        })
        .collect();
    let manifests = dumps.iter().map(|dump| (dump.manifest_key(), dump.manifest().render()));
    world.put_all(manifests.collect()).await;
    // Years, months, days, the runs of one day: four lists to the first dump. Then a list and an object for each dump; a day more
    // or less than needed, a new month or year on the way.
    for (limit, lists) in [(1, 5), (5, 4 + 7 + 5), (40, 3 + 2 + 64 + 40)] {
        world.front.clear();
        let state = world.quietly(with(&world.config(), "limit", json!(limit))).await;
        let newest = dumps.iter().take(limit).map(|dump| dump.run().to_string());
        assert_eq!(runs(&state), newest.collect::<Vec<_>>());
        let listed = world.front.calls_of("ListObjectsV2");
        assert!(listed <= lists, "limit {limit}: {listed} lists");
        // Each manifest once, and latest.json.
        assert_eq!(world.front.calls_of("GetObject"), limit + 1);
        assert_eq!(world.front.calls().len(), listed + limit + 1, "and nothing else");
    }
}

#[tokio::test]
async fn more_than_a_page_of_runs_of_parts_and_of_keys_are_all_seen() {
    let world = World::start().await;
    // A day with a page and more of runs that came to nothing, all of them later than the dump.
    let large = TestDump {
        parts: 1_100,
        ..TestDump::at(NEWEST - 17 * HOUR)
    };
    world.put_all(large.objects()).await;
    world.put(&large.manifest_key(), large.manifest().render()).await;
    let unfinished = (0..1_050).map(|second| {
        let run = TestDump::at(NEWEST + second);
        (format!("{}plan.json", run.folder()), b"{}".to_vec())
    });
    world.put_all(unfinished.collect()).await;
    let state = world.quietly(with(&world.config(), "limit", json!(3))).await;
    assert_eq!(runs(&state), [large.run().to_string()]);
    assert_eq!(state["latest"]["documents"], 11_000);
}

#[tokio::test]
async fn no_more_than_a_thousand_dumps_are_looked_at_and_a_hundred_by_default() {
    let world = World::start().await;
    let manifests = (0..130).map(|hour| {
        let dump = TestDump {
            parts: 0,
            ..TestDump::at(NEWEST - hour * HOUR)
        };
        (dump.manifest_key(), dump.manifest().render())
    });
    world.put_all(manifests.collect()).await;
    assert_eq!(runs(&world.quietly(world.config()).await).len(), 100);
    let all = with(&world.config(), "limit", json!(1_000));
    assert_eq!(runs(&world.quietly(all).await).len(), 130);
}
