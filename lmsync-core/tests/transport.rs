//! The reqwest transport on real sockets: what is bounded, refused and told apart.

#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::future::Future;
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use lmsync_core::http::{
    NetworkConfig, ReqwestTransport, Transport, TransportError, TransportErrorKind,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// The system's library has words of its own.
const IS_RUSTLS: bool = cfg!(any(feature = "rustls", feature = "rustls-ring"));

/// Serves one connection with `talk`, and returns the address.
async fn serve<F>(talk: impl FnOnce(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut head = vec![0; 4096];
        let _ = stream.read(&mut head).await.unwrap();
        talk(stream).await;
    });
    format!("http://{address}/")
}

async fn say(mut stream: TcpStream, text: &[u8]) {
    let _ = stream.write_all(text).await;
    let _ = stream.shutdown().await;
}

fn limits() -> NetworkConfig {
    let mut limits = NetworkConfig::new();
    limits.body_limit = 10_000;
    limits
}

async fn get(limits: NetworkConfig, url: &str) -> Result<http::Response<Bytes>, TransportError> {
    let transport = ReqwestTransport::on_network(&limits).unwrap();
    let request = Request::get(url).body(Bytes::new()).unwrap();
    transport.send(request).await
}

async fn failure(limits: NetworkConfig, url: &str) -> TransportErrorKind {
    get(limits, url).await.unwrap_err().kind()
}

#[tokio::test]
async fn status_headers_and_body_arrive() {
    let url = serve(|stream| async {
        say(
            stream,
            b"HTTP/1.1 418 Teapot\r\nX-Request-Id: 7\r\nContent-Length: 5\r\n\r\nshort",
        )
        .await;
    })
    .await;
    let response = get(limits(), &url).await.unwrap();
    assert_eq!(response.status(), 418);
    assert_eq!(response.headers()["x-request-id"], "7");
    assert_eq!(response.body(), "short");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let url = serve(|stream| async {
        say(
            stream,
            b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        )
        .await;
    })
    .await;
    assert_eq!(get(limits(), &url).await.unwrap().status(), 302);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_with_and_without_a_length() {
    for head in [
        "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n",
        "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    ] {
        let url = serve(move |stream| async move {
            let mut text = head.as_bytes().to_vec();
            text.extend(vec![b'x'; 20_000]);
            say(stream, &text).await;
        })
        .await;
        assert_eq!(failure(limits(), &url).await, TransportErrorKind::TooLarge);
    }
}

#[tokio::test]
async fn a_body_may_be_as_large_as_the_limit_in_any_number_of_chunks() {
    for (chunk, chunks) in [(10_000, 1), (5_000, 2), (100, 100)] {
        let url = serve(move |stream| async move {
            let mut text = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
            for _ in 0..chunks {
                text.extend(format!("{chunk:x}\r\n").bytes());
                text.extend(vec![b'x'; chunk]);
                text.extend(b"\r\n");
            }
            text.extend(b"0\r\n\r\n");
            say(stream, &text).await;
        })
        .await;
        assert_eq!(get(limits(), &url).await.unwrap().body().len(), 10_000);
    }
}

#[tokio::test]
async fn a_compressed_bomb_is_counted_unpacked() {
    let url = serve(|stream| async {
        let body = packed(&vec![0; 5_000_000]);
        assert!(body.len() < 100_000);
        let mut text = format!(
            "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .into_bytes();
        text.extend(body);
        say(stream, &text).await;
    })
    .await;
    assert_eq!(failure(limits(), &url).await, TransportErrorKind::TooLarge);
}

fn packed(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, text).unwrap();
    encoder.finish().unwrap()
}

async fn answered_as(coding: &str, body: Vec<u8>) -> Result<Bytes, TransportErrorKind> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\n{coding}\r\nContent-Length: {length}\r\n\r\n");
    let answer = [head.into_bytes(), body].concat();
    let url = serve(move |stream| async move { say(stream, &answer).await }).await;
    match get(limits(), &url).await {
        Ok(response) => Ok(response.into_body()),
        Err(error) => Err(error.kind()),
    }
}

#[tokio::test]
async fn the_name_of_a_compression_has_no_case() {
    for coding in ["gzip", "GZIP", "x-gzip", "X-GZip", "identity, gzip"] {
        let header = format!("Content-Encoding: {coding}");
        let body = answered_as(&header, packed(b"short")).await;
        assert_eq!(body.unwrap(), "short", "{coding}");
    }
    let twice = answered_as(
        "Content-Encoding: x-gzip, x-gzip",
        packed(&packed(b"short")),
    )
    .await;
    assert_eq!(twice.unwrap(), "short");
    let named_only = answered_as("Content-Encoding: utf-8", b"short".to_vec()).await;
    assert_eq!(named_only.unwrap(), "short");
}

#[tokio::test]
async fn a_compression_that_is_not_known_broken_or_a_bomb_is_told() {
    use TransportErrorKind as K;
    for (coding, body, kind) in [
        ("Content-Encoding: br", b"short".to_vec(), K::Encoding),
        (
            "Content-Encoding: X-GZIP",
            b"not gzip!".to_vec(),
            K::Encoding,
        ),
        (
            "Content-Encoding: X-GZIP",
            packed(&[0; 10_001]),
            K::TooLarge,
        ),
    ] {
        assert_eq!(
            answered_as(coding, body).await.unwrap_err(),
            kind,
            "{coding}"
        );
    }
    let fits = answered_as("Content-Encoding: X-GZIP", packed(&[0; 10_000])).await;
    assert_eq!(fits.unwrap().len(), 10_000);
}

#[tokio::test]
async fn broken_compression_is_told() {
    let url = serve(|stream| async {
        say(
            stream,
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot gzip!",
        )
        .await;
    })
    .await;
    assert_eq!(failure(limits(), &url).await, TransportErrorKind::Encoding);
}

#[tokio::test]
async fn a_connection_cut_before_or_after_the_headers_is_told() {
    for text in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\nhalf",
    ] {
        let url = serve(move |stream| async move { say(stream, text.as_bytes()).await }).await;
        assert_eq!(
            failure(limits(), &url).await,
            TransportErrorKind::Interrupted,
            "{text:?}"
        );
    }
}

#[tokio::test]
async fn silence_ends_in_a_time_out() {
    let mut limits = limits();
    limits.read_timeout = Duration::from_millis(50);
    let url = serve(|stream| async move {
        std::future::pending::<()>().await;
        drop(stream);
    })
    .await;
    assert_eq!(failure(limits, &url).await, TransportErrorKind::Timeout);
}

#[tokio::test]
async fn an_endless_drip_ends_in_a_time_out() {
    let mut limits = limits();
    limits.total_timeout = Duration::from_millis(200);
    let url = serve(|mut stream| async move {
        let _ = stream
            .write_all(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
            .await;
        while stream.write_all(b"x").await.is_ok() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let kind = failure(limits, &url).await;
    // Which bound is met first depends on how fast the drip is.
    assert!(
        matches!(
            kind,
            TransportErrorKind::Timeout | TransportErrorKind::TooLarge
        ),
        "{kind:?}"
    );
}

#[tokio::test]
async fn nobody_there_is_a_failed_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = get(limits(), &url).await.unwrap_err();
    assert_eq!(error.kind(), TransportErrorKind::Connect);
    let shown = error.to_string().to_lowercase();
    assert!(shown.contains("refused"), "{shown}");
    let secure = url.replace("http://", "https://");
    assert_eq!(
        failure(limits(), &secure).await,
        TransportErrorKind::Connect
    );
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_failure() {
    let url = serve(|stream| async {
        say(stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
    })
    .await
    .replace("http://", "https://");
    assert_eq!(failure(limits(), &url).await, TransportErrorKind::Tls);
}

/// An alert of TLS, as a server that refuses a handshake sends it.
///
/// Documented: <https://www.rfc-editor.org/rfc/rfc8446#section-6>
const fn fatal_alert(description: u8) -> [u8; 7] {
    [0x15, 3, 3, 0, 2, 2, description]
}

#[tokio::test]
async fn a_server_that_refuses_the_handshake_is_a_tls_failure() {
    for (description, name) in [
        (40, "HandshakeFailure"),
        (70, "ProtocolVersion"),
        (71, "InsufficientSecurity"),
        (80, "InternalError"),
        (86, "InappropriateFallback"),
        (112, "UnrecognisedName"),
        (116, "CertificateRequired"),
    ] {
        let url = serve(move |stream| async move { say(stream, &fatal_alert(description)).await })
            .await
            .replace("http://", "https://");
        let error = get(limits(), &url).await.unwrap_err();
        assert_eq!(error.kind(), TransportErrorKind::Tls, "{error}");
        assert!(!IS_RUSTLS || error.to_string().contains(name), "{error}");
    }
}

#[tokio::test]
async fn a_connection_that_breaks_in_the_handshake_is_a_tls_failure_to_be_tried_again() {
    let closed = serve(|stream| async move { say(stream, b"").await }).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let reset = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        // Closed with something left to read: the other side's connection is reset.
        stream.readable().await.unwrap();
        drop(stream);
    });
    for url in [closed, reset] {
        let error = get(limits(), &url.replace("http://", "https://")).await;
        let kind = error.unwrap_err().kind();
        match IS_RUSTLS {
            true => assert_eq!(kind, TransportErrorKind::TlsInterrupted),
            // The system's library does not say how far it came; either is tried again.
            false => assert!(matches!(
                kind,
                TransportErrorKind::Connect | TransportErrorKind::TlsInterrupted
            )),
        }
    }
}

#[tokio::test]
async fn plain_http_is_for_loopback_only() {
    for url in ["http://vendor.example/", "http://127.0.0.1.vendor.example/"] {
        assert_eq!(failure(limits(), url).await, TransportErrorKind::Request);
    }
}

#[tokio::test]
async fn an_error_shows_no_part_of_the_address() {
    let error = get(limits(), "http://127.0.0.1:1/secret?token=abc")
        .await
        .unwrap_err();
    let shown = format!("{error} {error:?}");
    assert!(
        !shown.contains("abc") && !shown.contains("secret"),
        "{shown}"
    );
}
