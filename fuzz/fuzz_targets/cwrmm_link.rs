//! libFuzzer's way to [`lmsync_fuzz::cwrmm_link`].
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lmsync_fuzz::cwrmm_link(data));
