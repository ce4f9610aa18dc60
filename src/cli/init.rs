//! `xks init`: a small workspace to start from.

use super::failure::{Exit, Failure, shown};
use super::terminal::Terminal;
use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// The arguments of `xks init`.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The folder to write to; made if it is not there
    #[arg(default_value = ".")]
    path: PathBuf,
}

/// The files, by their path below the folder.
const FILES: [(&str, &str); 3] =
    [("platform.xks", PLATFORM), ("tenants/payments/payments.xks", PAYMENTS), ("tenants/shop/shop.xks", SHOP)];

const PLATFORM: &str = "\
# The facts of the cluster, once a workspace. Whatever is not said here has a default.
platform {
  # Who may write what: tenant NAME speaks in the folder tenants/NAME, and nobody else there.
  tenants from \"tenants/*\"
  # Who approves it: `xks owners` makes the lines of a CODEOWNERS file of these.
  owners @example/platform
  tenant payments owners @example/payments
  tenant shop owners @example/shop

  # Who may publish which hosts.
  hosts shop.example.com to shop
}
";

const PAYMENTS: &str = "\
# The team that runs the payments. Nothing here can be reached unless a statement says so.
app api { port http 8080 }

# The consent that shop's `allow` needs: without this line it is an error there.
export api:http to shop
";

const SHOP: &str = "\
# The team that runs the shop.
app web { port http 8080 }  # pods labelled app=web

# Publish it: an Ingress, the policy that lets the ingress controller in, and the name in the certificate `shared`.
expose web at shop.example.com tls shared

# Both halves: egress here, ingress there.
allow web -> payments/api:http
";

/// Writes the files unless one of them is there already.
pub(super) fn run(args: &Args, terminal: &Terminal) -> Result<Exit, Failure> {
    if let Some(root) = around(&args.path) {
        let message = format!("`{}` lies in the workspace `{}`, which has a platform", shown(&args.path), shown(&root));
        return Err(Failure::failed(message).hint("write the tenant's own file, or name a folder outside of it"));
    }
    let paths: Vec<PathBuf> = FILES.iter().map(|(name, _)| args.path.join(name)).collect();
    let taken: Vec<String> = paths
        .iter()
        .filter(|path| path.symlink_metadata().is_ok())
        .map(|path| format!("`{}` is there already", shown(path)))
        .collect();
    if !taken.is_empty() {
        return Err(Failure::all(taken).hint("nothing was written; name another folder: `xks init PATH`"));
    }
    for (at, (path, (_, text))) in paths.iter().zip(FILES).enumerate() {
        if let Err(error) = write_new(path, text) {
            for written in &paths[..at] {
                // They are this run's own; one that cannot be removed does no harm.
                let _ = fs::remove_file(written);
            }
            return Err(Failure::at("write", path, &error));
        }
    }
    let mut text = String::new();
    for path in &paths {
        text.push_str(&format!("wrote {}\n", shown(path)));
    }
    let place = if args.path == Path::new(".") { String::new() } else { format!(" {}", shown(&args.path)) };
    text.push_str(&format!("next: `xks check{place}` reports mistakes, `xks build{place}` writes the YAML\n"));
    terminal.say(&text)?;
    Ok(Exit::Fine)
}

/// The root of the workspace that a folder lies in, be it one that is still to be made.
fn around(path: &Path) -> Option<PathBuf> {
    let path = std::path::absolute(path).ok()?;
    let there = path.ancestors().find(|folder| folder.is_dir())?;
    let found = xks_disk::around(there)?;
    (there != path || !found.part.is_empty()).then_some(found.root)
}

/// Writes a file that is not there, and the folders above it.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut file = fs::OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(text.as_bytes());
    if written.as_ref().is_err_and(|error| error.kind() != ErrorKind::AlreadyExists) {
        let _ = fs::remove_file(path);
    }
    written
}
