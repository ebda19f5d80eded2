//! One running program with its log.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use super::environment;

/// A program that ends, at the latest, when this is dropped.
pub(crate) struct Program {
    name: String,
    child: Child,
    log: PathBuf,
}

/// What is needed to start programs of one installation.
#[derive(Clone, Debug)]
pub(crate) struct Launcher {
    pub(crate) folder: PathBuf,
    pub(crate) variables: BTreeMap<String, String>,
}

impl Launcher {
    /// A command with the variables of the installation and no others, outside of any checkout.
    pub(crate) fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(environment::programs().join(program));
        command
            .args(arguments)
            .current_dir(&self.folder)
            .env_clear()
            .env("PATH", environment::search_path())
            .envs(&self.variables)
            .stdin(Stdio::null());
        command
    }

    /// Starts a program; what it says goes to its log.
    pub(crate) fn start(&self, name: &str, program: &str, arguments: &[&str]) -> Program {
        let log = self.folder.join(format!("{name}.log"));
        let file = log_file(&log);
        let child = self
            .command(program, arguments)
            .stdout(file.try_clone().expect("a second handle of the log"))
            .stderr(file)
            .spawn()
            .unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        Program { name: name.to_owned(), child, log }
    }

    /// Starts a program that says on its first line where it listens.
    pub(crate) fn start_announced(
        &self,
        name: &str,
        program: &str,
        arguments: &[&str],
    ) -> (Program, serde_json::Value) {
        let log = self.folder.join(format!("{name}.log"));
        let mut child = self
            .command(program, arguments)
            .stdout(Stdio::piped())
            .stderr(log_file(&log))
            .spawn()
            .unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a first line");
        let program = Program { name: name.to_owned(), child, log };
        let announced = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("{name} announced {line:?}\n{}", program.end_of_log()));
        (program, announced)
    }
}

fn log_file(path: &Path) -> File {
    OpenOptions::new().create(true).append(true).open(path).expect("a log file")
}

impl Program {
    /// Whether it still runs.
    pub(crate) fn runs(&mut self) -> bool {
        self.child.try_wait().expect("the state of a child").is_none()
    }

    /// Asks it to end, as an operator or a container does, and waits for it.
    pub(crate) async fn terminate(&mut self, within: Duration) -> ExitStatus {
        self.signal("TERM");
        self.ended(within).await
    }

    /// Sends a signal, by the id of this process alone.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{signal} {}", self.child.id())).status();
        assert!(sent.expect("a shell").success(), "{signal} could not be sent to {}", self.name);
    }

    /// Ends it at once, without any warning.
    pub(crate) fn kill(&mut self) {
        self.child.kill().expect("a child that can be killed");
        self.child.wait().expect("a child that has ended");
    }

    /// Waits for its end.
    pub(crate) async fn ended(&mut self, within: Duration) -> ExitStatus {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().expect("the state of a child") {
                return status;
            }
            assert!(
                started.elapsed() < within,
                "{} did not end within {within:?}\n{}",
                self.name,
                self.end_of_log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The last lines of its log.
    pub(crate) fn end_of_log(&self) -> String {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = text.lines().filter(|line| !line.contains("\"TRACE\"")).collect();
        let end = lines.iter().rev().take(25).rev().map(|line| format!("  {line}\n")).collect::<String>();
        format!("the end of the log of {}:\n{end}", self.name)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        if self.runs() {
            self.child.kill().ok();
            self.child.wait().ok();
        }
        if std::thread::panicking() {
            println!("{}", self.end_of_log());
        }
    }
}
