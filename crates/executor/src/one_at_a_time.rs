//! Work on one subject waits for other work on it in this process: calls about one account that begin at
//! the same moment would all be refused before the first refusal is known.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

/// Who is being worked on, or waited for, at this moment.
#[derive(Debug, Default)]
pub(crate) struct OneAtATime(Mutex<HashMap<Uuid, Weak<tokio::sync::Mutex<()>>>>);

impl OneAtATime {
    /// Waits until nobody else works on `subject`; others wait until the result is dropped.
    pub(crate) async fn turn(&self, subject: Uuid) -> OwnedMutexGuard<()> {
        self.of(subject).lock_owned().await
    }

    fn of(&self, subject: Uuid) -> Arc<tokio::sync::Mutex<()>> {
        // A panic elsewhere cannot leave a map of handles half-written.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = known.get(&subject).and_then(Weak::upgrade) {
            return lock;
        }
        known.retain(|_, lock| lock.strong_count() > 0);
        let lock = Arc::default();
        known.insert(subject, Arc::downgrade(&lock));
        lock
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn work_on_one_subject_waits_and_work_on_others_does_not() {
        let turns = OneAtATime::default();
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let first = turns.turn(one).await;
        assert!(turns.turn(one).now_or_never().is_none());
        assert!(turns.turn(other).now_or_never().is_some());
        drop(first);
        assert!(turns.turn(one).now_or_never().is_some());
    }

    #[tokio::test]
    async fn nobody_is_remembered_for_ever() {
        let turns = OneAtATime::default();
        for subject in 0..100 {
            drop(turns.turn(Uuid::from_u128(subject)).await);
        }
        assert!(turns.0.lock().unwrap().len() <= 1);
    }
}
