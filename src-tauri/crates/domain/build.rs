//! The definitions and words are compiled in: a change to one of them rebuilds this crate.
fn main() {
    println!("cargo:rerun-if-changed=../../../assets/records");
    println!("cargo:rerun-if-changed=../../../assets/forms");
    println!("cargo:rerun-if-changed=../../../assets/codes");
    println!("cargo:rerun-if-changed=../../../assets/machines");
    println!("cargo:rerun-if-changed=../../../assets/reports");
    println!("cargo:rerun-if-changed=../../../assets/words");
}
