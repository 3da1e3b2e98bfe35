//! FastCGI programs and their shared socket.

use supervisor_compat::{Part, compare};

#[test]
fn processes_of_a_fastcgi_program_share_one_socket_as_standard_input() {
    compare(|world| {
        world.start(
            "
[fcgi-program:web]
command=/bin/sh -c 'readlink /proc/self/fd/0 >>sockets; exec sleep 1000'
directory=%(here)s
process_name=%(program_name)s_%(process_num)d
numprocs=2
socket=unix://%(here)s/web.sock
socket_mode=0766
startsecs=0
",
        );
        world.await_running("web:web_0");
        world.await_running("web:web_1");
        let sockets = supervisor_compat::eventually("both lines", || {
            Some(world.read("sockets")).filter(|text| text.lines().count() == 2)
        });
        let mut lines: Vec<_> = sockets.lines().collect();
        lines.dedup();
        world.note("sockets", format!("{} {}", lines.len(), lines[0].starts_with("socket:")));
        world.note("mode", world.mode("web.sock"));
        world.note_rpc("sendProcessStdin", &["web:web_0".into(), "x".into()]);
        world.note_ctl_sorted(&["stop", "web:*"]);
        world.note_main_log(&["socket"]);
        world.note("left", world.names(|name| name.ends_with(".sock")).join(" "));
    });
}

#[test]
fn a_fastcgi_socket_that_cannot_be_made_ends_the_start() {
    compare(|world| {
        world.configure("[fcgi-program:web]\ncommand=/bin/cat\nsocket=unix://%(here)s/nowhere/web.sock\n");
        let conf = world.path("supervisord.conf").display().to_string();
        // In the background, too, whoever starts it is told.
        for options in [&["-n", "-c", conf.as_str()][..], &["-c", conf.as_str()]] {
            let finished = world.supervisord(options);
            let failed = finished.ending != supervisor_compat::Ending::Exit(0);
            world.note("failed", failed.to_string());
            world.note("named", finished.stderr.contains("nowhere/web.sock").to_string());
            world.note("pidfile", world.path("supervisord.pid").exists().to_string());
        }
    });
}

#[test]
fn a_tcp_socket_is_counted_closed_with_its_last_process_and_made_anew() {
    compare(|world| {
        let port = world.free_port();
        world.start(&format!(
            "
[fcgi-program:web]
command=/bin/sleep 1000
process_name=%(program_name)s_%(process_num)d
numprocs=2
socket=tcp://127.0.0.1:{port}
socket_backlog=5
startsecs=0
"
        ));
        world.await_running("web:web_0");
        world.await_running("web:web_1");
        let listens = || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok().to_string();
        for action in
            ["stop web:web_0", "stop web:web_1", "start web:web_1", "restart web:web_1", "stop web:*"]
        {
            let words: Vec<_> = action.split(' ').collect();
            world.note_ctl(&words);
            world.note(&format!("listens after {action}"), listens());
        }
        world.note_main_log(&["socket"]);
    });
}

#[test]
fn the_owner_and_the_mode_of_a_socket_can_be_chosen() {
    supervisor_compat::compare_as_root(|world| {
        for (owner, mode) in [("nobody", "0600"), ("nobody:daemon", "0666"), ("", "")] {
            let mut options = String::new();
            if !owner.is_empty() {
                options = format!("socket_owner={owner}\nsocket_mode={mode}\n");
            }
            world.start(&format!(
                "[fcgi-program:web]\ncommand=/bin/sleep 1000\nsocket=unix://%(here)s/web.sock\nstartsecs=0\n{options}"
            ));
            world.await_running("web");
            let file = std::fs::metadata(world.path("web.sock")).expect("the socket is there");
            let (user, group) =
                (std::os::unix::fs::MetadataExt::uid(&file), std::os::unix::fs::MetadataExt::gid(&file));
            world.note("owner", format!("{user} {group} {}", world.mode("web.sock")));
            let ending = world.stop();
            world.note("end", ending.to_string());
        }
    });
}

#[test]
fn a_socket_closes_while_its_only_process_waits_to_be_started_again() {
    compare(|world| {
        world.script("fickle", "[ -e good ] || { touch bad; exit 1; }; exec sleep 1000");
        world.start(
            "[fcgi-program:web]\ncommand=%(here)s/fickle\ndirectory=%(here)s\nsocket=unix://%(here)s/web.sock\n\
             startsecs=1\nstartretries=10\n",
        );
        let connects = |world: &supervisor_compat::World| {
            std::os::unix::net::UnixStream::connect(world.path("web.sock")).is_ok()
        };
        world.await_state("web", "BACKOFF");
        world.await_file("bad");
        world.await_log("Closing socket");
        world.write("good", "");
        world.await_running("web");
        world.note("it answers", connects(world).to_string());
        let _ = world.ctl(&["stop", "web"]);
        world.note("it answers afterwards", connects(world).to_string());
        world.note("its file is left", world.path("web.sock").exists().to_string());
        let opened = world.main_log().iter().filter(|line| line.message.contains("Creating socket")).count();
        let closed = world.main_log().iter().filter(|line| line.message.contains("Closing socket")).count();
        world.note("as often closed as opened", (opened == closed && opened >= 3).to_string());
    });
}

#[test]
fn a_socket_that_cannot_be_made_again_costs_its_program_only() {
    compare(|world| {
        std::fs::create_dir(world.path("run")).expect("the directory is ours");
        world.start(
            "[fcgi-program:web]\ncommand=/bin/sleep 1000\nsocket=unix://%(here)s/run/web.sock\nstartsecs=0\n\
             autorestart=true\nstartretries=0\n[program:cat]\ncommand=/bin/cat\nstartsecs=0\n",
        );
        world.await_running("web");
        world.await_running("cat");
        let pid = world.pid();
        std::fs::rename(world.path("run"), world.path("away")).expect("the directory is ours");
        let _ = world.ctl(&["signal", "KILL", "web"]);
        let outcome = supervisor_compat::eventually("a verdict", || {
            let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            if stat.is_empty() || stat.contains(") Z ") {
                return Some("the daemon is dead");
            }
            world.read("supervisord.log").contains("gave up: web").then_some("the program is given up")
        });
        world.differs(
            "fcgi-socket-lost-later",
            Part::Daemon,
            outcome,
            ["the daemon is dead", "the program is given up"],
        );
    });
}

#[test]
fn the_user_of_a_program_owns_its_socket_unless_another_is_named() {
    supervisor_compat::compare_as_root(|world| {
        world.set_mode("", 0o777);
        world.start(
            "[fcgi-program:web]\ncommand=/bin/sleep 1000\nuser=nobody\nsocket=unix://%(here)s/web.sock\nstartsecs=0\n",
        );
        world.await_running("web");
        let file = std::fs::metadata(world.path("web.sock")).expect("the socket is there");
        let (user, group) =
            (std::os::unix::fs::MetadataExt::uid(&file), std::os::unix::fs::MetadataExt::gid(&file));
        world.note("owner", format!("{user} {group} {}", world.mode("web.sock")));
    });
}

#[test]
fn a_fastcgi_program_in_a_group_has_a_pipe_as_in_the_reference() {
    compare(|world| {
        world.start(
            "[group:all]\nprograms=web\n\
             [fcgi-program:web]\ncommand=/bin/sh -c 'readlink /proc/self/fd/0 >input; exec sleep 1000'\ndirectory=%(here)s\n\
             socket=unix://%(here)s/web.sock\nstartsecs=0\n",
        );
        world.await_running("all:web");
        let input = world.await_text("input", "\n");
        let kind = input.split(':').next().unwrap_or("").to_owned();
        world.note("standard input", kind);
        world.note("socket file", world.path("web.sock").exists().to_string());
    });
}

#[test]
fn a_command_that_cannot_be_found_makes_no_socket() {
    compare(|world| {
        world.start("[fcgi-program:x]\ncommand=/nowhere/x\nsocket=unix://%(here)s/x.sock\nstartretries=1\n");
        world.await_log("gave up: x");
        let made = world.main_log().iter().filter(|line| line.message.starts_with("Creating socket")).count();
        world.differs("fcgi-socket-lines", Part::Daemon, made.to_string(), ["3", "1"]);
    });
}
