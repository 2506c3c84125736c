//! The window's types are the engine's own.

use std::path::Path;

/// Every request and reply the window knows is written from the catalogue; a stale file is rewritten and fails once.
#[test]
fn the_window_speaks_the_engines_types() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/api/types.gen.ts");
    let wanted = actions::typescript();
    let written = std::fs::read_to_string(&file).unwrap_or_default();
    if written != wanted {
        std::fs::write(&file, wanted).unwrap();
        panic!("ui/src/api/types.gen.ts was out of date and has been rewritten: look at the difference and commit it");
    }
}
