//! Answers that are gzip without a header that says so.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::MultiGzDecoder;
use lmsync_core::{Error, Result};

/// The first bytes of gzip. Documented: <https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1>.
const MAGIC: [u8; 2] = [0x1f, 0x8b];
/// The most bytes of an answer of 5,000 machines. Assumed: a machine is 2 KB.
const MOST: u64 = 64 * 1024 * 1024;

/// The JSON of `body`, unpacked where it is gzip. Documented: HP's developer blog, for the results of jobs.
pub(super) fn unpacked(body: &[u8]) -> Result<Cow<'_, [u8]>> {
    if !body.starts_with(&MAGIC) {
        return Ok(Cow::Borrowed(body));
    }
    let mut unpacked = Vec::new();
    MultiGzDecoder::new(body)
        .take(MOST + 1)
        .read_to_end(&mut unpacked)
        .map_err(|error| {
            Error::decode(format!(
                "the answer is gzip that cannot be unpacked: {error}"
            ))
        })?;
    match unpacked.len() as u64 > MOST {
        true => Err(Error::decode(format!(
            "the answer is more than {MOST} bytes, unpacked"
        ))),
        false => Ok(Cow::Owned(unpacked)),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    #[test]
    fn gzip_is_unpacked_and_json_stays() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::default());
        packed.write_all(b"[]").unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(&*unpacked(&packed).unwrap(), b"[]");
        assert_eq!(&*unpacked(b"[1]").unwrap(), b"[1]");
        assert!(unpacked(&packed[..packed.len() - 4]).is_err());
    }
}
