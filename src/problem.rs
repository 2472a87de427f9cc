//! Problems with their places: all at once.

use std::fmt;

use lmsync_core::Error;

/// One thing that is wrong, and its place: an account, or a line of a file.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Problem {
    /// The place, such as `connector 2 (superops, acme)` or `dates.jsonl, line 3`.
    pub place: String,
    /// The error, with what the user does next.
    pub error: Error,
}

impl Problem {
    /// The `error` at `place`.
    #[must_use]
    pub fn new(place: impl Into<String>, error: Error) -> Self {
        Self {
            place: place.into(),
            error,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.error)
    }
}

/// All that is wrong with what a caller gave; at least one problem.
///
/// As an [`Error`] it is one of kind `config` that names them all.
#[derive(Debug, Clone)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// `fine`, unless there are `problems`.
    pub(crate) fn none_in<T>(problems: Vec<Problem>, fine: T) -> Result<T, Self> {
        match problems.is_empty() {
            true => Ok(fine),
            false => Err(Self(problems)),
        }
    }

    /// The problems, in the order of what was given.
    #[must_use]
    pub fn all(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.0.iter().map(Problem::to_string).collect();
        f.write_str(&lines.join("\n"))
    }
}

impl std::error::Error for Problems {}

impl IntoIterator for Problems {
    type Item = Problem;
    type IntoIter = std::vec::IntoIter<Problem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl From<Problems> for Error {
    fn from(problems: Problems) -> Self {
        Self::config(problems.to_string())
    }
}
