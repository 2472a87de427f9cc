//! Secure connections.

#[cfg(feature = "postgres-tls")]
mod with_tls {
    use std::fs::File;
    use std::io::BufReader;
    use std::sync::Arc;

    use lmsync_core::{Error, Result};
    use rustls::crypto::aws_lc_rs;
    use rustls::pki_types::CertificateDer;
    use rustls::pki_types::pem::PemObject;
    use rustls::{ClientConfig, RootCertStore};
    use rustls_platform_verifier::BuilderVerifierExt;
    use tokio_postgres_rustls::MakeRustlsConnect;

    /// The protocol's name, which servers ask for that speak TLS from the first byte.
    /// Documented: <https://www.postgresql.org/docs/current/protocol-flow.html>.
    const PROTOCOL: &[u8] = b"postgresql";

    /// The means of secure connections, which knows whom to trust.
    #[derive(Clone)]
    pub(in crate::postgres) struct Tls(MakeRustlsConnect);

    impl Tls {
        /// Trust in the certificates of the file `root`, else in those of the system.
        pub(in crate::postgres) fn trusting(root: Option<&str>) -> Result<Self> {
            let failed = |error: rustls::Error| Error::store(format!("PostgreSQL, TLS: {error}"));
            let client =
                ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
                    .with_safe_default_protocol_versions()
                    .map_err(failed)?;
            let client = match root {
                Some(root) => client.with_root_certificates(roots(root)?),
                None => client.with_platform_verifier().map_err(failed)?,
            };
            let mut client = client.with_no_client_auth();
            client.alpn_protocols = vec![PROTOCOL.to_vec()];
            Ok(Self(MakeRustlsConnect::new(client)))
        }

        pub(in crate::postgres) fn connector(&self) -> MakeRustlsConnect {
            self.0.clone()
        }
    }

    fn roots(path: &str) -> Result<RootCertStore> {
        let unusable = |why: &str| {
            Error::store(format!("`sslrootcert`: {path}: {why}"))
                .with_hint("name a PEM file with the certificates to trust")
        };
        let file = File::open(path).map_err(|error| unusable(&error.to_string()))?;
        let mut roots = RootCertStore::empty();
        for certificate in CertificateDer::pem_reader_iter(BufReader::new(file)) {
            let certificate = certificate.map_err(|_| unusable("it is no PEM"))?;
            roots
                .add(certificate)
                .map_err(|error| unusable(&error.to_string()))?;
        }
        match roots.is_empty() {
            true => Err(unusable("there is no certificate in it")),
            false => Ok(roots),
        }
    }
}

#[cfg(not(feature = "postgres-tls"))]
mod with_tls {
    use lmsync_core::{Error, Result};
    use tokio_postgres::NoTls;

    /// The means of secure connections, which this build lacks.
    #[derive(Clone, Copy)]
    pub(in crate::postgres) struct Tls(NoTls);

    impl Tls {
        /// Says why no connection can be secure.
        pub(in crate::postgres) fn trusting(_: Option<&str>) -> Result<Self> {
            Err(Error::store(
                "PostgreSQL: the connection has to be secure, and this build of lmsync cannot make it so",
            )
            .with_hint(
                "enable the feature `postgres-tls` of lmsync-store; where the way to the server is safe, say sslmode=disable",
            ))
        }

        pub(in crate::postgres) fn connector(self) -> NoTls {
            self.0
        }
    }
}

pub(super) use self::with_tls::Tls;
