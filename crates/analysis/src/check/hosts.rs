//! `platform { hosts … }`: who may have which host.

use crate::model::HostRule;
use xks_base::source::Span;
use xks_base::values::host::Host;

/// Why a tenant may not expose a host, if it may not: the rule that gives it to others, or that there is none. The
/// longest pattern that fits decides.
pub(super) fn refused(rules: &[HostRule], host: &Host, tenant: &str) -> Option<Option<(Span, String)>> {
    if rules.is_empty() {
        return None;
    }
    let fits = |rule: &&HostRule| match rule.pattern.strip_prefix("*.") {
        Some(zone) => host.within(zone) && host.as_str() != zone,
        None => host.as_str() == rule.pattern,
    };
    let longest = rules.iter().filter(fits).map(|rule| (!rule.pattern.starts_with("*."), rule.pattern.len())).max();
    let deciding: Vec<&HostRule> = rules
        .iter()
        .filter(fits)
        .filter(|rule| Some((!rule.pattern.starts_with("*."), rule.pattern.len())) == longest)
        .collect();
    if deciding.iter().any(|rule| rule.tenants.iter().any(|owner| owner == tenant || owner == "*")) {
        return None;
    }
    Some(deciding.first().map(|rule| (rule.span, xks_base::diagnostics::suggest::listed(&rule.tenants, "and"))))
}
