#!/usr/bin/env bash
# Runs the Airbyte source and the Singer tap by tools that others wrote, against simulated accounts: the standard tests of
# Airbyte's CDK, PyAirbyte into DuckDB, target-postgres, target-jsonl and Meltano. It is no part of the project's own tests,
# since it installs a gigabyte of Python packages.
#
#   packaging/proof/run.sh [FOLDER]
#
# FOLDER keeps the packages for the next run; a temporary one is used without. Needs Rust, Python 3.10 to 3.12 (PYTHON names
# it), PostgreSQL's programs, and access to a package index.
set -euo pipefail
cd "$(dirname "$0")/../.."

python=${PYTHON:-python3}
folder=${1:-$(mktemp -d)}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)
here=$PWD/packaging/proof

install() {
    local venv=$folder/$1
    shift
    test -e "$venv/ready" && return
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet "$@"
    touch "$venv/ready"
}
install airbyte airbyte==0.71.3 pytest
install singer meltanolabs-target-postgres==0.8.1 meltano==4.4.1
# Its own requirements contradict those of others.
install jsonl target-jsonl==0.1.4

cargo build --release --locked -p lmsync-cli --bins --examples
release=${CARGO_TARGET_DIR:-target}/release
ln -sf "$(realpath "$release/lmsync")" "$folder/source-lmsync"
ln -sf "$(realpath "$release/lmsync")" "$folder/tap-lmsync"
export PROOF_FOLDER=$folder PROOF_SIMULATORS
PROOF_SIMULATORS=$(realpath "$release/examples/simulators")

printf '\n== the standard tests of the CDK\n'
(cd "$here" && "$folder/airbyte/bin/python" -m pytest -q -p no:cacheprovider \
    -W ignore -k "not docker" test_standards.py)
printf '\n== PyAirbyte\n'
"$folder/airbyte/bin/python" "$here/pyairbyte.py"
printf '\n== Singer\n'
"$folder/singer/bin/python" "$here/singer.py"
