use super::*;
use crate::story::{load, refusal};

#[test]
fn ports_come_before_sockets() {
    let config = load(
        "[unix_http_server]\nfile=/run/s\n[inet_http_server:b]\nport=*:2\n[inet_http_server]\nport=H:1\n",
    );
    let sections: Vec<&str> = config.servers.iter().map(|server| server.section.as_str()).collect();
    assert_eq!(sections, ["inet_http_server:b", "inet_http_server", "unix_http_server"]);
}

#[test]
fn a_socket_is_private_unless_said_otherwise() {
    let address = |options: &str| {
        load(&format!("[unix_http_server]\nfile=x/../s.sock\n{options}")).servers[0].address.clone()
    };
    let path = "/s.sock".to_owned();
    assert_eq!(address(""), ServerAddress::Unix { path: path.clone(), chmod: 0o700, chown: (None, None) });
    let chown = (Some(65534), Some(1));
    assert_eq!(address("chmod=0770\nchown=nobody:daemon"), ServerAddress::Unix { path, chmod: 0o770, chown });
}

#[test]
fn a_login_has_a_name_and_a_password() {
    let server = load("[inet_http_server]\nport=1\nusername=u\npassword=%%x\n").servers.remove(0);
    assert_eq!((server.username.as_deref(), server.password.as_deref()), (Some("u"), Some("%x")));
    assert_eq!(
        refusal("[inet_http_server]\nport=1\nusername=u\n"),
        "Section [inet_http_server] contains incomplete authentication: If a username or a password is \
         specified, both the username and password must be specified"
    );
}

#[test]
fn a_server_must_know_where_to_listen() {
    assert_eq!(refusal("[inet_http_server]\n"), "section [inet_http_server] has no port value");
    assert_eq!(refusal("[unix_http_server:x]\n"), "section [unix_http_server:x] has no file value");
    assert_eq!(refusal("[inet_http_server]\nport=x\n"), "not a valid port number: 'x' ");
    assert_eq!(refusal("[unix_http_server]\nfile=/s\nchmod=9\n"), "Invalid chmod value 9");
    assert_eq!(refusal("[unix_http_server]\nfile=/s\nchown=x\n"), "Invalid sockchown value x");
}

#[test]
fn here_is_known_to_a_socket_s_path_only() {
    let config = load("[unix_http_server]\nfile=%(here)s/s\n");
    assert!(matches!(&config.servers[0].address, ServerAddress::Unix { path, .. } if path == "/etc/s"));
    let message = refusal("[unix_http_server]\nfile=/s\nusername=%(here)s\n");
    assert!(
        message.ends_with("contains names ('here') which cannot be expanded. Available names: "),
        "{message}"
    );
}

#[test]
fn with_an_include_here_is_known_everywhere() {
    let config = load("[include]\nfiles=x\n[unix_http_server]\nfile=/s\nusername=%(here)s\npassword=p\n");
    assert_eq!(config.servers[0].username.as_deref(), Some("/etc"));
}

#[test]
fn children_are_told_the_first_socket_or_else_the_last_port() {
    let url = |text: &str| load(text).server_url;
    assert_eq!(url(""), None);
    assert_eq!(url("[inet_http_server]\nport=*:1\n").as_deref(), Some("http://localhost:1"));
    assert_eq!(
        url("[inet_http_server]\nport=a:1\n[inet_http_server:b]\nport=b:2\n").as_deref(),
        Some("http://b:2")
    );
    assert_eq!(
        url("[inet_http_server]\nport=1\n[unix_http_server]\nfile=/a\n[unix_http_server:b]\nfile=/b\n")
            .as_deref(),
        Some("unix:///a")
    );
}

#[test]
fn a_user_who_may_only_look_comes_beside_one_who_may_do_everything() {
    let full = "[inet_http_server]\nport=1\nusername=u\npassword=p\n";
    let server = load(&format!("{full}readonly_username=guest\nreadonly_password=look\n")).servers.remove(0);
    assert_eq!(server.readonly_login, Some(("guest".to_owned(), "look".to_owned())));
    assert_eq!(load(full).servers[0].readonly_login, None);
    let without_password = refusal(&format!("{full}readonly_username=guest\n"));
    assert!(without_password.contains("incomplete authentication"), "{without_password}");
    let alone = refusal("[inet_http_server]\nport=1\nreadonly_username=guest\nreadonly_password=look\n");
    assert!(alone.contains("everybody may do everything"), "{alone}");
}

#[test]
fn an_argon2_hash_must_be_one() {
    let password = |password: &str| format!("[inet_http_server]\nport=1\nusername=u\npassword={password}\n");
    let hash = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$v9K+AuFBZgmnm1Cg/Ibevg";
    assert_eq!(load(&password(hash)).servers[0].password.as_deref(), Some(hash));
    for damaged in ["$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ", "$argon2", "$argon2id$v=19$m=8,t=1,p=1$$x"] {
        assert!(refusal(&password(damaged)).contains("begins like an Argon2 hash"), "{damaged}");
    }
    assert_eq!(load(&password("{SHA}x")).servers[0].password.as_deref(), Some("{SHA}x"));
}

#[test]
fn a_login_that_is_required_must_be_asked_for() {
    for section in ["[inet_http_server]\nport=1\n", "[unix_http_server]\nfile=/s\n"] {
        let required = format!("{section}login_required=true\n");
        let message = "has login_required=true but asks for no login";
        assert!(refusal(&required).ends_with(message), "{section}");
        assert!(refusal(&format!("{required}username=\npassword=p\n")).ends_with(message), "{section}");
        assert_eq!(load(&format!("{required}username=u\npassword=p\n")).servers.len(), 1);
        assert_eq!(load(&format!("{section}login_required=false\n")).servers.len(), 1);
    }
}
