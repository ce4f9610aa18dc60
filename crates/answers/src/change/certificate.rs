//! Certificates that are issued anew: a name more or less is a new set of names, and a new order at the issuer.

use super::cause::Provenance;
use super::exposure::object_cause;
use super::object::ObjectChange;
use super::{Class, Effect, Row, Which, side_tenants};
use serde_json::Value;
use smol_str::SmolStr;
use std::collections::{BTreeMap, BTreeSet};
use xks_analysis::model::Platform;
use xks_base::source::Span;
use xks_base::values::host::Host;

/// Certificates that Let's Encrypt issues in seven days for one registered domain.
const A_WEEK: usize = 50;

pub(super) fn rows(objects: &[ObjectChange], platform: &Platform, provenance: &mut Provenance<'_>) -> Vec<Row> {
    let mut found = Vec::new();
    let mut of_domain: BTreeMap<SmolStr, usize> = BTreeMap::new();
    for object in objects.iter().filter(|object| object.kind == "Certificate") {
        let (was, is) = (object.old.as_ref().map(names), object.new.as_ref().map(names));
        let issuer = |side: &Option<Value>| side.as_ref().map(|object| object["spec"]["issuerRef"].clone());
        let moved = issuer(&object.old) != issuer(&object.new);
        let name = format!("{}/{}", object.namespace, object.name);
        let title = match (&was, &is) {
            (None, Some(_)) => format!("new certificate {name}"),
            (Some(_), None) => format!("no more certificate {name}"),
            (Some(was), Some(is)) if was != is => {
                let come = is.difference(was).map(|name| format!("+{name}"));
                let go = was.difference(is).map(|name| format!("-{name}"));
                let changes: Vec<String> = come.chain(go).collect();
                format!("certificate {name} is issued anew: {}", changes.join(" "))
            }
            (Some(_), Some(_)) if moved => format!("certificate {name} is issued anew, by another issuer"),
            _ => continue,
        };
        let mut domains: Vec<SmolStr> = Vec::new();
        for host in is.iter().flatten().filter_map(|name| Host::parse(name).ok()) {
            domains.push(host.registered_domain());
        }
        domains.sort();
        domains.dedup();
        domains.iter().for_each(|domain| *of_domain.entry(domain.clone()).or_default() += 1);
        found.push((object, title, domains));
    }
    let mut out = Vec::new();
    for (object, title, domains) in found {
        let which = if object.new.is_some() { Which::New } else { Which::Old };
        let limit = |domain: &SmolStr| {
            let count = of_domain.get(domain).copied().unwrap_or_default();
            let over = if count > A_WEEK { ", which is too many" } else { "" };
            format!("{count} of {A_WEEK} for {domain}{over}")
        };
        let limits: Vec<String> = domains.iter().map(limit).collect();
        let counted = !limits.is_empty() && !platform.private_authority;
        let note = counted
            .then(|| format!("this change takes, of what Let's Encrypt issues in seven days: {}", limits.join("; ")));
        let (side_provenance, _) = provenance.of(which);
        let tenant = side_provenance.tenant(&object.namespace);
        let certificates = tenant.into_iter().flat_map(|tenant| &tenant.certificates);
        let spans: Vec<Span> = certificates
            .filter(|certificate| {
                certificate.name == object.name || format!("{}-cert", certificate.name) == object.name
            })
            .flat_map(|certificate| certificate.origins.clone())
            .collect();
        let causes = provenance.causes(which, &spans);
        let causes = if causes.is_empty() { vec![object_cause(object, which)] } else { causes };
        let approvals = side_tenants(&causes);
        out.push(Row { note, approvals, ..Row::new(Effect::Notes, &[Class::Certificates], title, causes) });
    }
    out
}

fn names(certificate: &Value) -> BTreeSet<String> {
    let names = certificate["spec"]["dnsNames"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(String::from).collect()
}
