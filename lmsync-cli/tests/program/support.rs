//! The program as a process.

use std::process::{Command, Output};

/// Outcome of a run.
pub(crate) struct Run {
    status: i32,
    /// All of standard output.
    pub(crate) stdout: String,
    /// All of standard error.
    pub(crate) stderr: String,
}

/// The program about to run, without what a developer's terminal, or a machine without one, says of itself.
pub(crate) fn lmsync() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lmsync"));
    for variable in ["CI", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "NO_COLOR"] {
        command.env_remove(variable);
    }
    command
}

/// The program with `arguments`, run to the end.
pub(crate) fn run(arguments: &[&str]) -> Run {
    Run::of(lmsync().args(arguments).output().unwrap())
}

impl Run {
    /// Outcome that `output` tells.
    pub(crate) fn of(output: Output) -> Self {
        Self {
            status: output.status.code().expect("an exit status, not a signal"),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Asserts the exit status; a failure shows what the program said.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(
            self.status, status,
            "standard output: {}\nstandard error: {}",
            self.stdout, self.stderr
        );
        self
    }
}
