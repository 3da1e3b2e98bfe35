//! Making ready for the processes of a group, and forgetting them.

use supervisor_core::effect::Level;
use supervisor_core::process::ProcessId;
use supervisor_core::spec::{ChannelSpec, LogTarget, ProcessSpec};
use supervisor_sys::spawn::Credentials;
use supervisor_sys::users::groups_of;

use super::Engine;
use super::children::Runtime;
use crate::logs::auto;
use crate::logs::output::Output;

impl Engine {
    pub(super) fn prepare(&mut self, members: &[ProcessId]) {
        for &id in members {
            let Some(process) = self.core.process(id) else { continue };
            let (spec, group) = (process.spec().clone(), process.group_name().to_owned());
            let fastcgi = self.prepare_socket(&group);
            let stdout = self.output(&spec, &spec.stdout, "stdout");
            let stderr = self.output(&spec, &spec.stderr, "stderr");
            let user = spec.user.as_ref().map(|user| Credentials {
                uid: user.uid,
                gid: user.gid,
                groups: groups_of(&user.name, user.gid),
            });
            let runtime = Runtime {
                name: spec.name.clone(),
                stdout,
                stderr,
                stdin: None,
                fastcgi,
                channels: std::collections::VecDeque::new(),
                user,
                picture: None,
                starts: 0,
                looked_for_background: false,
                forgotten: false,
            };
            self.children.runtimes.insert(id, Box::new(runtime));
        }
    }

    fn output(&mut self, spec: &ProcessSpec, channel: &ChannelSpec, name: &str) -> Output {
        let path = match &channel.logfile {
            LogTarget::None => None,
            LogTarget::File(path) => Some(path.clone()),
            LogTarget::Auto => Some(self.auto_log(spec, name)),
        };
        Output::new(&spec.name, channel, path, &self.tag)
    }

    /// A made-up log. If it cannot be created its directory stands for it, so that every start says what is wrong
    /// while other programs run.
    // Differs: auto-log-failure
    fn auto_log(&mut self, spec: &ProcessSpec, name: &str) -> String {
        let settings = &self.config.settings;
        match auto::create(&settings.childlogdir, &spec.name, name, &settings.identifier) {
            Ok(path) => path,
            Err(errno) => {
                let directory = settings.childlogdir.clone();
                let message =
                    format!("cannot create the AUTO log of '{}' in {directory}: {errno:?}", spec.name);
                self.log.log(Level::Critical, &message);
                directory
            }
        }
    }

    pub(super) fn forget(&mut self, members: &[ProcessId]) {
        for id in members {
            if let Some(fastcgi) =
                self.children.runtimes.get_mut(id).and_then(|runtime| runtime.fastcgi.take())
            {
                self.children.sockets.remove(&fastcgi.group);
            }
            if let Some(runtime) = self.children.runtimes.get_mut(id) {
                runtime.forgotten = true;
                runtime.stdin = None;
            }
            self.close_if_silent(*id);
        }
    }
}
