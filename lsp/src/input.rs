//! Messages from standard input. The framework's own reader ends the server at the first thing that it cannot read; this one,
//! in front of it, leaves such a thing out and goes on with the next message.

use std::io::{BufRead, Read};
use tower_lsp_server::jsonrpc::{Request, Response};

/// The header that says how long a message is.
const LENGTH: &[u8] = b"content-length:";

/// The longest message. What claims to be longer is taken for noise.
const MOST: u64 = 1 << 30;

/// Reads messages.
pub(crate) struct Messages<R> {
    input: R,
    /// What was read and is to be read again.
    again: Vec<u8>,
}

impl<R: BufRead> Messages<R> {
    pub(crate) fn new(input: R) -> Messages<R> {
        Messages { input, again: Vec::new() }
    }

    /// The next message that can be understood; `None` at the end of the input.
    ///
    /// # Errors
    /// The input cannot be read.
    pub(crate) fn next(&mut self) -> std::io::Result<Option<Vec<u8>>> {
        while let Some(length) = self.header()? {
            let mut body = Vec::new();
            self.rest().take(length).read_to_end(&mut body)?;
            self.skip(body.len());
            match understood(&body) {
                Ok(()) => return Ok(Some(body)),
                Err(error) => {
                    eprintln!("a message of the client cannot be read, and is left out: {error}");
                    // Its length may be wrong, and the start of another message in it.
                    body.append(&mut self.again);
                    self.again = body;
                }
            }
        }
        Ok(None)
    }

    /// Reads up to the next body, and says how long it is. What is no header is passed over.
    fn header(&mut self) -> std::io::Result<Option<u64>> {
        let mut length = None;
        loop {
            let mut line = Vec::new();
            self.rest().read_until(b'\n', &mut line)?;
            self.skip(line.len());
            if line.is_empty() {
                return Ok(None);
            }
            let words = line.trim_ascii();
            if let Some(at) = find(words) {
                let number = std::str::from_utf8(&words[at + LENGTH.len()..]).ok();
                length = number.and_then(|number| number.trim().parse().ok()).filter(|number| *number <= MOST);
            } else if words.is_empty() && length.is_some() {
                return Ok(length);
            }
        }
    }

    fn rest(&mut self) -> impl BufRead {
        self.again.as_slice().chain(&mut self.input)
    }

    /// Forgets what was read again.
    fn skip(&mut self, count: usize) {
        self.again.drain(..count.min(self.again.len()));
    }
}

/// Where a message may start.
fn find(bytes: &[u8]) -> Option<usize> {
    bytes.windows(LENGTH.len()).position(|part| part.eq_ignore_ascii_case(LENGTH))
}

/// Whether the framework takes it.
fn understood(body: &[u8]) -> Result<(), serde_json::Error> {
    match serde_json::from_slice::<Request>(body) {
        Ok(_) => Ok(()),
        Err(error) => serde_json::from_slice::<Response>(body).map(drop).map_err(|_| error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOUND: &str = r#"{"jsonrpc":"2.0","id":1,"method":"shutdown"}"#;

    fn framed(body: &str) -> String {
        format!("Content-Length: {}\r\n\r\n{body}", body.len())
    }

    fn read(text: &[u8]) -> Vec<String> {
        let mut messages = Messages::new(text);
        let mut found = Vec::new();
        while let Some(message) = messages.next().expect("bytes") {
            found.push(String::from_utf8(message).expect("a text"));
        }
        found
    }

    #[test]
    fn messages_of_every_kind() {
        let response = r#"{"jsonrpc":"2.0","id":1,"result":null}"#;
        let error = r#"{"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"no"}}"#;
        let notification = r#"{"jsonrpc":"2.0","method":"initialized","params":{"a":"Content-Length: 9\r\n\r\né😀"}}"#;
        let all = [SOUND, response, error, notification];
        assert_eq!(read(all.map(framed).concat().as_bytes()), all);
        let plain = format!("content-type: application/vscode-jsonrpc\ncontent-length:{}\n\n{SOUND}", SOUND.len());
        assert_eq!(read(plain.as_bytes()), [SOUND]);
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let long = "x".repeat(10_000);
        let deep = "[".repeat(1000);
        let unframed: [&[u8]; 8] = [
            b"nonsense",
            b"nonsense\r\n\r\n",
            b"Content-Length: many\r\n\r\n",
            b"Content-Length: -1\r\n\r\n{}",
            b"Content-Length: 99999999999999\r\n\r\n",
            b"GET / HTTP/1.1\r\nHost: a\r\n\r\n",
            b"\xff\xfe\0\r\n",
            long.as_bytes(),
        ];
        for noise in unframed {
            let text = [noise, framed(SOUND).as_bytes()].concat();
            assert_eq!(read(&text), [SOUND], "{}", String::from_utf8_lossy(noise));
        }
        for body in ["", "{", "{}", "[]", "null", "1", r#"{"jsonrpc":"1.0","method":"a"}"#, r#"{"id":1}"#, &deep] {
            let text = [framed(SOUND), framed(body), framed(SOUND)].concat();
            assert_eq!(read(text.as_bytes()), [SOUND, SOUND], "{body}");
        }
        let text = [b"Content-Length: 3\r\n\r\n\"\xff\"", framed(SOUND).as_bytes()].concat();
        assert_eq!(read(&text), [SOUND]);
    }

    #[test]
    fn a_wrong_length_costs_one_message() {
        let next = framed(SOUND);
        for length in 0..SOUND.len() + next.len() {
            let text = format!("Content-Length: {length}\r\n\r\n{SOUND}{next}");
            let found = read(text.as_bytes());
            let right = length == SOUND.len();
            assert_eq!(found.len(), if right { 2 } else { 1 }, "{length}");
        }
    }
}
