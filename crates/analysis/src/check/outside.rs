//! Where the ingress controller may be led: behind an exposed `external`, and by the URLs of annotations. It stands where
//! policies admit it everywhere, and does what anybody on the Internet asks of it.

use super::Context;
use super::errors::Refusal;
use crate::model::{External, Outside, Platform, Remote, names_tenant};
use crate::names::Scope;
use ipnet::IpNet;
use smol_str::{SmolStr, format_smolstr};
use std::net::IpAddr;
use xks_base::values::address;
use xks_base::values::host::{Host, Spells, is_inner, spells};

/// Why a tenant may not have the controller led to a host, a name in lower case or an address, if it may not.
pub(super) fn refused(cx: &Context<'_, '_>, scope: &Scope<'_>, host: &str) -> Option<Refusal> {
    if granted(cx.platform, &scope.name, host) {
        return None;
    }
    let reason = match host.parse::<IpAddr>() {
        Ok(ip) => of_address(cx.platform, &ip),
        Err(_) => of_name(cx, host),
    };
    if let Some(reason) = reason {
        return Some(Refusal { reason, fact: None });
    }
    let stated = cx.platform.ways_out.first()?;
    let reason = format!("the platform says where tenants may lead, and does not name it for `{}`", scope.name);
    Some(Refusal { reason, fact: Some(stated.span) })
}

/// Why a tenant may not have the controller led to what is behind an external, if it may not: where, and why.
pub(super) fn of_external(cx: &Context<'_, '_>, scope: &Scope<'_>, external: &External) -> Option<(SmolStr, Refusal)> {
    let ends: Vec<SmolStr> = match &external.remote {
        Remote::Host(host) => vec![host.shared()],
        Remote::Addresses(addresses) => addresses.iter().map(|ip| format_smolstr!("{ip}")).collect(),
    };
    ends.into_iter().find_map(|end| refused(cx, scope, &end).map(|refusal| (end, refusal)))
}

/// Whether a fact of the platform lets a tenant lead there.
pub(super) fn granted(platform: &Platform, tenant: &str, host: &str) -> bool {
    let ip = host.parse::<IpAddr>().ok();
    platform.ways_out.iter().any(|way| {
        let there = match (&way.to, ip) {
            (Outside::Range(range), Some(ip)) => range.contains(&ip),
            (Outside::Host(pattern), None) => match pattern.strip_prefix("*.") {
                Some(zone) => host.strip_suffix(zone).is_some_and(|head| head.len() > 1 && head.ends_with('.')),
                None => pattern == host,
            },
            (Outside::Range(_), None) | (Outside::Host(_), Some(_)) => false,
        };
        there && names_tenant(&way.tenants, tenant)
    })
}

/// Whether a name is that of a Service of this namespace.
pub(super) fn is_own_service(host: &str, namespace: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    match labels.as_slice() {
        [_, own] | [_, own, "svc"] | [_, own, "svc", "cluster", "local"] => *own == namespace,
        _ => false,
    }
}

fn of_address(platform: &Platform, ip: &IpAddr) -> Option<String> {
    let inner = address::embedded(ip);
    let all: Vec<IpAddr> = std::iter::once(*ip).chain(inner.iter().map(|v4| IpAddr::V4(*v4))).collect();
    let within = |ranges: &[IpNet]| all.iter().any(|ip| ranges.iter().any(|range| range.contains(ip)));
    let known = [
        (&platform.metadata, "it is the cloud's metadata service"),
        (&platform.kube_api, "it is the API server"),
        (&platform.pod_ranges, "it is the address of a pod"),
        (&platform.service_ranges, "it is the address of a Service"),
        (&platform.node_ranges, "it is the address of a node"),
        (&platform.dns_addresses, "it is the cluster's DNS"),
        (&platform.ingress_addresses, "it is the ingress controller itself"),
    ];
    if let Some(why) = all.iter().find_map(address::not_an_endpoint) {
        return Some(why.to_string());
    }
    if all.iter().any(address::is_metadata) {
        return Some("it is a cloud's metadata service".to_string());
    }
    if let Some((_, why)) = known.iter().find(|(ranges, _)| within(ranges)) {
        return Some((*why).to_string());
    }
    let is_unrouted = |ip: &IpAddr| address::is_private(ip) || address::is_reserved(ip);
    if !inner.is_empty() && all[1..].iter().any(is_unrouted) {
        return Some(format!("it holds the private address {}", inner[0]));
    }
    let stated = [&platform.pod_ranges, &platform.service_ranges, &platform.node_ranges];
    if is_unrouted(ip) && stated.iter().any(|ranges| ranges.is_empty()) {
        return Some(
            "it is a private address, which may be inside of the cluster: \
             the platform does not state all of `pod-ranges`, `service-ranges` and `node-ranges`"
                .to_string(),
        );
    }
    None
}

fn of_name(cx: &Context<'_, '_>, name: &str) -> Option<String> {
    let last = name.rsplit('.').next().unwrap_or(name);
    let inside = "it leads back into the cluster, past the policies of whoever is there (CVE-2021-25740)";
    if last == "localhost" {
        return Some("it is the controller itself".into());
    }
    if matches!(last, "svc" | "pod" | "local") || name.contains(".svc.") || name.contains(".pod.") {
        return Some(inside.into());
    }
    // The controller looks names up with the cluster's search domains.
    if cx.platform.owns_namespace(last) || cx.names.tenants.iter().any(|scope| scope.namespace == last) {
        return Some(format!("`{last}` is a namespace: {inside}"));
    }
    match spells(name) {
        Spells::Any => return Some("its address is whatever is written into the name".into()),
        Spells::Address(v4) => {
            if of_address(cx.platform, &IpAddr::V4(v4)).is_some() || address::is_private(&IpAddr::V4(v4)) {
                return Some(format!("the name is made of the address {v4}"));
            }
        }
        Spells::Nothing => {}
    }
    if is_inner(name) || Host::parse(name).is_err() {
        return Some("it ends in no public suffix, so that only resolvers inside know whose it is".into());
    }
    None
}
