//! Writing what was compiled: all of it or nothing, and never over a file that somebody else wrote.
//!
//! [`Plan::new`] compares with what is there and changes nothing. [`Plan::apply`] writes the files that differ into a
//! hidden folder, then moves them into place; moving back is all it takes to undo that.

mod apply;
mod journal;
mod place;
mod scan;
mod stage;

use super::failure::Failure;
use place::Place;
use rayon::prelude::*;
use scan::{Kind, Scan};
use std::collections::HashSet;
use std::path::Path;
use xks_core::emit::{OutputTree, written_by_xks};

/// What has to happen to the output folder.
pub(super) struct Plan<'a> {
    place: Place,
    scan: Scan,
    /// How many files the output has.
    pub(super) total: usize,
    /// Files to write where there is none.
    pub(super) new: Vec<File<'a>>,
    /// Files to write over older ones of ours.
    pub(super) changed: Vec<File<'a>>,
    /// Files of ours that are no longer wanted.
    pub(super) stale: Vec<String>,
}

/// A file of the output.
#[derive(Clone, Copy)]
pub(super) struct File<'a> {
    /// Below the output folder, with `/`.
    pub(super) path: &'a str,
    /// What it holds.
    pub(super) bytes: &'a [u8],
}

/// How a file of the output compares with the disk.
enum State {
    New,
    Changed,
    Same,
    InTheWay(String),
}

impl<'a> Plan<'a> {
    /// Compares `tree` with the folder at `output`. With an environment only that one's files can be stale.
    pub(super) fn new(tree: &'a OutputTree, output: &Path, env: Option<&str>) -> Result<Plan<'a>, Failure> {
        let place = Place::find(output)?;
        let scan = if place.exists() { Scan::read(&place.root)? } else { Scan::default() };
        let files = || tree.files.iter().map(|(path, bytes)| File { path, bytes });
        let mut plan =
            Plan { place, scan, total: tree.files.len(), new: Vec::new(), changed: Vec::new(), stale: Vec::new() };
        if plan.scan.is_empty() {
            plan.new = files().collect();
            return Ok(plan);
        }
        let states: Vec<State> =
            tree.files.par_iter().map(|(path, bytes)| plan.state(File { path, bytes })).collect::<Result<_, _>>()?;
        let mut in_the_way = Vec::new();
        for (file, state) in files().zip(states) {
            match state {
                State::New => plan.new.push(file),
                State::Changed => plan.changed.push(file),
                State::Same => {}
                State::InTheWay(message) => in_the_way.push(message),
            }
        }
        if !in_the_way.is_empty() {
            in_the_way.dedup(); // several files of one folder meet the same obstacle
            return Err(
                Failure::all(in_the_way).hint("nothing was written; move it away, or choose another folder with `-o`")
            );
        }
        plan.stale = plan.find_stale(tree, env)?;
        Ok(plan)
    }

    /// Whether the output folder holds what it should already.
    pub(super) fn is_done(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.stale.is_empty()
    }

    /// What a file below the output folder holds now.
    pub(super) fn on_disk(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let path = self.place.root.join(path);
        std::fs::read(&path).map_err(|error| Failure::at("read", &path, &error))
    }

    fn state(&self, file: File<'_>) -> Result<State, Failure> {
        let shown = |path: &str| self.place.shown(path);
        for (at, _) in file.path.match_indices('/') {
            let folder = &file.path[..at];
            match self.scan.kind(folder) {
                None => return Ok(State::New),
                Some(Kind::Folder) => {}
                Some(Kind::File) => {
                    return Ok(State::InTheWay(format!("`{}` is a file, expected a folder", shown(folder))));
                }
                Some(Kind::Other) => {
                    return Ok(State::InTheWay(format!("`{}` is a link, expected a folder", shown(folder))));
                }
            }
        }
        Ok(match self.scan.kind(file.path) {
            None => State::New,
            Some(Kind::Folder) => State::InTheWay(format!("`{}` is a folder, expected a file", shown(file.path))),
            Some(Kind::Other) => {
                State::InTheWay(format!("`{}` is a link or special, expected a file", shown(file.path)))
            }
            Some(Kind::File) => {
                let old = self.on_disk(file.path)?;
                if old == file.bytes {
                    State::Same
                } else if written_by_xks(&old) {
                    State::Changed
                } else {
                    State::InTheWay(format!("`{}` was not written by xks", shown(file.path)))
                }
            }
        })
    }

    fn find_stale(&self, tree: &OutputTree, env: Option<&str>) -> Result<Vec<String>, Failure> {
        let wanted: HashSet<&str> = tree.files.iter().map(|(path, _)| path.as_str()).collect();
        let below = env.map(|env| format!("{env}/")).unwrap_or_default();
        let candidates: Vec<&str> =
            self.scan.files().filter(|path| path.starts_with(&below) && !wanted.contains(path)).collect();
        let stale =
            candidates.into_par_iter().map(|path| Ok(written_by_xks(&self.on_disk(path)?).then(|| path.to_string())));
        Ok(stale.collect::<Result<Vec<_>, Failure>>()?.into_iter().flatten().collect())
    }
}
