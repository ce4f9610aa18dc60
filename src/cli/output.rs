//! Writing what was compiled: all of it or nothing, and never over a file that somebody else wrote.
//!
//! [`Plan::new`] compares with what is there and changes nothing. [`Plan::apply`] writes the files that differ into a
//! hidden folder, then moves them into place; moving back is all it takes to undo that. A plan to write holds the lock of the
//! folder from before it looks until it goes.

mod apply;
mod journal;
mod memory;
mod place;
mod scan;
mod stage;

use super::codes::OTHER_WORKSPACE;
use super::failure::{Failure, shown};
use super::temporary::Lock;
use super::terminal::Terminal;
pub(super) use memory::{Owner, remembered};
use place::Place;
use rayon::prelude::*;
use scan::{Kind, Scan};
use std::collections::HashSet;
use std::fs::File as DiskFile;
use std::io::Read as _;
use std::path::Path;
use std::time::{Duration, Instant};
use xks_core::emit::{OutputTree, written_by_xks};

/// How long another build is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked whether the other build is done.
const PAUSE: Duration = Duration::from_millis(20);

/// By so many bytes a file is known to be ours, or not.
const HEAD: u64 = 8192;

/// What a build decides about.
pub(super) enum Extent {
    /// All of the folder.
    Whole,
    /// What is below the folder of one environment.
    Env(String),
    /// These folders, each with `/` at its end; what else is there may be another part's, so nothing is removed.
    Part(Vec<String>),
}

impl Extent {
    fn holds(&self, path: &str) -> bool {
        match self {
            Extent::Whole => true,
            Extent::Env(env) => path.strip_prefix(env.as_str()).is_some_and(|rest| rest.starts_with('/')),
            Extent::Part(folders) => folders.iter().any(|folder| path.starts_with(folder)),
        }
    }

    fn removes(&self) -> bool {
        !matches!(self, Extent::Part(_))
    }
}

/// What is asked of an output folder.
pub(super) struct Request<'a> {
    /// The folder, as the user calls it.
    pub(super) folder: &'a Path,
    /// What a build decides about.
    pub(super) extent: &'a Extent,
    /// Whose folder it should be.
    pub(super) owner: &'a Owner,
    /// Whether it is taken from another workspace.
    pub(super) adopt: bool,
    /// Whether it will be written to.
    pub(super) writes: bool,
}

/// What has to happen to the output folder.
pub(super) struct Plan<'a> {
    place: Place,
    scan: Scan,
    lock: Option<Lock>,
    /// How many files the output has.
    pub(super) total: usize,
    /// Files to write where there is none.
    pub(super) new: Vec<File<'a>>,
    /// Files to write over older ones of ours.
    pub(super) changed: Vec<File<'a>>,
    /// Files of ours that are no longer wanted.
    pub(super) stale: Vec<String>,
    /// Files and folders of nobody's, the latter with `/` at their end.
    pub(super) foreign: Vec<String>,
    /// What becomes of the folder's memory.
    memory: Memory,
}

/// What becomes of the folder's memory.
enum Memory {
    Keep,
    Write { text: String, is_new: bool },
    Remove,
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
    /// Compares `tree` with the folder.
    pub(super) fn new(tree: &'a OutputTree, request: &Request<'_>, terminal: &Terminal) -> Result<Plan<'a>, Failure> {
        let (place, lock) =
            if request.writes { locked(request.folder, terminal)? } else { (Place::find(request.folder)?, None) };
        let memory = Memory::of(&place, request)?;
        let scan = if place.exists() { Scan::read(&place.root)? } else { Scan::default() };
        let files = || tree.files.iter().map(|(path, bytes)| File { path, bytes });
        let mut plan = Plan {
            place,
            scan,
            lock,
            total: tree.files.len(),
            new: Vec::new(),
            changed: Vec::new(),
            stale: Vec::new(),
            foreign: Vec::new(),
            memory,
        };
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
        let wanted: HashSet<&str> = tree.files.iter().map(|(path, _)| path.as_str()).collect();
        let ours = plan.ours(&wanted, request.extent)?;
        let foreign = plan.scan.foreign(&wanted, &ours, request.extent);
        let stale = if request.extent.removes() { ours.into_iter().map(str::to_string).collect() } else { Vec::new() };
        (plan.foreign, plan.stale) = (foreign, stale);
        Ok(plan)
    }

    /// Whether the output folder holds what it should already.
    pub(super) fn is_done(&self) -> bool {
        self.new.is_empty() && self.changed.is_empty() && self.stale.is_empty()
    }

    /// What processes that died left in the output folder. While somebody else builds there, nothing.
    pub(super) fn left_over(&self) -> &[String] {
        let is_alone = || self.lock.is_some() || Lock::try_take(&self.place.root).is_some();
        if !self.scan.temporary.is_empty() && is_alone() { &self.scan.temporary } else { &[] }
    }

    /// Lets others build.
    pub(super) fn release(&mut self) {
        self.lock = None;
    }

    /// The file that the folder's memory is written to, if it is.
    pub(super) fn remembers(&self) -> Option<String> {
        matches!(self.memory, Memory::Write { .. }).then(|| self.place.shown(memory::FILE))
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
                if self.is_same(file)? {
                    State::Same
                } else if self.is_ours(file.path)? {
                    State::Changed
                } else {
                    State::InTheWay(format!("`{}` was not written by xks", shown(file.path)))
                }
            }
        })
    }

    fn is_same(&self, file: File<'_>) -> Result<bool, Failure> {
        let path = self.place.root.join(file.path);
        let failed = |error| Failure::at("read", &path, &error);
        let mut open = DiskFile::open(&path).map_err(failed)?;
        let length = open.metadata().map_err(failed)?.len();
        if length != file.bytes.len() as u64 {
            return Ok(false);
        }
        let mut bytes = Vec::with_capacity(file.bytes.len());
        open.read_to_end(&mut bytes).map_err(failed)?;
        Ok(bytes == file.bytes)
    }

    fn is_ours(&self, path: &str) -> Result<bool, Failure> {
        let path = self.place.root.join(path);
        let mut head = Vec::new();
        let read = DiskFile::open(&path).and_then(|file| file.take(HEAD).read_to_end(&mut head));
        read.map_err(|error| Failure::at("read", &path, &error))?;
        Ok(written_by_xks(&head))
    }

    /// The files of ours that are not wanted.
    fn ours(&self, wanted: &HashSet<&str>, extent: &Extent) -> Result<Vec<&str>, Failure> {
        let others = self.scan.all().filter(|(path, kind)| *kind == Kind::File && !wanted.contains(path));
        let candidates: Vec<&str> = others.map(|(path, _)| path).filter(|path| extent.holds(path)).collect();
        let ours = candidates.into_par_iter().map(|path| Ok(self.is_ours(path)?.then_some(path)));
        Ok(ours.collect::<Result<Vec<_>, Failure>>()?.into_iter().flatten().collect())
    }
}

impl Memory {
    /// Refuses a folder of another workspace, unless it is to be adopted.
    fn of(place: &Place, request: &Request<'_>) -> Result<Memory, Failure> {
        let was = if place.exists() { remembered(&place.root)? } else { None };
        if let Some(was) = was.as_ref().filter(|was| !request.adopt && !request.owner.may_be(was)) {
            return Err(of_another(
                request.folder,
                was,
                "name a folder of its own with `-o DIR`; `xks build --adopt` takes this one over, and removes what the other wrote",
            ));
        }
        let text = request.owner.text(place);
        Ok(match (text, was) {
            (Some(text), Some(was)) if text.strip_suffix('\n') == Some(was.as_str()) => Memory::Keep,
            (Some(text), was) => Memory::Write { text, is_new: was.is_none() },
            (None, Some(_)) if request.adopt => Memory::Remove,
            (None, _) => Memory::Keep,
        })
    }
}

/// The folder is another workspace's.
pub(super) fn of_another(folder: &Path, workspace: &str, hint: &str) -> Failure {
    let folder = shown(folder);
    Failure::failed(format!("`{folder}` is the output of another workspace, `{workspace}`"))
        .of(&OTHER_WORKSPACE)
        .hint(hint)
}

/// The files and folders of nobody's in the folder at `root`, where `wanted` should be all there is.
pub(super) fn foreign(root: &Path, wanted: &HashSet<&str>, extent: &Extent) -> Result<Vec<String>, Failure> {
    let scan = Scan::read(root)?;
    let mut foreign = scan.foreign(wanted, &[], extent);
    foreign.extend(scan.temporary);
    Ok(foreign)
}

/// The place of a folder, once no other build is at it.
fn locked(folder: &Path, terminal: &Terminal) -> Result<(Place, Option<Lock>), Failure> {
    let began = Instant::now();
    let mut is_told = false;
    loop {
        let place = Place::find(folder)?;
        let Some(lock) = Lock::try_take(&place.root) else {
            if !is_told {
                terminal.err(&format!("waiting for another build of `{}`\n", shown(folder)));
                is_told = true;
            }
            if began.elapsed() > PATIENCE {
                return Err(Failure::failed(format!("another build writes to `{}`", shown(folder)))
                    .hint("nothing was written; start this one again when the other has ended"));
            }
            std::thread::sleep(PAUSE);
            continue;
        };
        // The other build may have made the folder.
        let now = Place::find(folder)?;
        if now.root == place.root {
            return Ok((now, Some(lock)));
        }
    }
}
