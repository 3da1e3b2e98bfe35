//! Nothing that is printed about a configuration shows a secret of it.

use supervisor_config::memory::MemoryHost;
use supervisor_config::report::Format;
use supervisor_config::supervisord::{CommandLine, Parsed};

const PATH: &str = "/etc/supervisord.conf";
const SECRET: &str = "hunter2xyz";

/// All that is said about a file: why it is refused, the check, and the effective configuration.
fn all_that_is_said(text: &str) -> String {
    let host = MemoryHost::new()
        .with_file(PATH, text.replace("SECRET", SECRET))
        .with_variable("JWT", SECRET)
        .with_variable("ADDRESS", &format!("http://me:{SECRET}@host/"));
    let words: Vec<String> = ["supervisord", "-c", PATH].map(str::to_owned).to_vec();
    let Ok(Parsed::Run(command_line)) = CommandLine::parse(&words, &host) else { panic!("it is a run") };
    let mut said = String::new();
    if let Err(error) = command_line.load(&host) {
        let explained = command_line.usage_error(&error).explained();
        // The first message is that of the reference, whatever it quotes.
        said.push_str(explained.strip_prefix(&format!("Error: {}", error.message)).unwrap());
    }
    for format in [Format::Text, Format::Json] {
        said.push_str(&command_line.check(&host).render(format));
        said.push_str(&command_line.dump(&host).map(|dump| dump.render(format)).unwrap_or_default());
    }
    said
}

fn must_not_tell(text: &str) {
    let said = all_that_is_said(text);
    assert!(!said.contains(SECRET), "{text}\n{said}");
}

#[test]
fn passwords_of_servers_are_not_told() {
    let server = "[supervisord]\n[unix_http_server]\nfile=/nope/s\nusername=u\n";
    for text in [
        "password=SECRET\npassword=SECRET\n",
        "password=SECRET\n[unix_http_server]\npassword: SECRET\n",
        "pasword=SECRET\n",
        "passwd=SECRET\n",
        "password SECRET\n",
        "password=\n  SECRET\n  x\n",
        "password=SECRET%\n",
        "password=SECRET ; comment\n[x\n",
        "password={SHA}SECRET\n",
        "[supervisorctl]\nserverurl=http://u:SECRET@h\n",
        "password=x\n[supervisorctl]\nusername=v\npassword=SECRET\nserverurl=http://SECRET@h:1\n",
        "password=x\n[supervisord]\npassword=SECRET\n",
        "password=x\n[DEFAULT]\npassword=SECRET\nenvironment=A_TOKEN=SECRET\n[rpcinterface:x]\n",
    ] {
        must_not_tell(&format!("{server}{text}"));
    }
}

#[test]
fn secrets_of_programs_are_not_told() {
    for text in [
        "environment=DB_PASS=\"SECRET\",A=1 B=2\n",
        "environment=DB_PASS=\"SECRET\"\nenvironment=DB_PASS=\"SECRET\"\n",
        "environment=DB_PASS=SECRET @\n",
        "environment=A=1,\n  B=2,DB_PASS=\"SECRET,\n  C=3\n",
        "environment=A=\"1\";DSN='SECRET' junk B=2\n",
        "environment=\"A_KEY\"=\"SECRET\"\n",
        "enviroment=DB_PASS=SECRET\n",
        "environment=A=\"%(ENV_JWT)s\",B=\"%(ENV_ADDRESS)s\"\n",
        "command=/nope --password SECRET && x\n",
        "command=nope $X -u root:SECRET https://SECRET@h/?token=SECRET\n",
        "command=nope -H \"Authorization: Bearer SECRET\" > x\n",
        "command=/nope DB_PASSWORD=SECRET --api-key='SECRET b' ~/x\n",
        "command=%(ENV_JWT)s\n",
        "command=%(ENV_ADDRESS)s\n",
        "command=DB_PASSWORD=SECRET x\n",
        "command=cat %(ENV_JWT)s %(ENV_ADDRESS)s\n",
        "directory=/nope/%(ENV_JWT)s\nstdout_logfile=%(ENV_JWT)s\n",
        "[program:b]\ncommand=cat\nenvironment=API_KEY=\"SECRET\"\nuser=%(ENV_API_KEY)s\n",
        "[rpcinterface:x]\nsupervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface\n\
         api_key=SECRET\napi_token=SECRET\nurl=http://u:SECRET@h\n",
    ] {
        must_not_tell(&format!("[supervisord]\n[program:a]\ncommand=/x\n{text}"));
    }
}

#[test]
fn a_mask_moves_the_marker_but_not_the_column() {
    let said = all_that_is_said("[supervisord]\n[program:a]\ncommand=run --token SECRET $HOME\n");
    assert!(
        said.contains(
            " --> /etc/supervisord.conf:3:32\n  |\n3 | command=run --token ******** $HOME\n  |                              ^^^^^\n"
        ),
        "{said}"
    );
}

#[test]
fn what_turns_the_direction_of_writing_is_replaced() {
    let said =
        all_that_is_said("[supervisord]\n[program:a]\ncommand=run \u{202e}\u{2066}\u{1b}[2J $HOME\u{202e}\n");
    assert!(!said.contains(['\u{202e}', '\u{2066}', '\u{1b}']) || said.contains("command=run"), "{said}");
    let shown =
        said.split("[supervisord]").next().unwrap_or_default().split("[\n").next().unwrap_or_default();
    assert!(!shown.contains(['\u{202e}', '\u{2066}', '\u{1b}']), "{shown}");
}
