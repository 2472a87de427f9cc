//! The proxy that the environment or the configuration names.

use std::io::Write as _;
use std::sync::mpsc::{Receiver, channel};

use super::*;

/// A refusal of TLS, after which nobody tries again.
///
/// Documented: <https://www.rfc-editor.org/rfc/rfc8446#section-6>
const HANDSHAKE_FAILURE: [u8; 7] = [0x15, 3, 3, 0, 2, 2, 40];

/// A port on which every TLS handshake is refused, also behind a `CONNECT`; gives the beginning of all
/// that comes.
fn refusing() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heard, beginnings) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, mut head) = (stream.unwrap(), [0; 2048]);
            let count = stream.read(&mut head).unwrap_or_default();
            let head = String::from_utf8_lossy(&head[..count]).into_owned();
            let is_proxy = head.starts_with("CONNECT");
            if heard.send(head).is_err() {
                return;
            }
            if is_proxy {
                stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
                let _ = stream.read(&mut [0; 2048]);
            }
            let _ = stream.write_all(&HANDSHAKE_FAILURE);
        }
    });
    (port, beginnings)
}

/// A sync of an account at `endpoint` that fails, and the account's report.
fn synced(endpoint: &str, variables: &[(&str, &str)]) -> (Run, Value) {
    synced_on("", endpoint, variables)
}

/// The same, with the settings `network` in the configuration.
fn synced_on(network: &str, endpoint: &str, variables: &[(&str, &str)]) -> (Run, Value) {
    let folder = Folder::new();
    let table = format!(
        "[network]\n{network}\n[[connector]]\nvendor = \"superops\"\nname = \"acme\"\nendpoint = \"{endpoint}\"\n\
         subdomain = \"acme\"\napi_token = \"{TOKEN}\"\n"
    );
    let program = sync(&folder, &folder.config(&table));
    let program = variables
        .iter()
        .fold(program, |program, (name, value)| program.env(name, value));
    let run = program.run().expect(1);
    let report = folder.json("report.json")["connectors"][0].clone();
    (run, report)
}

#[test]
fn a_proxy_that_cannot_be_meant_is_an_error_and_no_direct_connection() {
    let (port, beginnings) = refusing();
    let endpoint = format!("https://127.0.0.1:{port}");
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let (run, report) = synced(&endpoint, &[(name, "http://me:hunter2@proxy:99999")]);
        assert_eq!(report["error"]["kind"], "config", "{report}");
        let told = format!("{}{report}", run.stderr);
        assert!(told.contains(name) && !told.contains("hunter2"), "{told}");
    }
    assert!(beginnings.try_recv().is_err(), "nothing was sent");
}

#[test]
fn a_proxy_is_asked_for_the_vendors_host() {
    let (port, beginnings) = refusing();
    let proxy = format!("http://me:hunter2@127.0.0.1:{port}");
    let (_, report) = synced("https://vendor.example", &[("HTTPS_PROXY", &proxy)]);
    assert_eq!(report["error"]["kind"], "tls", "{report}");
    let head = beginnings.recv().unwrap();
    assert!(head.starts_with("CONNECT vendor.example:443 "), "{head}");
    assert!(head.contains("Basic bWU6aHVudGVyMg=="), "{head}");
    assert!(!report.to_string().contains("hunter2"), "{report}");
}

#[test]
fn loopback_and_hosts_that_are_named_are_reached_without_the_proxy() {
    let (port, beginnings) = refusing();
    let (proxy_port, at_proxy) = refusing();
    let proxy = format!("http://127.0.0.1:{proxy_port}");
    let mut direct = vec![("127.0.0.1", "")];
    if cfg!(target_os = "linux") {
        // This machine, too, and no address of loopback.
        direct.push(("0.0.0.0", "vendor.example, 0.0.0.0"));
    }
    for (host, no_proxy) in direct {
        let variables = [("HTTPS_PROXY", &*proxy), ("NO_PROXY", no_proxy)];
        let (_, report) = synced(&format!("https://{host}:{port}"), &variables);
        assert_eq!(report["error"]["kind"], "tls", "{report}");
        assert!(beginnings.recv().unwrap().starts_with('\u{16}'), "{host}");
    }
    assert!(at_proxy.try_recv().is_err());
}

#[test]
fn a_proxy_of_the_configuration_comes_before_that_of_the_environment() {
    let (port, beginnings) = refusing();
    let (other_port, at_other) = refusing();
    let other = format!("http://127.0.0.1:{other_port}");
    let network = format!(
        "proxy = \"http://127.0.0.1:{port}\"\nproxy_user = \"me\"\nproxy_password = {{ env = \"PROXY_PASSWORD\" }}"
    );
    let variables = [("HTTPS_PROXY", &*other), ("PROXY_PASSWORD", "hunter2")];
    let (_, report) = synced_on(&network, "https://vendor.example", &variables);
    assert_eq!(report["error"]["kind"], "tls", "{report}");
    let head = beginnings.recv().unwrap();
    assert!(head.starts_with("CONNECT vendor.example:443 "), "{head}");
    assert!(head.contains("Basic bWU6aHVudGVyMg=="), "{head}");
    assert!(at_other.try_recv().is_err());

    let direct = "proxy = \"none\"\naddresses = { \"vendor.example\" = [\"127.0.0.1\"] }";
    let (port, beginnings) = refusing();
    let address = format!("https://vendor.example:{port}");
    let (_, report) = synced_on(direct, &address, &[("HTTPS_PROXY", &other)]);
    assert_eq!(report["error"]["kind"], "tls", "{report}");
    assert!(beginnings.recv().unwrap().starts_with('\u{16}'));
    assert!(at_other.try_recv().is_err());
}
