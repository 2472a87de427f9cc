//! Answers that come compressed.

use std::io::Read;

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use http::{HeaderMap, HeaderValue, header};

use super::transport::{TransportError, TransportErrorKind};

/// The coding that is asked for.
pub(super) const ACCEPTED: HeaderValue = HeaderValue::from_static("gzip");

/// `body` unpacked by the codings that `headers` name, in any case; at most `limit` bytes.
///
/// Documented: <https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1>: names of codings have no case,
/// and `x-gzip` is gzip.
pub(super) fn unpack(
    headers: &mut HeaderMap,
    mut body: Bytes,
    limit: usize,
) -> Result<Bytes, TransportError> {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    let codings: Vec<_> = codings.map(HeaderValue::as_bytes).collect();
    let codings = String::from_utf8_lossy(&codings.join(&b',')).to_ascii_lowercase();
    for coding in codings.rsplit(',').map(str::trim) {
        body = match coding {
            // An empty answer is compressed by name alone.
            _ if body.is_empty() => body,
            "gzip" | "x-gzip" => gunzip(&body, limit)?,
            "br" | "compress" | "deflate" | "x-compress" | "zstd" => {
                let unasked = format!("it is compressed as `{coding}`, which was not asked for");
                return Err(TransportError::new(TransportErrorKind::Encoding, unasked));
            }
            // `identity`, and words that are none, such as `utf-8`.
            _ => body,
        };
    }
    headers.remove(header::CONTENT_ENCODING);
    Ok(body)
}

fn gunzip(body: &[u8], limit: usize) -> Result<Bytes, TransportError> {
    let mut unpacked = Vec::new();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(body)
        .take(most)
        .read_to_end(&mut unpacked)
        .map_err(|error| TransportError::new(TransportErrorKind::Encoding, error.to_string()))?;
    if unpacked.len() > limit {
        return Err(TransportError::too_large(limit));
    }
    Ok(unpacked.into())
}
