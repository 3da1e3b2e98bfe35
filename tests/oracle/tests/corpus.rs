//! A folder of configurations: each file gets the machine it was written for.

use std::fs;

use supervisor_oracle::corpus::{files, study};
use supervisor_oracle::judge::Judge;

#[test]
fn a_file_is_understood_once_it_has_what_it_asks_for() {
    let folder = tempfile::tempdir().unwrap();
    let text = "[program:a]\ncommand=%(ENV_TOOL)s\nuser=builder\ndirectory=/x\n\
                stdout_logfile=/var/log/nosuch/%(program_name)s.log\nnumprocs=%(ENV_COPIES)s\n\
                [eventlistener:e]\ncommand=x\nevents=EVENT\nresult_handler=plugin:handle\n\
                [unix_http_server]\nfile=/run/s\nchown=owner:owners\n[supervisorctl]\nserverurl=unix:///run/s\n";
    fs::write(folder.path().join("a.conf"), text).unwrap();
    fs::write(folder.path().join("README.md"), "prose").unwrap();
    let found = files(folder.path()).unwrap();
    assert_eq!(found.len(), 1);
    let study = study(&mut Judge::new().expect("the reference must be installed"), &found[0]).unwrap();
    assert!(study.is_equal(), "{study}");
    let told = study.to_string();
    assert!(told.starts_with("a.conf: equal, 2 processes in 2 groups (supplied: [supervisord]"), "{told}");
    for supplied in ["variable TOOL", "user builder", "directory /var/log/nosuch", "user owner group owners"]
    {
        assert!(told.contains(supplied), "{supplied}: {told}");
    }
    assert!(study.client.is_some());
}

#[test]
fn what_no_machine_can_mend_is_refused_alike() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.conf"), "[supervisord]\nminfds=many\n").unwrap();
    let found = files(folder.path()).unwrap();
    let study = study(&mut Judge::new().expect("the reference must be installed"), &found[0]).unwrap();
    let told = study.to_string();
    assert!(told.starts_with("a.conf: equal, refused: Error: invalid literal for int()"), "{told}");
}
