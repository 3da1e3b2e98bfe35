//! Doing something with many processes at once.

use std::future::Future;

use supervisor_rpc::fault::FaultValue;
use tokio::task::{JoinSet, LocalSet};

use crate::failure::Failure;
use crate::waiting::Waiting;

/// How many requests are on their way at the same time.
const AT_ONCE: usize = 32;

/// What a server says of one of many: a fault is its answer, and no reason to leave the others.
pub(super) fn told(answer: Result<(), Failure>) -> Result<Result<(), FaultValue>, Failure> {
    match answer {
        Ok(()) => Ok(Ok(())),
        Err(Failure::Fault(fault)) => Ok(Err(fault)),
        Err(failure) => Err(failure),
    }
}

/// Works on all items at once, and hands over what comes of each as it comes.
///
/// # Errors
/// The first failure; what is under way then is not waited for.
pub(super) fn at_once<T, R, F>(
    waiting: &Waiting,
    items: Vec<T>,
    work: impl Fn(T) -> F,
    mut take: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure>
where
    F: Future<Output = Result<R, Failure>> + 'static,
    R: 'static,
{
    let mut items = items.into_iter();
    let tasks = LocalSet::new();
    let mut running = JoinSet::new();
    waiting.for_result(tasks.run_until(async {
        for item in items.by_ref().take(AT_ONCE) {
            running.spawn_local(work(item));
        }
        while let Some(ended) = running.join_next().await {
            if let Some(item) = items.next() {
                running.spawn_local(work(item));
            }
            take(ended.map_err(|error| Failure::Answer(error.to_string()))??)?;
        }
        Ok(())
    }))
}
