//! FastCGI programs and their shared socket.

use supervisor_compat::compare;

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
        let finished = world.supervisord(&["-n", "-c", &conf]);
        let failed = finished.ending != supervisor_compat::Ending::Exit(0);
        world.note("failed", failed.to_string());
        world.note("named", finished.stderr.contains("nowhere/web.sock").to_string());
    });
}
