//! What the user can switch off.

use serde_json::Value;
use xks_ide::features::{code_lens, inlay_hints};

/// The settings below `xks.`; what the client does not mention is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settings {
    /// `inlayHints`.
    pub(crate) hints: inlay_hints::Wanted,
    /// `codeLens`.
    pub(crate) lenses: code_lens::Wanted,
}

impl Settings {
    /// Reads initialization options, or the settings of `workspace/didChangeConfiguration`, which may be below `xks`.
    pub(crate) fn new(options: Option<&Value>) -> Settings {
        let options = options.map(|options| options.get("xks").unwrap_or(options));
        let on = |group: &str, name: &str| {
            options.and_then(|options| options.get(group)?.get(name)?.as_bool()).unwrap_or(true)
        };
        Settings {
            hints: inlay_hints::Wanted {
                ports: on("inlayHints", "ports"),
                certificates: on("inlayHints", "certificates"),
                secrets: on("inlayHints", "secrets"),
            },
            lenses: code_lens::Wanted {
                objects: on("codeLens", "objects"),
                reachability: on("codeLens", "reachability"),
            },
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
        assert!(all.hints.ports && all.hints.certificates && all.hints.secrets);
        assert!(all.lenses.objects && all.lenses.reachability);
        let off = json!({ "inlayHints": { "ports": false }, "codeLens": { "objects": false, "reachability": 3 } });
        let wanted = Settings {
            hints: inlay_hints::Wanted { ports: false, ..all.hints },
            lenses: code_lens::Wanted { objects: false, ..all.lenses },
        };
        assert_eq!(Settings::new(Some(&off)), wanted);
        assert_eq!(Settings::new(Some(&json!({ "xks": off }))), wanted);
    }
}
