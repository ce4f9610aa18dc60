//! Where included Services lead that have no pods of the tenant behind them: to a name, or to addresses.

use super::{File, spot};
use crate::check::errors::Spot;
use smol_str::SmolStr;
use xks_kubernetes::yaml::Node;

/// A Service and a place that it leads to.
pub(in crate::check) struct Upstream {
    pub(in crate::check) service: SmolStr,
    /// A name in lower case, or an address.
    pub(in crate::check) host: SmolStr,
    pub(in crate::check) place: Spot,
}

/// Where the Services of a file lead.
pub(in crate::check) fn of(file: &File<'_>) -> Vec<Upstream> {
    let mut out = Vec::new();
    for object in &file.objects {
        let spot = spot(object, file);
        let text = |path: &[&str]| object.at(path).and_then(Node::as_str);
        let name = text(&["metadata", "name"]).unwrap_or_default();
        let mut leads = |service: &str, node: Option<&Node<'_>>| {
            let Some((node, host)) = node.and_then(|node| Some((node, node.as_str()?))) else { return };
            let host = SmolStr::new(host.trim_end_matches('.').to_ascii_lowercase());
            out.push(Upstream { service: SmolStr::new(service), host, place: spot(node.line) });
        };
        match text(&["kind"]) {
            Some("Service") if text(&["spec", "type"]) == Some("ExternalName") => {
                leads(name, object.at(&["spec", "externalName"]));
            }
            Some("Endpoints") => {
                for subset in object.get("subsets").map_or(&[][..], Node::items) {
                    for field in ["addresses", "notReadyAddresses"] {
                        let entries = subset.get(field).map_or(&[][..], Node::items);
                        entries.iter().for_each(|entry| leads(name, entry.get("ip")));
                    }
                }
            }
            Some("EndpointSlice") => {
                let service = text(&["metadata", "labels", "kubernetes.io/service-name"]).unwrap_or_default();
                for endpoint in object.get("endpoints").map_or(&[][..], Node::items) {
                    let addresses = endpoint.get("addresses").map_or(&[][..], Node::items);
                    addresses.iter().for_each(|address| leads(service, Some(address)));
                }
            }
            _ => {}
        }
    }
    out
}
