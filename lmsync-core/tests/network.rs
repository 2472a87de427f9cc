//! Networks as companies have them, on loopback: an authority of their own, certificates for
//! clients, a proxy that wants a password.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::Request;
use lmsync_core::http::{
    NetworkConfig, ReqwestTransport, Transport, TransportError, TransportErrorKind,
};
use lmsync_core::{Environment, ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

const HOST: &str = "api.example.test";
const HERE: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A company's own authority.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new([]).unwrap();
        // Of another name than what it signs: that would count as signed by itself.
        let name = &mut params.distinguished_name;
        name.push(DnType::CommonName, "The company's authority");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Self(CertifiedIssuer::self_signed(params, key).unwrap())
    }

    fn pem(&self) -> String {
        self.0.pem()
    }

    /// The certificate of `name` and its private key.
    fn certificate(&self, name: &str) -> (String, String) {
        let params = CertificateParams::new([name.to_owned()]).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = params.signed_by(&key, &self.0).unwrap();
        (certificate.pem(), key.serialize_pem())
    }

    fn trusted(&self) -> RootCertStore {
        let mut roots = RootCertStore::empty();
        roots
            .add(CertificateDer::from_pem_slice(self.pem().as_bytes()).unwrap())
            .unwrap();
        roots
    }
}

/// Serves [`HOST`] on loopback, with a certificate of `authority`, to whoever has one of `clients`.
async fn serve(authority: &Authority, clients: Option<&Authority>) -> u16 {
    let (certificate, key) = authority.certificate(HOST);
    let provider = Arc::new(aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let config = config.with_safe_default_protocol_versions().unwrap();
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(clients) => {
            let roots = clients.trusted().into();
            let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider);
            config.with_client_cert_verifier(verifier.build().unwrap())
        }
    };
    let chain = vec![CertificateDer::from_pem_slice(certificate.as_bytes()).unwrap()];
    let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config.with_single_cert(chain, key).unwrap()));
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut head = [0; 4096];
                if stream.read(&mut head).await.is_ok_and(|read| read > 0) {
                    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
                    let _ = stream.write_all(answer).await;
                    let _ = stream.shutdown().await;
                }
            });
        }
    });
    port
}

/// A proxy that lets in whoever says `authorization`, tells what it was asked for, and leads
/// everybody to `target`.
async fn proxy(authorization: &'static str, target: u16) -> (SocketAddr, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind((HERE, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&asked);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                let (mut head, mut line) = (String::new(), String::new());
                while stream.read_line(&mut line).await.unwrap_or(0) > 2 {
                    head.push_str(&std::mem::take(&mut line));
                }
                told.lock()
                    .unwrap()
                    .push(head.lines().next().unwrap().to_owned());
                let is_let_in = head.lines().any(|line| {
                    let mut words = line.splitn(2, ": ");
                    words
                        .next()
                        .is_some_and(|name| name.eq_ignore_ascii_case("proxy-authorization"))
                        && words.next() == Some(authorization)
                });
                let answer: &[u8] = match is_let_in {
                    true => b"HTTP/1.1 200 OK\r\n\r\n",
                    false => b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n",
                };
                let _ = stream.write_all(answer).await;
                if is_let_in {
                    let mut server = TcpStream::connect((HERE, target)).await.unwrap();
                    let _ = copy_bidirectional(&mut stream, &mut server).await;
                }
            });
        }
    });
    (address, asked)
}

async fn get(config: &NetworkConfig, port: u16) -> Result<Bytes, TransportError> {
    let transport = ReqwestTransport::on_network(config).unwrap();
    let request = Request::get(format!("https://{HOST}:{port}/")).body(Bytes::new());
    let answer = transport.send(request.unwrap()).await?;
    Ok(answer.into_body())
}

/// The settings with which [`HOST`] is found on loopback and trusted.
fn trusting(authority: &Authority) -> NetworkConfig {
    NetworkConfig::new()
        .certificate(authority.pem())
        .address(HOST, HERE)
}

#[tokio::test]
async fn a_companys_authority_is_trusted_where_the_settings_say_so() {
    let authority = Authority::new();
    let port = serve(&authority, None).await;
    let trusting = trusting(&authority);
    assert_eq!(get(&trusting, port).await.unwrap(), "hi");
    let alone = trusting.only_these_certificates();
    assert_eq!(get(&alone, port).await.unwrap(), "hi");
    for stranger in [
        NetworkConfig::new().address(HOST, HERE),
        self::trusting(&Authority::new()),
    ] {
        let error = get(&stranger, port).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error}");
    }
}

#[tokio::test]
async fn a_certificate_may_come_from_a_file() {
    let authority = Authority::new();
    let port = serve(&authority, None).await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("corporate.pem");
    std::fs::write(&file, authority.pem()).unwrap();
    let config: NetworkConfig = serde_json::from_value(serde_json::json!({
        "certificates": [file],
        "addresses": { HOST: [HERE] },
    }))
    .unwrap();
    assert_eq!(get(&config, port).await.unwrap(), "hi");
}

#[tokio::test]
async fn a_server_may_ask_who_one_is() {
    let (authority, company) = (Authority::new(), Authority::new());
    let port = serve(&authority, Some(&company)).await;
    let (certificate, key) = company.certificate("lmsync");
    let known = trusting(&authority).client_certificate(format!("{certificate}{key}"));
    assert_eq!(get(&known, port).await.unwrap(), "hi");
    let error = get(&trusting(&authority), port).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Tls, "{error}");
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_gone_through() {
    let authority = Authority::new();
    let port = serve(&authority, None).await;
    let (address, asked) = proxy("Basic bWU6cGE1NXcwcmQ=", port).await;
    let config = NetworkConfig::new()
        .certificate(authority.pem())
        .proxy(format!("http://{address}"));
    let known = config.clone().proxy_user("me", "pa55w0rd");
    // The name is the proxy's to find: this machine has no address for it.
    assert_eq!(get(&known, 443).await.unwrap(), "hi");
    assert_eq!(
        *asked.lock().unwrap(),
        [format!("CONNECT {HOST}:443 HTTP/1.1")]
    );

    let other = config.clone().proxy_user("me", "other-pa55w0rd");
    let error = get(&other, 443).await.unwrap_err();
    let shown = format!("{error} {error:?}");
    let encoded = STANDARD.encode("me:other-pa55w0rd");
    assert!(
        !shown.contains("pa55") && !shown.contains(&encoded),
        "{shown}"
    );

    let direct = known.proxy_except("example.test").address(HOST, HERE);
    assert_eq!(get(&direct, port).await.unwrap(), "hi");
    assert_eq!(asked.lock().unwrap().len(), 2);
}

#[test]
fn what_cannot_be_used_is_told_by_its_name() {
    let (certificate, key) = Authority::new().certificate("x");
    let text = "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n";
    for (config, named) in [
        (
            NetworkConfig::new().certificate("no-such-file.pem"),
            "no-such-file.pem",
        ),
        (
            NetworkConfig::new().certificate(key.clone()),
            "`certificates`",
        ),
        (NetworkConfig::new().certificate(text), "certificates"),
        (
            NetworkConfig::new().client_certificate(certificate),
            "`client_certificate`",
        ),
        (
            NetworkConfig::new().client_certificate(key),
            "`client_certificate`",
        ),
        (NetworkConfig::new().proxy("socks5://proxy"), "`proxy`"),
        (NetworkConfig::new().proxy_user("me", "x"), "`proxy_user`"),
        (NetworkConfig::new().user_agent("a\nb"), "`user_agent`"),
        (NetworkConfig::new().user_agent(" "), "`user_agent`"),
        (
            NetworkConfig::new().requests_in_flight(0),
            "`requests_in_flight`",
        ),
    ] {
        let error = Environment::on_network(&config).expect_err(named);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(named), "{named}: {error}");
        assert!(!error.to_string().contains("BEGIN"), "{error}");
    }
}
