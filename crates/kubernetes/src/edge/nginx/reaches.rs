//! The column `reaches`: what an annotation leads the controller to. Whose that is, is for others to judge.

use super::annotations::Row;
use super::columns::Reaches;
use super::given::Given;
use smol_str::SmolStr;

/// Something that an annotation reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// A Secret or ConfigMap of a namespace that is written.
    Object {
        /// `Secret` or `ConfigMap`.
        kind: &'static str,
        /// Its namespace.
        namespace: SmolStr,
        /// Its name.
        name: SmolStr,
    },
    /// A host that is answered too.
    Alias(Alias),
    /// A Service of the same namespace, which answers in place of the one of the rule.
    Service(SmolStr),
    /// The host with `www.` for one without it, and the other way round.
    Www,
    /// The host and port of a URL.
    Url(Target),
    /// The Ingress that this one takes requests from.
    Main,
}

/// A further host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alias {
    /// A name, perhaps with `*.` in front.
    Name(SmolStr),
    /// Names of any zone: `www.example.*`.
    AnyZone(SmolStr),
    /// The names that a regular expression matches.
    Pattern(SmolStr),
}

impl Alias {
    /// The name, if it is one.
    pub fn name(&self) -> Option<&SmolStr> {
        match self {
            Alias::Name(name) => Some(name),
            Alias::AnyZone(_) | Alias::Pattern(_) => None,
        }
    }
}

/// Where a URL leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// To a host as written: a name, or an address without brackets.
    Host(SmolStr),
    /// To where this very request came: `$host` and its like.
    Own,
    /// To where the client says, by this variable.
    Client(SmolStr),
}

/// Variables that hold the host of the Ingress, or its own namespace and Service.
const OWN: &[&str] = &["host", "server_name", "namespace", "service_name", "scheme"];

/// What the annotations of an Ingress reach, each with the row and the key as written.
pub fn reached<'a>(given: Given<'a>) -> impl Iterator<Item = (&'static Row, &'a SmolStr, Reach)> {
    given.known().flat_map(|(row, key, value)| {
        row.reaches.into_iter().flat_map(|reaches| of(reaches, value)).map(move |reach| (row, key, reach))
    })
}

fn of(reaches: Reaches, value: &SmolStr) -> Vec<Reach> {
    let object = |kind| {
        value.split_once('/').map(|(namespace, name)| Reach::Object {
            kind,
            namespace: SmolStr::new(namespace),
            name: SmolStr::new(name),
        })
    };
    let on = super::given::truth(value) == Some(true);
    match reaches {
        Reaches::Secret => object("Secret").into_iter().collect(),
        Reaches::ConfigMap => object("ConfigMap").into_iter().collect(),
        // The controller looks for it in the namespace of the Ingress alone, and passes over a namespace that is written.
        Reaches::Service => {
            let name = value.rsplit('/').next().unwrap_or_default();
            vec![Reach::Service(SmolStr::new(name))]
        }
        Reaches::Hosts => aliases(value).map(Reach::Alias).collect(),
        Reaches::Www => on.then_some(Reach::Www).into_iter().collect(),
        Reaches::Url => vec![Reach::Url(target(value))],
        Reaches::Main => on.then_some(Reach::Main).into_iter().collect(),
    }
}

/// The hosts of `server-alias`, in lower case, as nginx compares them.
pub fn aliases(list: &str) -> impl Iterator<Item = Alias> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty()).map(|item| match item.strip_prefix('~') {
        Some(pattern) => Alias::Pattern(SmolStr::new(pattern)),
        None if item.ends_with(".*") => Alias::AnyZone(SmolStr::new(item.to_ascii_lowercase())),
        None => Alias::Name(SmolStr::new(item.to_ascii_lowercase())),
    })
}

/// Takes further hosts out of annotations: names of aliases, and the host with or without `www.`.
pub fn without_hosts(annotations: &mut Vec<(SmolStr, SmolStr)>, gone: impl Fn(&str) -> bool, is_twin_gone: bool) {
    annotations.retain_mut(|(key, value)| match super::annotations::find(key).and_then(|row| row.reaches) {
        Some(Reaches::Hosts) => {
            let kept: Vec<&str> = value
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty() && !gone(&item.to_ascii_lowercase()))
                .collect();
            *value = SmolStr::new(kept.join(","));
            !value.is_empty()
        }
        Some(Reaches::Www) => !is_twin_gone,
        Some(_) | None => true,
    });
}

/// Where a URL leads: what stands between `://` and the next `/` or `?`, without the port.
pub fn target(url: &str) -> Target {
    let Some((scheme, rest)) = url.split_once("://") else { return variable(url) };
    if let Target::Client(name) = variable(scheme) {
        return Target::Client(name);
    }
    let authority = authority(rest);
    match variable(authority) {
        client @ Target::Client(_) => client,
        Target::Own if authority.contains('$') => {
            // `$service_name.$namespace.svc` and `$host` lead to what is the tenant's own; `$host.evil.test` does not.
            let (host, _) = xks_base::values::host::split_port(authority);
            let whole =
                host.split('.').all(|label| label.starts_with('$') || ["svc", "cluster", "local"].contains(&label));
            if whole { Target::Own } else { Target::Client(SmolStr::new(host)) }
        }
        Target::Own | Target::Host(_) => {
            let (host, _) = xks_base::values::host::split_port(authority);
            Target::Host(SmolStr::new(host.trim_end_matches('.').to_ascii_lowercase()))
        }
    }
}

/// The part of a URL behind `://` that names host and port. A variable glued to it may go on with it.
pub(super) fn authority(rest: &str) -> &str {
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let authority = &rest[..end];
    // `https://m.example.com$request_uri`: a variable that starts with a `/`.
    ["$request_uri", "${request_uri}", "$uri", "${uri}", "$document_uri", "${document_uri}"]
        .into_iter()
        .find_map(|path| authority.find(path))
        .map_or(authority, |at| &authority[..at])
}

/// The first variable that the client sets, if there is one.
fn variable(text: &str) -> Target {
    let names = text.split('$').skip(1).map(|rest| {
        let rest = rest.trim_start_matches('{');
        &rest[..rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len())]
    });
    for name in names {
        if !OWN.contains(&name) {
            return Target::Client(SmolStr::new(format!("${name}")));
        }
    }
    Target::Own
}

#[cfg(test)]
mod tests {
    use super::super::annotations;
    use super::*;

    fn found(key: &str, value: &str) -> Vec<Reach> {
        let given = [(SmolStr::new(key), SmolStr::new(value))];
        reached(Given::new(&given)).map(|(_, _, reach)| reach).collect()
    }

    #[test]
    fn each_row_that_reaches_names_what() {
        for row in annotations::rows().filter(|row| row.reaches.is_some()) {
            let (value, count) = match row.reaches.unwrap() {
                Reaches::Secret | Reaches::ConfigMap => ("other/name", 1),
                Reaches::Service => ("errors", 1),
                Reaches::Hosts => ("a.example.com, ~^b", 2),
                Reaches::Www | Reaches::Main => ("true", 1),
                Reaches::Url => ("https://a.example.com/x", 1),
            };
            assert_eq!(found(&row.name, value).len(), count, "{}", row.name);
        }
    }

    #[test]
    fn further_hosts_are_taken_out_alone() {
        let left = |key: &str, value: &str, twin| {
            let mut given = vec![(SmolStr::new(key), SmolStr::new(value)), ("app-root".into(), "/x".into())];
            without_hosts(&mut given, |host| host == "b.example.com", twin);
            given.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>()
        };
        assert_eq!(
            left("server-alias", "a.example.com, B.example.com", false),
            ["server-alias=a.example.com", "app-root=/x"]
        );
        assert_eq!(left("server-alias", "b.example.com", false), ["app-root=/x"]);
        assert_eq!(left("from-to-www-redirect", "true", true), ["app-root=/x"]);
        assert_eq!(left("from-to-www-redirect", "true", false), ["from-to-www-redirect=true", "app-root=/x"]);
    }

    #[test]
    fn urls_lead_to_hosts() {
        let host = |text| Target::Host(SmolStr::new(text));
        assert_eq!(target("http://API.payments.svc.cluster.local./x"), host("api.payments.svc.cluster.local"));
        assert_eq!(target("http://[::1]:80/x"), host("::1"));
        assert_eq!(target("https://m.example.com$request_uri"), host("m.example.com"));
        assert_eq!(target("https://1.2.3.4:99?a=b"), host("1.2.3.4"));
        assert_eq!(target("https://$host/oauth2/auth"), Target::Own);
        assert_eq!(target("$scheme://$host:8080/x"), Target::Own);
        assert_eq!(target("http://$service_name.$namespace.svc/x"), Target::Own);
        for client in
            ["http://$arg_to/", "http://a.$http_x/", "$arg_url", "http://${cookie_x}.a.b/", "http://$host.evil.test/"]
        {
            assert!(matches!(target(client), Target::Client(_)), "{client}");
        }
    }
}
