//! What holds for all examples.

use std::fs;

use supervisor_worlds::scene::repository;

#[test]
fn every_example_keeps_an_empty_run_folder_in_the_repository() {
    let names = [
        "quickstart",
        "web-stack",
        "container",
        "postgresql",
        "event-listeners",
        "ctl-plugin",
        "rpc-extension",
    ];
    for name in names {
        let ignored = repository().join("examples").join(name).join("run/.gitignore");
        assert_eq!(fs::read_to_string(&ignored).unwrap(), "*\n!.gitignore\n", "{}", ignored.display());
    }
}

#[test]
fn no_example_listens_beyond_the_machine() {
    for (file, line) in [
        ("web-stack/nginx.sh", "echo \"listen 127.0.0.1:$PORT;\" > run/listen.conf"),
        ("web-stack/redis.conf", "port 0"),
        ("container/php-fpm.conf", "listen = run/php-fpm.sock"),
        (
            "postgresql/supervisord.conf",
            "command=%(ENV_PGBIN)s/postgres -D data -k . -h 127.0.0.1 -p %(ENV_PGPORT)s",
        ),
    ] {
        let text = fs::read_to_string(repository().join("examples").join(file)).unwrap();
        assert!(text.lines().any(|candidate| candidate == line), "{file}");
    }
}
