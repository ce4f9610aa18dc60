//! Synthetic workspaces: N tenants that each become 22 objects and talk to the next one.

use std::fmt::Write as _;
use xks_core::source::{Source, Sources};

/// The files of a workspace of `tenants` tenants.
///
/// Each tenant exposes five apps (two privately) under one certificate, lets three of its apps reach three of the next
/// tenant's and one reach every IPv4 address, and publishes an external address: 13 NetworkPolicies, 6 Ingresses, a
/// Certificate, a Service and its Endpoints.
pub(crate) fn sources(tenants: usize) -> Sources {
    let platform = "platform {\n  namespace-label name\n  lint any-address allow\n  lint certificate-rate allow\n  lint unverified-upstream allow\n  lint redundant-allow allow\n  lint unused-export allow\n}\n";
    let files = (0..tenants).map(|tenant| Source::new(format!("tenants/t{tenant}.xks"), text(tenant, tenants)));
    Sources::new(files.chain([Source::new("platform.xks", platform)]).collect())
}

fn text(tenant: usize, tenants: usize) -> String {
    let next = (tenant + 1) % tenants;
    let last = (tenant + tenants - 1) % tenants;
    let mut text = format!("tenant t{tenant}\n\n");
    for app in 0..5 {
        let access = if app < 3 { "" } else { " private" };
        let _ = writeln!(text, "expose a{app} at a{app}.t{tenant}.example.com{access} tls shared");
    }
    for app in 0..3 {
        let _ = writeln!(text, "allow a{} -> t{next}/a{app}:8080", app + 5);
    }
    let _ = writeln!(text, "export a0:8080, a1:8080, a2:8080 to t{last}");
    text.push_str("allow a8 -> 0.0.0.0/0\n");
    let _ = writeln!(
        text,
        "external to-external -> 198.{}.{}.{}:443",
        51 + tenant / 62_500,
        tenant / 250 % 250,
        tenant % 250 + 1
    );
    let host = format!("to-external.t{tenant}.example.com");
    let _ = writeln!(text, "expose to-external at {host} tls secret to-external {{ host-header {host} }}");
    text
}
