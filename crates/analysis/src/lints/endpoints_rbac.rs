//! Externals with addresses, whose Endpoints the stock roles may not write.

use super::Facts;
use crate::model::Remote;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    ENDPOINTS_RBAC = "endpoints-rbac", Allow (lint), "tenants often may not write Endpoints";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    for external in facts.parts().flat_map(|part| &part.tenant.externals) {
        if matches!(external.remote, Remote::Addresses(_)) {
            let diagnostic = Diagnostic::new(
                &ENDPOINTS_RBAC,
                external.origin,
                format!("the stock roles may not write the addresses of `{}`", external.name),
            )
            .note("since Kubernetes 1.22 `edit` and `admin` lack Endpoints and EndpointSlices (CVE-2021-25740)")
            .help("apply them with a GitOps account that may, or give the external a name");
            out.push(diagnostic);
        }
    }
}
