//! Waiting for a condition, never for a time.

use std::time::{Duration, Instant};

/// Longer than work that failed once on a busy machine waits until it is tried again, which is a minute.
const PATIENCE: Duration = Duration::from_secs(120);
const STEP: Duration = Duration::from_millis(50);

/// Asks again and again until there is an answer; fails with `what` when that takes too long.
pub(crate) async fn until<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < PATIENCE, "{what}: not within {} s", PATIENCE.as_secs());
        tokio::time::sleep(STEP).await;
    }
}
