//! What tests share: random histories, ledgers on a floor of cost, the shop windows of `bx`.

pub mod history;
