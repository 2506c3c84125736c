//! A ceiling for a process that reads strangers' workbooks.

use crate::SheetError;

/// From now on this process cannot take more than `mb` megabytes of memory nor `seconds` of computing time.
#[cfg(unix)]
pub fn limit_memory(mb: u64, seconds: u64) -> Result<(), SheetError> {
    use rlimit::Resource;
    let bytes = mb << 20;
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let memory = Resource::DATA;
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    let memory = Resource::AS;
    rlimit::setrlimit(memory, bytes, bytes)?;
    rlimit::setrlimit(Resource::CPU, seconds, seconds)?;
    Ok(())
}

/// Elsewhere the size checks alone protect.
#[cfg(not(unix))]
pub fn limit_memory(_mb: u64, _seconds: u64) -> Result<(), SheetError> {
    Ok(())
}
