//! A second program, in another language, lives the same histories and must end with the same ledgers.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use domain::Value;
use oplog::heads::Life;
use serde_json::{Value as Json, json};
use support::factor;
use support::history::World;
use support::oracle::{Meaning, ROWS, row_id};
use support::steps::history;

#[test]
fn the_engine_and_the_simulator_end_with_the_same_ledgers() {
    let (mut told, mut endings) = (Vec::new(), Vec::new());
    for seed in 0..200 * factor() {
        let (sites, steps) = history(1_000_000 + seed);
        let mut world = World::new(sites);
        world.live(&steps);
        world.meet();
        endings.push(world.sites.iter().map(|site| ending(&site.meaning(&world.oracle))).collect::<Vec<_>>());
        told.push(json!({ "sites": sites, "told": world.told }));
    }
    let simulated = simulate(&Json::from(told));
    for ((engine, other), seed) in endings.iter().zip(simulated.as_array().unwrap()).zip(0..) {
        assert_eq!(&json!(engine), other, "history {}", 1_000_000 + seed);
    }
}

fn simulate(histories: &Json) -> Json {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("merge_sim.py");
    let mut python = Command::new("python3").arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut input, bytes) = (python.stdin.take().unwrap(), histories.to_string());
    let writer = std::thread::spawn(move || input.write_all(bytes.as_bytes()).unwrap());
    let done = python.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(done.status.success(), "the simulator went through");
    serde_json::from_slice(&done.stdout).unwrap()
}

/// What a ledger means, in the simulator's words.
fn ending(meaning: &Meaning) -> Json {
    let number = |row: &domain::Id| (0..ROWS).find(|at| row_id(*at) == *row).unwrap();
    let plain = |value: &Option<Value>| match value {
        Some(Value::Int(whole)) => json!(whole),
        Some(Value::Row(row)) => json!(number(row)),
        _ => Json::Null,
    };
    let life = |life: &Life| match life {
        Life::Deleted => "Deleted",
        Life::Alive => "Alive",
        Life::Review => "Review",
    };
    let values = meaning.values.iter().map(|(cell, said)| json!([cell, said.iter().map(plain).collect::<Vec<_>>()]));
    let speakers = meaning.speakers.iter().map(|(row, speaker)| (number(row).to_string(), json!(number(speaker))));
    json!({
        "heads": meaning.heads.iter().collect::<Vec<_>>(),
        "values": values.collect::<Vec<_>>(),
        "lives": meaning.lives.iter().map(life).collect::<Vec<_>>(),
        "speakers": speakers.collect::<serde_json::Map<_, _>>(),
    })
}
