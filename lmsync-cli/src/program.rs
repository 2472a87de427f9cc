//! Names that the program may be called by: some stand for a command.

use std::ffi::{OsStr, OsString};
use std::path::Path;

/// The command that a program of the name `called_as` runs, where the name says it: platforms for connectors
/// start theirs without a command.
fn program_of(called_as: &OsStr) -> Option<&'static str> {
    match Path::new(called_as).file_stem()?.to_str()? {
        "source-lmsync" => Some("airbyte"),
        "tap-lmsync" => Some("singer"),
        _ => None,
    }
}

/// `arguments` with the command that the program's name stands for.
pub(crate) fn spelled_out(mut arguments: Vec<OsString>) -> Vec<OsString> {
    if let Some(command) = arguments.first().and_then(|name| program_of(name)) {
        arguments.insert(1, command.into());
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_stand_for_a_command() {
        for (called_as, command) in [
            ("lmsync", None),
            ("/usr/local/bin/lmsync", None),
            ("lmsync-0.1", None),
            ("source-lmsync", Some("airbyte")),
            ("/airbyte/bin/source-lmsync", Some("airbyte")),
            ("tap-lmsync.exe", Some("singer")),
            ("tap-lmsync-2", None),
            ("", None),
        ] {
            assert_eq!(program_of(OsStr::new(called_as)), command, "{called_as}");
        }
    }

    #[test]
    fn the_command_stands_before_the_other_arguments() {
        let spelled_out = |arguments: &[&str]| {
            let arguments = arguments.iter().map(OsString::from);
            super::spelled_out(arguments.collect())
        };
        assert_eq!(
            spelled_out(&["tap-lmsync", "--discover"]),
            ["tap-lmsync", "singer", "--discover"]
        );
        assert_eq!(spelled_out(&["lmsync", "check"]), ["lmsync", "check"]);
        assert_eq!(spelled_out(&[]), [] as [OsString; 0]);
    }
}
