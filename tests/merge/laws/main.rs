//! The laws of the merge on the log in memory, on tens of thousands of random histories (merge.md §2.7).
//!
//! Where each of the twenty invariants is held, and one small wrong line that its test caught. `laws` are here; the others
//! stand in `tests/suite`.
//!
//! | invariant | test | mutant |
//! |---|---|---|
//! | 1 convergence | `laws::all_who_meet_end_alike_and_nothing_is_lost`, `store_laws::all_computers_end_alike…` | caught: `fold` without its look at what was replaced before it arrived |
//! | 2 idempotence | `laws::a_ledger_always_means_what_its_writers_knew` (received twice) | caught: `place` that gives known changes new places |
//! | 3 relays | `laws::all_who_meet…` (by way of a relay) | caught: `segments` that passes on only what counts |
//! | 4 as if built anew | `laws::a_ledger_always…` (read anew), `store_laws::state_is_always_what_the_log_amounts_to` | caught: `receive` that does not fold anew what was lifted |
//! | 5 nothing lost | `laws::all_who_meet…` (held) | caught: `place` that skips the first change after a known part |
//! | 6 no false conflict | `laws::a_ledger_always…` | caught: `covers` without chain ancestry |
//! | 7 no missed conflict | `laws::a_ledger_always…` | caught: `fold` in which a new value replaces all; `seen_after` without what the heads had seen |
//! | 8 the list of conflicts | `laws::a_ledger_always…` (values), `store_laws::state_is_always…`, `scenarios::the_list_of_differences…` | caught: `distinct` that counts equal values twice; on disk, a difference that stays listed once it is settled, a row settled anew that keeps its old list |
//! | 9 clone, restore | `laws::a_ledger_always…`, `laws::two_computers_from_one_disk…` | caught: `next_dot` that branches on the same lineage |
//! | 10 crash | `kill::…` | caught: an import saved row by row |
//! | 11 receipts | `exchange::…`, `kill::a_merge_is_there…` | caught: a merge told before it is written |
//! | 12 damaged packages | `package_hostility::…`, `wire_golden::…` | caught: a container, and a segment, that is not compared with its canonical bytes |
//! | 13 unknown columns | `store_laws::what_a_newer_program_wrote…`, `erasure::what_a_newer_program_wrote…`, `laws::a_segment_survives_the_wire` | caught: a header's extension that does not go over the wire |
//! | 14 joined rows | `laws::joined_rows_have_one_speaker…`, `laws::a_ledger_always…` | caught: the smallest speaks, joined to another or not |
//! | 15 delete, edit, restore | `laws::a_ledger_always…`, `scenarios::the_matrix…` | caught: `judge` that lets a deletion win over an edit it had not seen |
//! | 16 clocks | `laws::no_clock_decides_which_values_stand` | caught: a change with an impossible time that is not folded |
//! | 17 erasure | `laws::a_ledger_always…` (gone), `laws::all_who_meet…`, `erasure::…` | caught: `erase` that drops the salts of what stays readable; `drop_told` that looks at the erasures of one merge only, `drop_told` without its look at what waits; `erase` that keeps the reason |
//! | 18 ties | `laws::all_who_meet…` (state) | caught: values shown in the order of local numbers |
//! | 19 forms | `laws::a_ledger_always…` (`SaveOpened`), `store_laws::a_form_never_replaces_what_it_had_not_shown` | caught, in the store: a save that takes what stands for what the form had shown |
//! | 20 who may write | `package_scope::…` | caught: an authority that asks only whether the writer is known |
//!
//! Beside them: what was taken back stays out until something builds on it (B18), caught: `set_aside` that asks only what
//! forms had shown, not what made a row; a computer that was given up counts as far as it had come (B15), caught: a bar
//! that looks at the computer and not at the point to which it counts.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::disallowed_methods, clippy::type_complexity)]

mod laws;
mod simulator;
mod told;
