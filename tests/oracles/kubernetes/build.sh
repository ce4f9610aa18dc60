#!/usr/bin/env bash
# Builds the programs of this folder from Kubernetes' own Go modules: build.sh FOLDER
# The API server takes about ten minutes of two cores the first time; nothing is built where the folder has the programs
# already. Beside them lie the CustomResourceDefinitions of cert-manager and of Sealed Secrets.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
kubernetes=1.37.2
certmanager=1.21.2
sealedsecrets=0.40.0
folder=$1
made_from=$(cat "$here/build.sh" "$here"/*/main.go | sha256sum | cut -c1-64)
if [[ $(cat "$folder/made-from" 2>/dev/null) == "$made_from" ]]; then exit 0; fi
work=$folder/work
mkdir -p "$work" "$folder/crds"
cd "$work"
cp -r "$here"/*/ .
rm -f go.mod go.sum
export GOFLAGS='-mod=mod -buildvcs=false'
source_of() { # MODULE@VERSION: where its files are
    go mod download -json "$1" | sed -n 's/^\t"Dir": "\(.*\)",$/\1/p'
}
go mod init example.com/oracles
of_kubernetes=$(source_of "k8s.io/kubernetes@v$kubernetes")
# In its own repository Kubernetes takes these from a folder; each is released as a module too.
staged=$(sed -n 's|^\t*\(k8s.io/[a-z-]*\) => ./staging/.*|\1|p' "$of_kubernetes/go.mod")
for module in $staged; do go mod edit -replace "$module=$module@v0.${kubernetes#1.}"; done
go mod edit -require "k8s.io/kubernetes@v$kubernetes"
cp "$of_kubernetes/go.sum" .
go mod tidy
# Without a version the server calls itself 0.0.0.
version=k8s.io/component-base/version
named="-X $version.gitVersion=v$kubernetes -X $version.gitMajor=1 -X $version.gitMinor=$(cut -d. -f2 <<<"$kubernetes")"
for program in apiserver podsecurity readyaml; do go build -ldflags "$named" -o "$folder/$program" "./$program"; done
for crd in cert-manager.io_certificates cert-manager.io_issuers; do
    cp "$(source_of "github.com/cert-manager/cert-manager@v$certmanager")/deploy/crds/$crd.yaml" "$folder/crds/"
done
cp "$(source_of "github.com/bitnami-labs/sealed-secrets@v$sealedsecrets")"/helm/sealed-secrets/crds/*.yaml "$folder/crds/"
chmod u+w "$folder"/crds/*
echo "$made_from" >"$folder/made-from"
