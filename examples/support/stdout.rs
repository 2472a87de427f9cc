//! Standard output, as a place where what is written arrives or an error tells that it does not.

use std::fs;
use std::io::{self, Stdout};
use std::path::Path;

/// Standard output, unless the program was started with it closed.
pub(crate) fn open() -> io::Result<Stdout> {
    if is_closed() {
        return Err(io::Error::new(io::ErrorKind::BrokenPipe, "it is closed"));
    }
    Ok(io::stdout())
}

/// Rust puts the null device in the place of a standard output that is closed, and opens it for
/// reading, too; a shell that means the null device opens it for writing alone. Where the system does
/// not tell, it is taken for open.
fn is_closed() -> bool {
    const ACCESS: u32 = 0o3;
    const READ_AND_WRITE: u32 = 0o2;
    let about = fs::read_to_string("/proc/self/fdinfo/1").unwrap_or_default();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & ACCESS == READ_AND_WRITE)
        && fs::read_link("/proc/self/fd/1").is_ok_and(|to| to == Path::new("/dev/null"))
}
