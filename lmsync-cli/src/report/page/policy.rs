//! The content security policy of the page.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The policy of a page with this `style` alone: nothing is loaded, run or sent.
///
/// Documented: <https://www.w3.org/TR/CSP3/#directive-style-src>, and that a `meta` element may carry it:
/// <https://www.w3.org/TR/CSP3/#meta-element>.
pub(super) fn policy(style: &str) -> String {
    let sum = STANDARD.encode(Sha256::digest(style));
    format!("default-src 'none'; style-src 'sha256-{sum}'; base-uri 'none'; form-action 'none'")
}
