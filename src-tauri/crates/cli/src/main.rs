//! bx
fn main() {}
