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
