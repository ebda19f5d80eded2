//! How far a command over many is, for a person who waits: one line on standard error that is written
//! over again, and nothing at all where no terminal is.

use std::io::{IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How often the line is written again at most.
const EVERY: Duration = Duration::from_millis(100);
/// To the beginning of the line, and nothing in it.
const CLEAR: &str = "\r\x1b[K";

/// The line; it goes away when this is dropped.
pub(super) struct Progress {
    what: &'static str,
    total: Option<usize>,
    done: u64,
    is_seen: bool,
    written: Option<Instant>,
}

impl Progress {
    /// Of so many things, which people call `what`.
    pub(super) fn of(total: usize, what: &'static str) -> Self {
        Self { total: Some(total), ..Self::without_end(what) }
    }

    /// Of nobody knows how many.
    pub(super) fn without_end(what: &'static str) -> Self {
        let is_seen = std::io::stderr().is_terminal();
        Self { what, total: None, done: 0, is_seen, written: None }
    }

    /// One more is done.
    pub(super) fn step(&mut self) {
        self.set(self.done + 1);
    }

    /// So many are done.
    pub(super) fn set(&mut self, done: u64) {
        self.done = done;
        if !self.is_seen || self.written.is_some_and(|at| at.elapsed() < EVERY) {
            return;
        }
        self.written = Some(Instant::now());
        self.write(&format!("{CLEAR}{}", self.text()));
    }

    fn text(&self) -> String {
        match self.total {
            Some(total) => format!("{} of {total} {}", self.done, self.what),
            None => format!("{} {}", self.done, self.what),
        }
    }

    fn write(&self, text: &str) {
        // A terminal that has gone away is no reason to stop.
        let mut terminal = std::io::stderr().lock();
        let _gone = terminal.write_all(text.as_bytes()).and_then(|()| terminal.flush());
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.written.is_some() {
            self.write(CLEAR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_with_and_without_an_end() {
        let mut progress = Progress { is_seen: false, ..Progress::of(3, "logins") };
        progress.step();
        progress.step();
        assert_eq!(progress.text(), "2 of 3 logins");
        let mut progress = Progress { is_seen: false, ..Progress::without_end("tokens") };
        progress.set(40);
        assert_eq!(progress.text(), "40 tokens");
        assert!(progress.written.is_none(), "nothing is written where nobody looks");
    }
}
