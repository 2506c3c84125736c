//! A second program, in another language, lives the same histories and must end with the same ledgers.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use domain::Value;
use histories::history::World;
use histories::oracle::{Cell, Meaning, ROWS, row_id};
use oplog::heads::Life;
use serde_json::{Value as Json, json};

/// Histories that were lived, to be lived once more by the simulator.
#[derive(Default)]
pub(crate) struct Chunk {
    seeds: Vec<u64>,
    told: Vec<Json>,
    endings: Vec<Json>,
}

impl Chunk {
    /// A history whose computers have met.
    pub(crate) fn add(&mut self, seed: u64, world: &World) {
        let kept = |cell: &Cell| !world.has_bars() || !world.erased_cells().contains(cell);
        self.seeds.push(seed);
        self.told.push(json!({ "sites": world.began_with(), "told": world.told }));
        self.endings.push(world.sites.iter().map(|site| ending(&site.meaning(&world.oracle), kept)).collect());
    }

    /// Each ledger of each history ends as the simulator's does.
    #[track_caller]
    pub(crate) fn must_end_as_the_simulator_says(self) {
        let simulated = simulate(&Json::from(self.told));
        let simulated = simulated.as_array().unwrap();
        assert_eq!(simulated.len(), self.endings.len());
        for ((engine, other), seed) in self.endings.iter().zip(simulated).zip(self.seeds) {
            let other: Json =
                engine.as_array().unwrap().iter().zip(other.as_array().unwrap()).map(comparable).collect();
            assert_eq!(engine, &other, "history {seed}, the simulator's ending on the right");
        }
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

/// What the simulator says of a ledger, as far as the engine's ending speaks of it.
fn comparable((engine, other): (&Json, &Json)) -> Json {
    let mut other = other.clone();
    let cells: Vec<&Json> = engine["values"].as_array().unwrap().iter().map(|one| &one[0]).collect();
    if let (Some(values), true) = (other["values"].as_array_mut(), engine["partly"] == true) {
        values.retain(|one| cells.contains(&&one[0]));
    }
    other["partly"] = engine["partly"].clone();
    other
}

/// What a ledger means, in the simulator's words. What a computer that was given up had erased stays erased where it
/// had arrived before, and the simulator does not know where: values of such fields are not `kept`.
fn ending(meaning: &Meaning, kept: impl Fn(&Cell) -> bool) -> Json {
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
    let told = meaning.values.iter().filter(|(cell, _)| kept(cell));
    let values = told.map(|(cell, said)| json!([cell, said.iter().map(plain).collect::<Vec<_>>()]));
    let speakers = meaning.speakers.iter().map(|(row, speaker)| (number(row).to_string(), json!(number(speaker))));
    json!({
        "heads": meaning.heads.iter().collect::<Vec<_>>(),
        "values": values.collect::<Vec<_>>(),
        "partly": !meaning.values.keys().all(&kept),
        "lives": meaning.lives.iter().map(life).collect::<Vec<_>>(),
        "speakers": speakers.collect::<serde_json::Map<_, _>>(),
    })
}
