//! Whose each file is.

use super::errors;
use crate::model::{Place, Platform};
use rustc_hash::{FxHashMap, FxHashSet};
use smol_str::SmolStr;
use unicode_normalization::UnicodeNormalization;
use xks_base::diagnostics::{Diagnostic, Level};
use xks_base::source::{Source, Sources, Span};
use xks_syntax::ast::{self, Body};

/// Which tenant each file belongs to, whatever the environment.
#[derive(Debug)]
pub struct Owners {
    /// For each file, its tenant; `None` for a file that belongs to none.
    pub of_file: Vec<Option<SmolStr>>,
    /// For each file, whether it is the platform's: it only describes the platform, and what holds for all of it.
    pub of_platform: Vec<bool>,
    /// The tenants of which a file cannot be read, so that nothing is known of them; sorted.
    pub unknown: Vec<SmolStr>,
    /// Whether a file must lie in the place of its tenant: `not-your-file` is an error.
    pub(super) are_binding: bool,
}

/// Whose one file is.
enum Whose {
    Tenant(SmolStr),
    Platform,
    Nobody,
}

/// Finds the tenant of each file.
pub fn owners(sources: &Sources, files: &[&ast::File], platform: &Platform, out: &mut Vec<Diagnostic>) -> Owners {
    let level = platform.levels.get(errors::NOT_YOUR_FILE.name).copied();
    let are_binding = level.unwrap_or(errors::NOT_YOUR_FILE.level) == Level::Deny;
    let places = platform.ownership.is_stated().then(|| Places::new(sources, platform, are_binding));
    if places.is_some() {
        colliding(sources, files, out);
    }
    let whose = |file: &&ast::File| match &places {
        Some(places) => places.whose(sources.get(file.id), file, out),
        None => by_name(sources.get(file.id), file, out),
    };
    let whose: Vec<Whose> = files.iter().map(whose).collect();
    let unknown = places.map_or_else(Vec::new, |places| places.unknown);
    let of_platform = whose.iter().map(|whose| matches!(whose, Whose::Platform)).collect();
    let of_file = whose.into_iter().map(|whose| match whose {
        Whose::Tenant(name) => Some(name),
        Whose::Platform | Whose::Nobody => None,
    });
    Owners { of_file: of_file.collect(), of_platform, unknown, are_binding }
}

/// The tenant that a file names.
fn stated<'a>(file: &'a ast::File, out: &mut Vec<Diagnostic>) -> Option<&'a ast::Name> {
    let mut stated: Option<&ast::Name> = None;
    for statement in &file.statements {
        if let Body::Tenant(tenant) = &statement.body {
            match stated {
                None => stated = Some(&tenant.name),
                Some(first) => {
                    out.push(errors::two_tenants(tenant.name.span, first.span, tenant.name.value == first.value))
                }
            }
        }
    }
    stated
}

/// Whose a file is where nothing says who may write it: that of the tenant it names, else of the one it is named after.
fn by_name(source: &Source, file: &ast::File, out: &mut Vec<Diagnostic>) -> Whose {
    if let Some(name) = stated(file, out) {
        return Whose::Tenant(name.value.clone());
    }
    let describes = file.statements.iter().any(|statement| matches!(statement.body, Body::Platform(_)));
    if file.statements.is_empty() || describes && file.statements.iter().all(is_of_platform) {
        return Whose::Platform;
    }
    let stem = source.stem();
    if let Err(problem) = xks_base::values::name::label(stem) {
        out.push(errors::stem_is_no_name(first(file), stem, problem));
    }
    Whose::Tenant(SmolStr::new(stem))
}

/// The tenant of a file where nothing says who may write it.
pub(super) fn named(source: &Source, file: &ast::File) -> Option<SmolStr> {
    match by_name(source, file, &mut Vec::new()) {
        Whose::Tenant(name) => Some(name),
        Whose::Platform | Whose::Nobody => None,
    }
}

/// What the platform's files may hold.
fn is_of_platform(statement: &ast::Statement) -> bool {
    match statement.body {
        Body::Platform(_) | Body::Never(_) | Body::Expect(_) | Body::Group(_) => true,
        Body::Tenant(_)
        | Body::App(_)
        | Body::Service(_)
        | Body::Expose(_)
        | Body::Allow(_)
        | Body::Export(_)
        | Body::External(_)
        | Body::Certificate(_)
        | Body::Ports(_)
        | Body::Include(_) => false,
    }
}

/// The places that the platform states.
struct Places<'a> {
    platform: &'a Platform,
    /// The paths of all files.
    read: FxHashSet<&'a str>,
    /// The tenants in whose places a file cannot be read; sorted.
    unknown: Vec<SmolStr>,
    are_binding: bool,
}

impl<'a> Places<'a> {
    fn new(sources: &'a Sources, platform: &'a Platform, are_binding: bool) -> Places<'a> {
        let read = sources.files().iter().map(|file| file.path.as_str()).collect();
        let place = |path: &String| platform.ownership.place(path, &platform.output);
        let unreadable = sources.unreadable().iter().filter_map(|path| match place(path) {
            Place::Tenant(name) => Some(name),
            Place::Platform | Place::Nobody => None,
        });
        let mut unknown: Vec<SmolStr> = unreadable.collect();
        unknown.sort();
        unknown.dedup();
        Places { platform, read, unknown, are_binding }
    }

    /// Whose a file is; nobody's if its tenant is unknown.
    fn whose(&self, source: &Source, file: &ast::File, out: &mut Vec<Diagnostic>) -> Whose {
        match self.by_place(source, file, out) {
            Whose::Tenant(name) if self.unknown.binary_search(&name).is_ok() => Whose::Nobody,
            whose => whose,
        }
    }

    fn by_place(&self, source: &Source, file: &ast::File, out: &mut Vec<Diagnostic>) -> Whose {
        if let Some(real) = source.real.as_deref().filter(|real| self.read.contains(real)) {
            out.push(errors::link_to_source(first(file), &source.path, real));
            return Whose::Nobody;
        }
        let stated = stated(file, out);
        let of_tenant = file.statements.iter().find(|statement| !is_of_platform(statement));
        let folders = |name: &str| self.folders(name);
        let place = self.platform.ownership.place(source.real_path(), &self.platform.output);
        let problem = match (place, stated) {
            (Place::Tenant(own), Some(name)) if name.value == own => return Whose::Tenant(own),
            (Place::Tenant(own), Some(name)) => {
                errors::not_your_file(name.span, &source.path, &name.value, &folders(&name.value), Some(&own))
            }
            (Place::Tenant(own), None) => {
                if let Err(problem) = xks_base::values::name::label(&own) {
                    out.push(errors::stem_is_no_name(first(file), &own, problem));
                    return Whose::Nobody;
                }
                return Whose::Tenant(own);
            }
            (Place::Platform, None) => match of_tenant {
                None => return Whose::Platform,
                Some(statement) => errors::among_the_platform(statement.span, &source.path, &folders("NAME")),
            },
            (Place::Platform | Place::Nobody, Some(name)) => {
                errors::not_your_file(name.span, &source.path, &name.value, &folders(&name.value), None)
            }
            (Place::Nobody, None) if file.statements.is_empty() => return Whose::Nobody,
            (Place::Nobody, None) => errors::no_place(first(file), &source.path, &folders("NAME")),
        };
        out.push(problem);
        // While a workspace moves, a file goes on to speak for whom it names.
        if self.are_binding { Whose::Nobody } else { by_name(source, file, &mut Vec::new()) }
    }

    /// The places of a tenant, as folders.
    fn folders(&self, name: &str) -> Vec<String> {
        self.platform.ownership.folders(name).iter().map(|folder| format!("{folder}/")).collect()
    }
}

/// Where to report what concerns a whole file.
fn first(file: &ast::File) -> Span {
    file.statements.first().map_or(Span::new(file.id, 0, 0), |statement| statement.span)
}

/// Reports files, or folders above them, that are one on a file system that folds case or normalises Unicode.
fn colliding(sources: &Sources, files: &[&ast::File], out: &mut Vec<Diagnostic>) {
    let mut known: FxHashMap<String, &str> = FxHashMap::default();
    for file in files {
        let path = sources.get(file.id).path.as_str();
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        for part in ends.map(|end| &path[..end]) {
            let folded: String = part.nfc().flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfc().collect();
            let first_known = *known.entry(folded).or_insert(part);
            if first_known != part {
                out.push(errors::paths_collide(first(file), part, first_known));
                break;
            }
        }
    }
}
