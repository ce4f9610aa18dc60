#!/usr/bin/env bash
# Runs a command beside an API server on loopback: with.sh FOLDER COMMAND…
# FOLDER has the programs of build.sh. The command finds the server, over plain HTTP, at the address in XKS_API_SERVER, and a
# kubeconfig in XKS_KUBECONFIG; the folder is in XKS_ORACLES. Needs kubectl and openssl.
set -euo pipefail
programs=$1
shift
run=$(mktemp -d)
server='' proxy=''
end() {
    for pid in $proxy $server; do kill "$pid" 2>/dev/null || true; done
    wait 2>/dev/null || true
    rm -rf "$run"
}
trap end EXIT
openssl genrsa -out "$run/accounts.key" 2048 2>/dev/null
# Anonymous requests are refused even where all is allowed.
echo 'oracle,oracle,oracle,system:masters' >"$run/tokens"
port=$((20000 + RANDOM % 10000))
ETCD_FOLDER=$run/etcd ETCD_PORT=$((port + 1)) "$programs/apiserver" --etcd-servers="http://127.0.0.1:$((port + 1))" \
    --bind-address=127.0.0.1 --secure-port="$port" --advertise-address=10.254.0.1 --cert-dir="$run/certificates" \
    --service-cluster-ip-range=10.0.0.0/16 --authorization-mode=AlwaysAllow --token-auth-file="$run/tokens" \
    --service-account-issuer=https://kubernetes.default.svc --service-account-key-file="$run/accounts.key" \
    --service-account-signing-key-file="$run/accounts.key" --disable-admission-plugins=ServiceAccount \
    --endpoint-reconciler-type=none >"$run/log" 2>&1 &
server=$!
export XKS_ORACLES=$programs
export XKS_KUBECONFIG=$run/kubeconfig
kubectl=("${XKS_KUBECTL:-kubectl}" --kubeconfig "$XKS_KUBECONFIG")
"${kubectl[@]}" config set-cluster oracle --server="https://127.0.0.1:$port" --insecure-skip-tls-verify >/dev/null
"${kubectl[@]}" config set-credentials oracle --token=oracle >/dev/null
"${kubectl[@]}" config set-context oracle --cluster=oracle --user=oracle >/dev/null
"${kubectl[@]}" config use-context oracle >/dev/null
for _ in $(seq 120); do
    if "${kubectl[@]}" get --raw /readyz >/dev/null 2>&1; then break; fi
    kill -0 "$server" 2>/dev/null || break
    sleep 1
done
"${kubectl[@]}" get --raw /readyz >/dev/null || { tail -20 "$run/log"; exit 1; }
"${kubectl[@]}" create namespace oracle >/dev/null
"${kubectl[@]}" apply --server-side -f "$programs/crds" >/dev/null
"${kubectl[@]}" wait --for=condition=Established --timeout=60s -f "$programs/crds" >/dev/null
"${kubectl[@]}" proxy --port=$((port + 2)) >/dev/null &
proxy=$!
export XKS_API_SERVER=127.0.0.1:$((port + 2))
for _ in $(seq 60); do
    if (exec 3<>"/dev/tcp/127.0.0.1/$((port + 2))") 2>/dev/null; then break; fi
    sleep 0.2
done
"$@"
