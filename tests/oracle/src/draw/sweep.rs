//! One after the other, what the random configurations mix: every value of every option, every argument,
//! every odd line.

use supervisor_config::options::{self, Entry, SectionKind};

use super::arguments::{CLIENT_OVERRIDES, OVERRIDES, STRANGE};
use super::layout::{CONTINUATIONS, FAULTS, SLIPS, STRANGE_LINES};
use super::machine;
use super::values::values;
use crate::case::{Case, Face, MAIN_FILE, ROOT};
use crate::random::Random;

/// Small configurations, each with one thing to look at.
pub fn sweep() -> impl Iterator<Item = Case> {
    let values = options::all().flat_map(values_of);
    let daemon = OVERRIDES.iter().flat_map(|(name, values)| arguments(Face::Daemon, name, values));
    let client = CLIENT_OVERRIDES.iter().flat_map(|(name, values)| arguments(Face::Client, name, values));
    let strange = STRANGE.iter().flat_map(|argument| {
        [Face::Daemon, Face::Client].map(|face| with_arguments(face, vec![(*argument).to_owned()]))
    });
    let lines =
        [STRANGE_LINES, CONTINUATIONS, FAULTS, SLIPS].into_iter().flatten().flat_map(|line| places(line));
    values.chain(daemon).chain(client).chain(strange).chain(lines)
}

fn values_of(entry: &'static Entry) -> impl Iterator<Item = Case> {
    let lists = values(entry).map(|values| [values.good, values.odd, values.bad]);
    let written = lists.into_iter().flatten().flatten();
    let all = sections(entry.section, entry.name);
    written.enumerate().flat_map(move |(index, value)| {
        // Each value in the first kind of section, and in one of the others in turn.
        let (first, others) =
            all.split_first().map_or(("", all.as_slice()), |(first, others)| (first, others));
        let other = others.get(index % others.len().max(1)).map(String::as_str);
        let option = format!("{}={}\n", entry.name, value.replace('\n', "\n  "));
        [Some(first), other]
            .into_iter()
            .flatten()
            .map(|section| case(&format!("{section}{option}")))
            .collect::<Vec<_>>()
    })
}

/// Sections that lack nothing but what is to be looked at.
fn sections(kind: SectionKind, option: &str) -> Vec<String> {
    let with = |header: &str, options: &[&str]| {
        let others = options.iter().filter(|line| !line.starts_with(&format!("{option}=")));
        others.fold(format!("[{header}]\n"), |section, line| format!("{section}{line}\n"))
    };
    let copies = ["command=x %(ENV_ONE)s", "numprocs=2", "process_name=%(program_name)s_%(process_num)d"];
    let program = with("program:a", &["command=x"]);
    match kind {
        SectionKind::Supervisord => vec![String::new()],
        SectionKind::Supervisorctl => vec![with("supervisorctl", &[])],
        SectionKind::Include => vec![with("include", &[])],
        SectionKind::UnixHttpServer => {
            vec![
                with("unix_http_server:x", &["file=/s"]),
                with("unix_http_serverX", &["file=/s", "username=a", "password=b"]),
            ]
        }
        SectionKind::InetHttpServer => {
            vec![
                with("inet_http_server", &["port=1"]),
                with("inet_http_serverX", &["port=1", "username=a", "password=b"]),
            ]
        }
        SectionKind::Program => vec![
            program,
            with("program:b", &copies),
            with("program:c", &["command=x", "redirect_stderr=true", "stopasgroup=true"]),
            with("eventlistener:e", &["command=x", "events=TICK_5"]),
            with("fcgi-program:f", &["command=x", "socket=unix:///s"]),
        ],
        SectionKind::EventListener => vec![with("eventlistener:e", &["command=x", "events=TICK_5"])],
        SectionKind::FcgiProgram => vec![
            with("fcgi-program:f", &["command=x", "socket=unix:///s"]),
            with("fcgi-program:f", &["command=x", "socket=tcp://h:1", "user=nobody"]),
        ],
        SectionKind::Group => {
            vec![format!("{program}[program:b]\ncommand=y\n{}", with("group:g", &["programs=b,a"]))]
        }
        SectionKind::RpcInterface => vec![with("rpcinterface:x", &["extra=1"])],
        SectionKind::CtlPlugin => vec![with("ctlplugin:x", &["extra=1"])],
    }
}

fn arguments(face: Face, name: &'static str, values: &'static [&'static str]) -> Vec<Case> {
    let spelled = |value: &&str| {
        let given = if name.ends_with('=') {
            vec![format!("{name}{value}")]
        } else {
            vec![name.to_owned(), (*value).to_owned()]
        };
        with_arguments(face, given)
    };
    if values.is_empty() {
        vec![with_arguments(face, vec![name.to_owned()]), with_arguments(face, vec![name.to_owned(); 2])]
    } else {
        values.iter().map(spelled).collect()
    }
}

fn with_arguments(face: Face, given: Vec<String>) -> Case {
    let mut case = case(
        "umask=027\nlogfile=f.log\nidentifier=file\n[supervisorctl]\nserverurl=http://f:1\nusername=u\n",
    );
    case.face = face;
    case.arguments.extend(given);
    case
}

/// A line before, between and after others, and at the end of one.
fn places(line: &str) -> Vec<Case> {
    let around = ["[supervisord]\n", "[program:a]\n", "command=x\n", "priority=1\n"];
    let mut cases: Vec<Case> = (0..=around.len())
        .map(|place| format!("{}{line}\n{}", around[..place].concat(), around[place..].concat()))
        .map(|text| Case { files: files(text), ..case("") })
        .collect();
    let slips = ["", "co", "command=x y", "command=x y "];
    cases.extend(slips.map(|start| case(&format!("[program:a]\n{start}{line}z\npriority=1\n"))));
    cases
}

fn case(text: &str) -> Case {
    let mut case = Case::daemon("");
    case.files = files(format!("[supervisord]\n{text}"));
    case.machine = machine(&mut Random::from_seed(0));
    case.machine.uid = 1000;
    case
}

fn files(main: String) -> Vec<(String, Vec<u8>)> {
    let included = "[program:included]\ncommand=%(here)s/x\n";
    let mut files = vec![(MAIN_FILE.to_owned(), main.into_bytes()), ("logs/".to_owned(), Vec::new())];
    for path in ["conf.d/a.conf", "conf.d/b.conf", "conf.d/.hidden.conf", "extra.conf"] {
        files.push((
            path.to_owned(),
            included.replace("included", path.trim_start_matches("conf.d/")).into_bytes(),
        ));
    }
    files.push(("note".to_owned(), format!("not a configuration in {ROOT}\n").into_bytes()));
    files
}
