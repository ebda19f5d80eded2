//! What one sandbox can carry: answers per second over kept connections, and memory with many
//! people. Prints figures beside what we aim at; a slow machine is no failure.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement ends when something is wrong")]

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const PEOPLE: u64 = 100_000;
const CONNECTIONS: usize = 16;
const ANSWERS_AIM: f64 = 20_000.0;
const MEMORY_AIM_MIB: f64 = 200.0;
const HOST: &str = "graph.facebook.com";
const APP: &str = "client_id=1029384756&client_secret=sandbox-facebook-app-secret";
const BACK: &str = "http%3A%2F%2F127.0.0.1%3A9%2Fcb";
const SCOPES: &str =
    "instagram_basic,instagram_manage_insights,pages_show_list,pages_read_engagement,business_management";

/// The program in a process of its own, so that its memory is its own.
struct Sandbox {
    process: Child,
    address: String,
}

impl Sandbox {
    fn start() -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_mooring-sandbox"))
            .args(["--listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0", "--log", "error"])
            .args(["--people", &PEOPLE.to_string()])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let bound: serde_json::Value = serde_json::from_str(&line).unwrap();
        Self { process, address: bound["http"].as_str().unwrap().to_owned() }
    }

    /// Resident memory in MiB, where the system tells it.
    fn memory(&self) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:"))?;
        Some(line.split_whitespace().nth(1)?.parse::<f64>().ok()? / 1_024.0)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A kept connection that understands just enough of HTTP.
struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, buffer: Vec::with_capacity(16 * 1_024) }
    }

    /// Sends a request and gives the status and where head and body of the answer end.
    async fn send(&mut self, request: &[u8]) -> (u16, usize, usize) {
        self.stream.write_all(request).await.unwrap();
        self.buffer.clear();
        loop {
            if let Some(end) = self.buffer.windows(4).position(|part| part == b"\r\n\r\n") {
                let head = std::str::from_utf8(&self.buffer[..end]).unwrap();
                let status = head[9..12].parse().unwrap();
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .map_or(0, |length| length.parse::<usize>().unwrap());
                while self.buffer.len() < end + 4 + length {
                    assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0);
                }
                return (status, end, end + 4 + length);
            }
            assert!(self.stream.read_buf(&mut self.buffer).await.unwrap() > 0);
        }
    }

    async fn text(&mut self, request: &str) -> String {
        let (_, _, end) = self.send(request.as_bytes()).await;
        String::from_utf8_lossy(&self.buffer[..end]).into_owned()
    }

    /// Logs somebody in and gives a user token.
    async fn log_in(&mut self, person: u64) -> String {
        let form = format!(
            "client_id=1029384756&redirect_uri={BACK}&state=s&scope_asked={SCOPES}&person={person}&decision=continue&all=1"
        );
        let answer = self
            .text(&format!(
                "POST /v25.0/dialog/oauth HTTP/1.1\r\nhost: www.facebook.com\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: {}\r\n\r\n{form}",
                form.len()
            ))
            .await;
        let code = between(&answer, "code=", "&");
        let path = format!("/v25.0/oauth/access_token?{APP}&redirect_uri={BACK}&code={code}");
        let answer = self.text(&get(&path, None)).await;
        between(&answer, "\"access_token\":\"", "\"").to_owned()
    }
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    text.split(before).nth(1).unwrap().split(after).next().unwrap()
}

fn get(path: &str, token: Option<&str>) -> String {
    let bearer = token.map(|token| format!("authorization: Bearer {token}\r\n")).unwrap_or_default();
    format!("GET {path} HTTP/1.1\r\nhost: {HOST}\r\n{bearer}\r\n")
}

fn ratio(figure: f64, aim: f64) -> String {
    format!("{:.2} of the aim of {aim}", figure / aim)
}

/// Answers per second to the same request over a few kept connections.
async fn rate(address: &str, path: &str, token: &str) -> f64 {
    const LASTING: Duration = Duration::from_secs(4);
    let request = get(path, Some(token)).into_bytes();
    let begun = Instant::now();
    let callers: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let (address, request) = (address.to_owned(), request.clone());
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await;
                let mut answers = 0_u64;
                while begun.elapsed() < LASTING {
                    assert_eq!(connection.send(&request).await.0, 200);
                    answers += 1;
                }
                answers
            })
        })
        .collect();
    let mut answers = 0;
    for caller in callers {
        answers += caller.await.unwrap();
    }
    answers as f64 / begun.elapsed().as_secs_f64()
}

/// Lets everybody log in and read the account behind their first Page.
async fn touch_everybody(address: &str) -> Duration {
    let begun = Instant::now();
    let callers: Vec<_> = (0..CONNECTIONS as u64)
        .map(|first| {
            let address = address.to_owned();
            tokio::spawn(async move {
                let mut connection = Connection::open(&address).await;
                for person in (first..PEOPLE).step_by(CONNECTIONS) {
                    let token = connection.log_in(10_160_100_000_000_000 + person).await;
                    let account = 17_841_410_000_000_000 + person * 16;
                    let path = format!("/v25.0/{account}?fields=username,followers_count");
                    assert_eq!(connection.send(get(&path, Some(&token)).as_bytes()).await.0, 200);
                }
            })
        })
        .collect();
    for caller in callers {
        caller.await.unwrap();
    }
    begun.elapsed()
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    // `cargo test --benches` runs this too, and wants no measurement.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("{cores} cores, shared with the caller; {CONNECTIONS} kept connections");
    let sandbox = Sandbox::start();
    let mut connection = Connection::open(&sandbox.address).await;
    let token = connection.log_in(10_160_000_000_000_001).await;
    let clock = connection.text("GET /_sandbox/clock HTTP/1.1\r\nhost: localhost\r\n\r\n").await;
    // More calls than any budget of Meta's allows.
    let budgets = r#"{"app_calls_per_hour":1000000000,"account_calls_per_day":1000000000}"#;
    let order = format!(
        "POST /_sandbox/settings HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n{budgets}",
        budgets.len()
    );
    assert_eq!(connection.send(order.as_bytes()).await.0, 200);
    let now = chrono::DateTime::parse_from_rfc3339(between(&clock, "\"now\":\"", "\"")).unwrap().timestamp();
    for (name, path) in [
        ("who is this", "/v25.0/me"),
        ("an account", "/v25.0/17841400000000001?fields=username,followers_count"),
        (
            "a month of reach",
            "/v25.0/17841400000000001/insights?metric=reach&period=day&since=%SINCE%&until=%UNTIL%",
        ),
        ("25 media", "/v25.0/17841400000000001/media?fields=id,caption,timestamp,like_count&limit=25"),
    ] {
        let path =
            path.replace("%SINCE%", &(now - 29 * 86_400).to_string()).replace("%UNTIL%", &now.to_string());
        let figure = rate(&sandbox.address, &path, &token).await;
        let aim =
            if name == "who is this" { format!(" ({})", ratio(figure, ANSWERS_AIM)) } else { String::new() };
        println!("{figure:>9.0} answers/s  {name}{aim}");
    }
    drop(sandbox);

    let sandbox = Sandbox::start();
    if let Some(empty) = sandbox.memory() {
        println!("{empty:>9.1} MiB        at the start");
    }
    let took = touch_everybody(&sandbox.address).await;
    if let Some(full) = sandbox.memory() {
        println!(
            "{full:>9.1} MiB        after {PEOPLE} people logged in and read an account, in {:.0} s ({})",
            took.as_secs_f64(),
            ratio(full, MEMORY_AIM_MIB)
        );
    }
}
