//! A PostgreSQL server for tests.

// A test may panic; that is how it fails.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, clippy::expect_used)]

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// Makes a database cluster in a folder of its own, serves it until its own input ends, and leaves nothing
/// behind. It is told the folder of the programs and a free port, and says `ready FOLDER`.
///
/// `pg_ctl` waits until the server answers. What is written need not outlast the machine.
const SERVE: &str = r#"
set -eu
PATH="$1:$PATH" port="$2"
umask 077
folder=$(mktemp -d "${TMPDIR:-/tmp}/lmsync-postgres-XXXXXX")
cd "$folder"
stop() {
    trap '' EXIT INT TERM
    pg_ctl stop -D data -m immediate >/dev/null 2>&1 || :
    cd /
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 1' INT TERM
echo "$3" >password
initdb -D data -U lmsync -E UTF8 --locale=C --no-sync \
    --auth-local=trust --auth-host=scram-sha-256 --pwfile=password >log 2>&1 || { cat log >&2; exit 1; }
cat >>data/postgresql.conf <<END
listen_addresses = '127.0.0.1'
port = $port
unix_socket_directories = '$folder'
fsync = off
max_connections = 200
END
pg_ctl start -D data -w -t 120 -l log >/dev/null || { cat log >&2; exit 1; }
# Nobody waits for what it says from here on.
exec 2>/dev/null
echo "ready $folder"
cat >/dev/null
"#;

/// The programs of a server that are needed.
const PROGRAMS: [&str; 4] = ["initdb", "pg_ctl", "postgres", "psql"];
/// A password that an error is easily searched for.
const PASSWORD: &str = "pg-canary-7f3a";

/// A PostgreSQL server of its own, in a temporary folder, on a loopback port and a Unix socket.
///
/// It ends when this is dropped, and when the process ends in whatever way. PostgreSQL does not run as root: root
/// starts it as `nobody`.
#[derive(Debug)]
pub struct PostgresServer {
    child: Child,
    port: u16,
    folder: PathBuf,
    programs: PathBuf,
    databases: AtomicU32,
}

impl PostgresServer {
    /// The password of its only user, `lmsync`, who may do everything.
    pub const PASSWORD: &'static str = PASSWORD;

    /// Starts a server, if its programs are installed: in `PATH`, or where Debian has them.
    ///
    /// # Panics
    /// When they are and it does not start; and when they are not and the environment variable
    /// `LMSYNC_REQUIRE_POSTGRES` is set.
    #[must_use]
    pub fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            let required = env::var_os("LMSYNC_REQUIRE_POSTGRES").is_some();
            assert!(!required, "no PostgreSQL server is installed");
            return None;
        };
        // Somebody else may take the port in between.
        let started = (0..3).find_map(|_| Self::serve(&programs));
        Some(started.expect("the PostgreSQL server starts"))
    }

    fn serve(programs: &Path) -> Option<Self> {
        let port = free_port();
        let mut child = unprivileged()
            .args(["sh", "-c", SERVE, "sh"])
            .arg(programs)
            .args([port.to_string().as_str(), PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell");
        let mut told = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut told).expect("a line");
        match told.trim_end().strip_prefix("ready ") {
            Some(folder) => Some(Self {
                folder: folder.into(),
                child,
                port,
                programs: programs.to_owned(),
                databases: AtomicU32::new(0),
            }),
            None => {
                child.wait().expect("it ended");
                None
            }
        }
    }

    /// Its port on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The folder of its Unix socket.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The URL of `database`, password included.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        let port = self.port;
        format!("postgres://lmsync:{PASSWORD}@127.0.0.1:{port}/{database}")
    }

    /// Makes an empty database, and gives its name.
    pub fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        name
    }

    /// The program `psql` in `database`, which writes a row a line, its values with `|` between them.
    #[must_use]
    pub fn psql(&self, database: &str) -> Command {
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-X", "-q", "-A", "-t", "-h", "127.0.0.1"])
            .args(["-p", &self.port.to_string(), "-U", "lmsync", "-d", database])
            .env("PGPASSWORD", PASSWORD);
        psql
    }

    /// Runs `statements` in `database`, as another program would; gives what they answer.
    ///
    /// # Panics
    /// When one is refused.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let output = self
            .psql(database)
            .args(["-v", "ON_ERROR_STOP=1", "-c", statements])
            .stdin(Stdio::null())
            .output()
            .expect("psql runs");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let told = String::from_utf8_lossy(&output.stdout);
        told.trim_end_matches('\n').to_owned()
    }
}

impl Drop for PostgresServer {
    fn drop(&mut self) {
        // The end of its input is what it waits for.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// The folder of the programs.
fn programs() -> Option<PathBuf> {
    let named = env::var_os("PATH").unwrap_or_default();
    let mut folders: Vec<PathBuf> = env::split_paths(&named).collect();
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(|version| Some(version.ok()?.path().join("bin")))
        .collect();
    versions.sort();
    // The latest first.
    folders.extend(versions.into_iter().rev());
    // Some are links to where the others are.
    let real = folders.iter().filter_map(|folder| {
        let program = fs::canonicalize(folder.join("initdb")).ok()?;
        program.parent().map(Path::to_owned)
    });
    folders
        .iter()
        .cloned()
        .chain(real)
        .find(|folder| PROGRAMS.iter().all(|name| folder.join(name).exists()))
}

/// A command that runs another as somebody who is not root.
fn unprivileged() -> Command {
    let is_root = Command::new("id").arg("-u").output();
    let is_root = is_root.is_ok_and(|id| id.stdout.starts_with(b"0\n"));
    match is_root {
        true => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=nobody", "--regid=nogroup", "--clear-groups", "--"]);
            command.env("HOME", "/");
            command
        }
        false => Command::new("env"),
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("its address").port()
}
