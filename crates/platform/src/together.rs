//! Callers who want the same kind of thing at the same moment are served together: the database is asked
//! once for all of them instead of once for each.
//!
//! Nobody waits for others to come. Whoever comes first is served alone; those who come while that goes
//! on are served together by one of them. The busier it is, the larger the groups.

use std::collections::VecDeque;
use std::fmt;
use std::future::Future;
use std::sync::{Mutex, PoisonError};

use tokio::sync::oneshot;

/// A place where callers meet; `T` is what each of them brings, `R` what each of them gets.
pub struct Together<T, R> {
    most: usize,
    waiting: Mutex<VecDeque<(T, oneshot::Sender<R>)>>,
    serving: tokio::sync::Mutex<()>,
}

impl<T, R> Together<T, R> {
    /// Serves at most `most` callers at once, and one group after another: several at the same time would
    /// only be smaller ones.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, waiting: Mutex::default(), serving: tokio::sync::Mutex::default() }
    }

    /// Has `item` served by `serve`, ours or that of another caller, which gives one answer for each item,
    /// in their order. `None` when whoever was serving it has been stopped in the middle.
    pub async fn ask<F, S>(&self, item: T, serve: F) -> Option<R>
    where
        F: Fn(Vec<T>) -> S,
        S: Future<Output = Vec<R>>,
    {
        let (tell, mut told) = oneshot::channel();
        self.waiting().push_back((item, tell));
        loop {
            tokio::select! {
                biased;
                answer = &mut told => return answer.ok(),
                _turn = self.serving.lock() => {
                    // Those in front of us come first; it is our turn in one of the next rounds at most.
                    let (items, callers): (Vec<_>, Vec<_>) = self.next().into_iter().unzip();
                    for (caller, answer) in callers.into_iter().zip(serve(items).await) {
                        // Who does not listen any more has been stopped.
                        drop(caller.send(answer));
                    }
                }
            }
        }
    }

    fn next(&self) -> Vec<(T, oneshot::Sender<R>)> {
        let mut waiting = self.waiting();
        let count = waiting.len().min(self.most);
        waiting.drain(..count).collect()
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, VecDeque<(T, oneshot::Sender<R>)>> {
        // A panic elsewhere cannot leave a queue of whole entries half-written.
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T, R> fmt::Debug for Together<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Together").field("most", &self.most).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tokio::sync::Notify;

    use super::*;

    type Groups = Arc<Mutex<Vec<Vec<u32>>>>;

    /// Answers ten times the number, when it is let.
    fn serve(
        groups: &Groups,
        gate: &Arc<Notify>,
    ) -> impl Fn(Vec<u32>) -> futures::future::BoxFuture<'static, Vec<u32>> + use<> {
        let (groups, gate) = (groups.clone(), gate.clone());
        move |items| {
            let (groups, gate) = (groups.clone(), gate.clone());
            Box::pin(async move {
                gate.notified().await;
                let answers = items.iter().map(|item| item * 10).collect();
                groups.lock().unwrap().push(items);
                answers
            })
        }
    }

    async fn settle() {
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn those_who_come_meanwhile_are_served_together() {
        let (together, groups, gate) =
            (Arc::new(Together::new(3)), Groups::default(), Arc::new(Notify::new()));
        let ask = |item| {
            let (together, serve) = (together.clone(), serve(&groups, &gate));
            tokio::spawn(async move { together.ask(item, serve).await })
        };
        let mut asked = vec![ask(1)];
        settle().await;
        asked.extend((2..=6).map(ask));
        settle().await;
        for _ in 0..3 {
            gate.notify_one();
            settle().await;
        }
        let mut answers = Vec::new();
        for answer in asked {
            answers.push(answer.await.unwrap().unwrap());
        }
        assert_eq!(answers, [10, 20, 30, 40, 50, 60]);
        assert_eq!(*groups.lock().unwrap(), [vec![1], vec![2, 3, 4], vec![5, 6]]);
    }

    #[tokio::test]
    async fn who_is_served_by_somebody_that_is_stopped_gets_nothing_and_the_next_goes_on() {
        let (together, groups, gate) =
            (Arc::new(Together::new(3)), Groups::default(), Arc::new(Notify::new()));
        let ask = |item| {
            let (together, serve) = (together.clone(), serve(&groups, &gate));
            tokio::spawn(async move { together.ask(item, serve).await })
        };
        let first = ask(1);
        settle().await;
        // The second one serves itself and the third.
        let (second, third) = (ask(2), ask(3));
        settle().await;
        gate.notify_one();
        assert_eq!(first.await.unwrap(), Some(10));
        settle().await;
        second.abort();
        assert_eq!(third.await.unwrap(), None);
        let fourth = ask(4);
        settle().await;
        gate.notify_one();
        assert_eq!(fourth.await.unwrap(), Some(40));
    }
}
