//! Waiting for the server without being deaf to Ctrl-C.

use std::cell::RefCell;
use std::future::{Future, pending};
use std::io;
use std::process::{Child, ExitStatus};
use std::thread;

use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::oneshot;

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

    /// How a child ends. Ctrl-C, which the terminal tells the child too, does not end the wait.
    pub(crate) fn for_child(&self, mut child: Child) -> io::Result<ExitStatus> {
        let Some(runtime) = &self.runtime else { return child.wait() };
        let (sender, mut ended) = oneshot::channel();
        thread::Builder::new().name("child".to_owned()).spawn(move || {
            // Somebody listens: the wait below has no other end.
            let _ = sender.send(child.wait());
        })?;
        runtime.block_on(async {
            loop {
                tokio::select! {
                    biased;
                    () = self.interrupt() => {}
                    status = &mut ended => return status.map_err(io::Error::other)?,
                }
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
