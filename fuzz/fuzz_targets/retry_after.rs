//! libFuzzer's way to [`lmsync_fuzz::retry_after`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lmsync_fuzz::retry_after(data));
