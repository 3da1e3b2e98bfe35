//! A client for one FastCGI request (a responder's, version 1 of the protocol).

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use crate::patience::PATIENCE;

const VERSION: u8 = 1;
const REQUEST: u16 = 1;
const RESPONDER: u16 = 1;

const BEGIN_REQUEST: u8 = 1;
const END_REQUEST: u8 = 3;
const PARAMS: u8 = 4;
const STDIN: u8 = 5;
const STDOUT: u8 = 6;

/// Sends one request to the server behind a unix socket and returns its standard output: headers, an empty
/// line, and the body.
///
/// # Errors
/// When nobody listens, or the server ends the connection before the request.
pub fn ask(socket: &Path, parameters: &[(&str, &str)]) -> io::Result<String> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.write_all(&request(parameters))?;
    let mut output = Vec::new();
    loop {
        let (kind, content) = read_record(&mut stream)?;
        match kind {
            STDOUT => output.extend_from_slice(&content),
            END_REQUEST => return Ok(String::from_utf8_lossy(&output).into_owned()),
            _ => {}
        }
    }
}

fn request(parameters: &[(&str, &str)]) -> Vec<u8> {
    let mut begin = RESPONDER.to_be_bytes().to_vec();
    begin.extend_from_slice(&[0; 6]);
    let pairs: Vec<u8> = parameters.iter().flat_map(|(name, value)| pair(name, value)).collect();
    let records = [(BEGIN_REQUEST, begin), (PARAMS, pairs), (PARAMS, Vec::new()), (STDIN, Vec::new())];
    records.iter().flat_map(|(kind, content)| record(*kind, content)).collect()
}

fn pair(name: &str, value: &str) -> Vec<u8> {
    [length(name), length(value), name.as_bytes().to_vec(), value.as_bytes().to_vec()].concat()
}

/// Lengths take one byte, or four with the highest bit set.
fn length(text: &str) -> Vec<u8> {
    match u8::try_from(text.len()) {
        Ok(short) if short < 0x80 => vec![short],
        _ => {
            let long = u32::try_from(text.len()).expect("a parameter is short");
            (long | 0x8000_0000).to_be_bytes().to_vec()
        }
    }
}

fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let size = u16::try_from(content.len()).expect("a record is short");
    let [id_high, id_low] = REQUEST.to_be_bytes();
    let [size_high, size_low] = size.to_be_bytes();
    let mut bytes = vec![VERSION, kind, id_high, id_low, size_high, size_low, 0, 0];
    bytes.extend_from_slice(content);
    bytes
}

fn read_record(stream: &mut impl Read) -> io::Result<(u8, Vec<u8>)> {
    let mut header = [0; 8];
    stream.read_exact(&mut header)?;
    let size = usize::from(u16::from_be_bytes([header[4], header[5]]));
    let padding = usize::from(header[6]);
    let mut content = vec![0; size + padding];
    stream.read_exact(&mut content)?;
    content.truncate(size);
    Ok((header[1], content))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_read_back_without_its_padding() {
        let mut bytes = record(STDOUT, b"hello");
        bytes[6] = 3;
        bytes.extend_from_slice(&[0; 3]);
        assert_eq!(read_record(&mut bytes.as_slice()).unwrap(), (STDOUT, b"hello".to_vec()));
    }

    #[test]
    fn a_long_value_has_a_length_of_four_bytes() {
        assert_eq!(length(&"x".repeat(200)), vec![0x80, 0, 0, 200]);
        assert_eq!(length("short"), vec![5]);
    }
}
