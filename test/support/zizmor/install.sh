#!/usr/bin/env bash
# Installs the pinned zizmor into the user's cache folder, where test/support/zizmor/zizmor.ts looks for it. Needs Python with venv.
set -euo pipefail
requirements="$(cd "$(dirname "$0")" && pwd)/requirements.txt"
version=$(sed -n 's/^zizmor==\([0-9.]*\).*/\1/p' "$requirements")
folder="${XDG_CACHE_HOME:-$HOME/.cache}/k8s-gate-dev/zizmor-$version"
[ -x "$folder/bin/zizmor" ] && exit 0
python3 -m venv --clear "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check --only-binary :all: --require-hashes --requirement "$requirements"
