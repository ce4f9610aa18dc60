//! What the user can switch off.

use serde_json::Value;

/// The settings below `xks.`; what the client does not mention is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// The number behind a port's name.
    pub(crate) port_hints: bool,
    /// How many names a certificate has.
    pub(crate) certificate_hints: bool,
    /// The Secret that a certificate is in.
    pub(crate) secret_hints: bool,
    /// How many objects a statement becomes.
    pub(crate) object_lenses: bool,
    /// From how many tenants something is reached.
    pub(crate) reachability_lenses: bool,
}

impl Settings {
    /// Reads initialization options, or the settings of `workspace/didChangeConfiguration`, which may be below `xks`.
    pub(crate) fn new(options: Option<&Value>) -> Settings {
        let options = options.map(|options| options.get("xks").unwrap_or(options));
        let on = |group: &str, name: &str| {
            options.and_then(|options| options.get(group)?.get(name)?.as_bool()).unwrap_or(true)
        };
        Settings {
            port_hints: on("inlayHints", "ports"),
            certificate_hints: on("inlayHints", "certificates"),
            secret_hints: on("inlayHints", "secrets"),
            object_lenses: on("codeLens", "objects"),
            reachability_lenses: on("codeLens", "reachability"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_not_mentioned_is_on() {
        let all = Settings::new(None);
        assert!(all.port_hints && all.certificate_hints && all.secret_hints);
        assert!(all.object_lenses && all.reachability_lenses);
        let off = json!({ "inlayHints": { "ports": false }, "codeLens": { "objects": false, "reachability": 3 } });
        let wanted = Settings { port_hints: false, object_lenses: false, ..all };
        assert_eq!(Settings::new(Some(&off)), wanted);
        assert_eq!(Settings::new(Some(&json!({ "xks": off }))), wanted);
    }
}
