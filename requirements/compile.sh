#!/usr/bin/env bash
# Compile the five lock files from their .in files: pinned, hashed, one version of each package everywhere, no index address.
set -euo pipefail
cd "$(dirname "$0")"
options=(--universal --python-version 3.11 --no-emit-index-url --no-header --generate-hashes --quiet)
cat run.in fit.in local.in dev.in train.in | grep -v '^-r' >all.tmp
trap 'rm -f all.tmp all.lock.tmp' EXIT
uv pip compile "${options[@]}" all.tmp -o all.lock.tmp "$@"
for name in run fit local dev train; do
    uv pip compile "${options[@]}" "$name.in" -c all.lock.tmp -o "$name.txt"
done
