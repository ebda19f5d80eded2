//! The state file: read at the start, written whenever something changed and at the end.

use std::{io::Write, path::Path, sync::Arc, time::Duration};

use anyhow::Context;

use crate::state::{Sandbox, State};

/// Reads the state file; a missing one is an empty state.
pub(crate) fn load(path: &Path) -> anyhow::Result<State> {
    match std::fs::read(path) {
        Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| {
            format!("{} is not a state file of this sandbox; move it away to start afresh", path.display())
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(State::default()),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Writes the state beside its place and moves it there, so that a crash leaves a whole file.
pub(crate) fn save(sandbox: &Sandbox) -> anyhow::Result<()> {
    let Some(path) = &sandbox.config.state_file else { return Ok(()) };
    let _one_at_a_time = sandbox.saving();
    let bytes = serde_json::to_vec(&sandbox.inner().state)?;
    let beside = path.with_extension("writing");
    let mut file =
        std::fs::File::create(&beside).with_context(|| format!("cannot write {}", beside.display()))?;
    file.write_all(&bytes)?;
    file.sync_all()?;
    std::fs::rename(&beside, path)?;
    Ok(())
}

/// Saves soon after every change.
pub(crate) async fn keep_saving(sandbox: Arc<Sandbox>) {
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        if sandbox.config.state_file.is_some() && sandbox.take_dirty() {
            let saving = sandbox.clone();
            match tokio::task::spawn_blocking(move || save(&saving)).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::error!(%error, "state not saved"),
                Err(error) => tracing::error!(%error, "state not saved"),
            }
        }
    }
}
