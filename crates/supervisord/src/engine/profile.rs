//! `--profile_options`: what the daemon spends its time on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use supervisor_sys::clock::monotonic_nanoseconds;

/// What the daemon does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Activity {
    /// Waiting for something to happen.
    Wait,
    /// One round of work, everything below included.
    Turn,
    /// The core decides.
    Decide,
    /// Reading what children write, and logging it.
    ReadOutput,
    /// Writing what a log or a child had no room for.
    Flush,
    /// Starting a child.
    Spawn,
    /// Collecting dead children.
    Reap,
    /// Sending a signal.
    Signal,
    /// Looking for the file of a command.
    ResolveCommand,
    /// Reading the configuration.
    ReadConfiguration,
    /// Writing to the main log.
    WriteMainLog,
    /// Drawing the picture that readers see.
    Publish,
}

impl Activity {
    fn name(self) -> &'static str {
        match self {
            Self::Wait => "wait",
            Self::Turn => "turn",
            Self::Decide => "decide",
            Self::ReadOutput => "read output",
            Self::Flush => "flush",
            Self::Spawn => "spawn",
            Self::Reap => "reap",
            Self::Signal => "signal",
            Self::ResolveCommand => "resolve command",
            Self::ReadConfiguration => "read configuration",
            Self::WriteMainLog => "write main log",
            Self::Publish => "publish",
        }
    }
}

/// What a report shows, in the words of the option.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProfileOptions {
    /// Sort by cumulative time.
    pub cumulative: bool,
    /// Sort by number of calls.
    pub calls: bool,
    /// Show who called what.
    pub callers: bool,
}

impl ProfileOptions {
    /// Reads the words of the option; unknown ones are ignored, as in the reference.
    #[must_use]
    pub fn parse(words: &[String]) -> Self {
        let has = |word: &str| words.iter().any(|known| known == word);
        Self { cumulative: has("cumulative"), calls: has("calls"), callers: has("callers") }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    calls: u64,
    own: Duration,
    cumulative: Duration,
}

/// A measurement under way.
#[must_use]
#[derive(Debug)]
pub struct Begun(bool);

#[derive(Debug)]
struct Frame {
    activity: Activity,
    began_nanoseconds: u64,
    inner: Duration,
}

/// Times by activity and caller. Switched off, it costs one comparison.
#[derive(Debug, Default)]
pub struct Profile {
    options: Option<ProfileOptions>,
    stack: Vec<Frame>,
    tallies: BTreeMap<(Activity, Option<Activity>), Tally>,
}

impl Profile {
    /// Measures if there are options.
    #[must_use]
    pub fn new(options: Option<ProfileOptions>) -> Self {
        Self { options, ..Self::default() }
    }

    /// An activity begins. Activities nest; the one begun last ends first.
    pub fn begin(&mut self, activity: Activity) -> Begun {
        if self.options.is_none() {
            return Begun(false);
        }
        let began_nanoseconds = monotonic_nanoseconds();
        self.stack.push(Frame { activity, began_nanoseconds, inner: Duration::ZERO });
        Begun(true)
    }

    /// The activity begun last ends.
    #[expect(clippy::needless_pass_by_value, reason = "a measurement ends once")]
    pub fn end(&mut self, begun: Begun) {
        if !begun.0 {
            return;
        }
        let Some(frame) = self.stack.pop() else { return };
        let took = Duration::from_nanos(monotonic_nanoseconds().saturating_sub(frame.began_nanoseconds));
        let caller = self.stack.last_mut().map(|outer| {
            outer.inner += took;
            outer.activity
        });
        let tally = self.tallies.entry((frame.activity, caller)).or_default();
        tally.calls += 1;
        tally.cumulative += took;
        tally.own += took.saturating_sub(frame.inner);
    }

    /// The report to print at the end; `None` when nothing was measured.
    #[must_use]
    pub fn report(&self) -> Option<String> {
        let options = self.options?;
        let mut text = String::from("\n   ncalls    tottime    percall    cumtime    percall  activity\n");
        for (activity, tally) in self.sorted(options) {
            line(&mut text, tally, activity.name());
        }
        if options.callers {
            text.push_str(
                "\nactivity was called by...\n   ncalls    tottime    percall    cumtime    percall\n",
            );
            for (&(activity, caller), &tally) in &self.tallies {
                let caller = caller.map_or("the start", Activity::name);
                line(&mut text, tally, &format!("{} <- {caller}", activity.name()));
            }
        }
        Some(text)
    }

    fn sorted(&self, options: ProfileOptions) -> Vec<(Activity, Tally)> {
        let mut sums: BTreeMap<Activity, Tally> = BTreeMap::new();
        for (&(activity, _), tally) in &self.tallies {
            let sum = sums.entry(activity).or_default();
            sum.calls += tally.calls;
            sum.own += tally.own;
            sum.cumulative += tally.cumulative;
        }
        let mut sums: Vec<_> = sums.into_iter().collect();
        sums.sort_by_key(|(_, tally)| {
            let by_time = if options.cumulative { tally.cumulative } else { tally.own };
            let by_calls = if options.calls && !options.cumulative { tally.calls } else { 0 };
            std::cmp::Reverse((by_calls, by_time))
        });
        sums
    }
}

fn line(text: &mut String, tally: Tally, name: &str) {
    #[expect(clippy::cast_precision_loss, reason = "a count of calls shown as an average")]
    let calls = tally.calls.max(1) as f64;
    let (own, cumulative) = (tally.own.as_secs_f64(), tally.cumulative.as_secs_f64());
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "{:>9} {own:>10.6} {:>10.6} {cumulative:>10.6} {:>10.6}  {name}",
        tally.calls,
        own / calls,
        cumulative / calls,
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(options: ProfileOptions) -> Profile {
        let mut profile = Profile::new(Some(options));
        for _ in 0..3 {
            let turn = profile.begin(Activity::Turn);
            let decide = profile.begin(Activity::Decide);
            profile.end(decide);
            profile.end(turn);
        }
        let wait = profile.begin(Activity::Wait);
        profile.end(wait);
        profile
    }

    #[test]
    fn activities_are_counted_and_nested_time_is_not_their_own() {
        let profile = measured(ProfileOptions { calls: true, ..ProfileOptions::default() });
        let sorted = profile.sorted(profile.options.unwrap());
        let counts: Vec<_> = sorted.iter().map(|(_, tally)| tally.calls).collect();
        assert_eq!(counts, [3, 3, 1]);
        let turn = sorted.iter().find(|(activity, _)| *activity == Activity::Turn).unwrap().1;
        let decide = sorted.iter().find(|(activity, _)| *activity == Activity::Decide).unwrap().1;
        assert_eq!(turn.own + decide.cumulative, turn.cumulative);
    }

    #[test]
    fn callers_are_shown_when_asked_for() {
        let words = ["cumulative".to_owned(), "callers".to_owned()];
        let report = measured(ProfileOptions::parse(&words)).report().unwrap();
        assert!(report.contains("decide <- turn"), "{report}");
        assert!(report.contains("turn <- the start"), "{report}");
        let words = ["cumulative".to_owned()];
        assert!(!measured(ProfileOptions::parse(&words)).report().unwrap().contains("<-"));
    }

    #[test]
    fn nothing_is_measured_unless_asked_for() {
        let mut profile = Profile::new(None);
        let begun = profile.begin(Activity::Wait);
        profile.end(begun);
        assert_eq!(profile.report(), None);
    }
}
