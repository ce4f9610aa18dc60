//! Names that can stand somewhere: the nearest first.

use super::super::declared;
use super::items::{ItemKind, Items};
use smol_str::SmolStr;
use std::collections::BTreeSet;
use xks_core::names::uses::{Kind, Symbol};
use xks_core::syntax::ast::{self, Body};
use xks_core::values::host::split;

/// The tenant of the file, if it has one.
pub(super) fn tenant(items: &Items<'_>) -> Option<SmolStr> {
    items.snapshot.index().tenant_of(items.word.file).cloned()
}

/// Names of one kind that the file's tenant declares.
pub(super) fn own(items: &mut Items<'_>, kind: Kind) {
    if let Some(tenant) = tenant(items) {
        of_tenant(items, &tenant, kind, "");
    }
}

pub(super) fn of_tenant(items: &mut Items<'_>, tenant: &SmolStr, kind: Kind, detail: &str) {
    for name in items.snapshot.index().declared(Some(tenant), kind) {
        items.symbol(&Symbol::of(kind, tenant, name.clone()), name, detail);
    }
}

/// Names of one kind that belong to nobody.
pub(super) fn own_nobody(items: &mut Items<'_>, kind: Kind) {
    for name in items.snapshot.index().declared(None, kind) {
        items.symbol(&Symbol::global(kind, name.clone()), name, "");
    }
}

/// Names of one kind that the tenant's files use, declared or not.
pub(super) fn used(items: &mut Items<'_>, kind: Kind) {
    let (index, own) = (items.snapshot.index(), tenant(items));
    let files = own.iter().flat_map(|own| index.files_of(own));
    let symbols = files.flat_map(|file| index.in_file(*file)).filter(|name| {
        // What is being typed is no name yet.
        name.symbol.kind == kind && (name.span.file != items.word.file || name.span.start != items.word.start)
    });
    let symbols: BTreeSet<Symbol> = symbols.map(|name| name.symbol).collect();
    for symbol in &symbols {
        items.symbol(symbol, &symbol.name, "");
    }
}

/// The groups that the tenant's exposures name and no `certificate` sets up.
pub(super) fn undeclared_certificates(items: &mut Items<'_>) {
    let Some(own) = tenant(items) else { return };
    let named = declared::statements(items.snapshot, &own).filter_map(|statement| match &statement.body {
        Body::Expose(node) => match node.tls.as_ref().map(|tls| &tls.value) {
            Some(ast::Tls::Group(group)) => Some(&group.value),
            _ => None,
        },
        _ => None,
    });
    let set_up = items.snapshot.index().declared(Some(&own), Kind::Certificate);
    let groups: BTreeSet<&SmolStr> = named.filter(|group| !set_up.contains(group)).collect();
    for group in groups {
        items.symbol(&Symbol::of(Kind::Certificate, &own, group.clone()), group, "");
    }
}

pub(super) fn certificates(items: &mut Items<'_>) {
    own(items, Kind::Certificate);
    used(items, Kind::Certificate);
    items.word("secret", ItemKind::Keyword, "a Secret that is there already");
}

pub(super) fn issuers(items: &mut Items<'_>) {
    own_nobody(items, Kind::Issuer);
    let platform = xks_core::model::Platform::default().issuer;
    items.symbol(&Symbol::global(Kind::Issuer, platform.clone()), &platform, "the platform's, unless it names another");
    used(items, Kind::Issuer);
}

/// The hosts that this tenant publishes or has in certificates, as they are written; the patterns that the platform gives
/// out; and values of the environments, of which a host may be made.
pub(super) fn hosts(items: &mut Items<'_>) {
    for host in own_hosts(items) {
        items.symbol(&Symbol::global(Kind::Host, SmolStr::new(host)), host, "");
    }
    for file in &items.snapshot.parsed {
        for statement in &file.file.statements {
            let Body::Platform(platform) = &statement.body else { continue };
            for fact in &platform.facts {
                let zones = fact.items.iter().skip_while(|item| fact.name.value == "issuer" && item.value != "zones");
                if matches!(fact.name.value.as_str(), "hosts" | "issuer") {
                    for item in zones.take_while(|item| item.value != "to").filter(|item| item.value.contains('.')) {
                        items.word(item.value.trim_start_matches("*."), ItemKind::Value, "a zone");
                    }
                }
            }
        }
    }
    for value in items.snapshot.index().declared(None, Kind::Value) {
        let symbol = Symbol::global(Kind::Value, value.clone());
        items.symbol(&symbol, &format!("${{{value}}}"), "a value of the environments");
    }
}

fn own_hosts<'s>(items: &Items<'s>) -> BTreeSet<&'s str> {
    let Some(own) = tenant(items) else { return BTreeSet::new() };
    let written = |body: &'s Body| match body {
        Body::Expose(node) => node.addresses.as_slice(),
        Body::Certificate(node) => node.names.as_slice(),
        _ => &[],
    };
    // What is being typed is no host yet.
    let typed = |text: &&ast::Text| text.span.file == items.word.file && text.span.start == items.word.start;
    let texts = declared::statements(items.snapshot, &own).flat_map(|statement| written(&statement.body));
    texts.filter(|text| !typed(text)).map(|text| split(&text.value).0).filter(|host| !host.is_empty()).collect()
}

/// Every other tenant.
pub(super) fn tenants(items: &mut Items<'_>) {
    others(items, "");
}

/// Every other tenant, and what is written behind its name.
pub(super) fn others(items: &mut Items<'_>, behind: &str) {
    let own = tenant(items);
    for name in items.snapshot.index().tenants().filter(|name| Some(*name) != own.as_ref()) {
        items.symbol(&Symbol::global(Kind::Tenant, name.clone()), &format!("{name}{behind}"), "");
    }
}

pub(super) fn grantees(items: &mut Items<'_>) {
    tenants(items);
    items.word("*", ItemKind::Operator, "every tenant");
}
