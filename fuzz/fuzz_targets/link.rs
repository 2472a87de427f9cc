//! libFuzzer's way to [`lmsync_fuzz::link`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lmsync_fuzz::link(data));
