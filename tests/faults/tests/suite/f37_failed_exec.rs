//! F37: programs that cannot be executed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use supervisor_faults::stage::stage;

/// The program, its command and options, what `start` prints, and what its log says.
const CASES: [(&str, &str, &str, &str); 6] = [
    ("missing", "command=%(here)s/missing", "ERROR (no such file)", ""),
    ("plain", "command=%(here)s/plain", "ERROR (file is not executable)", ""),
    ("folder", "command=%(here)s", "ERROR (file is not executable)", ""),
    ("odd", "command=%(here)s/odd", "ERROR (spawn error)", "couldn't exec HERE/odd: ENOEXEC"),
    ("lost", "command=%(here)s/lost", "ERROR (spawn error)", "couldn't exec HERE/lost: ENOENT"),
    (
        "nowhere",
        "command=/bin/cat\ndirectory=%(here)s/no",
        "ERROR (spawn error)",
        "couldn't chdir to HERE/no: ENOENT",
    ),
];

#[test]
fn no_program_that_cannot_be_executed_is_called_started() {
    let sections: String = CASES
        .iter()
        .flat_map(|(name, options, ..)| {
            let more = "startretries=0\nautostart=false\nautorestart=false\n";
            [0, 1].map(|startsecs| {
                format!(
                    "[program:{name}{startsecs}]\n{options}\n{more}startsecs={startsecs}\n\
                     stderr_logfile=%(here)s/{name}{startsecs}.log\n"
                )
            })
        })
        .collect();
    let scene = stage(&sections);
    for (name, text, mode) in [("plain", "", 0o644), ("odd", "?", 0o755), ("lost", "#!/no/such\n", 0o755)] {
        fs::write(scene.path(name), text).expect("a file can be written");
        fs::set_permissions(scene.path(name), fs::Permissions::from_mode(mode)).expect("a mode can be set");
    }
    let world = scene.open();
    let here = world.path("").display().to_string();
    for (name, _, printed, logged) in CASES {
        for startsecs in [0, 1] {
            let program = format!("{name}{startsecs}");
            let answer = world.ctl(&["start", &program]);
            assert_eq!(answer.stdout, format!("{program}: {printed}\n"));
            let log = world.read(&format!("{program}.log"));
            let logged = logged.replace("HERE", here.trim_end_matches('/'));
            assert!(log.contains(&logged) && log.is_empty() == logged.is_empty(), "{program}: {log}");
            let state = world.state(&program);
            let expected = match (logged.is_empty(), startsecs) {
                (true, _) => "STOPPED",
                (false, 0) => "EXITED",
                (false, _) => "FATAL",
            };
            assert_eq!(state, expected, "{program}");
        }
    }
    world.shut_down();
}
