//! `xks explain`: the page of a code, or the list of all codes.

use super::codes;
use super::failure::{Exit, Failure};
use super::terminal::{Paint, Terminal};
use std::fmt::Write as _;
use xks_core::diagnostics::suggest::nearest;
use xks_core::diagnostics::{Code, Level};

/// The arguments of `xks explain`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The code in the brackets of a finding, such as unknown-app; all codes are listed without one
    name: Option<String>,
}

/// Prints the page or the list.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    let codes = codes::all();
    let paint = Paint(terminal.color_out);
    let text = match &args.name {
        None => list(&codes, paint),
        Some(name) => match codes.iter().find(|code| code.name == name) {
            Some(code) => page(code, paint),
            None => {
                let failure = Failure::usage(format!("there is no code `{name}`"));
                return Err(match nearest(name, codes.iter().map(|code| code.name)) {
                    Some(near) => failure.hint(format!("did you mean `{near}`?")),
                    None => failure.hint("`xks explain` lists all codes"),
                });
            }
        },
    };
    terminal.say(&text)?;
    Ok(Exit::Fine)
}

/// One line a code: name, level, summary.
fn list(codes: &[&Code], paint: Paint) -> String {
    let width = codes.iter().map(|code| code.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for code in codes {
        let level = format!("{:<7}", code.level.severity());
        let level = match code.level {
            Level::Deny => paint.red(&level),
            Level::Warn => paint.yellow(&level),
            Level::Note | Level::Allow => paint.cyan(&level),
        };
        let _ = writeln!(text, "{}  {level}  {}", paint.bold(&format!("{:<width$}", code.name)), code.summary);
    }
    text
}

/// The Markdown as it is; on a terminal its headings stand out. A `#` in an example is a comment, no heading.
fn page(code: &Code, paint: Paint) -> String {
    let mut text = String::new();
    let mut in_example = false;
    for line in code.page.lines() {
        in_example ^= line.starts_with("```");
        let heading = !in_example && line.starts_with('#');
        let _ = writeln!(text, "{}", if heading { paint.bold(line) } else { line.to_string() });
    }
    text
}
