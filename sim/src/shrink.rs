//! Making a failing world smaller: a shorter life, and fewer decisions, until each that is left is needed.
//!
//! A decision that is taken away draws zeros, and the others stay as they were (see [`decision`](crate::decision)). So
//! this is delta debugging: take away all of a kind, then halves, quarters and so on, and keep what still fails. It
//! need not fail in the same way: whatever must not happen is worth knowing.

use std::collections::BTreeSet;
use std::panic;

use crate::decision::{Decision, Kind};
use crate::run::{Failure, Options, live};

/// No more steps are lived through in search of a smaller world.
const STEPS_MAX: u64 = 3_000_000;

/// A world that fails, and how large the search for smaller ones may still become.
struct Search {
    smallest: Options,
    left: Vec<Decision>,
    steps_left: u64,
}

/// The smallest world that was found to fail as this one does.
pub(crate) fn smallest(options: &Options) -> Failure {
    // Every attempt may end in a panic that nobody needs to read.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let first = live(options, false, true);
    let (steps_before, decisions_before) = (first.report.steps, first.taken.len());
    let mut search = Search {
        smallest: options.clone(),
        left: first.taken.into_iter().collect(),
        steps_left: if options.processes.is_some() { 0 } else { STEPS_MAX },
    };
    search.cut_life(first.report.steps);
    search.drop_kinds();
    search.drop_pieces();
    search.cut_life_in_half();
    search.drop_pieces();
    let last = live(&search.smallest, true, false);
    panic::set_hook(hook);
    Failure {
        options: search.smallest,
        steps_before,
        decisions_before,
        why: last.failure.unwrap_or_else(|| "it did not happen again".to_owned()),
        story: last.story,
    }
}

impl Search {
    /// Whether a world fails; it is the smallest then.
    fn fails(&mut self, options: Options) -> bool {
        if self.steps_left == 0 {
            return false;
        }
        let lived = live(&options, false, true);
        // Building one is not free either.
        self.steps_left = self.steps_left.saturating_sub(lived.report.steps + 10);
        if lived.failure.is_none() {
            return false;
        }
        let steps = options.steps.min(lived.report.steps);
        // What was not even asked for is not needed.
        self.left.retain(|decision| lived.taken.contains(decision));
        self.smallest = Options { steps, ..options };
        true
    }

    /// It need not live longer than until it failed.
    fn cut_life(&mut self, steps: u64) {
        let steps = steps.min(self.smallest.steps);
        self.fails(Options { steps, ..self.smallest.clone() });
    }

    /// What fails in the calm at the end may do so after a shorter life.
    fn cut_life_in_half(&mut self) {
        let mut cut = self.smallest.steps / 2;
        while cut > 0 {
            let steps = self.smallest.steps.saturating_sub(cut);
            if !self.fails(Options { steps, ..self.smallest.clone() }) {
                cut /= 2;
            }
            cut = cut.min(self.smallest.steps);
        }
    }

    fn without(&mut self, dropped: &dyn Fn(usize, &Decision) -> bool) -> bool {
        let kept = self.left.iter().enumerate().filter(|(index, decision)| !dropped(*index, decision));
        let only: BTreeSet<_> = kept.map(|(_, &decision)| decision).collect();
        if only.len() == self.left.len() {
            return false;
        }
        let before = self.left.clone();
        self.left = only.iter().copied().collect();
        let fails = self.fails(Options { only: Some(only), ..self.smallest.clone() });
        if !fails {
            self.left = before;
        }
        fails
    }

    fn drop_kinds(&mut self) {
        for kind in Kind::ALL {
            self.without(&|_, decision| decision.kind == kind);
        }
    }

    fn drop_pieces(&mut self) {
        let mut size = self.left.len().div_ceil(2);
        while size > 0 {
            let mut dropped = false;
            let mut from = 0;
            while from < self.left.len() {
                if self.without(&|index, _| (from..from + size).contains(&index)) {
                    dropped = true;
                } else {
                    from += size;
                }
            }
            // Piece by piece, until nothing more can go.
            if size > 1 || !dropped {
                size /= 2;
            }
        }
    }
}
