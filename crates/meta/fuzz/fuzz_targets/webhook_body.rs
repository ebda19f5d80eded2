#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| meta::fuzzing::webhook_body(data));
