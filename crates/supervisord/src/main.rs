//! One program under several names: `supervisorctl`, `echo_supervisord_conf` and `pidproxy` are this file called by
//! those names.

use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().collect();
    let name = args.first().and_then(|arg| std::path::Path::new(arg).file_name());
    if name.is_some_and(|name| name == "supervisorctl") {
        return ExitCode::from(u8::try_from(supervisorctl::main(args)).unwrap_or(1));
    }
    if name.is_some_and(|name| name == "echo_supervisord_conf") {
        return ExitCode::from(supervisord::boot::echo_sample());
    }
    if name.is_some_and(|name| name == "pidproxy") {
        return ExitCode::from(supervisord::pidproxy::main(&args));
    }
    let args: Vec<String> = args.iter().map(|arg| arg.to_string_lossy().into_owned()).collect();
    ExitCode::from(supervisord::boot::main(&args))
}
