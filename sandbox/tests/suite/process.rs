//! The program itself: its one line, its exit codes, its state file.

use std::{
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use mooring_sandbox::Config;
use serde_json::{Value, json};

use crate::client::*;

fn program(args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_mooring-sandbox"))
        .args(["--smtp-listen", "127.0.0.1:0", "--seed", "7"])
        .args(args)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn it_says_where_it_listens_and_ends_when_told() {
    let mut child = program(&["--listen", "127.0.0.1:0"]);
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    assert!(said["http"].as_str().unwrap().starts_with("127.0.0.1:"));
    assert!(said["smtp"].as_str().unwrap().starts_with("127.0.0.1:"));

    let begun = Instant::now();
    let killed = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(child.wait().unwrap().success());
    // A bound against hanging, not a measure.
    assert!(begun.elapsed() < Duration::from_secs(20));
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
}

#[test]
fn a_taken_port_is_named_with_its_flag() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let child = program(&["--listen", &address]);
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains(&address) && error.contains("--listen") && error.contains("SANDBOX_LISTEN"),
        "{error}"
    );
    assert_eq!(error.trim().lines().count(), 1);
    assert!(output.stdout.is_empty());
}

#[tokio::test]
async fn connections_survive_a_restart_with_a_state_file() {
    let folder = tempfile::tempdir().unwrap();
    let config = || Config { state_file: Some(folder.path().join("state.json")), ..Config::default() };
    let sandbox = TestBox::with(config()).await;
    let token = sandbox.long_lived(NORA).await;
    sandbox.control("clock", json!({"offset_seconds": 86_400})).await;
    sandbox.control("settings", json!({"me_shape": "data"})).await;
    sandbox.control("faults", json!({"kind": "html_503", "path_contains": "/nowhere"})).await;
    sandbox.running.stop().await;

    let sandbox = TestBox::with(config()).await;
    assert_eq!(sandbox.facebook("/me", &token).await.status, 200);
    assert_eq!(sandbox.get("/_sandbox/clock").await.json()["offset_seconds"], 86_400);
    assert_eq!(sandbox.get("/_sandbox/settings").await.json()["me_shape"], "data");
    assert_eq!(sandbox.get("/_sandbox/faults").await.json()["faults"].as_array().unwrap().len(), 1);
    let files: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert_eq!(files, ["state.json"]);
}

#[tokio::test]
async fn a_broken_state_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state.json");
    std::fs::write(&path, "not json").unwrap();
    let error =
        mooring_sandbox::start(Config { state_file: Some(path), ..Config::default() }).await.unwrap_err();
    assert!(error.to_string().contains("state.json"));
}
