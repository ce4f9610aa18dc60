#!/usr/bin/env bash
# Builds the fuzz targets, if anything has changed since, and runs each of them, or those that are named, on one core:
#   fuzz/run.sh [TARGET…]
# Fails on a crash, a broken law, and an input that takes 10 s; warns of less than 1,000 inputs a second of a core.
#   XKS_FUZZ_SECONDS  how long each target runs, 60 by default
#   XDG_CACHE_HOME    where the build and the inputs that were found are kept, in xks/fuzz; ~/.cache by default
# Exits with 77 if there is no C++ compiler, for libFuzzer, and none can be installed.
set -euo pipefail
cd "$(dirname "$0")/.."
seconds=${XKS_FUZZ_SECONDS:-60}
kept=${XDG_CACHE_HOME:-$HOME/.cache}/xks/fuzz
targets=("$@")
((${#targets[@]})) || targets=(syntax compile cursor manifests questions annotations values evil)
least=1000  # inputs a second
most=2048   # bytes of an input
many=10000  # kept inputs, from which on those that add nothing are thrown away
mkdir -p "$kept"/{bin,logs,corpus}

compiler() { # a C++ compiler, or the end
    command -v c++ >/dev/null && return
    if command -v apt-get >/dev/null && [[ $(id -u) == 0 ]] && apt-get install --yes --no-install-recommends g++; then return; fi
    echo 'fuzz/run.sh: there is no C++ compiler, which libFuzzer is compiled with' >&2
    exit 77
}

made_from() { # what the build depends on, as one word; times and places of files say nothing of it
    {
        rustc -vV
        find Cargo.toml rust-toolchain.toml crates/*/Cargo.toml crates/*/src grammar fuzz/{Cargo.toml,Cargo.lock,instrument,src,fuzz_targets} \
            tests/questions/*/workspace tests/border/{world.xks,evil.rs} -type f -print0 | sort -z | xargs -0 sha256sum
    } | sha256sum | cut -c1-64
}

build() {
    local wanted flags target
    wanted=$(made_from)
    if [[ $(cat "$kept/made-from" 2>/dev/null) == "$wanted" ]]; then
        echo 'The build is kept from the last time.'
        return
    fi
    compiler
    # Cargo does not know what the flags are, so another set of them starts anew.
    flags=$(sha256sum <fuzz/instrument)
    if [[ $(cat "$kept/flags" 2>/dev/null) != "$flags" ]]; then rm -rf "$kept/target"; fi
    echo "$flags" >"$kept/flags"
    RUSTC_WRAPPER=$PWD/fuzz/instrument cargo build --release --locked --bins --manifest-path fuzz/Cargo.toml --target-dir "$kept/target"
    for target in fuzz/fuzz_targets/*.rs; do
        cp "$kept/target/release/$(basename "$target" .rs)" "$kept/bin/"
    done
    echo "$wanted" >"$kept/made-from"
    echo "Built in $SECONDS s."
}

thin() { # TARGET: of very many inputs, keeps as many as reach all that they reach
    local corpus=$kept/corpus/$1
    (($(find "$corpus" -type f | wc -l) > many)) || return 0
    rm -rf "$corpus.thin"
    mkdir "$corpus.thin"
    "$kept/bin/$1" -merge=1 -max_len=$most -verbosity=0 "$corpus.thin" "$corpus" >"$kept/logs/$1.thin.log" 2>&1
    rm -rf "$corpus"
    mv "$corpus.thin" "$corpus"
}

run() { # TARGET
    local target=$1 log=$kept/logs/$1.log artifacts=fuzz/artifacts/$1/ dictionary=$kept/seeds/$1.dict
    mkdir -p "$kept/corpus/$target" "$artifacts"
    thin "$target"
    # How often an input was chosen before is counted for each of the many branches of the generated parser (entropic): that
    # took three quarters of the time.
    local options=(-max_total_time="$seconds" -max_len=$most -timeout=10 -entropic=0 -verbosity=0 -print_final_stats=1
        -artifact_prefix="$artifacts")
    # What a target chooses by bytes has no words.
    if [[ -s $dictionary ]]; then options+=(-dict="$dictionary"); fi
    local TIMEFORMAT='%U %S'
    if ! { time "$kept/bin/$target" "${options[@]}" "$kept/corpus/$target" "$kept/seeds/$target" >"$log" 2>&1; } 2>"$log.time"; then
        grep -v 'Uses: ' "$log" | tail -40
        printf 'fuzz/run.sh: %s found something. The input is in %s; once more: %s FILE\n' "$target" "$artifacts" "$kept/bin/$target"
        return 1
    fi >&2
    # Of the time on the core alone: what the machine does besides says nothing about the target.
    local inputs rate
    inputs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    rate=$(awk -v inputs="$inputs" '{ printf "%d", inputs / ($1 + $2) }' "$log.time")
    printf '%-12s %9d inputs, %6d a second of a core\n' "$target" "$inputs" "$rate"
    # No failure: it says as much about the machine as about the target.
    if ((rate < least)); then printf 'fuzz/run.sh: WARNING: %s runs less than %d\n' "$target" $least >&2; fi
}

build
fuzz/seeds "$kept/seeds"
failed=()
for target in "${targets[@]}"; do run "$target" || failed+=("$target"); done
((!${#failed[@]})) || { echo "fuzz/run.sh: failed: ${failed[*]}" >&2; exit 1; }
