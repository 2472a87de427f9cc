//! libFuzzer's way to [`lmsync_fuzz::rows`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lmsync_fuzz::rows(data));
