//! A file that is written beside its target, and takes its place when it is whole.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::problem::Problem;
use super::same_file::{folder_of, is_stdout, target};
use super::stdout;

/// A file that is being written.
///
/// Until it is [put in place](Self::put_in_place), its target stays as it was; dropped, it is gone. What
/// is no file, such as a pipe, takes what is written at once.
#[derive(Debug)]
pub(crate) struct WholeFile {
    name: String,
    writer: Writer,
}

enum Writer {
    Beside {
        file: BufWriter<NamedTempFile>,
        target: PathBuf,
    },
    Direct(Box<dyn Write + Send>),
}

impl WholeFile {
    /// Begins the file at `path`, where `-` is standard output. A path that cannot be written to is
    /// told at once.
    pub(crate) fn create(path: &Path) -> Result<Self, Problem> {
        let name = match is_stdout(path) {
            true => "standard output".to_owned(),
            false => path.display().to_string(),
        };
        match Writer::open(path) {
            Ok(writer) => Ok(Self { name, writer }),
            Err(error) => Err(Problem::new(name, error)),
        }
    }

    /// Its name, for people.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Gives up what was written, because of `reason`, and says that its target is as it was; what
    /// went down a pipe is gone already.
    pub(crate) fn leave(self, reason: &str) -> Result<(), String> {
        match self.writer {
            Writer::Beside { .. } => Err(format!("nothing was written to {}: {reason}", self.name)),
            Writer::Direct(_) => Ok(()),
        }
    }

    /// Puts what was written in the place of its target, once all of it is on the disk.
    pub(crate) fn put_in_place(mut self) -> io::Result<()> {
        self.flush()?;
        let Writer::Beside { file, target } = self.writer else {
            return Ok(());
        };
        let file = file.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.as_file().sync_all()?;
        file.persist(&target).map_err(|failed| failed.error)?;
        // Not every system has folders that can be synced; the file itself is on the disk.
        let _ = File::open(folder_of(&target)).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

impl Write for WholeFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Writer::Beside { file, .. } => file.write(bytes),
            Writer::Direct(writer) => writer.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.writer {
            Writer::Beside { file, .. } => file.flush(),
            Writer::Direct(writer) => writer.flush(),
        }
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Beside { .. } => "Beside",
            Self::Direct(_) => "Direct",
        })
    }
}

impl Writer {
    fn open(path: &Path) -> io::Result<Self> {
        if is_stdout(path) {
            return Ok(Self::Direct(stdout::open()));
        }
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(found) if !found.is_file() || is_open_elsewhere(path) => {
                let file = OpenOptions::new().append(true).open(path)?;
                Ok(Self::Direct(Box::new(BufWriter::new(file))))
            }
            Ok(found) => {
                // One that may not be changed is not replaced, either.
                OpenOptions::new().write(true).open(path)?;
                Self::beside(target(path), Some(found))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Self::beside(target(path), None)
            }
            Err(error) => Err(error),
        }
    }

    /// A file beside `target`, with the permissions of what is there, or else those of a new file.
    fn beside(target: PathBuf, replaced: Option<Metadata>) -> io::Result<Self> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".lmsync-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Less what the user's mask takes away.
            builder.permissions(fs::Permissions::from_mode(0o666));
        }
        let file = builder.tempfile_in(folder_of(&target))?;
        if let Some(replaced) = replaced {
            file.as_file().set_permissions(replaced.permissions())?;
        }
        Ok(Self::Beside {
            file: BufWriter::new(file),
            target,
        })
    }
}

/// Tells whether `path` is a name for what this process has open, such as `/dev/stdout`: whoever
/// opened it reads there, and finds no file that takes its place.
fn is_open_elsewhere(path: &Path) -> bool {
    ["/dev", "/proc"]
        .iter()
        .any(|folder| path.starts_with(folder))
}
