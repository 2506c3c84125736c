//! Where the program keeps its ledgers when nobody says otherwise.

use std::path::PathBuf;

/// The user's data folder of the platform, then `baoxue`.
pub(crate) fn default() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let base = if cfg!(windows) {
        from("APPDATA")
    } else {
        from("XDG_DATA_HOME").or_else(|| from("HOME").map(|home| home.join(".local/share")))
    };
    base.unwrap_or_else(std::env::temp_dir).join("baoxue")
}
