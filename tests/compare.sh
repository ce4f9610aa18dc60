#!/usr/bin/env bash
# Holds two builds of xks against each other: `tests/compare.sh OLD NEW [COUNT]`, each the path of a program.
# Both read the same random workspaces, and what they build, find, answer, draw and say of a change is compared byte for byte.
# Prints a line for each difference, and exits with 1 if there is one.
set -euo pipefail
cd "$(dirname "$0")/.."
old=$(realpath "$1") new=$(realpath "$2") count=${3:-2000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
XKS_SAMPLES=$work/samples XKS_SAMPLES_COUNT=$count \
    cargo test --quiet --test it -- --ignored --exact laws::samples_are_written_for_comparing_two_builds >/dev/null

asked() { # PROGRAM NUMBER: all that a program says of a workspace, and of the change to the next one
    local xks=$1 place=$work/samples/$2 next=$work/samples/$((($2 + 1) % count)) tenant
    tenant=$(sed -n 's/^tenant \([a-z0-9-]*\).*/\1/p' "$place"/*.xks "$place"/*/*.xks 2>/dev/null | head -n 1)
    for words in "build $place -o -" "build $place -o - --format json" "check $place --format json" "fmt --check $place" \
        "graph $place --format dot" "can ${tenant:-t0}/web->internet:443 $place" "who ${tenant:-t0}/* $place" "diff $place $next --format json"; do
        printf '== %s\n' "$words"
        # shellcheck disable=SC2086 # words are arguments
        "$xks" $words 2>&1 || printf 'exit %d\n' $?
    done
}

differences=0
for ((at = 0; at < count; at++)); do
    if ! cmp --silent <(asked "$old" $at) <(asked "$new" $at); then
        differences=$((differences + 1))
        printf 'workspace %d differs:\n' $at
        diff <(asked "$old" $at) <(asked "$new" $at) | head -n 12 || true
    fi
done
printf '%d workspaces compared, %d differ\n' "$count" "$differences"
((differences == 0))
