//! Standard output, as a place for records: they arrive, or an error tells that they do not.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use super::problem::tell;

/// Prints `text`, which is all that a command has to say.
pub(crate) fn print(text: &[u8]) -> ExitCode {
    let mut stdout = open();
    let printed = stdout.write_all(text).and_then(|()| stdout.flush());
    match printed {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            cannot_write(&error);
            ExitCode::FAILURE
        }
    }
}

/// Tells that standard output takes nothing.
pub(crate) fn cannot_write(error: &io::Error) {
    tell(
        "error",
        &format!("cannot write to standard output: {error}"),
    );
}

/// Standard output. Where the program was started with it closed, nothing can be written to it.
pub(crate) fn open() -> Box<dyn Write + Send> {
    match is_closed() {
        true => Box::new(Closed),
        false => Box::new(BufWriter::new(io::stdout())),
    }
}

/// A standard output that is closed.
struct Closed;

impl Closed {
    fn error() -> io::Error {
        io::Error::new(io::ErrorKind::BrokenPipe, "it is closed")
    }
}

impl Write for Closed {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(Self::error())
    }

    /// Fails without anything to write, too: no records are not a whole output.
    fn flush(&mut self) -> io::Result<()> {
        Err(Self::error())
    }
}

/// Rust puts the null device in the place of a standard output that is closed, and opens it for
/// reading, too; a shell that means the null device opens it for writing alone. Where the system does
/// not tell, it is taken for open. Other programs open the null device for both, so this is asked for
/// records alone, which nobody means to throw away.
fn is_closed() -> bool {
    const ACCESS: u32 = 0o3;
    const READ_AND_WRITE: u32 = 0o2;
    let about = fs::read_to_string("/proc/self/fdinfo/1").unwrap_or_default();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:"));
    let flags = flags.and_then(|flags| u32::from_str_radix(flags.trim(), 8).ok());
    flags.is_some_and(|flags| flags & ACCESS == READ_AND_WRITE)
        && fs::read_link("/proc/self/fd/1").is_ok_and(|to| to == Path::new("/dev/null"))
}
