//! Tells Zed how to start the language server; all else of the extension is data.

use zed_extension_api::{self as zed, LanguageServerId, Result, Worktree, settings::LspSettings};

struct Xks;

impl zed::Extension for Xks {
    fn new() -> Self {
        Xks
    }

    /// The server of the setting `lsp.xks-lsp.binary`, else the one on the `PATH`.
    fn language_server_command(&mut self, id: &LanguageServerId, worktree: &Worktree) -> Result<zed::Command> {
        let binary = LspSettings::for_worktree(id.as_ref(), worktree)?.binary;
        let (path, args) = binary.map_or((None, None), |binary| (binary.path, binary.arguments));
        let command = path.or_else(|| worktree.which("xks-lsp")).ok_or(
            "xks-lsp is not on the PATH: install it, or name it in the setting \"lsp\": { \"xks-lsp\": { \"binary\": { \"path\": … } } }",
        )?;
        Ok(zed::Command { command, args: args.unwrap_or_default(), env: worktree.shell_env() })
    }
}

zed::register_extension!(Xks);
