//! Waiting for the server without being deaf to Ctrl-C.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::io;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::failure::Failure;

// Differs: silent-interrupt
/// Where everything is awaited. Until [`Waiting::heed_interrupts`] Ctrl-C ends the program, silently, as the
/// kernel does it.
pub(crate) struct Waiting {
    /// `Some` until dropped.
    runtime: Option<Runtime>,
    interrupts: RefCell<Option<Signal>>,
}

impl Waiting {
    pub(crate) fn new() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        Ok(Self { runtime: Some(runtime), interrupts: RefCell::new(None) })
    }

    /// From now on Ctrl-C ends what is being awaited instead of the program.
    pub(crate) fn heed_interrupts(&self) {
        let mut interrupts = self.interrupts.borrow_mut();
        if interrupts.is_none() {
            let _context = self.runtime.as_ref().map(Runtime::enter);
            // Without a handler Ctrl-C goes on ending the program, which is the next best thing.
            *interrupts = signal(SignalKind::interrupt()).ok();
        }
    }

    /// What comes of `future`; [`Failure::Interrupted`] if Ctrl-C comes first.
    pub(crate) fn for_result<T>(
        &self,
        future: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let Some(runtime) = &self.runtime else { return Err(Failure::Interrupted) };
        runtime.block_on(async {
            tokio::select! {
                biased;
                () = self.interrupt() => Err(Failure::Interrupted),
                result = future => result,
            }
        })
    }

    // Nobody else borrows the signal: `for_result` is not called from within a future.
    #[expect(clippy::await_holding_refcell_ref)]
    async fn interrupt(&self) {
        match self.interrupts.borrow_mut().as_mut() {
            Some(interrupts) => {
                interrupts.recv().await;
            }
            None => pending().await,
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            // A name look-up that hangs must not hold up the exit.
            runtime.shutdown_background();
        }
    }
}
