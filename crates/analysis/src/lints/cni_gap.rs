//! What the platform's network plugin is known not to do.

use super::Facts;
use crate::model::{Cni, End};
use xks_base::diagnostics::{Diagnostic, codes};
use xks_base::values::port::{PortRef, Protocol};

codes! {
    CNI_GAP = "cni-gap", Warn (lint), "the network plugin does not do what a rule says";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let Some(cni) = facts.platform().cni else { return };
    for rule in facts.rules() {
        let sctp = rule.to.ports.iter().any(|port| port.protocol == Protocol::Sctp);
        let range = rule.to.ports.iter().any(|port| matches!(port.port, PortRef::Numbers(low, high) if low != high));
        let except = [&rule.from.end, &rule.to.end].iter().any(|end| matches!(end, End::Blocks(name, blocks) if name != "internet" && blocks.iter().any(|block| !block.except.is_empty())));
        let gap = match cni {
            Cni::Cilium if sctp => "Cilium does not match SCTP",
            Cni::Other if range => "some network plugins open only the first port of a range",
            Cni::VpcCni if except => "the AWS VPC CNI takes `except` for a denial, even of what another rule opens",
            Cni::Calico | Cni::Cilium | Cni::Other | Cni::VpcCni => continue,
        };
        let diagnostic = Diagnostic::new(&CNI_GAP, rule.to.span, gap)
            .help("write the rule without it, or test what the cluster really does");
        let fact = facts.platform().fact("cni");
        out.push(
            fact.into_iter()
                .fold(diagnostic, |diagnostic, span| diagnostic.secondary(span, "the platform's network plugin")),
        );
    }
}
