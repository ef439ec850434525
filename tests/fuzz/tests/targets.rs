//! Every target lives through its seeds and some thousands of inputs that are made from them at random, anew in each run.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::process::Command;
use std::thread;

use local_cloud::workspace;

const INPUTS: usize = 4000;

/// One to four changes as a broken or ill-meaning client makes them: bytes changed, gone, doubled, or from another place.
fn changed(seed: &[u8], dice: &mut fastrand::Rng) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..dice.usize(1..=4) {
        let at = dice.usize(0..bytes.len().max(1));
        let end = (at + dice.usize(1..=16)).min(bytes.len());
        let piece = bytes.get(at..end).unwrap_or_default().to_vec();
        match dice.u8(0..5) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte = dice.u8(..)),
            1 => bytes
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|byte| *byte = *dice.choice(b"\"{}[]:,\\$.0-e ").unwrap()),
            2 => drop(bytes.drain(at.min(end)..end)),
            3 => drop(bytes.splice(at.min(end)..at.min(end), piece)),
            _ => {
                let to = dice.usize(0..=bytes.len());
                drop(bytes.splice(to..to, piece));
            }
        }
    }
    if bytes.is_empty() {
        // libFuzzer passes over an empty file.
        bytes.push(b' ');
    }
    bytes
}

fn lives(target: &str) {
    let mut dice = fastrand::Rng::new();
    let folder = tempfile::tempdir().unwrap();
    let inputs = folder.path().join("inputs");
    fs::create_dir(&inputs).unwrap();
    let seeds = fs::read_dir(workspace::root().join("tests/fuzz/seeds").join(target)).unwrap();
    let seeds: Vec<_> = seeds.map(|seed| fs::read(seed.unwrap().path()).unwrap()).collect();
    for number in 0..INPUTS {
        let seed = &seeds[number % seeds.len()];
        let input = if number < seeds.len() {
            seed.clone()
        } else {
            changed(seed, &mut dice)
        };
        fs::write(inputs.join(number.to_string()), input).unwrap();
    }
    // An input that breaks one is written to the working directory; the message has it too.
    let output = Command::new(workspace::binary(target).unwrap())
        .args(["-runs=0", "-print_final_stats=1"])
        .arg(&inputs)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{target}: {said}");
    let read = format!("stat::number_of_executed_units: {}", INPUTS + 1);
    assert!(said.contains(&read), "{target}: {said}");
}

#[test]
fn every_target_lives_through_its_seeds_and_what_is_made_of_them() {
    thread::scope(|scope| {
        for target in ["json", "event", "request", "parameter", "envelope", "flow_line"] {
            scope.spawn(move || lives(target));
        }
    });
}
