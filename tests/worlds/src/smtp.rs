//! A stand-in for a mail server: it takes every mail and keeps it.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where mails arrive.
#[derive(Debug)]
pub struct Mailbox {
    port: u16,
    mails: Arc<Mutex<Vec<String>>>,
}

impl Mailbox {
    /// Opens a mail server on a port of the loopback interface. It lasts as long as the test program.
    ///
    /// # Panics
    /// When the machine has no free port.
    pub fn open() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
        let port = listener.local_addr().expect("it is bound").port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A client that goes away in the middle has sent no mail.
                if let Ok(mail) = converse(&stream) {
                    kept.lock().expect("nobody panics with it").push(mail);
                }
            }
        });
        Self { port, mails }
    }

    /// The address as mail programs take it.
    pub fn address(&self) -> String {
        format!("{}:{}", Ipv4Addr::LOCALHOST, self.port)
    }

    /// All mails that came so far.
    ///
    /// # Panics
    /// When the server has panicked.
    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().expect("nobody panics with it").clone()
    }
}

/// Answers a client until it has sent its mail and says goodbye; returns headers and text of the mail.
fn converse(stream: &TcpStream) -> io::Result<String> {
    let mut writer = stream;
    let mut lines = BufReader::new(stream).lines();
    let mut mail = String::new();
    writer.write_all(b"220 ready\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        match line.get(..4).unwrap_or(&line).to_ascii_uppercase().as_str() {
            "DATA" => {
                writer.write_all(b"354 go on\r\n")?;
                for line in lines.by_ref() {
                    let line = line?;
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                writer.write_all(b"250 kept\r\n")?;
            }
            "QUIT" => {
                writer.write_all(b"221 goodbye\r\n")?;
                return Ok(mail);
            }
            _ => writer.write_all(b"250 yes\r\n")?,
        }
    }
    Err(io::ErrorKind::UnexpectedEof.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::patience::wait_for;

    #[test]
    fn a_mail_is_kept_as_it_was_sent() {
        let mailbox = Mailbox::open();
        let mut stream = TcpStream::connect(mailbox.address()).unwrap();
        stream.write_all(b"HELO x\r\nDATA\r\nSubject: y\r\n\r\nz\r\n.\r\nQUIT\r\n").unwrap();
        let mails = wait_for("the mail", || Some(mailbox.mails()).filter(|mails| !mails.is_empty()));
        assert_eq!(mails, ["Subject: y\n\nz\n"]);
    }
}
