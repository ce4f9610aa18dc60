//! How a command ends.

use std::io;
use std::path::Path;
use std::process::ExitCode;
use xks_core::diagnostics::Code;
use xks_core::diagnostics::suggest::nearest;
use xks_core::escape::word;

/// The exit status of a command that ran to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Exit {
    /// All is well.
    Fine,
    /// The input has errors, `--check` found a difference, or a file could not be read or written.
    Findings,
    /// The command line is wrong, or a question has no answer.
    Usage,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Findings => 1,
            Exit::Usage => 2,
        })
    }
}

/// Why a command stops before its end.
#[derive(Debug)]
pub(super) struct Failure {
    exit: Exit,
    code: Option<&'static Code>,
    messages: Vec<String>,
    hint: Option<String>,
}

impl Failure {
    /// The command line asks for something that cannot be.
    pub(super) fn usage(message: impl Into<String>) -> Failure {
        Failure { exit: Exit::Usage, code: None, messages: vec![message.into()], hint: None }
    }

    /// The machine or the input does not allow it.
    pub(super) fn failed(message: impl Into<String>) -> Failure {
        Failure::all(vec![message.into()])
    }

    /// Several reasons at once.
    pub(super) fn all(messages: Vec<String>) -> Failure {
        Failure { exit: Exit::Findings, code: None, messages, hint: None }
    }

    /// A question has no answer: that is neither yes nor no.
    pub(super) fn no_answer(messages: Vec<String>) -> Failure {
        Failure { exit: Exit::Usage, code: None, messages, hint: None }
    }

    /// The command line names a tenant that is none of those that are known.
    pub(super) fn no_tenant<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Failure {
        let failure = Failure::usage(format!("there is no tenant `{name}`"));
        match nearest(name, known) {
            Some(near) => failure.hint(format!("did you mean `{near}`?")),
            None => failure,
        }
    }

    /// `what` could not be done to the file or folder at `path`.
    pub(super) fn at(what: &str, path: &Path, error: &io::Error) -> Failure {
        Failure::failed(format!("cannot {what} `{}`: {}", shown(path), xks_disk::reason(error)))
    }

    /// The code whose page says more.
    pub(super) fn of(mut self, code: &'static Code) -> Failure {
        self.code = Some(code);
        self
    }

    /// What to do instead.
    pub(super) fn hint(mut self, hint: impl Into<String>) -> Failure {
        self.hint = Some(hint.into());
        self
    }

    /// One more reason.
    pub(super) fn and(mut self, message: impl Into<String>) -> Failure {
        self.messages.push(message.into());
        self
    }

    /// The reasons alone, to be listed with others.
    pub(super) fn into_messages(self) -> Vec<String> {
        self.messages
    }

    /// The exit status that goes with it.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// The reasons, and behind them perhaps what to do instead.
    pub(super) fn lines(&self) -> (&[String], Option<&str>) {
        (&self.messages, self.hint.as_deref())
    }

    /// What a reason begins with: `error:`, or with its code, `error[unreadable-file]:`.
    pub(super) fn head(&self) -> String {
        self.code.map_or_else(|| "error:".to_string(), |code| format!("error[{}]:", code.name))
    }
}

/// A path as people write it, without the `./` that joining it to the current folder brings.
pub(super) fn shown(path: &Path) -> String {
    let rest = path.strip_prefix(".").unwrap_or(path);
    let shown = if rest.as_os_str().is_empty() { path.display() } else { rest.display() };
    word(&shown.to_string()).into_owned()
}
