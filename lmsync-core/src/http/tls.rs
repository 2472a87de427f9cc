//! Whom to trust and who one is, whichever library makes connections secure.
//!
//! The features `rustls`, `rustls-ring` and `native-tls` choose it; where several are on, the first of
//! these counts.

use reqwest::ClientBuilder;

use super::network::NetworkConfig;
use super::transport::TransportError;
use crate::error::Result;

/// Tells whether `config` has certificates of its own.
pub(super) fn is_configured(config: &NetworkConfig) -> bool {
    config.only_these_certificates
        || !config.certificates.is_empty()
        || config.client_certificate.is_some()
}

#[cfg(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls"))]
mod with_tls {
    use std::fs;

    use reqwest::{Certificate, Identity};

    use super::{ClientBuilder, NetworkConfig, Result, TransportError};
    use crate::error::Error;
    use crate::http::network::Pem;
    use crate::secret::Secret;

    /// Says why no connection can be secure.
    pub(in crate::http) fn require() -> Result<(), TransportError> {
        Ok(())
    }

    /// `client` with the certificates of `config`.
    pub(in crate::http) fn configure(
        client: ClientBuilder,
        config: &NetworkConfig,
    ) -> Result<ClientBuilder> {
        let client = choose(client);
        let mut certificates = Vec::new();
        for pem in &config.certificates {
            certificates.extend(trusted(pem)?);
        }
        let client = match config.only_these_certificates {
            true => client.tls_certs_only(certificates),
            false if certificates.is_empty() => client,
            false => client.tls_certs_merge(certificates),
        };
        match &config.client_certificate {
            Some(pem) => Ok(client.identity(identity(pem)?)),
            None => Ok(client),
        }
    }

    /// `client` for plain http, which need not look for the machine's certificates.
    pub(in crate::http) fn trust_none(client: ClientBuilder) -> ClientBuilder {
        choose(client).tls_certs_only([])
    }

    fn read(setting: &str, pem: &Pem) -> Result<Secret> {
        match pem {
            Pem::Text(text) => Ok(text.clone()),
            Pem::File(path) => fs::read_to_string(path).map(Secret::from).map_err(|error| {
                let path = path.display();
                Error::config(format!(
                    "`{setting}`: the file {path} cannot be read: {error}"
                ))
            }),
        }
    }

    fn trusted(pem: &Pem) -> Result<Vec<Certificate>> {
        let certificates =
            Certificate::from_pem_bundle(read("certificates", pem)?.expose().as_bytes())
                .map_err(|_| unusable("certificates", pem, "it is no PEM"))?;
        match certificates.is_empty() {
            true => Err(unusable(
                "certificates",
                pem,
                "there is no certificate in it",
            )),
            false => Ok(certificates),
        }
    }

    fn identity(pem: &Pem) -> Result<Identity> {
        let text = read("client_certificate", pem)?;
        let text = text.expose();
        #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
        let identity = Identity::from_pem(text.as_bytes());
        // Certificates are looked for; the key is to stand at the beginning.
        #[cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
        let identity = {
            let key = text.find("-----BEGIN PRIVATE KEY-----").unwrap_or_default();
            Identity::from_pkcs8_pem(text.as_bytes(), text[key..].as_bytes())
        };
        let wanted = "a certificate and its private key (PKCS #8) are expected in it";
        identity.map_err(|_| unusable("client_certificate", pem, wanted))
    }

    fn unusable(setting: &str, pem: &Pem, why: &str) -> Error {
        Error::config(format!("`{setting}`: {pem} cannot be used: {why}"))
    }

    /// `client` with the library that the features choose: reqwest has an order of its own.
    #[cfg(any(feature = "rustls", feature = "rustls-ring"))]
    fn choose(client: ClientBuilder) -> ClientBuilder {
        // Ring, unless the application has chosen something for the process; an error says that it has.
        #[cfg(not(feature = "rustls"))]
        let _ = rustls::crypto::ring::default_provider().install_default();
        client.tls_backend_rustls()
    }

    #[cfg(not(any(feature = "rustls", feature = "rustls-ring")))]
    fn choose(client: ClientBuilder) -> ClientBuilder {
        client.tls_backend_native()
    }
}

#[cfg(not(any(feature = "rustls", feature = "rustls-ring", feature = "native-tls")))]
mod with_tls {
    use super::{ClientBuilder, NetworkConfig, Result, TransportError};
    use crate::http::transport::TransportErrorKind;

    /// Says why no connection can be secure.
    pub(in crate::http) fn require() -> Result<(), TransportError> {
        let why = "lmsync was built without TLS: turn its feature `rustls` on";
        Err(TransportError::new(TransportErrorKind::Tls, why))
    }

    pub(in crate::http) fn configure(
        client: ClientBuilder,
        _: &NetworkConfig,
    ) -> Result<ClientBuilder> {
        Ok(client)
    }

    pub(in crate::http) fn trust_none(client: ClientBuilder) -> ClientBuilder {
        client
    }
}

pub(super) use self::with_tls::{configure, require, trust_none};
