//! What both programs accept on their command line, and how they refuse the rest.

use std::os::unix::fs::symlink;

use supervisor_compat::{Part, World, compare};

const OPTIONS: &[&str] = &[
    "-c/--configuration FILENAME",
    "-n/--nodaemon",
    "-s/--silent",
    "-h/--help",
    "-v/--version",
    "-u/--user USER",
    "-m/--umask UMASK",
    "-d/--directory DIRECTORY",
    "-l/--logfile FILENAME",
    "-y/--logfile_maxbytes BYTES",
    "-z/--logfile_backups NUM",
    "-e/--loglevel LEVEL",
    "-j/--pidfile FILENAME",
    "-i/--identifier STR",
    "-q/--childlogdir DIRECTORY",
    "-k/--nocleanup",
    "-a/--minfds NUM",
    "-t/--strip_ansi",
    "--minprocs NUM",
];

#[test]
fn help_names_every_option_and_version_is_one_line() {
    compare(|world| {
        for flag in ["-h", "--help", "-?"] {
            let finished = world.supervisord(&[flag]);
            let known: Vec<_> = OPTIONS.iter().filter(|option| finished.stdout.contains(**option)).collect();
            world.note(flag, format!("{known:#?} {}", finished.ending));
            world.note("first line", finished.stdout.lines().next().unwrap_or("none"));
        }
        for words in [&["-v"][..], &["--version"], &["-v", "-h"], &["-c", "missing.conf", "-v"]] {
            world.note_supervisord(words);
        }
    });
}

#[test]
fn the_client_prints_its_usage_on_standard_output() {
    compare(|world| {
        for flag in ["-h", "--help", "-?"] {
            let finished = world.supervisorctl(&[flag]);
            let options =
                ["-c", "--configuration", "-h", "--help", "-i", "--interactive", "-s", "--serverurl"];
            let more = ["-u", "--username", "-p", "--password", "-r", "http://localhost:9001"];
            let named =
                options.iter().chain(&more).filter(|option| finished.stdout.contains(**option)).count();
            world.note(flag, format!("{named} {} {}", finished.ending, finished.stderr));
        }
    });
}

#[test]
fn wrong_options_of_the_daemon_are_refused_with_status_two() {
    compare(|world| {
        for words in [
            &["-x"][..],
            &["--foo"],
            &["-c"],
            &["--user"],
            &["--nodaemon=yes"],
            &["--log", "x"],
            &["foo", "-c", "x"],
            &["-n", "-n"],
            &["-n", "--nodaemon"],
            &["-c", "a", "--configuration=b"],
            &["-m", "9"],
            &["--umask=9"],
            &["-e", "loud"],
            &["-y", "12q"],
            &["-z", "ten"],
            &["-d", "/no/such/directory"],
            &["-q", "/no/such/directory"],
            &["-l", "/no/such/directory/log"],
            &["-a", "many"],
            &["--minprocs=many"],
            &["--", "-n"],
        ] {
            world.note_supervisord(words);
        }
    });
}

#[test]
fn wrong_options_of_the_client_are_refused_with_status_two() {
    compare(|world| {
        world.write("empty.conf", "[supervisord]\n");
        world.write("unknown.conf", "[supervisorctl]\npassword=%(ENV_NOT_THERE)s\n");
        std::fs::create_dir(world.path("folder")).expect("the directory is ours");
        for words in [
            &["-x"][..],
            &["--bogus"],
            &["-c"],
            &["-s", "foo"],
            &["-s"],
            &["-i", "-i"],
            &["-c", "a", "--configuration", "b"],
            &["-c", "missing.conf", "status"],
            &["-c", "folder", "status"],
            &["-c", "empty.conf", "status"],
        ] {
            let finished = world.supervisorctl(words);
            world.note_client(&words.join(" "), &finished);
        }
        let finished = world.supervisorctl(&["-c", "unknown.conf", "status"]);
        let first = finished.stderr.split(" Available names").next().unwrap_or_default().to_owned();
        world.note("unknown expansion", format!("{first} {}", finished.ending));
    });
}

/// Programs are found through a folder of the world, so that the search list begins there.
fn with_programs_in_the_world(world: &World) -> std::path::PathBuf {
    std::fs::create_dir_all(world.path("usr/bin")).expect("the directory is ours");
    let link = world.path("usr/bin/supervisord");
    symlink(world.program(Part::Daemon), &link).expect("the directory is ours");
    link
}

#[test]
fn without_a_configuration_file_the_daemon_names_every_place_it_looked_at() {
    compare(|world| {
        let program = with_programs_in_the_world(world);
        let finished = world.run(program, &["-n"]).finish();
        let errors: Vec<_> = finished.stderr.lines().filter(|line| !line.contains("Warn")).collect();
        let errors = errors.iter().filter(|line| line.starts_with("Error") || line.starts_with("For help"));
        let errors: Vec<_> = errors.copied().collect();
        world.note("no configuration", format!("{}\n{}", errors.join("\n"), finished.ending));
    });
}

#[test]
fn the_configuration_file_is_searched_in_the_documented_order() {
    compare(|world| {
        let program = with_programs_in_the_world(world);
        let broken = |name: &str| format!("[supervisord]\nloglevel={}\n", name.replace(['/', '.'], "_"));
        for name in
            ["etc/supervisord.conf", "supervisord.conf", "usr/supervisord.conf", "usr/etc/supervisord.conf"]
        {
            world.write(name, broken(name));
            let finished = world.run(&program, &["-n"]).finish();
            let error =
                finished.stderr.lines().find(|line| line.starts_with("Error")).unwrap_or_default().to_owned();
            world.note(name, error);
        }
    });
}

#[test]
fn short_options_cluster_and_long_ones_may_be_cut() {
    compare(|world| {
        world.configure("");
        let conf = world.path("supervisord.conf").display().to_string();
        let here = world.here().display().to_string();
        world.note_supervisord(&[&format!("-nc{conf}"), "-mx"]);
        world.note_supervisord(&["--conf", &conf, "--nod", "--um=x"]);
        std::fs::create_dir(world.path("logs")).expect("the directory is ours");
        world.launch(&["--ident=me", &format!("-q{here}/logs"), &format!("--pidf={here}/other.pid"), "-kt"]);
        world.note_rpc("getIdentification", &[]);
        world.note("pid files", world.names(|name| name.ends_with(".pid")).join(" "));
    });
}

#[test]
fn the_command_line_wins_over_the_file() {
    compare(|world| {
        world.configure("[supervisord]\nidentifier=file\nloglevel=critical\nminfds=100\n");
        world.launch(&["-i", "line", "-e", "debug"]);
        world.note_rpc("getIdentification", &[]);
        world.note_main_log(&["supervisord started"]);
        world.write("supervisord.conf", "[supervisord]\nloglevel=nonsense\n");
        let conf = world.path("supervisord.conf").display().to_string();
        world.note_supervisord(&["-c", &conf, "-e", "debug"]);
    });
}

#[test]
fn options_of_the_client_come_before_its_action() {
    compare(|world| {
        world.start("[program:cat]\ncommand=/bin/cat\nautostart=false\n");
        let conf = world.path("supervisord.conf").display().to_string();
        let url = format!("unix://{}/s.sock", world.here().display());
        for words in [
            &["--conf", &conf, "status"][..],
            &[&format!("-c{conf}"), "status"],
            &["-s", &url, "-u", "nobody", "-p", "secret", "-c", &conf, "version"],
            &[&format!("--serv={url}"), "-c", &conf, "--", "status", "cat"],
            &["-c", &conf, "status", "-x"],
            &["-c", &conf, "-s", "ftp://somewhere", "status"],
        ] {
            let finished = world.supervisorctl(words);
            world.note_client(&words.join(" "), &finished);
        }
    });
}
