//! What the colours and lines of a picture mean: those that are in it.

use crate::layout::metrics::{FRAME, sans};
use crate::layout::{Shift, Style, Tone};
use crate::{Graph, GroupKind, State};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use xks_base::escape::xml;

/// Entries in rows.
pub(super) struct Legend {
    rows: Vec<Vec<Entry>>,
    pub(super) height: i32,
}

/// A sample and its meaning.
struct Entry {
    sample: Sample,
    text: &'static str,
}

enum Sample {
    Line(&'static str),
    Box(&'static str),
    None,
}

const SIZE: i32 = 11;
const ROW: i32 = 20;
const SAMPLE: i32 = 30;

impl Entry {
    fn width(&self) -> i32 {
        let sample = if matches!(self.sample, Sample::None) { 0 } else { SAMPLE + 6 };
        sample + sans(self.text, SIZE) + 22
    }
}

impl Legend {
    /// The legend of a graph, at most `width` wide.
    pub(super) fn of(graph: &Graph, width: i32) -> Legend {
        let mut rows: Vec<Vec<Entry>> = Vec::new();
        let mut used = width;
        for entry in entries(graph) {
            if used + entry.width() > width && (used > 0 || rows.is_empty()) {
                rows.push(Vec::new());
                used = 0;
            }
            used += entry.width();
            if let Some(row) = rows.last_mut() {
                row.push(entry);
            }
        }
        let height = rows.len() as i32 * ROW + 16;
        Legend { rows, height }
    }

    pub(super) fn write(&self, top: i32, out: &mut String) {
        out.push_str("<g class=\"legend\">\n");
        let mut y = top + 6;
        for row in &self.rows {
            let mut x = FRAME;
            for entry in row {
                let text_x = match entry.sample {
                    Sample::None => x,
                    Sample::Line(classes) => {
                        let _ = writeln!(out, "<g class=\"wire {classes}\"><path d=\"M{x} {y}h{}\"/></g>", SAMPLE - 6);
                        let _ = writeln!(
                            out,
                            "<g class=\"arrow {classes}\"><path d=\"M{} {y}l-7 -4v8z\"/></g>",
                            x + SAMPLE
                        );
                        x + SAMPLE + 6
                    }
                    Sample::Box(classes) => {
                        let _ = writeln!(
                            out,
                            "<g class=\"{classes}\"><rect x=\"{x}\" y=\"{}\" width=\"{SAMPLE}\" height=\"14\" rx=\"4\"/></g>",
                            y - 7
                        );
                        x + SAMPLE + 6
                    }
                };
                let _ =
                    writeln!(out, "<text class=\"summary\" x=\"{text_x}\" y=\"{}\">{}</text>", y + 4, xml(entry.text));
                x += entry.width();
            }
            y += ROW;
        }
        out.push_str("</g>\n");
    }
}

fn entries(graph: &Graph) -> Vec<Entry> {
    let styles: BTreeSet<Style> = graph.edges.iter().map(|edge| Style::of(graph, edge)).collect();
    let any = |test: &dyn Fn(&Style) -> bool| styles.iter().any(test);
    let has = |test: &dyn Fn(&crate::Group) -> bool| graph.groups.iter().any(test);
    let plain = |style: &Style| style.state == State::Open && style.change == Shift::Same;
    let line = |classes, text| Entry { sample: Sample::Line(classes), text };
    let boxed = |classes, text| Entry { sample: Sample::Box(classes), text };
    let all = [
        (any(&|style| plain(style) && style.tone == Tone::Public), line("public", "from or to the internet")),
        (any(&|style| plain(style) && style.tone == Tone::Private), line("private", "from the private network")),
        (any(&|style| plain(style) && style.tone == Tone::Plain), line("", "may connect")),
        (any(&|style| style.state == State::HalfOpen), line("half", "half open: one side agrees, nothing connects")),
        (
            any(&|style| style.state == State::Consent),
            line("consent", "consent: those that ask have lines of their own"),
        ),
        (any(&|style| style.change == Shift::Opened), line("opened", "opened")),
        (any(&|style| style.change == Shift::Closed), line("closed", "closed")),
        (any(&|style| style.change == Shift::Ports), line("ports", "other ports or conditions")),
        (has(&|group| group.open_inside), boxed("group tenant", "pods of a tenant reach each other")),
        (
            has(&|group| group.kind == GroupKind::Tenant && !group.open_inside),
            boxed("group tenant closed-inside", "only along the lines"),
        ),
    ];
    let rest = Entry {
        sample: Sample::None,
        text: "Every pod may ask the cluster\u{2019}s DNS. What no line shows is denied.",
    };
    all.into_iter().filter(|(shown, _)| *shown).map(|(_, entry)| entry).chain([rest]).collect()
}
