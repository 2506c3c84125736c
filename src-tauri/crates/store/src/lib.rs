//! The ledger file: the only SQL, the only writer.
//!
//! - [`Store`] opens the encrypted file, once, and hands out [`View`]s for reading and [`Door`]s for writing.
//! - [`Door::save`] is the one way in for what people do; [`Door::receive`] for what others did. Both end in
//!   `batch` (the log) and `settle` (the state), so history, undo and merge need no code per record.
//! - `door` holds the two, `store` opens the file and lends them; files between know one another in one direction only.
//! - Everything derived (`now`, `find`) is rebuilt from the state tables in the same transaction.

mod append;
mod batch;
mod birth;
mod block;
mod built_on;
mod cell;
mod chain;
mod connection;
mod copy;
mod door;
mod due;
mod each;
mod edit;
mod enter;
mod erase;
mod error;
mod extract;
mod find;
mod history;
mod inert;
mod keys;
mod known;
mod late;
mod life;
mod list;
mod list_on;
mod local;
mod made;
mod now;
mod numbers;
mod project;
mod reach;
mod receive;
mod rederive;
mod resettle;
mod row;
mod same;
mod save;
mod scan;
mod settle;
mod shape;
mod standing;
mod store;
mod terms;
mod tips;
mod told;
mod undo;
mod upgrade;
mod verify;
mod waiting;
mod wide;

pub use batch::OPS_MAX;
pub use copy::{Copied, check_copy, place_copy, read_copy};
pub use door::{Door, View};
pub use due::{First, Naming};
pub use each::Living;
pub use edit::{Act, Author, Edit, Saved};
pub use error::StoreError;
pub use extract::{Outgoing, Signer};
pub use find::Found;
pub use history::{Entry, Event};
pub use inert::{Aside, Inert};
pub use known::Known;
pub use list::{Counted, Filter, Is, ListQuery, Listed};
pub use local::{Arrived, Sent};
pub use reach::{Beyond, ChainEnd, Fork, Reach};
pub use receive::{Incoming, Received};
pub use row::{Conflict, Rival, StoredRow};
pub use scan::{Columns, Only, Places, Scan};
pub use standing::{SignedRun, TakenBack};
pub use store::{Definitions, Store};
pub use tips::ChainTip;
pub use verify::{Damage, Meaning};
pub use waiting::Waits;
