//! What can stand at the cursor.

mod facts;
mod files;
mod items;
mod labels;
mod names;
mod peers;
mod ports;
mod selected;

use super::describe;
use crate::snapshot::{At, Snapshot};
use items::Items;
pub use items::{About, Completions, Item, ItemKind, documentation};
use xks_core::edge::nginx::annotations;
use xks_core::names::uses::Kind;
use xks_core::source::Span;
use xks_core::syntax::Wanted;
use xks_core::syntax::cursor::{self, Place, Slot};

/// What makes the client ask again while a word is typed.
pub const TRIGGERS: [&str; 6] = [" ", "/", ":", ">", ",", "{"];

/// Whether a `{` before a place opens a block: what is offered there would take the line end that comes next. Behind `${` a
/// name is wanted.
pub fn opens_block(snapshot: &Snapshot, at: At) -> bool {
    snapshot.source(at.file).text.get(..at.offset as usize).is_some_and(|before| !before.ends_with("${"))
}

/// What can stand at a place, whatever stands around it.
pub fn completion(snapshot: &Snapshot, at: At) -> Option<Completions> {
    let text = &snapshot.source(at.file).text;
    let place = snapshot.parsed[at.file.0 as usize].place(text, at.offset as usize)?;
    let word = Span::new(at.file, place.start, at.offset as usize);
    let mut items = Items::new(snapshot, word);
    match place.slot {
        Slot::Statement => statements(&mut items),
        Slot::Clause => clauses(&mut items, &place),
        Slot::Part(wanted) => part(&mut items, wanted, &place),
        Slot::Fact => xks_core::check::fact_names().for_each(|name| items.fact(name)),
        Slot::FactWord => facts::words(&mut items, &place),
        Slot::ValueName | Slot::Interpolation => names::own_nobody(&mut items, Kind::Value),
        Slot::Nothing => {}
    }
    Some(items.finish())
}

/// Whole statements, with places to fill in. What stands between `${` and `}` is an example.
const SNIPPETS: &[(&str, &str)] = &[
    ("allow", "allow ${1:web} -> ${2:api}"),
    ("app", "app ${1:web} port ${2:http} ${3:8080}"),
    ("certificate", "certificate ${1:shared} names ${2:mail.example.com}"),
    ("expect", "expect ${1:web} -> ${2:api}"),
    ("export", "export ${1:api} to ${2:shop}"),
    ("expose", "expose ${1:web} at ${2:www.example.com} tls ${3:shared}"),
    ("external", "external ${1:bank} -> ${2:bank.example.com}:${3:443}"),
    ("group", "group ${1:backends} = ${2:api}"),
    ("include", "include \"${1:manifests/extra.yaml}\""),
    ("never", "never ${1:internet} -> ${2:db}"),
    ("platform", "platform {\n  ${1:kubernetes 1.33}\n}"),
    ("ports", "ports ${1:web-like} = ${2:80}, ${3:443}"),
    ("service", "service ${1:web} port ${2:http} ${3:80}"),
    ("tenant", "tenant ${1:name}"),
];

fn statements(items: &mut Items<'_>) {
    let names = Names::of(items);
    for word in cursor::statements() {
        let snippet = SNIPPETS.iter().find(|(keyword, _)| *keyword == word);
        let fitting =
            snippet.map(|(word, snippet)| if *word == "app" { snippet.to_string() } else { names.fit(snippet) });
        items.keyword(word, fitting, About::Statement(word.into()));
    }
}

/// The names that stand in the place of the examples in snippets.
struct Names {
    apps: Vec<String>,
    other: Option<String>,
    stem: String,
}

impl Names {
    fn of(items: &Items<'_>) -> Names {
        let index = items.snapshot.index();
        let own = index.tenant_of(items.word.file);
        let apps = own.map(|own| index.declared(Some(own), Kind::App)).unwrap_or_default();
        Names {
            apps: apps.into_iter().map(ToString::to_string).collect(),
            other: index.tenants().find(|name| Some(*name) != own).map(ToString::to_string),
            stem: items.snapshot.source(items.word.file).stem().to_string(),
        }
    }

    /// A snippet whose examples are apps of this tenant, another tenant and the name of the file, where there are any;
    /// the only app has rules towards the internet.
    fn fit(&self, snippet: &str) -> String {
        let first = self.apps.first().map(String::as_str);
        let only = if snippet.contains(":web}") { first.map(|_| "internet:443") } else { first };
        let of = |example: &str| match example {
            "web" => first,
            "api" | "db" => self.apps.get(1).map(String::as_str).or(only),
            "shop" => self.other.as_deref(),
            "name" => Some(self.stem.as_str()),
            _ => None,
        };
        let mut parts = snippet.split("${");
        let mut out = parts.next().unwrap_or_default().to_string();
        for part in parts {
            let example = part.split_once(':').and_then(|(stop, rest)| Some((stop, rest.split_once('}')?)));
            match example.and_then(|(stop, (example, rest))| Some((stop, of(example)?, rest))) {
                Some((stop, name, rest)) => out += &format!("${{{stop}:{name}}}{rest}"),
                None => out += &format!("${{{part}"),
            }
        }
        out
    }
}

fn clauses(items: &mut Items<'_>, place: &Place<'_>) {
    for word in place.clauses() {
        items.keyword(word, None, About::Clause { of: place.statement.into(), word: word.into() });
    }
    peers::more(items, place);
}

fn part(items: &mut Items<'_>, wanted: Wanted, place: &Place<'_>) {
    match wanted {
        Wanted::Arrow => {
            items.word("->", ItemKind::Operator, "");
            peers::more(items, place);
        }
        Wanted::At => items.keyword("at", None, About::Statement("expose".into())),
        Wanted::To => {
            items.keyword("to", None, About::Statement("export".into()));
            match place.before.as_slice() {
                ["export", "host"] => names::hosts(items),
                ["export", "publish"] => peers::peers(items, place),
                _ => {}
            }
        }
        Wanted::Peer => peers::peers(items, place),
        Wanted::Target => ports::targets(items),
        Wanted::Grantee => names::grantees(items),
        Wanted::App => names::own(items, Kind::App),
        Wanted::CertificateGroup => names::certificates(items),
        Wanted::Secret => names::used(items, Kind::Secret),
        Wanted::Issuer => names::issuers(items),
        Wanted::Environment => names::own_nobody(items, Kind::Environment),
        Wanted::Host | Wanted::HostName => names::hosts(items),
        Wanted::Mesh => items.word("linkerd", ItemKind::Value, ""),
        Wanted::LimitKind => {
            items.word("connections", ItemKind::EnumMember, "requests in flight, for each client address");
            items.word("rps", ItemKind::EnumMember, "requests a second, for each client address");
        }
        Wanted::Backend => {
            for protocol in ["http", "https", "grpc", "grpcs"] {
                items.word(protocol, ItemKind::EnumMember, "");
            }
        }
        Wanted::Seconds => {
            for (time, detail) in [("30s", ""), ("60s", "what holds without a timeout"), ("300s", "five minutes")] {
                items.word(time, ItemKind::Value, detail);
            }
        }
        Wanted::AnnotationName => {
            for row in annotations::names().filter_map(annotations::find) {
                let detail = format!("risk {:?}; {}", row.risk, describe::kind(row));
                items.about(&row.name, ItemKind::Property, &detail, About::Annotation(row.name.clone()));
            }
        }
        Wanted::Value => annotation_values(items, place),
        Wanted::Date => dates(items),
        Wanted::TenantName => {
            let stem = items.snapshot.source(items.word.file).stem().to_string();
            items.word(&stem, ItemKind::Module, "the name of this file");
        }
        Wanted::Braces => items.word("{", ItemKind::Operator, ""),
        Wanted::Equals => items.word("=", ItemKind::Operator, ""),
        Wanted::Label | Wanted::LabelValue => labels::labels(items, place),
        Wanted::Quoted if place.statement == "include" => files::manifests(items),
        Wanted::PortName if place.statement == "service" => ports::of_service(items, place),
        Wanted::PortNumber if items.typed().contains('/') => ports::protocols(items),
        Wanted::Name if place.before == ["certificate"] => names::undeclared_certificates(items),
        Wanted::LabelPair
        | Wanted::Port
        | Wanted::Quoted
        | Wanted::Remote
        | Wanted::Range
        | Wanted::Path
        | Wanted::Url
        | Wanted::AppName
        | Wanted::PortName
        | Wanted::PortNumber
        | Wanted::Name
        | Wanted::Number
        | Wanted::FactName => {}
    }
}

fn annotation_values(items: &mut Items<'_>, place: &Place<'_>) {
    let ["nginx", key] = place.before.as_slice() else { return };
    let Some(row) = annotations::find(key) else { return };
    let words = row.words.iter().map(|word| word.as_str());
    let booleans = if row.kind == annotations::Kind::Bool { &["true", "false"][..] } else { &[] };
    for word in words.chain(booleans.iter().copied()) {
        let default = row.default.as_deref() == Some(word);
        items.word(word, ItemKind::Value, if default { "the default" } else { "" });
    }
}

/// Days from today.
fn dates(items: &mut Items<'_>) {
    let Some(today) = items.snapshot.options.today else { return };
    for (days, detail) in [(30, "in 30 days"), (90, "in 90 days"), (365, "in a year")] {
        if let Some(date) = today.plus_days(days) {
            items.word(&date.to_string(), ItemKind::Value, detail);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use xks_core::source::FileId;

    #[test]
    fn every_statement_has_a_snippet_that_is_sound() {
        for word in cursor::statements() {
            let (_, snippet) = SNIPPETS.iter().find(|(keyword, _)| *keyword == word).expect(word);
            let mut text = snippet.to_string();
            while let Some(start) = text.find("${") {
                let colon = start + text[start..].find(':').expect("a placeholder");
                let end = colon + text[colon..].find('}').expect("a placeholder");
                text = format!("{}{}{}", &text[..start], &text[colon + 1..end], &text[end + 1..]);
            }
            let parsed = xks_core::syntax::parse(FileId(0), &text);
            assert!(parsed.diagnostics.is_empty() && parsed.file.statements.len() == 1, "{text}");
        }
    }
}
