//! Options that name the same file, told before anything is opened for writing.

use std::borrow::Cow;
use std::fs;
use std::path::{Path, PathBuf};

use lmsync::store::StoreLocation;

use super::problem::Problem;

/// The most links in a row that are followed, as systems do.
const MOST_LINKS: usize = 40;

/// A file that an option names.
#[derive(Debug, Clone)]
pub(crate) struct OptionFile<'p> {
    option: &'static str,
    path: Cow<'p, Path>,
    /// Set if `-` is standard output to it.
    is_output: bool,
}

impl<'p> OptionFile<'p> {
    /// A file of `option`, as it is written; none where the option is not given.
    pub(crate) fn input(
        option: &'static str,
        path: Option<impl Into<Cow<'p, Path>>>,
    ) -> Option<Self> {
        path.map(|path| Self {
            option,
            path: path.into(),
            is_output: false,
        })
    }

    /// The files of a store, which `options` name: itself, and what SQLite writes beside a file.
    pub(crate) fn of_store(
        options: &[&'static str; 3],
        location: Option<&'p StoreLocation>,
    ) -> [Option<Self>; 3] {
        let [own, wal, shm] = *options;
        match location {
            Some(StoreLocation::Sqlite(path)) => [
                Self::input(own, Some(path.as_path())),
                Self::input(wal, Some(ending(path, "-wal"))),
                Self::input(shm, Some(ending(path, "-shm"))),
            ],
            Some(StoreLocation::Parquet(path)) => {
                [Self::input(own, Some(path.as_path())), None, None]
            }
            _ => [None, None, None],
        }
    }

    /// The same for a file to which `-` is standard output.
    pub(crate) fn output(option: &'static str, path: Option<&'p Path>) -> Option<Self> {
        Self::input(option, path).map(|file| Self {
            is_output: true,
            ..file
        })
    }
}

/// The path whose name is that of `path` and then `ending`.
fn ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// A file by what the system knows it as.
#[derive(Debug, PartialEq)]
enum Identity {
    /// The device and the number on it: the same for all names of a file.
    #[cfg(unix)]
    Inode(u64, u64),
    /// The path without links or steps, for a file that is not there yet.
    Path(PathBuf),
}

/// Refuses two of `files` that are the same, in whatever way they are written.
pub(crate) fn refuse_same(files: &[OptionFile<'_>]) -> Result<(), Vec<Problem>> {
    let known: Vec<_> = files
        .iter()
        .filter_map(|file| Some((file, identity(file)?)))
        .collect();
    let pairs = known.iter().enumerate().flat_map(|(place, (file, own))| {
        let earlier = known.iter().take(place);
        earlier
            .filter(move |(_, other)| own == other)
            .map(move |(other, _)| same(other, file))
    });
    let problems: Vec<Problem> = pairs.collect();
    if problems.is_empty() {
        Ok(())
    } else {
        Err(problems)
    }
}

fn same(one: &OptionFile<'_>, other: &OptionFile<'_>) -> Problem {
    let place = format!("{} and {}", one.option, other.option);
    let message = format!("both are the same file, {}", other.path.display());
    Problem::new(place, message).hint("give each a file of its own; nothing was written")
}

/// `None` where there is nothing to mix up: the null device holds nothing.
fn identity(file: &OptionFile<'_>) -> Option<Identity> {
    let is_stdout = file.is_output && is_stdout(&file.path);
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        let inode = |path: &Path| {
            let found = fs::metadata(path).ok()?;
            Some((found.dev(), found.ino()))
        };
        let path = if is_stdout {
            Path::new("/dev/stdout")
        } else {
            &file.path
        };
        if let Some((device, number)) = inode(path) {
            let is_null = inode(Path::new("/dev/null")) == Some((device, number));
            return (!is_null).then_some(Identity::Inode(device, number));
        }
    }
    if is_stdout {
        return Some(Identity::Path(file.path.to_path_buf()));
    }
    let target = target(&file.path);
    // Letter case makes no other file there, by default.
    let is_any_case = cfg!(any(windows, target_os = "macos"));
    Some(Identity::Path(match target.to_str() {
        Some(text) if is_any_case => text.to_lowercase().into(),
        _ => target,
    }))
}

/// Tells whether `path`, where something is written to, stands for standard output.
pub(crate) fn is_stdout(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// The file that `path` leads to, through links, if it is there or not.
pub(crate) fn target(path: &Path) -> PathBuf {
    if let Ok(found) = fs::canonicalize(path) {
        return found;
    }
    let mut path = path.to_owned();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&path) {
            Ok(next) => path = folder_of(&path).join(next),
            Err(_) => break,
        }
    }
    match (fs::canonicalize(folder_of(&path)), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// The folder that `path` is in.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
