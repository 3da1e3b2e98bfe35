//! Drawing the picture that readers see.

use std::collections::HashSet;
use std::sync::Arc;

use supervisor_core::process::Process;
use supervisor_core::spec::ProcessSpec;

use super::Engine;
use super::children::{Children, Runtime};
use super::profile::Activity;
use crate::view::{ProcessView, View};

impl Engine {
    /// A picture of the present, shared with whoever asks until something changes.
    pub(super) fn publish(&mut self) -> Arc<View> {
        let drawing = self.profile.begin(Activity::Publish);
        // Each reading makes new ones.
        let last_read: HashSet<*const ProcessSpec> =
            self.core.configured().iter().flat_map(|group| &group.processes).map(Arc::as_ptr).collect();
        let is_as_last_read = |process: &Process| last_read.contains(&Arc::as_ptr(process.spec()));
        let mut processes: Vec<_> = self
            .core
            .processes()
            .map(|process| picture(&mut self.children, process, is_as_last_read(process)))
            .collect();
        processes.sort_by(|a, b| (&a.group, &a.name).cmp(&(&b.group, &b.name)));
        let view = Arc::new(View {
            state: self.core.state(),
            identifier: Arc::from(self.config.settings.identifier.as_str()),
            pid: std::process::id(),
            main_log: self.config.settings.logfile.clone(),
            groups: self.core.groups().map(|group| group.spec().name.clone()).collect(),
            processes: processes.into(),
            pools: self.core.pools().collect(),
            configured: Arc::from(self.core.configured()),
        });
        self.published.publish(Arc::clone(&view));
        self.profile.end(drawing);
        view
    }
}

/// The picture of one process: the last one, unless something about it has changed.
fn picture(children: &mut Children, process: &Process, is_as_last_read: bool) -> Arc<ProcessView> {
    let Some(runtime) = children.runtimes.get_mut(&process.id()) else {
        return Arc::new(drawn(process, is_as_last_read, None));
    };
    if let Some((revision, picture)) = &runtime.picture
        && *revision == process.revision()
        && picture.is_as_last_read == is_as_last_read
    {
        return Arc::clone(picture);
    }
    let picture = Arc::new(drawn(process, is_as_last_read, Some(runtime)));
    runtime.picture = Some((process.revision(), Arc::clone(&picture)));
    picture
}

fn drawn(process: &Process, is_as_last_read: bool, runtime: Option<&Runtime>) -> ProcessView {
    ProcessView {
        name: process.spec().name.clone(),
        group: process.group_name().to_owned(),
        state: process.state(),
        pid: process.pid().map_or(0, |pid| pid.0),
        starts: runtime.map_or(0, |runtime| runtime.starts),
        start_seconds: process.started().map_or(0, |moment| moment.wall.0),
        stop_seconds: process.ended().map_or(0, |wall| wall.0),
        spawnerr: process.spawnerr().unwrap_or_default().to_owned(),
        exitstatus: process.exitstatus().unwrap_or(0),
        stdout_logfile: runtime.and_then(|runtime| runtime.stdout.path()).map(str::to_owned),
        stderr_logfile: runtime.and_then(|runtime| runtime.stderr.path()).map(str::to_owned),
        is_as_last_read,
    }
}
