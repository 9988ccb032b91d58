#!/bin/sh
# Makes .venv: finds a Python, then installs what requirements.lock pins, then this project itself.
# Usage: scripts/setup.sh VENV [LOCK]     PYTHON=... chooses the interpreter.
set -eu

venv=$1
lock=${2:-requirements.lock}

say() { printf '%s\n' "$*" >&2; }
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
complete() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }
version() { "$1" -c 'import sys; print("{}.{}".format(*sys.version_info))'; }

# Prints the first Python that is new enough and can make environments, else the first that is new enough.
find_python() {
    found=
    for candidate in ${PYTHON:-python3.13 python3.12 python3.11 python3 python}; do
        new_enough "$candidate" || continue
        found=${found:-$candidate}
        if complete "$candidate"; then
            found=$candidate
            break
        fi
    done
    printf '%s' "$found"
}

if ! new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    if [ -z "$python" ]; then
        if [ -n "${PYTHON:-}" ]; then
            say "PYTHON=$PYTHON is not a Python 3.11 or newer."
        else
            say "No Python 3.11 or newer was found. Install one, or name one: make PYTHON=/path/to/python3"
        fi
        exit 1
    fi
    if ! complete "$python"; then
        package="python$(version "$python")-venv"
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
            say "Installing $package, which $python lacks."
            apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package" >/dev/null
        else
            say "$python cannot make environments: its venv module is missing." \
                "On Debian and Ubuntu: apt-get install $package"
            exit 1
        fi
    fi
    say "Setting up $venv with Python $(version "$python"); this takes a few minutes."
    "$python" -m venv --clear "$venv"
fi

pip() { "$venv/bin/python" -m pip --quiet --disable-pip-version-check --no-input "$@"; }
# pyspark comes as source, and pip would fetch what builds it from outside the lock. So it comes last, built with the
# setuptools that the lock has installed by then.
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT
awk -v wheels="$parts/wheels" -v source="$parts/source" \
    '/^[^ #]/ { part = /^pyspark==/ ? source : wheels } { print > (part ? part : wheels) }' "$lock"
pip install --require-hashes -r "$parts/wheels"
pip install --require-hashes --no-deps --no-build-isolation --use-pep517 -r "$parts/source"
pip install --no-deps --no-build-isolation -e .
