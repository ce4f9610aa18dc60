//! A range that holds pods or Services, which policies see otherwise.

use super::Facts;
use crate::model::End;
use xks_base::diagnostics::{Diagnostic, codes};

codes! {
    CIDR_IN_CLUSTER = "cidr-in-cluster", Warn (lint), "a range of addresses lies inside the cluster";
}

pub(super) fn run(facts: &Facts<'_>, out: &mut Vec<Diagnostic>) {
    let platform = facts.platform();
    for rule in facts.rules() {
        for resolved in [&rule.from, &rule.to] {
            let End::Blocks(name, blocks) = &resolved.end else { continue };
            let built_in = matches!(name.as_str(), "internet" | "kube-api" | "nodes" | "metadata");
            let inside = |ranges: &[ipnet::IpNet]| {
                blocks.iter().any(|block| ranges.iter().any(|range| range.contains(&block.cidr)))
            };
            if built_in {
                continue;
            }
            let note = if inside(&platform.service_ranges) {
                "policies see the pod behind a Service, not the Service's address"
            } else if inside(&platform.pod_ranges) {
                "pods get new addresses all the time, and Cilium never matches them by address"
            } else {
                continue;
            };
            out.push(
                Diagnostic::new(&CIDR_IN_CLUSTER, resolved.span, "these addresses belong to the cluster itself")
                    .note(note)
                    .help("name the app: `team/app`"),
            );
        }
    }
}
