use super::*;

const TABLE: &[Flag<char>] = &[
    Flag {
        meaning: 'c',
        short: Some('c'),
        long: &["configuration"],
        in_full: false,
        argument: Some("FILE"),
        doc: "",
    },
    Flag { meaning: 'n', short: Some('n'), long: &["nodaemon"], in_full: false, argument: None, doc: "" },
    Flag { meaning: 'k', short: Some('k'), long: &["nocleanup"], in_full: false, argument: None, doc: "" },
    Flag {
        meaning: 'l',
        short: Some('l'),
        long: &["logfile"],
        in_full: false,
        argument: Some("FILE"),
        doc: "",
    },
    Flag {
        meaning: 'y',
        short: None,
        long: &["logfile_maxbytes"],
        in_full: false,
        argument: Some("BYTES"),
        doc: "",
    },
    Flag {
        meaning: 'r',
        short: None,
        long: &["history-file", "history_file"],
        in_full: false,
        argument: Some("FILE"),
        doc: "",
    },
    Flag { meaning: 'x', short: None, long: &["check"], in_full: true, argument: None, doc: "" },
];

fn words(line: &str) -> Vec<String> {
    line.split_whitespace().map(str::to_owned).collect()
}

/// The options as `spelling=value`, a bar, and the rest.
fn shown(line: &str) -> String {
    match getopt(TABLE, &words(line)) {
        Err(message) => message,
        Ok((given, rest)) => {
            let given: Vec<String> =
                given.iter().map(|option| format!("{}={}", option.spelling, option.value)).collect();
            format!("{} | {}", given.join(" "), rest.join(" "))
        }
    }
}

#[test]
fn options_may_cluster_be_cut_short_and_carry_their_arguments() {
    for (line, expected) in [
        ("-nk -cFILE", "-n= -k= -c=FILE | "),
        ("-nc FILE x", "-n= -c=FILE | x"),
        ("--conf=F --configuration F --nod", "--configuration=F --configuration=F --nodaemon= | "),
        ("--logfile x --logfile_m=3 --logfile=", "--logfile=x --logfile_maxbytes=3 --logfile= | "),
        ("-n x -k", "-n= | x -k"),
        ("-n -- -k", "-n= | -k"),
        ("-n - -k", "-n= | - -k"),
        ("-c -n", "-c=-n | "),
        ("--check --c=F", "--check= --configuration=F | "),
    ] {
        assert_eq!(shown(line), expected, "{line}");
    }
}

#[test]
fn what_is_wrong_is_said_in_python_s_words() {
    for (line, expected) in [
        ("-nx", "option -x not recognized"),
        ("--foo", "option --foo not recognized"),
        ("-c", "option -c requires argument"),
        ("--conf", "option --configuration requires argument"),
        ("--nodaemon=1", "option --nodaemon must not have an argument"),
        ("--no", "option --no not a unique prefix"),
        ("--log", "option --log not a unique prefix"),
        ("--=x", "option -- not a unique prefix"),
        ("--che", "option --che not recognized"),
    ] {
        assert_eq!(shown(line), expected, "{line}");
    }
}

#[test]
fn two_names_of_one_option_do_not_make_a_prefix_ambiguous() {
    assert_eq!(shown("--hist f"), "--history-file=f | ");
    assert_eq!(shown("--history_file f"), "--history_file=f | ");
}

#[test]
fn an_option_given_twice_is_refused_as_spelled_the_second_time() {
    let (given, _) = getopt(TABLE, &words("-n -k --nod")).unwrap();
    let outcome: Result<Option<()>, String> = obey(&given, |_| Ok(None));
    assert_eq!(outcome, Err("conflicting command line option '--nodaemon'".to_owned()));
}

#[test]
fn options_act_from_left_to_right_until_one_ends_the_work() {
    let (given, _) = getopt(TABLE, &words("-k -n -k")).unwrap();
    let outcome = obey(&given, |option| Ok((option.meaning == 'n').then_some("end")));
    assert_eq!(outcome, Ok(Some("end")));
    let outcome: Result<Option<()>, String> = obey(&given, |_| Err("no".to_owned()));
    assert_eq!(outcome, Err("invalid value for -k '': no".to_owned()));
}
