use super::*;
use crate::memory::MemoryHost;
use crate::story::PATH;
use crate::supervisord::Parsed;

fn added(program: &str, options: &[(&str, &str)]) -> Result<Vec<Arc<ProcessSpec>>, String> {
    let host =
        MemoryHost::new().with_hostname("box").with_file(PATH, "[supervisord]\n").with_variable("HOME", "/h");
    let words = ["supervisord", "-c", PATH].map(str::to_owned);
    let Ok(Parsed::Run(command_line)) = CommandLine::parse(&words, &host) else { panic!("no run") };
    let options = options.iter().map(|&(name, value)| (name.to_owned(), value.to_owned())).collect();
    let added = AddedProgram { group: "g".to_owned(), program: program.to_owned(), options };
    command_line.added_processes(&host, &[("A".to_owned(), "1".to_owned())], &added)
}

#[test]
fn its_options_mean_what_they_mean_in_the_file() {
    let processes = added(
        "n",
        &[
            ("COMMAND", "cat %(ENV_A)s %(ENV_HOME)s %(here)s %(host_node_name)s"),
            ("numprocs", "2"),
            ("process_name", "%(group_name)s_%(program_name)s_%(process_num)02d"),
            ("autostart", "False"),
            ("nosuch", "1"),
            ("environment", "B=2"),
        ],
    )
    .unwrap();
    let names: Vec<&str> = processes.iter().map(|process| process.name.as_str()).collect();
    assert_eq!(names, ["g_n_00", "g_n_01"]);
    assert_eq!(processes[0].command, "cat 1 /h /etc box");
    assert!(!processes[0].autostart);
    let environment = [("A", "1"), ("B", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(processes[0].environment, environment);
}

#[test]
fn its_faults_are_told_as_of_a_program_of_the_main_file() {
    let place = |section: &str| format!(" in section '{section}' (file: '{PATH}')");
    let cases: [(&[(&str, &str)], &str); 4] = [
        (&[], "program section program:x does not specify a command"),
        (&[("command", "cat"), ("numprocs", "x")], "invalid literal for int() with base 10: 'x'"),
        (&[("command", "cat"), ("autostart", "maybe")], "not a valid boolean value: 'maybe'"),
        (
            &[("command", "cat"), ("numprocs", "2")],
            "%(process_num) must be present within process_name when numprocs > 1",
        ),
    ];
    for (options, message) in cases {
        assert_eq!(added("x", options), Err(format!("{message}{}", place("program:x"))));
    }
    let message = format!("Invalid name: 'x:y' because of character: ':'{}", place("program:x:y"));
    assert_eq!(added("x:y", &[("command", "cat")]), Err(message));
    assert_eq!(added(" ", &[("command", "cat")]), Err("a program needs a name".to_owned()));
}

#[test]
fn none_at_all_are_as_many_as_were_asked_for() {
    for numprocs in ["0", "-1"] {
        assert_eq!(added("x", &[("command", "cat"), ("numprocs", numprocs)]), Ok(Vec::new()));
    }
}
