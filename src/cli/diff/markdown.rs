//! A change as a comment on a pull request. Such comments have a limit, so what weighs least is left out and counted.

use super::{Review, human, party, rests_on};
use std::fmt::Write as _;
use xks_core::change::{Change, Risk, Row, Which};
use xks_core::escape;

/// The most characters of a comment. GitHub takes 65,536, Azure DevOps 150,000.
const MOST: usize = 60_000;
/// What is kept free for the lines that say what was left out.
const SPARE: usize = 1_000;
/// How many connections, statements or fields of one row or object are listed.
const A_FEW: usize = 8;
/// The most characters of one text.
const LONG: usize = 400;

pub(super) fn write(review: &Review<'_>) -> String {
    let (verdict, rest) = review
        .headline()
        .split_once(": ")
        .map_or_else(|| (review.headline(), String::new()), |(verdict, rest)| (verdict.to_string(), rest.to_string()));
    let mut head = format!(
        "### xks: {verdict}\n\n{}, from {} to {}.\n",
        capital(&rest),
        code(&review.old.label),
        code(&review.new.label)
    );
    for (env, new) in &review.uncompared {
        let side = if *new { "new: all that it permits comes" } else { "gone: all that it permits goes" };
        let _ = write!(head, "\nThe environment {} is {side}.\n", code(env));
    }
    let mut stopped: Vec<String> = review.tripped().map(|(gate, _)| code(&gate.word())).collect();
    stopped.sort();
    stopped.dedup();
    if !stopped.is_empty() {
        let rows = review.counts(review.tripped().map(|(_, row)| row));
        let parties: Vec<String> = review.approvals().iter().map(|(approval, _)| escaped(&party(approval))).collect();
        let _ = write!(
            head,
            "\n**Stopped** by {}: {rows}. To be approved by {}.\n",
            stopped.join(", "),
            parties.join(" and ")
        );
    }
    let mut page = Page { text: String::new(), left: (MOST - SPARE).saturating_sub(head.chars().count()) };
    // All rows come before all objects: what weighs more is not left out for what weighs less.
    let mut left_out: Vec<&Row> = Vec::new();
    for (envs, change) in review.changes.iter().filter(|(_, change)| !change.rows.is_empty()) {
        let pieces: Vec<String> = change.rows.iter().map(|row| self::row(review, row)).collect();
        let table = format!("\n{}| effect | what changed | by |\n|---|---|---|\n", heading(envs));
        let missing = page.list(&table, &pieces, "");
        left_out.extend(&change.rows[change.rows.len() - missing..]);
    }
    if !left_out.is_empty() {
        let rows = if left_out.len() == 1 { "row is" } else { "rows are" };
        let counts = review.counts(left_out.iter().copied());
        let _ = write!(head, "\n{} {rows} left out below, for want of room: {counts}.\n", left_out.len());
    }
    for (envs, change) in review.changes.iter().filter(|(_, change)| !change.objects.is_empty()) {
        objects(&mut page, envs, change);
    }
    head + &page.text
}

/// A text that grows up to a limit.
struct Page {
    text: String,
    left: usize,
}

impl Page {
    /// Adds what has to be there. The spare room is for it.
    fn must(&mut self, piece: &str) {
        self.left = self.left.saturating_sub(piece.chars().count());
        self.text.push_str(piece);
    }

    /// Adds a piece if there is room.
    fn may(&mut self, piece: &str) -> bool {
        let fits = piece.chars().count() <= self.left;
        if fits {
            self.must(piece);
        }
        fits
    }

    /// Adds a head, as many of the pieces as there is room for, and a foot; or nothing. How many are left out.
    fn list(&mut self, head: &str, pieces: &[String], foot: &str) -> usize {
        let frame = head.chars().count() + foot.chars().count();
        let first = pieces.first().map_or(0, |piece| piece.chars().count());
        if frame + first > self.left {
            return pieces.len();
        }
        self.left -= frame;
        self.text.push_str(head);
        let taken = pieces.iter().take_while(|piece| self.may(piece)).count();
        self.text.push_str(foot);
        pieces.len() - taken
    }
}

fn heading(envs: &[String]) -> String {
    if envs.is_empty() {
        String::new()
    } else {
        format!("#### In {}\n\n", envs.iter().map(|env| code(env)).collect::<Vec<_>>().join(", "))
    }
}

fn row(review: &Review<'_>, row: &Row) -> String {
    let stop = if review.stops(row) { "<br>**stopped**" } else { "" };
    let mut what = escaped(&row.title);
    for connection in row.connections.iter().take(A_FEW) {
        let _ = write!(what, "<br>{}", code(connection));
    }
    if row.connections.len() > A_FEW {
        let _ = write!(what, "<br>and {} more", row.connections.len() - A_FEW);
    }
    if let Some(note) = &row.note {
        let _ = write!(what, "<br><i>{}</i>", escaped(note));
    }
    let mut by = Vec::new();
    for cause in row.causes.iter().take(A_FEW) {
        let was = if cause.side == Which::Old { "was " } else { "" };
        by.push(format!("{}: {was}{}", code(&review.place(cause)), code(&cause.text)));
        if let Some(because) = cause.because.as_ref().filter(|_| !cause.text.contains("because")) {
            by.push(format!("because {}", escaped(because)));
        }
        for consent in &cause.consents {
            let place = format!("{}:{}", review.path(cause.side, &consent.path), consent.line);
            by.push(format!("consent of {}: {} {}", escaped(&consent.tenant), code(&place), code(&consent.text)));
        }
    }
    if row.causes.len() > A_FEW {
        by.push(format!("and {} more statements", row.causes.len() - A_FEW));
    }
    by.extend(rests_on(row).map(|words| escaped(&words)));
    if row.risk == Risk::Granted {
        by.push("granted by a fact of the platform".to_string());
    }
    format!("| **{}** {}{stop} | {what} | {} |\n", row.effect.word(), row.class.word(), by.join("<br>"))
}

fn objects(page: &mut Page, envs: &[String], change: &Change) {
    let mut pieces = Vec::new();
    for object in &change.objects {
        let title = object.title();
        let mut lines = match (&object.old, &object.new) {
            (None, _) => vec![format!("+ {title}")],
            (_, None) => vec![format!("- {title}")],
            _ => object.fields.iter().take(A_FEW).map(|field| format!("! {title}  {}", human::field(field))).collect(),
        };
        if object.fields.len() > A_FEW {
            lines.push(format!("! {title}  and {} more fields", object.fields.len() - A_FEW));
        }
        pieces.push(lines.iter().map(|line| format!("{}\n", escape::word(&cut(line)))).collect::<String>());
    }
    // A fence that no value can close.
    let longest = pieces.iter().flat_map(|piece| piece.split(|c| c != '`')).map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let of = if envs.is_empty() { String::new() } else { format!(" in {}", escaped(&envs.join(", "))) };
    let head = format!("\n<details><summary>{}{of}</summary>\n\n{fence}diff\n", super::counted(change));
    let left_out = page.list(&head, &pieces, &format!("{fence}\n\n</details>\n"));
    if left_out > 0 {
        page.must(&format!("\n{left_out} objects are left out.\n"));
    }
}

/// Words of users as code. HTML's element, since in a table a backtick does not protect `|`.
fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// Words of users, which mean nothing in Markdown, up to a length.
fn escaped(text: &str) -> String {
    escape::markdown(&cut(text))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONG) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_users_mean_nothing() {
        assert_eq!(code("a|b @you"), "<code>a&#124;b &#64;you</code>");
        assert_eq!(escaped("</details>\n"), "&#60;/details&#62;&#92;u{a}");
    }

    #[test]
    fn a_page_ends_before_its_limit_and_says_what_is_missing() {
        let mut page = Page { text: String::new(), left: 10 };
        let pieces = ["1234".to_string(), "1234".to_string(), "1234".to_string()];
        assert_eq!(page.list("h", &pieces, "f"), 1);
        assert_eq!(page.text, "h12341234f");
        assert_eq!(page.list("h", &pieces, "f"), 3);
    }
}
