//! What a name means once it is known what every file declares. Follows the order in which `names::resolve` and the checks
//! look a name up.

use super::mentions::{Meaning, Mention, Slot};
use super::{DeclaredPort, FileNames, Index, Kind, Occurrence, Symbol};
use smol_str::SmolStr;

/// How deep groups of groups are followed for a port.
const DEEPEST: usize = 8;

/// How many ports behind one group are told apart.
const MOST: usize = 64;

impl Index {
    /// `None` for a word of a broken line that nothing is called.
    pub(super) fn resolve(&self, names: &FileNames, mention: &Mention) -> Option<Occurrence> {
        let name = || mention.name.clone();
        let symbol = match &mention.meaning {
            Meaning::Is(kind, tenant) => Symbol { kind: *kind, tenant: tenant.clone(), owner: None, name: name() },
            Meaning::OwnPort(kind, owner) => {
                Symbol { kind: *kind, tenant: names.tenant.clone(), owner: Some(owner.clone()), name: name() }
            }
            Meaning::Among(Slot::Anything, tenant) if tenant.is_empty() => self.tenant(&mention.name)?,
            Meaning::Among(Slot::Anything, tenant) => self.anything(tenant, &mention.name)?,
            Meaning::Among(slot, tenant) => self.among(*slot, tenant, &mention.name),
            Meaning::PortBehind(slot, tenant, peer) => {
                let of = match slot {
                    Slot::Anything => self.anything(tenant, peer)?,
                    Slot::Target => self.bearer(self.among(Slot::Target, tenant, peer)),
                    slot => self.among(*slot, tenant, peer),
                };
                let mut found = self.port(&of, &mention.name, names.tenant.as_ref());
                let symbol = found.remove(0);
                return Some(Occurrence { span: mention.span, role: mention.role, symbol, others: found });
            }
            Meaning::AnyPort => match names.tenant.as_ref().filter(|own| self.has(own, Kind::PortSet, &mention.name)) {
                Some(own) => Symbol::of(Kind::PortSet, own, name()),
                None => Symbol { tenant: names.tenant.clone(), ..Symbol::global(Kind::Port, name()) },
            },
        };
        Some(Occurrence { span: mention.span, role: mention.role, symbol, others: Vec::new() })
    }

    fn among(&self, slot: Slot, tenant: &SmolStr, name: &SmolStr) -> Symbol {
        let order: &[Kind] = match slot {
            Slot::Peer => &[Kind::External, Kind::Group],
            Slot::Pods => &[Kind::Group],
            Slot::Target | Slot::Anything => &[Kind::External, Kind::Service],
        };
        match order.iter().copied().find(|kind| self.has(tenant, *kind, name)) {
            Some(kind) => Symbol::of(kind, tenant, name.clone()),
            None if slot == Slot::Peer && !self.has(tenant, Kind::App, name) && self.is_group_of_platform(name) => {
                Symbol::global(Kind::Group, name.clone())
            }
            None if tenant.is_empty() => Symbol::global(Kind::App, name.clone()),
            None => Symbol::of(Kind::App, tenant, name.clone()),
        }
    }

    fn anything(&self, tenant: &SmolStr, name: &SmolStr) -> Option<Symbol> {
        let kinds =
            [Kind::App, Kind::External, Kind::Group, Kind::Service, Kind::Certificate, Kind::PortSet, Kind::Secret];
        let own = kinds.into_iter().find(|kind| self.has(tenant, *kind, name));
        own.map(|kind| Symbol::of(kind, tenant, name.clone())).or_else(|| self.tenant(name))
    }

    fn tenant(&self, name: &SmolStr) -> Option<Symbol> {
        self.of_tenant.contains_key(name).then(|| Symbol::global(Kind::Tenant, name.clone()))
    }

    /// What bears the ports of an exposed app or service: the service that leads to the app, unless that has the ports
    /// of its app.
    fn bearer(&self, target: Symbol) -> Symbol {
        let Some(tenant) = &target.tenant else { return target };
        let files = || self.files_of(tenant).iter().map(|file| &self.files[file.0 as usize]);
        let mut services = files().flat_map(|names| &names.services);
        let service = match target.kind {
            Kind::Service => services.find(|(service, _)| *service == target.name),
            Kind::App => services.find(|(_, app)| *app == target.name),
            _ => None,
        };
        let Some((service, app)) = service else { return target };
        let of_service = |port: &&DeclaredPort| port.kind == Kind::ServicePort && port.of == *service;
        if files().flat_map(|names| &names.ports).any(|port| of_service(&port)) {
            Symbol::of(Kind::Service, tenant, service.clone())
        } else {
            Symbol::of(Kind::App, tenant, app.clone())
        }
    }

    /// A port's name behind `of`: the port of that, or of each member of a group; else a set of its tenant's, else one of
    /// our own. At least one.
    fn port(&self, of: &Symbol, name: &SmolStr, own: Option<&SmolStr>) -> Vec<Symbol> {
        let mut found = Vec::new();
        self.ports_named(of, name, 0, &mut found);
        if !found.is_empty() {
            return found;
        }
        let set = of.tenant.iter().chain(own).find(|tenant| self.has(tenant, Kind::PortSet, name));
        vec![match set {
            Some(tenant) => Symbol::of(Kind::PortSet, tenant, name.clone()),
            None => {
                let kind = if of.kind == Kind::Service { Kind::ServicePort } else { Kind::Port };
                Symbol { kind, tenant: of.tenant.clone(), owner: Some(of.name.clone()), name: name.clone() }
            }
        }]
    }

    fn ports_named(&self, of: &Symbol, name: &SmolStr, depth: usize, found: &mut Vec<Symbol>) {
        let Some(tenant) = &of.tenant else { return };
        let mut files = self.files_of(tenant).iter().map(|file| &self.files[file.0 as usize]);
        let kind = match of.kind {
            Kind::App => Kind::Port,
            Kind::Service => Kind::ServicePort,
            Kind::Group if depth < DEEPEST => {
                let members = files.flat_map(|names| &names.groups).filter(|(group, _)| *group == of.name);
                for (tenant, member) in members.flat_map(|(_, members)| members) {
                    if found.len() < MOST {
                        self.ports_named(&self.among(Slot::Pods, tenant, member), name, depth + 1, found);
                    }
                }
                return;
            }
            _ => return,
        };
        let port = files.find_map(|names| {
            names.ports.iter().find(|port| port.kind == kind && port.of == of.name && port.name == *name)
        });
        if let Some(port) = port {
            let owner = Some(port.owner.clone());
            let symbol = Symbol { kind, tenant: Some(tenant.clone()), owner, name: name.clone() };
            if !found.contains(&symbol) {
                found.push(symbol);
            }
        }
    }

    fn is_group_of_platform(&self, name: &SmolStr) -> bool {
        self.groups_of_platform().any(|group| group == name)
    }

    fn has(&self, tenant: &str, kind: Kind, name: &SmolStr) -> bool {
        let key = (kind, name);
        self.files_of(tenant).iter().any(|file| {
            let declared = &self.files[file.0 as usize].declared;
            declared.binary_search_by(|(kind, name)| (*kind, name).cmp(&key)).is_ok()
        })
    }
}
