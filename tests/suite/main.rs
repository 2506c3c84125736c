//! Every promise that is not about the window, in one binary.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
#![allow(clippy::disallowed_methods, clippy::type_complexity)]

mod attachments;
mod backups;
mod bx_demo;
mod child_page;
mod clock_rules;
mod clock_story;
mod exchange;
mod exchange_levels;
mod exchange_story;
mod findings;
mod forms;
mod forms_walk;
mod hostile;
mod house;
mod import_hostile;
mod import_layouts;
mod import_lists;
mod import_main;
mod import_people;
mod kill;
mod manual;
mod merge_laws;
mod package_hostility;
mod package_scope;
mod paper;
mod procedures;
mod rollover;
mod school_year;
mod simulator;
mod six_walks;
mod store_laws;
mod types;
mod walk;
mod wire_golden;
