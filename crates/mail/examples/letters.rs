//! Prints one mail of every kind, one JSON object a line: `cargo run -p mail --example letters`.
#![expect(clippy::print_stdout, clippy::expect_used, reason = "a program for people")]

use serde_json::json;

fn main() {
    let until = "2026-11-27T10:00:00Z".parse().expect("a time");
    for sample in mail::samples::samples("https://mooring.example/", until) {
        let line = json!({
            "name": sample.name, "subject": sample.subject, "html": sample.html, "plain": sample.plain,
        });
        println!("{line}");
    }
}
