//! Pods and addresses as the language writes them.

use super::Subject;
use super::peers::of_model;
use smol_str::SmolStr;
use xks_analysis::names::resolve::internet;
use xks_kubernetes::cluster::addresses::Addresses;
use xks_kubernetes::cluster::labels::{Labelled, NAMESPACE_NAME, Settings};
use xks_kubernetes::cluster::objects::ContainerPort;
use xks_kubernetes::cluster::ports::Ports;
use xks_kubernetes::cluster::relation::{End, Pods, Sample};

/// How many namespaces or ranges are listed one by one.
const FEW: usize = 6;

/// One end of a connection: `shop/web`, `a pod of shop`, `1.2.3.4`.
pub(super) fn sample(subject: &Subject<'_>, sample: &Sample) -> String {
    match sample {
        Sample::Address(address) => address.to_string(),
        Sample::Pod { namespace, labels, .. } => {
            let tenant = tenant(subject, namespace);
            let app = labels.iter().find(|(key, _)| *key == subject.platform.app_label);
            match (&labels[..], app) {
                ([], _) => format!("a pod of {tenant}"),
                ([_], Some((_, app))) => format!("{tenant}/{app}"),
                (several, _) => {
                    let labels: Vec<String> = several.iter().map(|(key, value)| format!("{key}={value}")).collect();
                    format!("{tenant}/pods({})", labels.join(", "))
                }
            }
        }
    }
}

/// The tenant whose namespace it is, or the namespace.
fn tenant(subject: &Subject<'_>, namespace: &SmolStr) -> SmolStr {
    subject.names.by_namespace(namespace).map_or_else(|| namespace.clone(), |scope| scope.name.clone())
}

/// Whose an end is, and who of them: one entry for each tenant, where they are few.
pub(super) fn end(subject: &Subject<'_>, end: &End) -> Vec<(String, String)> {
    match end {
        End::Addresses(addresses) => vec![("outside the cluster".to_string(), outside(subject, addresses))],
        End::Pods(pods) => {
            let who = who(subject, pods.labels());
            let rest = pods.namespaces().without(&NAMESPACE_NAME);
            match pods.namespaces().names() {
                Some(names) if names.len() <= FEW => {
                    let only = if rest.is_all() { String::new() } else { format!(" (if the namespace is {rest})") };
                    let one = |name: &SmolStr| {
                        let tenant = tenant(subject, name);
                        (tenant.to_string(), format!("{tenant}/{who}{only}"))
                    };
                    names.map(one).collect()
                }
                _ => vec![(namespaces(pods), format!("{who} of {}", namespaces(pods)))],
            }
        }
    }
}

/// `*`, `web`, `pods(k=v)`
fn who(subject: &Subject<'_>, labels: &Labelled) -> String {
    match labels.conditions() {
        [] => "*".to_string(),
        [(key, Settings::Among(few))] if *key == subject.platform.app_label => match &few[..] {
            [Some(app)] => app.to_string(),
            _ => format!("pods({labels})"),
        },
        conditions => {
            // That a label is absent is said only where nothing else is: of a known pod most are.
            let mut shared =
                conditions.iter().filter(|(_, settings)| !matches!(settings, Settings::Among(few) if **few == [None]));
            let shared = shared.try_fold(Labelled::all(), |all, (key, settings)| all.with(key, settings));
            match shared.filter(|shared| !shared.is_all()) {
                Some(shared) if shared.conditions().len() < conditions.len() => who(subject, &shared),
                Some(_) | None => format!("pods({labels})"),
            }
        }
    }
}

fn namespaces(pods: &Pods) -> String {
    let names = pods.namespaces().names().map(|names| names.len());
    let rest = pods.namespaces().without(&NAMESPACE_NAME);
    match (names, pods.namespaces().condition(&NAMESPACE_NAME)) {
        (Some(count), _) if rest.is_all() => format!("{count} namespaces"),
        (Some(count), _) => format!("{count} namespaces, where they are {rest}"),
        (None, Some(Settings::Except(few))) if few.len() <= 1 && rest.is_all() => "every namespace".to_string(),
        (None, Some(Settings::Except(few))) if few.len() <= 1 => format!("the namespaces {rest}"),
        (None, _) if rest.is_all() => "every other namespace".to_string(),
        (None, _) => format!("every other namespace that is {rest}"),
    }
}

/// `internet`, ranges, or how many ranges.
fn outside(subject: &Subject<'_>, addresses: &Addresses) -> String {
    let public = of_model(subject.platform, &internet(subject.platform));
    if public == [End::Addresses(addresses.clone())] {
        return "internet".to_string();
    }
    if *addresses == Addresses::all() {
        return "every address".to_string();
    }
    let nets = addresses.to_nets();
    let less = Addresses::all().difference(addresses).to_nets();
    let listed = |nets: &[ipnet::IpNet]| nets.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
    if nets.len() <= FEW {
        let whole = |net: &ipnet::IpNet| net.prefix_len() == net.max_prefix_len();
        let one = |net: &ipnet::IpNet| if whole(net) { net.addr().to_string() } else { net.to_string() };
        nets.iter().map(one).collect::<Vec<_>>().join(", ")
    } else if less.len() <= FEW {
        format!("every address except {}", listed(&less))
    } else {
        format!("{} and {} more ranges", listed(&nets[..1]), nets.len() - 1)
    }
}

/// Ports of a pod that declares these; of others as they are. Each number of a pod has the name that the pod gives it, so
/// that the number says it.
pub(super) fn ports(ports: &Ports, known: &[ContainerPort]) -> String {
    let named = known.iter().map(|port| (port.name.as_deref().unwrap_or_default(), port.protocol, port.number));
    if ports.at(named.clone()).is_empty() || known.is_empty() && *ports != ports.unnamed() {
        return ports.to_string();
    }
    ports.at(named).to_string()
}
