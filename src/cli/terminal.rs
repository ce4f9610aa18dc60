//! Writing to the terminal: colour only where somebody sees it, and no fuss when the reader goes away.

use super::failure::Failure;
use clap::ValueEnum;
use std::borrow::Cow;
use std::ffi::OsString;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::LazyLock;
use xks_core::escape::lines;

/// What `--color` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set; elsewhere only with CLICOLOR_FORCE
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

impl ColorWhen {
    /// What the arguments say, before they are read properly. A wrong word is reported later.
    pub(super) fn named_in(args: &[OsString]) -> ColorWhen {
        let words = args.iter().filter_map(|arg| arg.to_str());
        let next = args.iter().skip(1).filter_map(|arg| arg.to_str()).chain([""]);
        words
            .zip(next)
            .find_map(|(word, next)| {
                let value = if word == "--color" { Some(next) } else { word.strip_prefix("--color=") };
                value.and_then(|value| ColorWhen::from_str(value, false).ok())
            })
            .unwrap_or(ColorWhen::Auto)
    }

    /// The same for clap's own messages.
    pub(super) fn for_clap(self) -> clap::ColorChoice {
        match self {
            ColorWhen::Auto => clap::ColorChoice::Auto,
            ColorWhen::Always => clap::ColorChoice::Always,
            ColorWhen::Never => clap::ColorChoice::Never,
        }
    }

    /// Whether to colour a stream that is, or is not, a terminal.
    fn colors(self, is_terminal: bool) -> bool {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        match self {
            ColorWhen::Always => true,
            ColorWhen::Never => false,
            ColorWhen::Auto if set("NO_COLOR").is_some() => false,
            ColorWhen::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => true,
            ColorWhen::Auto => is_terminal && set("TERM").is_none_or(|term| term != "dumb"),
        }
    }
}

/// The two streams of the process.
pub(super) struct Terminal {
    /// Whether standard output takes colour.
    pub(super) color_out: bool,
    /// Whether standard error takes colour.
    pub(super) color_err: bool,
}

impl Terminal {
    /// Looks at the streams once.
    pub(super) fn new(when: ColorWhen) -> Terminal {
        Terminal {
            color_out: when.colors(io::stdout().is_terminal()),
            color_err: when.colors(io::stderr().is_terminal()),
        }
    }

    /// Writes for people to standard output.
    pub(super) fn say(&self, text: &str) -> Result<(), Failure> {
        self.out(plain(text).as_bytes())
    }

    /// Writes a text of the user's to standard output: as it is for a program, and as people may see it for a terminal.
    pub(super) fn document(&self, text: &str) -> Result<(), Failure> {
        if io::stdout().is_terminal() { self.say(text) } else { self.out(text.as_bytes()) }
    }

    /// Writes to standard output what is in a format, whose writer has escaped it.
    pub(super) fn out(&self, bytes: &[u8]) -> Result<(), Failure> {
        self.out_all(&[bytes])
    }

    /// Writes pieces to standard output. A reader that has seen enough (`| head`) is no failure; a full disk is.
    pub(super) fn out_all<P: AsRef<[u8]>>(&self, pieces: &[P]) -> Result<(), Failure> {
        let mut stdout = io::BufWriter::with_capacity(1 << 17, io::stdout().lock());
        let written =
            pieces.iter().try_for_each(|piece| stdout.write_all(piece.as_ref())).and_then(|()| stdout.flush());
        match written {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::failed(format!("cannot write to standard output: {}", xks_disk::reason(&error))))
            }
            _ => Ok(()),
        }
    }

    /// Says why a command stops, on standard error.
    pub(super) fn report(&self, failure: &Failure) {
        let paint = Paint(self.color_err);
        let (messages, hint) = failure.lines();
        let mut text: String =
            messages.iter().map(|message| format!("{} {message}\n", paint.red(&failure.head()))).collect();
        text.extend(hint.map(|hint| format!("{} {hint}\n", paint.cyan("help:"))));
        self.err(&text);
    }

    /// Writes for people to standard error. If that fails there is no place left to say so.
    pub(super) fn err(&self, text: &str) {
        let _ = io::stderr().lock().write_all(plain(text).as_bytes());
    }
}

/// What the escape sequences of this program begin with on their way to the terminal: nobody can write it into a source, for it is
/// another one in each run.
static OURS: LazyLock<String> = LazyLock::new(|| format!("\x1b{:016x}", RandomState::new().build_hasher().finish()));

/// A text all of whose escape sequences are this program's own.
pub(super) fn trusted(text: &str) -> Cow<'_, str> {
    if text.contains('\x1b') { Cow::Owned(text.replace('\x1b', &OURS)) } else { Cow::Borrowed(text) }
}

/// A text for people: colours where this program put them, and escapes in place of all else that would not be seen or would be obeyed.
fn plain(text: &str) -> String {
    let mut pieces = text.split(OURS.as_str());
    let mut out = lines(pieces.next().unwrap_or_default()).into_owned();
    for piece in pieces {
        let (colour, words) = piece.split_at(piece.find('m').map_or(0, |end| end + 1));
        out.push('\x1b');
        out.push_str(colour);
        out.push_str(&lines(words));
    }
    out
}

/// Colours words, or leaves them plain.
#[derive(Clone, Copy)]
pub(super) struct Paint(pub(super) bool);

impl Paint {
    /// Errors, and lines that go.
    pub(super) fn red(self, text: &str) -> String {
        self.with("31", text)
    }

    /// Lines that come.
    pub(super) fn green(self, text: &str) -> String {
        self.with("32", text)
    }

    /// Warnings.
    pub(super) fn yellow(self, text: &str) -> String {
        self.with("33", text)
    }

    /// Hints, and places in a diff.
    pub(super) fn cyan(self, text: &str) -> String {
        self.with("36", text)
    }

    /// Headings.
    pub(super) fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn with(self, code: &str, text: &str) -> String {
        if self.0 {
            trusted(&format!("\x1b[{code}m")).into_owned() + text + &trusted("\x1b[0m")
        } else {
            text.to_string()
        }
    }
}
