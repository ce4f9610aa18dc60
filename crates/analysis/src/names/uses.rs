//! Every name in the text: where it stands, whether it declares or refers, and to what. The editor's navigation is
//! lookups in this index. It spans all environments, so a symbol may have several declarations, and it also holds names
//! that nothing declares.

mod broken;
mod mentions;
mod resolve;

use mentions::Mention;
use smol_str::SmolStr;
use std::collections::BTreeMap;
use std::sync::Arc;
use xks_base::source::{FileId, Source, Span};
use xks_syntax::Parsed;

/// What kind of thing a name names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Kind {
    Tenant,
    App,
    /// A port that an app declares.
    Port,
    Service,
    /// A port that a service declares.
    ServicePort,
    External,
    Group,
    /// A `ports` statement's name.
    PortSet,
    Certificate,
    Secret,
    Issuer,
    Environment,
    /// A value of the environments, as in `${domain}`.
    Value,
    /// The host of an address, or of a certificate's names, as it is written.
    Host,
    /// The key behind `nginx`.
    Annotation,
    Lint,
    /// A peer that the language knows: `internet`, `ingress`, `kube-api`, `metadata`, `nodes`.
    BuiltIn,
}

/// What a name stands for. Two names are the same thing if their symbols are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Symbol {
    /// What it is.
    pub kind: Kind,
    /// The tenant it belongs to; `None` for what belongs to all, and for an app of every tenant.
    pub tenant: Option<SmolStr>,
    /// Of a port: the service, or the first app of the statement that declares it. `None` for a port of any pod.
    pub owner: Option<SmolStr>,
    /// Its name.
    pub name: SmolStr,
}

impl Symbol {
    /// A symbol that no tenant owns.
    pub fn global(kind: Kind, name: SmolStr) -> Symbol {
        Symbol { kind, tenant: None, owner: None, name }
    }

    /// A tenant's symbol.
    pub fn of(kind: Kind, tenant: &SmolStr, name: SmolStr) -> Symbol {
        Symbol { kind, tenant: Some(tenant.clone()), owner: None, name }
    }
}

/// Whether a name brings something into being or refers to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Role {
    Declaration,
    Use,
}

/// A name in the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// The name's own words: of `team/foo:http`, `team`, `foo` and `http` are three.
    pub span: Span,
    /// What it does.
    pub role: Role,
    /// What it stands for, declared or not.
    pub symbol: Symbol,
    /// What it stands for besides: behind a group, the port of that name of each other member.
    pub others: Vec<Symbol>,
}

impl Occurrence {
    /// Whether it stands for this, with others or alone.
    pub fn names(&self, symbol: &Symbol) -> bool {
        self.symbol == *symbol || self.others.contains(symbol)
    }
}

/// The names of one file, which depend on that file alone.
#[derive(Debug)]
pub struct FileNames {
    file: FileId,
    /// The tenant that the file belongs to.
    tenant: Option<SmolStr>,
    /// Whether a statement says so, rather than the file's name.
    stated: bool,
    /// In the order of the text; no two overlap.
    mentions: Vec<Mention>,
    /// What is declared, sorted.
    declared: Vec<(Kind, SmolStr)>,
    /// The ports of each app and service.
    ports: Vec<DeclaredPort>,
    /// The services, each with the app that it leads to.
    services: Vec<(SmolStr, SmolStr)>,
    /// The members of each group: their tenants and names.
    groups: Vec<(SmolStr, Vec<(SmolStr, SmolStr)>)>,
}

/// A port of an app or service.
#[derive(Debug)]
struct DeclaredPort {
    kind: Kind,
    of: SmolStr,
    name: SmolStr,
    /// What the symbol's owner is called: an app that shares its statement with others shares the ports too.
    owner: SmolStr,
}

impl FileNames {
    /// Gathers the names of a file that belongs to whom it names, as where nothing says who may write it.
    pub fn new(source: &Source, parsed: &Parsed) -> FileNames {
        mentions::gather(source, parsed, super::owners::named(source, &parsed.file))
    }

    /// The same names of a file whose tenant is known: gathered again if it is another one.
    pub fn of_tenant(
        self: &Arc<FileNames>,
        source: &Source,
        parsed: &Parsed,
        tenant: Option<&SmolStr>,
    ) -> Arc<FileNames> {
        if self.tenant.as_ref() == tenant {
            return Arc::clone(self);
        }
        Arc::new(mentions::gather(source, parsed, tenant.cloned()))
    }
}

/// The names of a workspace.
#[derive(Debug, Default)]
pub struct Index {
    /// By [`FileId`].
    files: Vec<Arc<FileNames>>,
    of_tenant: BTreeMap<SmolStr, Vec<FileId>>,
    /// The files that belong to no tenant and declare groups.
    of_platform: Vec<FileId>,
}

impl Index {
    /// Joins the names of all files, which are in the order of their [`FileId`]s.
    pub fn new(files: Vec<Arc<FileNames>>) -> Index {
        let mut of_tenant: BTreeMap<SmolStr, Vec<FileId>> = BTreeMap::new();
        let mut of_platform = Vec::new();
        for file in &files {
            match &file.tenant {
                Some(tenant) => of_tenant.entry(tenant.clone()).or_default().push(file.file),
                None if !file.groups.is_empty() => of_platform.push(file.file),
                None => {}
            }
        }
        Index { files, of_tenant, of_platform }
    }

    /// The name at byte `offset` of a file, the place behind its last character included.
    pub fn at(&self, file: FileId, offset: u32) -> Option<Occurrence> {
        let names = self.files.get(file.0 as usize)?;
        let after = names.mentions.partition_point(|mention| mention.span.start <= offset);
        let mention = names.mentions[..after].last().filter(|mention| offset <= mention.span.end)?;
        self.resolve(names, mention)
    }

    /// The names of a file, in the order of the text.
    pub fn in_file(&self, file: FileId) -> impl Iterator<Item = Occurrence> {
        let names = self.files.get(file.0 as usize);
        names.into_iter().flat_map(move |names| names.mentions.iter().filter_map(|one| self.resolve(names, one)))
    }

    /// The names of a part of a file, in the order of the text.
    pub fn within(&self, part: Span) -> impl Iterator<Item = Occurrence> {
        let names = self.files.get(part.file.0 as usize);
        names.into_iter().flat_map(move |names| {
            let first = names.mentions.partition_point(|mention| mention.span.end < part.start);
            let touching = names.mentions[first..].iter().take_while(move |mention| mention.span.start <= part.end);
            touching.filter_map(|one| self.resolve(names, one))
        })
    }

    /// Every place that names a symbol, declarations included, in the order of files and lines.
    pub fn occurrences(&self, symbol: &Symbol) -> Vec<Occurrence> {
        self.files.iter().flat_map(|names| self.occurrences_in(names, symbol)).collect()
    }

    fn occurrences_in<'i>(&'i self, names: &'i FileNames, symbol: &'i Symbol) -> impl Iterator<Item = Occurrence> + 'i {
        let same_name = names.mentions.iter().filter(|mention| mention.name == symbol.name);
        same_name.filter_map(|mention| self.resolve(names, mention)).filter(|found| found.names(symbol))
    }

    /// Where a symbol is declared. A tenant without a `tenant` statement is declared by its file, at the start of it.
    pub fn declarations(&self, symbol: &Symbol) -> Vec<Span> {
        // What belongs to a tenant is declared in its files.
        let occurrences = match &symbol.tenant {
            Some(tenant) => {
                let files = self.files_of(tenant).iter().map(|file| &*self.files[file.0 as usize]);
                files.flat_map(|names| self.occurrences_in(names, symbol)).collect()
            }
            None => self.occurrences(symbol),
        };
        let declared = occurrences.into_iter().filter(|found| found.role == Role::Declaration);
        let mut found: Vec<Span> = declared.map(|found| found.span).collect();
        if symbol.kind == Kind::Tenant {
            let unstated = self.files_of(&symbol.name).iter().filter(|file| !self.files[file.0 as usize].stated);
            found.extend(unstated.map(|&file| Span::new(file, 0, 0)));
            found.sort();
        }
        found
    }

    /// The tenant that a file belongs to; `None` for a file that only describes the platform.
    pub fn tenant_of(&self, file: FileId) -> Option<&SmolStr> {
        self.files.get(file.0 as usize)?.tenant.as_ref()
    }

    /// The files of a tenant, in order.
    pub fn files_of(&self, tenant: &str) -> &[FileId] {
        self.of_tenant.get(tenant).map_or(&[], Vec::as_slice)
    }

    /// Whether a file says whose it is, rather than its name.
    pub fn says_tenant(&self, file: FileId) -> bool {
        self.files.get(file.0 as usize).is_some_and(|names| names.stated)
    }

    /// All tenants, sorted.
    pub fn tenants(&self) -> impl Iterator<Item = &SmolStr> {
        self.of_tenant.keys()
    }

    /// The groups of the platform, which every tenant may name like its own.
    pub fn groups_of_platform(&self) -> impl Iterator<Item = &SmolStr> {
        let groups = self.of_platform.iter().flat_map(|file| &self.files[file.0 as usize].groups);
        groups.map(|(name, _)| name)
    }

    /// The names of one kind that a tenant declares, or that belong to nobody; sorted, each once.
    pub fn declared(&self, tenant: Option<&str>, kind: Kind) -> Vec<&SmolStr> {
        let in_scope = |names: &&Arc<FileNames>| tenant.is_none() || names.tenant.as_deref() == tenant;
        let mut found: Vec<&SmolStr> = self
            .files
            .iter()
            .filter(in_scope)
            .flat_map(|names| names.declared.iter().filter(|(one, _)| *one == kind).map(|(_, name)| name))
            .collect();
        found.sort();
        found.dedup();
        found
    }

    /// The names of the ports that an app (or, with [`Kind::ServicePort`], a service) declares; sorted, each once.
    pub fn ports_of(&self, tenant: &str, kind: Kind, of: &str) -> Vec<&SmolStr> {
        let ports = self.files_of(tenant).iter().flat_map(|file| &self.files[file.0 as usize].ports);
        let mut found: Vec<&SmolStr> =
            ports.filter(|port| port.kind == kind && port.of == of).map(|port| &port.name).collect();
        found.sort();
        found.dedup();
        found
    }
}
