//! Who may have which host: `platform { hosts … }` and `export host …`. What is checked and what is reviewed ask the same.

use super::{Environment, expand};
use smol_str::SmolStr;
use xks_base::source::Span;
use xks_base::values::host::split;

/// `hosts PATTERN, … to TENANT, …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRule {
    /// A host, or `*.ZONE` for every host below that zone.
    pub pattern: SmolStr,
    /// The tenants that may expose it.
    pub tenants: Vec<SmolStr>,
    /// Where it is written.
    pub span: Span,
}

impl HostRule {
    /// Whether it gives what it names to a tenant. The word `nobody` names no tenant.
    pub fn gives(&self, tenant: &str) -> bool {
        names_tenant(&self.tenants, tenant) && (tenant != NOBODY || self.tenants.iter().any(|owner| owner == "*"))
    }

    /// Whether it gives what it names to a tenant and to no other.
    pub fn gives_alone(&self, tenant: &str) -> bool {
        tenant != NOBODY && self.tenants.iter().all(|owner| owner == tenant)
    }
}

/// The word in place of a tenant by which a host is kept back.
const NOBODY: &str = "nobody";

/// Whether a list of tenants holds this one: by its name, or by `*`, which is every tenant.
pub fn names_tenant<'n>(list: impl IntoIterator<Item = &'n SmolStr>, tenant: &str) -> bool {
    list.into_iter().any(|name| name == tenant || name == "*")
}

/// A host of `export host HOST[/PATH] to TENANT, …`, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostGrant {
    /// Who consents.
    pub by: SmolStr,
    /// The host and the path, `${…}` not yet replaced.
    pub what: SmolStr,
    /// Who may have it; `*` is every tenant.
    pub to: Vec<SmolStr>,
}

impl HostGrant {
    /// Whether it lets a tenant have a path of a host; without a path, any of it.
    pub fn lets(&self, env: Option<&Environment>, tenant: &str, host: &str, path: Option<&str>) -> bool {
        let Ok(whole) = expand(env, &self.what) else { return false };
        let (name, below) = split(&whole);
        if name != host || !names_tenant(&self.to, tenant) {
            return false;
        }
        let below = below.trim_end_matches('/');
        let Some(path) = path.filter(|_| !below.is_empty()) else { return true };
        // An expression with alternatives may leave the path that it starts with.
        path.strip_prefix(below).is_some_and(|rest| {
            // Nor does one end where it is said to that may leave the `/` out.
            let is_below = rest.strip_prefix('/').is_some_and(|rest| !rest.starts_with(['?', '*', '{']));
            rest.is_empty() || is_below && !rest.contains('|')
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lets(what: &str, host: &str, path: Option<&str>) -> bool {
        let grant = HostGrant { by: "payments".into(), what: what.into(), to: vec!["shop".into()] };
        assert!(!grant.lets(None, "evil", host, path), "nobody else");
        grant.lets(None, "shop", host, path)
    }

    #[test]
    fn a_grant_holds_its_path_and_what_lies_below() {
        assert!(lets("a.example.com/docs", "a.example.com", Some("/docs")));
        assert!(lets("a.example.com/docs/", "a.example.com", Some("/docs/x")));
        assert!(!lets("a.example.com/docs", "a.example.com", Some("/docsx")));
        assert!(!lets("a.example.com/docs", "a.example.com", Some("/")));
        assert!(!lets("a.example.com/docs", "a.example.com", Some("/docs/(a)|/")));
        for leaves in ["/docs/?x", "/docs/*x", "/docs/{0}x"] {
            assert!(!lets("a.example.com/docs", "a.example.com", Some(leaves)), "{leaves}");
        }
        assert!(lets("a.example.com/docs", "a.example.com", Some("/docs/(v[0-9]+)/(.*)")));
        assert!(!lets("a.example.com/docs", "b.example.com", Some("/docs")));
        assert!(lets("a.example.com", "a.example.com", Some("/")));
        assert!(lets("a.example.com/docs", "a.example.com", None));
    }
}
