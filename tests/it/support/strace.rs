//! Programs that meet trouble at a chosen system call, by way of `strace`.

use std::process::{Command, Output};
use std::sync::LazyLock;

use super::Installation;

/// Whether programs can be traced here; containers may forbid it.
static WORKS: LazyLock<bool> = LazyLock::new(|| {
    let probe = Command::new("strace").args(["-o", "/dev/null", "true"]).output();
    probe.is_ok_and(|output| output.status.success())
});

/// Whether trouble can be made here; says so if not.
pub(crate) fn works() -> bool {
    if !*WORKS {
        println!("not run: strace is missing or may not trace programs here");
    }
    *WORKS
}

impl Installation {
    /// Carries out a command of the worker, with trouble as `strace` describes it, such as
    /// `fdatasync:signal=KILL:when=3`.
    pub(crate) async fn troubled_command(&self, trouble: &str, arguments: &[&str]) -> Output {
        let inner = self.launcher.command("mooring-worker", arguments);
        let calls = trouble.split(':').next().expect("a system call");
        let mut command = Command::new("strace");
        command
            .args(["-f", "-qq", "-o", "/dev/null", "--signal=none"])
            .args([format!("--trace={calls}"), format!("--inject={trouble}")])
            .arg(inner.get_program())
            .args(inner.get_args())
            .current_dir(&self.launcher.folder)
            .env_clear()
            .envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        tokio::task::spawn_blocking(move || command.output()).await.expect("a thread").expect("a command")
    }
}
