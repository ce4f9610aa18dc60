//! Reading Kubernetes manifests of any origin.

use super::failure::{self, Failure};
use super::terminal::{Paint, Terminal};
use rayon::prelude::*;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use xks_core::cluster::manifests;
use xks_core::cluster::objects::Objects;
use xks_core::escape::word;
use xks_core::syntax::MAX_FILE;

/// How many faults are shown; the rest is counted.
const MOST_FAULTS: usize = 20;

/// The manifests below a folder, or the one that is named: path and text, sorted by path. Paths start from the current
/// folder.
pub(super) fn texts(path: &Path) -> Result<Vec<(String, String)>, Failure> {
    let cannot = |path: &str, reason: &str| Failure::no_answer(vec![format!("cannot read `{path}`: {reason}")]);
    let paths = xks_disk::find_manifests(path).map_err(|problem| cannot(&problem.path, &problem.reason))?;
    let read = |path: PathBuf| {
        let shown = failure::shown(&path);
        match xks_disk::read(&path, MAX_FILE) {
            Ok(text) => Ok((shown, text)),
            Err(reason) => Err(cannot(&shown, &reason)),
        }
    };
    paths.into_par_iter().with_min_len(16).map(read).collect()
}

/// The objects in them. What is wrong with some is said on standard error; the others count.
pub(super) fn read(path: &Path, terminal: &Terminal) -> Result<Objects, Failure> {
    let texts = texts(path)?;
    if texts.is_empty() {
        let folder = failure::shown(path);
        return Err(Failure::usage(format!("there is no `.yaml`, `.yml` or `.json` file in `{folder}`")));
    }
    let objects = manifests::read(texts.iter().map(|(path, text)| (path.as_str(), text.as_str())));
    if objects.count() == 0 {
        let faults = objects.faults.iter().take(MOST_FAULTS);
        let mut whys: Vec<String> =
            faults.map(|fault| format!("{}: {}", objects.place(fault.place), fault.rule)).collect();
        if whys.is_empty() {
            whys.push(format!("there is no Kubernetes object in `{}`", failure::shown(path)));
        }
        return Err(Failure::no_answer(whys));
    }
    let paint = Paint(terminal.color_err);
    let mut text = String::new();
    for fault in objects.faults.iter().take(MOST_FAULTS) {
        let object = if fault.object.is_empty() { String::new() } else { format!("{}: ", fault.object) };
        let left_out = if fault.refused { " (left out)" } else { "" };
        let warning = paint.yellow("warning:");
        let why = format!("{}: {object}{}", objects.place(fault.place), fault.rule);
        let _ = writeln!(text, "{warning} {}{left_out}", word(&why));
    }
    if objects.faults.len() > MOST_FAULTS {
        let _ = writeln!(text, "{} {} more", paint.yellow("warning:"), objects.faults.len() - MOST_FAULTS);
    }
    if !objects.others.is_empty() {
        let others: Vec<String> = objects.others.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let _ = writeln!(text, "{} not looked at: {}", paint.cyan("note:"), word(&others.join(", ")));
    }
    terminal.err(&text);
    Ok(objects)
}
