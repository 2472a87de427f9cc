//! The example programs as processes, and accounts on loopback for them to read.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use lmsync::{Clock, SystemClock};
use lmsync_testkit::fleet::{Fleet, FleetSpec};
use lmsync_testkit::superops::{SuperOpsSimulator, SuperOpsSpec};
use lmsync_testkit::{ServeOptions, Simulator, SimulatorServer, serve};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The secret of every account here; it must never be seen.
pub(crate) const TOKEN: &str = "s3cr3t-T0ken-0f-the-tests";
/// What the accounts' owner pastes as the subdomain.
pub(crate) const SUBDOMAIN: &str = "acmemsp";

/// One of the example programs about to run.
pub(crate) struct Program(Command);

/// What became of a program.
pub(crate) struct Run {
    /// The exit status.
    pub(crate) status: i32,
    /// All of standard output.
    pub(crate) stdout: String,
    /// All of standard error.
    pub(crate) stderr: String,
}

impl Program {
    /// The example called `name`, as the last build made it.
    pub(crate) fn new(name: &str) -> Self {
        #[cfg(unix)]
        heed_ctrl_c();
        let mut command = Command::new(example(name));
        // What a developer has set for real accounts and for a terminal must not reach these programs.
        for variable in [
            "LMSYNC_SUBDOMAIN",
            "LMSYNC_TOKEN",
            "HTTPS_PROXY",
            "https_proxy",
            "ALL_PROXY",
            "all_proxy",
            "NO_PROXY",
            "no_proxy",
            "CI",
            "CLICOLOR",
            "CLICOLOR_FORCE",
            "COLUMNS",
            "NO_COLOR",
        ] {
            command.env_remove(variable);
        }
        Self(command)
    }

    /// Adds an argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<Path>) -> Self {
        self.0.arg(argument.as_ref());
        self
    }

    /// Adds several arguments.
    pub(crate) fn args<const N: usize>(self, arguments: [&str; N]) -> Self {
        arguments.into_iter().fold(self, Self::arg)
    }

    /// Sets an environment variable.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs in a shell by `script`, in which `"$@"` is the program with its arguments.
    #[cfg(unix)]
    pub(crate) fn in_shell(self, script: &str) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "sh"]);
        shell.arg(self.0.get_program()).args(self.0.get_args());
        for (name, value) in self.0.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        Self(shell)
    }

    /// The command, for tests that talk to the running program.
    pub(crate) fn command(self) -> Command {
        self.0
    }

    /// Runs to the end.
    pub(crate) fn run(mut self) -> Run {
        Run::of(self.0.output().expect("the program starts"))
    }
}

/// Lets Ctrl-C end programs that are started from now on. Where the tests run in the background, it is ignored, which
/// programs take over from who starts them; a handler is nothing that they take over.
#[cfg(unix)]
fn heed_ctrl_c() {
    use tokio::signal::unix::{SignalKind, signal};

    static HEEDED: std::sync::Once = std::sync::Once::new();
    HEEDED.call_once(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.map_or(0, |mask| u64::from_str_radix(mask.trim(), 16).unwrap());
        let kind = SignalKind::interrupt();
        if ignored >> (kind.as_raw_value() - 1) & 1 == 1 {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .build();
            let _within = runtime.as_ref().unwrap().enter();
            drop(signal(kind).unwrap());
        }
    });
}

/// Sends `signal`, such as `INT`, to `process`.
#[cfg(unix)]
pub(crate) fn send(signal: &str, process: u32) {
    let status = std::process::Command::new("kill")
        .args([&format!("-{signal}"), &process.to_string()])
        .status();
    assert!(status.unwrap().success());
}

impl Run {
    /// What `output` says.
    pub(crate) fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
        Self {
            status: output.status.code().expect("an exit status, not a signal"),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
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

/// Cargo puts examples beside the folder that the tests are in.
fn example(name: &str) -> PathBuf {
    let mut path = std::env::current_exe().expect("the path of this test");
    path.pop();
    path.pop();
    path.extend(["examples", name]);
    path.set_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        path.exists(),
        "{} is not built; `cargo test` builds it, `cargo test --test commands` alone does not: \
         run `cargo build --examples` before",
        path.display()
    );
    path
}

/// A SuperOps account on loopback, with [`TOKEN`] and [`SUBDOMAIN`].
pub(crate) struct Account {
    /// The machines in it.
    pub(crate) fleet: Fleet,
    /// Its simulator.
    pub(crate) server: SimulatorServer<SuperOpsSimulator>,
}

impl Account {
    /// An account of 230 machines: three pages.
    pub(crate) fn start() -> Self {
        Self::with_machines(230)
    }

    /// An account of so many machines.
    pub(crate) fn with_machines(machines: usize) -> Self {
        let fleet = Fleet::new(FleetSpec::new(machines, SystemClock::new().now()));
        let spec = SuperOpsSpec {
            subdomain: SUBDOMAIN.to_owned(),
            token: TOKEN.to_owned(),
            requests_per_minute: None,
            ..SuperOpsSpec::new(fleet.clone())
        };
        Self {
            server: start(SuperOpsSimulator::new(spec)).expect("a loopback port"),
            fleet,
        }
    }

    /// Its table in a configuration file, with further `lines`.
    pub(crate) fn table(&self, name: &str, token: &str, lines: &str) -> String {
        format!(
            "[[connector]]\nvendor = \"superops\"\nname = \"{name}\"\nendpoint = \"{}\"\n\
             subdomain = \"{SUBDOMAIN}\"\napi_token = \"{token}\"\n{lines}\n",
            self.server.uri()
        )
    }
}

/// A configuration file of these accounts.
pub(crate) fn tables(accounts: impl Iterator<Item = Value>) -> String {
    let accounts: Vec<Value> = accounts.collect();
    toml::to_string(&json!({ "connector": accounts })).expect("keys that TOML can hold")
}

/// `simulator` on loopback.
pub(crate) fn start<S: Simulator>(simulator: S) -> io::Result<SimulatorServer<S>> {
    // The server runs on a thread of its own; the runtime is needed to start it only.
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(serve(simulator, ServeOptions::default()))
}

/// A folder for one test's files; removed at its end.
pub(crate) struct Folder(TempDir);

impl Folder {
    /// A new folder.
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    /// The path of `name` in it.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes the configuration file, readable by its owner alone, and returns its path.
    pub(crate) fn config(&self, text: &str) -> PathBuf {
        let path = self.path("accounts.toml");
        std::fs::write(&path, text).expect("a writable folder");
        #[cfg(unix)]
        permit(&path, 0o600);
        path
    }

    /// Names of the files in it.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let files = std::fs::read_dir(self.0.path()).expect("a folder");
        files
            .map(|file| {
                file.expect("a file")
                    .file_name()
                    .into_string()
                    .expect("UTF-8")
            })
            .collect()
    }

    /// What a program wrote to `name`.
    pub(crate) fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).expect(name)
    }

    /// The JSON that a program wrote to `name`.
    pub(crate) fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.text(name)).expect("JSON")
    }

    /// The JSON lines that a program wrote to `name`.
    pub(crate) fn lines(&self, name: &str) -> Vec<Value> {
        json_lines(&self.text(name))
    }
}

/// Sets who may do what with the file at `path`.
#[cfg(unix)]
pub(crate) fn permit(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let permissions = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(path, permissions).expect("a file of one's own");
}

/// JSON lines, every one of them whole.
pub(crate) fn json_lines(text: &str) -> Vec<Value> {
    assert!(
        text.is_empty() || text.ends_with('\n'),
        "the last line is whole"
    );
    text.lines()
        .map(|line| serde_json::from_str(line).expect(line))
        .collect()
}
