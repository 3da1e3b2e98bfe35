//! What the daemon makes of its file.

use supervisor_compat::{Value, World, compare};

/// The facts that version 4.3.0 tells about a configured process.
const FACTS: &[&str] = &[
    "autostart",
    "command",
    "directory",
    "exitcodes",
    "group",
    "group_prio",
    "inuse",
    "killasgroup",
    "name",
    "process_prio",
    "redirect_stderr",
    "serverurl",
    "startretries",
    "startsecs",
    "stderr_capture_maxbytes",
    "stderr_events_enabled",
    "stderr_logfile",
    "stderr_logfile_backups",
    "stderr_logfile_maxbytes",
    "stderr_syslog",
    "stdout_capture_maxbytes",
    "stdout_events_enabled",
    "stdout_logfile",
    "stdout_logfile_backups",
    "stdout_logfile_maxbytes",
    "stdout_syslog",
    "stopsignal",
    "stopwaitsecs",
    "uid",
];

/// Notes what the daemon understood of every process.
fn note_understood(world: &mut World, facts: &[&str]) {
    let all = world.rpc("supervisor.getAllConfigInfo", &[]).expect("the daemon tells its configuration");
    for process in all.elements() {
        let lines: Vec<_> = facts
            .iter()
            .map(|fact| format!("{fact}={}", process.get(fact).map_or("absent".into(), Value::to_string)))
            .collect();
        let name = process.get("name").map(Value::text).unwrap_or_default().to_owned();
        world.note(&format!("understood of {name}"), lines.join("\n"));
    }
}

#[test]
fn a_program_that_says_nothing_gets_the_defaults() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\n");
        world.await_running("cat");
        note_understood(world, FACTS);
        world.note_rpc("reloadConfig", &[]);
        note_understood(world, FACTS);
    });
}

#[test]
fn a_program_that_says_everything_is_understood() {
    compare(|world| {
        world.start(
            "
[program:full]
command=/bin/cat -u   %(program_name)s
process_name=%(program_name)s_%(process_num)02d
numprocs=2
numprocs_start=7
directory=/
umask=027
priority=5
autostart=OFF
autorestart=true
startsecs=3
startretries=9
exitcodes=0, 2,7
stopsignal=sigusr1
stopwaitsecs=4
stopasgroup=yes
user=root
redirect_stderr=1
stdout_logfile=%(here)s/full-%(process_num)d.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=3
stdout_capture_maxbytes=2KB
stdout_events_enabled=True
environment=A=\"1\",B='two, three'
serverurl=http://localhost:1
",
        );
        note_understood(world, FACTS);
        world.note_ctl(&["avail"]);
    });
}

#[test]
fn comments_continuations_and_duplicates_follow_the_ini_rules() {
    compare(|world| {
        world.start(
            "
; a comment
# another
[program:a] trailing words
command : /bin/cat ; not this
stopwaitsecs = 3 # nor this
STARTSECS=4
directory=/tmp;x
autostart=false

[program:b]
command=/bin/echo a#b c;d ;e
  and more
autostart=false
priority=1
priority=2
[program:a]
exitcodes=5
unknown_key=%(nonsense)s
[unknown section]
anything=goes
",
        );
        note_understood(world, FACTS);
    });
}

#[test]
fn percent_expressions_are_expanded_where_they_may_be() {
    compare(|world| {
        world.configure(
            "
[supervisord]
environment=SHARED=\"from the daemon\"
[program:p]
command=/bin/echo %(program_name)s %(group_name)s %(process_num)d/%(numprocs)s %(process_num)03d 100%% %(ENV_OUTER)s %(ENV_SHARED)s %(ENV_OWN)s
process_name=%(program_name)s-%(process_num)x
numprocs=2
numprocs_start=10
environment=OWN=\"%(program_name)s%(process_num)s\"
directory=%(here)s
autostart=false
stdout_logfile=%(here)s/%(program_name)s.%%%%.log
[group:g]
programs=p
",
        );
        world.launch_in(&[("OUTER", "from outside")], &[] as &[&str]);
        note_understood(world, &["name", "group", "command", "directory", "stdout_logfile"]);
    });
}

#[test]
fn included_files_add_and_override() {
    compare(|world| {
        world.write("conf.d/b.ini", "[program:b]\ncommand=/bin/cat\ndirectory=%(here)s\nautostart=false\n");
        world.write(
            "conf.d/a.ini",
            "[program:a]\ncommand=/bin/cat\nautostart=false\n[supervisord]\nidentifier=a\n",
        );
        world.write("conf.d/.hidden.ini", "[program:hidden]\ncommand=/bin/cat\n");
        world.write("more/c.conf", "[program:main]\npriority=7\n[include]\nfiles=never.conf\n");
        world.start(
            "
[program:main]
command=/bin/cat
autostart=false
directory=%(here)s
[include]
files = conf.d/*.ini
  more/[a-c].conf  nothing/*.conf
",
        );
        note_understood(world, &["name", "process_prio", "directory"]);
        world.note_rpc("getIdentification", &[]);
        world.note_main_log(&["Included", "include"]);
    });
}

#[test]
fn groups_keep_their_listing_and_take_programs_out_of_their_own() {
    compare(|world| {
        world.start(
            "
[program:one]
command=/bin/cat
autostart=false
[program:two]
command=/bin/cat
numprocs=2
process_name=%(program_name)s%(process_num)d
autostart=false
[program:three]
command=/bin/cat
autostart=false
[group:g]
programs=two,one
priority=3
[group:empty]
programs=
[program:B]
command=/bin/cat
autostart=false
",
        );
        world.note_ctl(&["status"]);
        world.note_ctl(&["avail"]);
        note_understood(world, &["name", "group", "group_prio"]);
    });
}

#[test]
fn questionable_log_settings_are_warned_about() {
    compare(|world| {
        world.start(
            "
[program:a]
command=/bin/cat
autostart=false
stdout_logfile=AUTO
stdout_logfile_maxbytes=0
stderr_logfile=%(here)s/ignored.log
redirect_stderr=true
",
        );
        world.note_main_log(&["For [program"]);
    });
}

/// Notes how the daemon refuses each of these endings of a configuration.
fn note_refusals(world: &mut World, endings: &[&str]) {
    for ending in endings {
        world.configure(ending);
        let conf = world.path("supervisord.conf").display().to_string();
        let finished = world.supervisord(&["-n", "-c", &conf]);
        world.note(ending, finished.to_string());
    }
}

#[test]
fn bad_daemon_options_are_refused_by_name() {
    compare(|world| {
        note_refusals(
            world,
            &[
                "[supervisord]\nloglevel=loud\n",
                "[supervisord]\nminfds=few\n",
                "[supervisord]\nminprocs=1.5\n",
                "[supervisord]\numask=999\n",
                "[supervisord]\nnodaemon=perhaps\n",
                "[supervisord]\nlogfile_maxbytes=1.5MB\n",
                "[supervisord]\nlogfile_backups=\n",
                "[supervisord]\nchildlogdir=/no/such/directory\n",
                "[supervisord]\ndirectory=/no/such/directory\n",
                "[supervisord]\nlogfile=/no/such/directory/log\n",
                "[supervisord]\nuser=nosuchuser\n",
                "[supervisord]\nuser=123456789\n",
                "[supervisord]\npidfile=%(nothere)d\n",
                "[supervisord]\nenvironment=A\n",
                "[supervisord]\nidentifier=%(here)\n",
            ],
        );
    });
}

#[test]
fn bad_program_options_are_refused_with_their_section() {
    compare(|world| {
        note_refusals(
            world,
            &[
                "[program:x]\n",
                "[program:x]\ncommand=/bin/cat\nautostart=perhaps\n",
                "[program:x]\ncommand=/bin/cat\nautorestart=perhaps\n",
                "[program:x]\ncommand=/bin/cat\nstartsecs=soon\n",
                "[program:x]\ncommand=/bin/cat\nexitcodes=0,x\n",
                "[program:x]\ncommand=/bin/cat\nexitcodes=256\n",
                "[program:x]\ncommand=/bin/cat\nstopsignal=NOPE\n",
                "[program:x]\ncommand=/bin/cat\nstopsignal=99\n",
                "[program:x]\ncommand=/bin/cat\nnumprocs=2\n",
                "[program:x]\ncommand=/bin/cat\nnumprocs=two\n",
                "[program:x]\ncommand=/bin/cat\nstopasgroup=true\nkillasgroup=false\n",
                "[program:x]\ncommand=/bin/cat\nuser=nosuchuser\n",
                "[program:x]\ncommand=/bin/cat\numask=8\n",
                "[program:x]\ncommand=/bin/cat\nstdout_logfile=/no/such/directory/log\n",
                "[program:x]\ncommand=/bin/cat\nstdout_logfile_maxbytes=much\n",
                "[program:x]\ncommand=/bin/cat\nprocess_name=a:b\n",
                "[program:x y]\ncommand=/bin/cat\n",
                "[program:x/y]\ncommand=/bin/cat\n",
                "[program:x]\ncommand=/bin/cat\npriority=first\n",
                "[program:x]\ncommand=/bin/cat %(nothere)s\n",
                "[program:x]\ncommand=/bin/cat %(here)\n",
                "[program:x]\ncommand=/bin/cat %q\n",
                "[program:x]\ncommand=/bin/cat\nenvironment=A=1,B\n",
            ],
        );
    });
}

#[test]
fn bad_groups_listeners_and_servers_are_refused() {
    compare(|world| {
        note_refusals(
            world,
            &[
                "[group:g]\nprograms=nosuch\n",
                "[group:g]\nprograms=\npriority=x\n",
                "[eventlistener:e]\ncommand=/bin/cat\n",
                "[eventlistener:e]\ncommand=/bin/cat\nevents=NOPE\n",
                "[eventlistener:e]\ncommand=/bin/cat\nevents=TICK_5\nbuffer_size=0\n",
                "[eventlistener:e]\ncommand=/bin/cat\nevents=TICK_5\nredirect_stderr=true\n",
                "[eventlistener:e]\nevents=TICK_5\n",
                "[fcgi-program:f]\ncommand=/bin/cat\n",
                "[fcgi-program:f]\ncommand=/bin/cat\nsocket=tcp://localhost:99999\n",
                "[fcgi-program:f]\ncommand=/bin/cat\nsocket=unix:///x\nsocket_mode=9\n",
                "[fcgi-program:f]\ncommand=/bin/cat\nsocket=tcp://localhost:1\nsocket_mode=0700\n",
                "[inet_http_server]\n",
                "[inet_http_server]\nport=99999\n",
                "[inet_http_server]\nport=localhost:x\n",
                "[inet_http_server]\nport=127.0.0.1:1\nusername=u\n",
                "[unix_http_server:other]\n",
                "[unix_http_server]\nchmod=9\n",
                "[unix_http_server]\nchown=nosuchuser\n",
                "[rpcinterface:x]\n",
                "[rpcinterface:x]\nsupervisor.rpcinterface_factory=nosuch:thing\n",
                "[include]\n",
            ],
        );
    });
}

#[test]
fn text_that_is_no_ini_file_is_refused() {
    compare(|world| {
        for text in [
            "loose words\n",
            "[supervisord]\nloose words\n[program:a]\n = x\n",
            "[program:a]\ncommand=/bin/cat\n",
            "",
        ] {
            world.write("bad.conf", text);
            let conf = world.path("bad.conf").display().to_string();
            world.note_supervisord(&["-n", "-c", &conf]);
        }
        world.write("latin.conf", b"[supervisord]\nidentifier=caf\xe9\n");
        let conf = world.path("latin.conf").display().to_string();
        world.note_supervisord(&["-n", "-c", &conf]);
    });
}

#[test]
fn a_group_that_was_added_shows_the_paths_of_its_logs() {
    compare(|world| {
        let stays = "[program:stays]\ncommand=/bin/cat\nautostart=false\n";
        world.start(stays);
        world.await_file("s.sock");
        let is_path = |world: &mut World| {
            let all =
                world.rpc("supervisor.getAllConfigInfo", &[]).expect("the daemon tells its configuration");
            let log = |process: &Value| process.get("stdout_logfile").map(|log| log.text().starts_with('/'));
            let shown: Vec<String> =
                all.elements().iter().map(|process| format!("{:?}", log(process))).collect();
            world.note("paths", shown.join(" "));
        };
        is_path(world);
        world.configure(&format!("{stays}[program:comes]\ncommand=/bin/cat\nautostart=false\n"));
        world.note_ctl(&["update"]);
        is_path(world);
    });
}
