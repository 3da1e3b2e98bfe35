//! In what surroundings children find themselves.

use supervisor_compat::{World, compare};

const ALL: &[&str] = &[
    "argv",
    "fd",
    "stderr is stdout",
    "uids",
    "gids",
    "groups",
    "group leader",
    "session leader",
    "blocked",
    "ignored but for PIPE",
    "cwd",
    "umask",
    "nofile",
    "env",
];

/// Starts one probe with these options and the daemon with these, and notes what the probe found.
fn note_probe(world: &mut World, daemon_options: &str, program_options: &str, facts: &[&str]) {
    let probe = world.probe();
    world.start(&format!(
        "[supervisord]\n{daemon_options}\n[program:probe]\ncommand={probe} %(here)s/facts one 'two three'\n\
        startsecs=0\n{program_options}\n"
    ));
    let found = world.await_probe("facts").facts(facts).replace(&probe, "<probe>");
    world.note("facts", found);
}

#[test]
fn a_child_has_its_own_process_group_three_descriptors_and_the_daemon_s_surroundings() {
    compare(|world| note_probe(world, "", "", ALL));
}

#[test]
fn redirected_errors_share_one_pipe() {
    compare(|world| note_probe(world, "", "redirect_stderr=true", &["fd", "stderr is stdout"]));
}

#[test]
fn environments_are_layered() {
    compare(|world| {
        note_probe(
            world,
            "environment=A=\"daemon\",B=\"daemon\",HOME=\"/daemon\",SUPERVISOR_GROUP_NAME=\"forged\"",
            "environment=B=\"program\",C=\"%(program_name)s %(here)s\",D='quoted, with comma',E=bare\nserverurl=http://else:1",
            &["env"],
        );
    });
}

#[test]
fn directory_and_umask_are_the_program_s_own() {
    compare(|world| {
        std::fs::create_dir(world.path("place")).expect("the directory is ours");
        note_probe(world, "", "directory=%(here)s/place\numask=027", &["cwd", "umask"]);
    });
}

#[test]
fn a_program_runs_as_its_user_with_the_user_s_groups() {
    compare(|world| {
        world.set_mode("", 0o777);
        note_probe(world, "", "user=nobody", &["uids", "gids", "groups", "env"]);
    });
}

#[test]
fn the_limit_of_descriptors_is_raised_to_minfds() {
    compare(|world| {
        note_probe(world, "minfds=4096", "", &["fd"]);
    });
}

#[test]
fn pipes_break_silently_in_children_as_the_reference_has_it() {
    compare(|world| {
        world.start(
            "
[program:shell]
command=/bin/sh -c 'grep SigIgn /proc/self/status; grep SigBlk /proc/self/status; exec cat'
stdout_logfile=%(here)s/masks
startsecs=0
",
        );
        let text = world.await_text("masks", "SigBlk");
        // The eight digits of the standard signals, without the real-time ones and libc's own, which may be
        // inherited from whoever runs this suite.
        let masks =
            text.lines().map(|line| u64::from_str_radix(line.rsplit('\t').next().unwrap_or(line), 16));
        let masks: Vec<_> = masks.flatten().map(|mask| format!("{:08x}", mask & 0x7fff_ffff)).collect();
        world.note("ignored and blocked", masks.join(" "));
    });
}

#[test]
fn a_missing_directory_is_told_in_the_error_log() {
    compare(|world| {
        world.start(
            "
[program:cat]
command=/bin/cat
directory=%(here)s/nowhere
startretries=0
stderr_logfile=%(here)s/err
[program:joined]
command=/bin/cat
directory=%(here)s/nowhere
startretries=0
redirect_stderr=true
stdout_logfile=%(here)s/out
",
        );
        world.await_state("cat", "FATAL");
        world.await_state("joined", "FATAL");
        world.note("error log", world.read("err"));
        world.note("joined log", world.read("out"));
        world.note_main_log(&["cat"]);
        world.note_main_log(&["joined"]);
    });
}

#[test]
fn commands_are_split_as_a_shell_would() {
    compare(|world| {
        let probe = world.probe();
        world.start(&format!(
            "[program:probe]\nstartsecs=0\ncommand={probe} %(here)s/facts a\\ b 'c d' \"e\\\"f\" g'h'\"i\" '' $HOME *.conf ~ `x` a=b 100%%\n"
        ));
        let found = world.await_probe("facts").facts(&["argv"]).replace(&probe, "<probe>");
        world.note("words", found);
    });
}

#[test]
fn text_sent_to_a_program_arrives_at_its_standard_input() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nstartsecs=0\nstdout_logfile=%(here)s/out\n[program:idle]\ncommand=/bin/cat\nautostart=false\n");
        world.await_running("cat");
        world.note_rpc("sendProcessStdin", &["cat".into(), "hello é\n".into()]);
        world.note("echo", world.await_text("out", "\n"));
        world.note_rpc("sendProcessStdin", &["idle".into(), "hello\n".into()]);
        world.note_rpc("sendProcessStdin", &["nosuch".into(), "hello\n".into()]);
        world.note_rpc("sendProcessStdin", &["cat".into(), 7.into()]);
    });
}

#[test]
fn a_program_that_closed_its_input_cannot_be_sent_text() {
    compare(|world| {
        world.start("[program:deaf]\ncommand=/bin/sh -c 'exec sleep 1000 <&-; '\nstartsecs=0\n");
        world.await_running("deaf");
        supervisor_compat::eventually("the closed input", || {
            let fault = world.rpc("supervisor.sendProcessStdin", &["deaf".into(), "x".into()]).err()?;
            (fault.code == 20).then_some(())
        });
        world.note_rpc("sendProcessStdin", &["deaf".into(), "x".into()]);
        world.note_info("deaf");
    });
}
