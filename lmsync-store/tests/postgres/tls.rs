//! Secure connections.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;

use lmsync_core::{Error, ErrorKind};
use lmsync_store::PostgresStore;
use lmsync_testkit::PostgresServer;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use tempfile::TempDir;

/// A server that speaks TLS, for the host `localhost`, and the file of who vouches for it.
struct Secure {
    server: PostgresServer,
    folder: TempDir,
}

static SECURE: OnceLock<Secure> = OnceLock::new();

fn secure() -> &'static Secure {
    SECURE.get_or_init(|| {
        let mut authority = CertificateParams::new([]).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let host = CertificateParams::new(["localhost".to_owned()]).unwrap();
        let certificate = host.signed_by(&key, &authority).unwrap();
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("ca.pem"), authority.pem()).unwrap();
        let server = PostgresServer::start().unwrap();
        // Into the server's own folder, as its own user.
        let write = |name: &str, text: &str| {
            let copy = format!(
                "COPY (SELECT unnest(string_to_array('{}', E'\\n'))) TO PROGRAM 'umask 077; cat >{name}'",
                text.trim_end()
            );
            server.sql("postgres", &copy);
        };
        write("server.crt", &certificate.pem());
        write("server.key", &key.serialize_pem());
        server.sql("postgres", "ALTER SYSTEM SET ssl = on");
        server.sql("postgres", "SELECT pg_reload_conf()");
        while server.sql("postgres", "SHOW ssl") != "on" {}
        Secure { server, folder }
    })
}

impl Secure {
    fn root(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    fn url(&self, options: &str) -> String {
        let url = self
            .server
            .url("postgres")
            .replace("127.0.0.1", "localhost");
        format!("{url}?{options}")
    }
}

async fn refused(url: &str, why: &str) -> Error {
    let error = PostgresStore::connect(url).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Store, "{error}");
    assert!(error.hint().is_some(), "{error}");
    assert!(error.message().contains(why), "{error}");
    assert!(!format!("{error:?}").contains(PostgresServer::PASSWORD));
    error
}

pub(crate) async fn a_certificate_that_is_trusted_makes_a_secure_connection() {
    let secure = secure();
    let root = secure.root();
    for options in [
        format!("sslmode=verify-full&sslrootcert={}", root.display()),
        format!(
            "sslrootcert={}&sslmode=require&channel_binding=require",
            root.display()
        ),
    ] {
        let store = PostgresStore::connect(&secure.url(&options)).await.unwrap();
        let ciphers = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                       WHERE ssl AND application_name = 'lmsync'";
        assert_ne!(secure.server.sql("postgres", ciphers), "0", "{options}");
        drop(store);
    }
    // On this machine nobody asks for it.
    PostgresStore::connect(&secure.url("sslmode=prefer"))
        .await
        .unwrap();
}

pub(crate) async fn a_certificate_that_nobody_trusts_is_refused() {
    refused(&secure().url("sslmode=require"), "TLS").await;
    refused(
        &secure().url("sslmode=require&sslrootcert=system"),
        "certificate",
    )
    .await;
}

pub(crate) async fn a_certificate_of_another_host_is_refused() {
    let secure = secure();
    let options = format!("sslmode=require&sslrootcert={}", secure.root().display());
    let url = secure.url(&options).replace("localhost", "127.0.0.1");
    refused(&url, "not valid for name").await;
}

pub(crate) async fn a_file_without_certificates_is_told() {
    let secure = secure();
    let empty = secure.folder.path().join("empty.pem");
    fs::write(&empty, "").unwrap();
    for file in [empty, secure.folder.path().join("nowhere.pem")] {
        let options = format!("sslmode=require&sslrootcert={}", file.display());
        let error = refused(&secure.url(&options), "sslrootcert").await;
        assert!(
            error.message().contains(&file.display().to_string()),
            "{error}"
        );
    }
}
