//! What keeps a program from starting, told to the person who started it.

use std::fmt;
use std::io::Write;
use std::process::ExitCode;

use lmsync::{Error, Problems};

use super::text::plain;

/// The command line or the configuration is wrong.
pub(crate) const MISCONFIGURED: u8 = 2;

/// One thing to mend before the program can run.
#[derive(Debug)]
pub struct Problem {
    place: String,
    message: String,
    hint: Option<String>,
}

impl Problem {
    /// A problem with `place`, such as a file or one of its tables.
    pub(crate) fn new(place: impl fmt::Display, message: impl fmt::Display) -> Self {
        Self {
            place: place.to_string(),
            message: message.to_string(),
            hint: None,
        }
    }

    /// Sets what the user does next.
    pub(crate) fn hint(mut self, hint: &str) -> Self {
        self.hint = Some(hint.to_owned());
        self
    }

    /// The same problem, with the file it is in.
    pub(crate) fn inside(self, file: impl fmt::Display) -> Self {
        Self {
            place: format!("{file}, {}", self.place),
            ..self
        }
    }

    /// The problem with `place` that `error` tells.
    #[must_use]
    pub fn of(place: impl fmt::Display, error: &Error) -> Self {
        Self {
            hint: error.hint().map(ToOwned::to_owned),
            ..Self::new(place, error.message())
        }
    }
}

impl From<&lmsync::Problem> for Problem {
    fn from(problem: &lmsync::Problem) -> Self {
        Self::of(&problem.place, &problem.error)
    }
}

/// Each of `problems`.
pub(crate) fn all(problems: Problems) -> Vec<Problem> {
    problems.all().iter().map(Problem::from).collect()
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}: {}", plain(&self.place), plain(&self.message))?;
        match &self.hint {
            Some(hint) => write!(f, "\n  hint: {}", plain(hint)),
            None => Ok(()),
        }
    }
}

/// Tells `text` on standard error, with what it is in front: an error, a warning, a note.
pub(crate) fn tell(what: &str, text: &str) {
    // With standard error closed, the exit status is all there is left to say.
    let _ = writeln!(std::io::stderr(), "{what}: {}", plain(text));
}

/// Tells every problem on standard error, for the user to mend all at once; returns the exit status 2.
#[must_use]
pub fn refuse(problems: &[Problem]) -> ExitCode {
    let mut stderr = std::io::stderr().lock();
    for problem in problems {
        // With standard error closed, the exit status is all there is left to say.
        let _ = writeln!(stderr, "{problem}");
    }
    ExitCode::from(MISCONFIGURED)
}
