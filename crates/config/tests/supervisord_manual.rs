//! What is made for `man` and for shells out of the options of `supervisord`.

use std::fs;
use std::path::Path;
use std::process::Command;

use supervisor_config::manual::supervisord::FORMS;
use supervisor_config::supervisord::options;

const FILES: [&str; 4] = [
    "bash-completion/completions/supervisord",
    "zsh/site-functions/_supervisord",
    "fish/vendor_completions.d/supervisord.fish",
    "man/man8/supervisord.8",
];

#[test]
fn the_daemon_s_files_in_share_are_up_to_date() {
    let share = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../share");
    for ((form, make), file) in FORMS.iter().zip(FILES) {
        let found = fs::read_to_string(share.join(file)).unwrap_or_default();
        assert!(found == make(), "{file} ({form}) is not up to date: run `cargo xtask manual`");
    }
}

#[test]
fn every_option_of_the_daemon_is_in_every_form() {
    for (form, make) in FORMS {
        let text = make();
        for option in options() {
            let long = option.long.replace('-', if form == "man" { "\\-" } else { "-" });
            assert!(text.contains(&long), "{form} lacks {}", option.long);
        }
    }
}

fn completed(words: &str) -> String {
    let test = "COMP_WORDS=($1 \"$2\") COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); _supervisord; \
                echo \"${COMPREPLY[*]}\"";
    let (before, current) = words.rsplit_once(' ').expect("two words");
    let output = Command::new("bash")
        .args(["-c", &format!("{}\n{test}", FORMS[0].1()), "bash", before, current])
        .output()
        .expect("bash");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
}

#[test]
fn bash_completes_the_daemon_s_options_and_their_arguments() {
    assert_eq!(completed("supervisord --no"), "--nodaemon --nocleanup");
    assert_eq!(completed("supervisord -n --format "), "text json");
    assert_eq!(completed("supervisord -e w"), "warn");
    assert_eq!(completed("supervisord -u roo"), "root");
    assert_eq!(completed("supervisord -c Cargo.to"), "Cargo.toml");
    assert_eq!(completed("supervisord -y "), "");
}
