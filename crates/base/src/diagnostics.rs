//! What the compiler says to people: a code, the words at fault, the reason, and a way out.

pub mod render;
pub mod suggest;

use crate::source::Span;
use smol_str::SmolStr;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Not reported.
    Allow,
    /// Reported for information.
    Note,
    /// Reported; the build goes on.
    Warn,
    /// An error: nothing is written.
    Deny,
}

impl Level {
    /// The level as `platform { lint NAME LEVEL }` spells it.
    pub fn parse(text: &str) -> Option<Level> {
        Some(match text {
            "allow" => Level::Allow,
            "note" => Level::Note,
            "warn" => Level::Warn,
            "deny" => Level::Deny,
            _ => return None,
        })
    }

    /// The word that stands before a rendered finding.
    pub fn severity(self) -> &'static str {
        match self {
            Level::Allow => "allowed",
            Level::Note => "note",
            Level::Warn => "warning",
            Level::Deny => "error",
        }
    }
}

/// One kind of finding. The name is stable: it stands in suppressions, reports and URLs.
#[derive(Debug)]
pub struct Code {
    /// A readable name, such as `unknown-app`.
    pub name: &'static str,
    /// The level unless `platform` sets another.
    pub level: Level,
    /// Whether `platform { lint … }` may set the level.
    pub lint: bool,
    /// One line for lists and reports.
    pub summary: &'static str,
    /// The page that `xks explain` prints, in Markdown.
    pub page: &'static str,
}

/// Declares the codes of one room, and `CODES`, the list of them.
#[macro_export]
macro_rules! codes {
    ($($ident:ident = $name:literal, $level:ident $(($lint:ident))?, $summary:literal;)*) => {
        $(
            #[doc = $summary]
            pub static $ident: $crate::diagnostics::Code = $crate::diagnostics::Code {
                name: $name,
                level: $crate::diagnostics::Level::$level,
                lint: $crate::codes!(@lint $($lint)?),
                summary: $summary,
                page: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/errors/", $name, ".md")),
            };
        )*
        /// Every code of this room.
        pub static CODES: &[&$crate::diagnostics::Code] = &[$(&$ident),*];
    };
    (@lint) => { false };
    (@lint lint) => { true };
}
pub use crate::codes;

/// Words in the source, and what to say about them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The words.
    pub span: Span,
    /// What to say; may be empty.
    pub text: String,
}

/// Whether a fix may be applied without a person looking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// Keeps the meaning, or states what the user plainly meant: `--fix` applies it.
    Safe,
    /// A guess, or opens something: offered, never applied by itself.
    Unsafe,
}

/// A replacement of some bytes; an empty span inserts.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edit {
    /// What goes.
    pub span: Span,
    /// What comes instead.
    pub text: String,
}

impl Edit {
    /// What comes, with the line ends of the text that it comes into.
    pub fn text_in(&self, text: &str) -> Cow<'_, str> {
        if self.text.contains('\n') && crate::source::has_windows_ends(text) {
            Cow::Owned(self.text.replace("\r\n", "\n").replace('\n', "\r\n"))
        } else {
            Cow::Borrowed(&self.text)
        }
    }
}

/// A change of the source that mends the finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fix {
    /// What the change does, as a command: "write `bar`".
    pub title: String,
    /// Whether it may be applied unseen.
    pub safety: Safety,
    /// The edits; they do not overlap.
    pub edits: Vec<Edit>,
}

/// A finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which kind.
    pub code: &'static Code,
    /// Its weight here.
    pub level: Level,
    /// What is wrong, in the user's terms.
    pub message: String,
    /// The exact words at fault.
    pub primary: Label,
    /// Other places involved.
    pub secondary: Vec<Label>,
    /// Why it is so.
    pub notes: Vec<String>,
    /// What to write instead.
    pub help: Option<String>,
    /// Changes that mend it, the likeliest first.
    pub fixes: Vec<Fix>,
    /// Whether it comes from somebody else's right: consent, a name or a fact of the platform that is gone. What it concerns
    /// is then absent from the model, and the rest of the statement stays.
    pub is_withdrawal: bool,
}

impl Diagnostic {
    /// A finding of this kind at these words.
    pub fn new(code: &'static Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            code,
            level: code.level,
            message: message.into(),
            primary: Label { span, text: String::new() },
            secondary: Vec::new(),
            notes: Vec::new(),
            help: None,
            fixes: Vec::new(),
            is_withdrawal: false,
        }
    }

    /// An error that comes from somebody else's right.
    #[must_use]
    pub fn withdrawal(self) -> Self {
        self.withdrawal_if(true)
    }

    /// An error that comes from somebody else's right, if it does.
    #[must_use]
    pub fn withdrawal_if(mut self, is_withdrawal: bool) -> Self {
        self.is_withdrawal = is_withdrawal;
        self
    }

    /// What to say beside the words at fault.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    /// Another place involved.
    pub fn secondary(mut self, span: Span, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }

    /// Why it is so.
    pub fn note(mut self, text: impl Into<String>) -> Self {
        self.notes.push(text.into());
        self
    }

    /// What to write instead.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// A change that mends it and may be applied unseen.
    pub fn safe_fix(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix_with(title, Safety::Safe, vec![Edit { span, text: text.into() }])
    }

    /// A change that may mend it: a guess, or one that opens something.
    pub fn suggestion(self, title: impl Into<String>, span: Span, text: impl Into<String>) -> Self {
        self.fix_with(title, Safety::Unsafe, vec![Edit { span, text: text.into() }])
    }

    /// A change of several places.
    pub fn fix_with(mut self, title: impl Into<String>, safety: Safety, edits: Vec<Edit>) -> Self {
        self.fixes.push(Fix { title: title.into(), safety, edits });
        self
    }

    /// A did-you-mean: the help line and the replacement of the words at fault.
    pub fn did_you_mean(self, near: Option<&str>) -> Self {
        match near {
            None => self,
            Some(near) => {
                let span = self.primary.span;
                self.help(format!("did you mean `{near}`?")).suggestion(format!("write `{near}`"), span, near)
            }
        }
    }

    /// Whether it stops the build.
    pub fn is_error(&self) -> bool {
        self.level == Level::Deny
    }
}

/// The levels that `platform` sets, by the name of the lint.
pub type Levels = BTreeMap<SmolStr, Level>;

/// Sets each lint's level, drops what is allowed and what was said twice (each environment says it again), and sorts by
/// place.
pub fn settle(mut all: Vec<Diagnostic>, levels: &Levels) -> Vec<Diagnostic> {
    for diagnostic in &mut all {
        if let (true, Some(&level)) = (diagnostic.code.lint, levels.get(diagnostic.code.name)) {
            diagnostic.level = level;
        }
    }
    all.retain(|d| d.level != Level::Allow);
    all.sort_by(|a, b| (a.primary.span, a.code.name, &a.message).cmp(&(b.primary.span, b.code.name, &b.message)));
    all.dedup_by(|b, a| a.primary == b.primary && a.code.name == b.code.name && a.message == b.message);
    all
}

/// The first safe fix of each finding that has one and does not touch bytes that an earlier one changes; sorted.
pub fn safe_edits<'d>(diagnostics: impl IntoIterator<Item = &'d Diagnostic>) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    for diagnostic in diagnostics {
        let Some(fix) = diagnostic.fixes.iter().find(|fix| fix.safety == Safety::Safe) else { continue };
        let clashes = |new: &Edit| {
            edits.iter().any(|old| {
                old.span.file == new.span.file
                    && (old.span == new.span || old.span.start < new.span.end && new.span.start < old.span.end)
            })
        };
        if !fix.edits.iter().any(clashes) {
            edits.extend(fix.edits.iter().cloned());
        }
    }
    edits.sort();
    edits
}

/// Applies the [`safe_edits`]. Returns the new text of each file that changes.
pub fn apply_fixes(
    diagnostics: &[Diagnostic],
    text_of: impl Fn(crate::source::FileId) -> String,
) -> BTreeMap<crate::source::FileId, String> {
    let mut texts = BTreeMap::new();
    for edit in safe_edits(diagnostics).iter().rev() {
        let text = texts.entry(edit.span.file).or_insert_with(|| text_of(edit.span.file));
        let new = edit.text_in(text);
        text.replace_range(edit.span.range(), &new);
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;

    #[test]
    fn a_fix_has_the_line_ends_of_its_file() {
        static CODE: Code = Code { name: "some-code", level: Level::Warn, lint: false, summary: "", page: "" };
        let fixed = |text: &str| {
            let end = Span::new(FileId(0), text.len(), text.len());
            let found = [Diagnostic::new(&CODE, end, "").safe_fix("add two lines", end, "app a\napp b\r\n")];
            apply_fixes(&found, |_| text.to_string()).remove(&FileId(0)).unwrap_or_default()
        };
        assert_eq!(fixed("app web\r\n"), "app web\r\napp a\r\napp b\r\n");
        assert_eq!(fixed("app web\n"), "app web\napp a\napp b\r\n");
    }
}
