//! All that is proved with real Terraform, OpenTofu and foreign clients, in one program: most of its time a test waits for another process,
//! and the tests of one program wait side by side.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod apis;
mod atlas;
mod atlas_topologies;
mod backup;
mod ci;
mod ci_scripts;
mod corpus;
mod delivery;
mod docs;
mod documents;
mod failover;
mod flow_logs;
mod game_day;
mod half_applied;
mod http;
mod identity;
mod language;
mod layering;
mod modules;
mod mongo_dumps;
mod mongo_probe;
mod mongo_witnesses;
mod packages;
mod plan_mutations;
mod plan_others;
mod plan_rules;
mod policies;
mod recipes;
mod recovery;
mod relay;
mod secret_rotation;
mod terraform;
mod upgrades;
mod users;
mod witnesses;

/// A file that is no module of this program would be tested by nobody.
#[test]
fn every_file_here_is_a_module_of_this_program() {
    let here = local_cloud::workspace::root().join("tests/acceptance/tests");
    let program = std::fs::read_to_string(here.join("main.rs")).unwrap();
    for entry in std::fs::read_dir(here).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        assert!(
            name == "main" || program.contains(&format!("\nmod {name};\n")),
            "main.rs has no `mod {name};`"
        );
    }
}
