#!/usr/bin/env bash
# Set up everything that `make demo` and `make test` need, in .venv: uv, Python 3.12, the packages, the compiled
# extensions and the link farm. Does only what has changed since the last time (about a second when nothing has).
set -euo pipefail
cd "$(dirname "$0")/.."

venv=.venv
python=$venv/bin/python

die() { echo "set-up: $*" >&2; exit 1; }

needs() { command -v "$1" >/dev/null 2>&1 || die "$1 is missing: install it first ($2)"; }

fingerprint() { cat "$@" | sha256sum | cut -d' ' -f1; }

find_uv() {
    if command -v uv >/dev/null 2>&1 && uv --version >/dev/null 2>&1; then UV=uv; return; fi
    UV=$PWD/.venv-uv/bin/uv
    [ -x "$UV" ] && return
    command -v python3 >/dev/null 2>&1 || die "neither uv nor python3 is here: install either (https://docs.astral.sh/uv or python3-venv)"
    python3 -m venv .venv-uv 2>/dev/null || die "python3 cannot make a virtual environment: install python3-venv, or uv (https://docs.astral.sh/uv)"
    echo "set-up: installing uv"
    .venv-uv/bin/pip install --quiet uv || die "pip could not install uv: is a package index within reach?"
}

is_python_312() { [ -x "$(command -v "$1" 2>/dev/null)" ] && "$1" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 12))' >/dev/null 2>&1; }

# A Python 3.12 that is already here, or else the request "3.12", which uv meets by a download.
find_python() {
    local candidate
    for candidate in python3.12 python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python3.12 \
        "$("$UV" python find --no-project --no-python-downloads 3.12 2>/dev/null || true)"; do
        if [ -n "$candidate" ] && is_python_312 "$candidate"; then
            "$candidate" -c 'import os, sys, sysconfig; sys.exit(not os.path.exists(sysconfig.get_path("include") + "/Python.h"))' \
                || { echo "set-up: $candidate has no Python.h (package python3.12-dev): looking further" >&2; continue; }
            PYTHON=$candidate
            return
        fi
    done
    PYTHON=3.12
}

make_environment() {
    find_uv
    if ! is_python_312 "$python" || [ "$(cat "$venv/.place" 2>/dev/null)" != "$PWD" ]; then
        find_python
        echo "set-up: making $venv with Python $PYTHON"
        "$UV" venv --quiet --clear --python "$PYTHON" "$venv" \
            || die "no Python 3.12 is here and uv could not download one: install python3.12 with its headers"
        pwd > "$venv/.place"
    fi
    echo "set-up: installing packages (about a minute; compiling hummingbot takes two more on a glibc older than 2.39)"
    printf '[build_ext]\nparallel = %s\n' "$(nproc 2>/dev/null || echo 2)" > "$venv/build.cfg"
    DIST_EXTRA_CONFIG=$PWD/$venv/build.cfg CFLAGS="-g0 -O1" CXXFLAGS="-g0 -O1" VIRTUAL_ENV=$PWD/$venv \
        "$UV" pip install --quiet --compile-bytecode -c constraints.txt -r pyproject.toml --extra train --extra dev \
        || die "the packages could not be installed (see above)"
}

# hummingbot asks for msgpack-python, the old name of msgpack: which of the two is installed last is left to chance.
repair_msgpack() {
    grep -qs 'from msgpack._version' "$venv/lib/python3.12/site-packages/msgpack/__init__.py" || return 0
    find_uv
    VIRTUAL_ENV=$PWD/$venv "$UV" pip install --quiet --no-deps --reinstall-package msgpack 'msgpack>=1.0.2' \
        || die "msgpack could not be installed again over msgpack-python (see above)"
}

build_extensions() {
    echo "set-up: compiling the extensions"
    "$python" setup.py --quiet build_ext --inplace --parallel 2 > "$venv/build.log" 2>&1 \
        || { cat "$venv/build.log" >&2; die "the extensions could not be compiled"; }
}

needs git git
needs make make
needs g++ "g++, package build-essential"

# The environment knows its own path and its interpreter's: a moved checkout or a removed Python needs another.
packages=$(fingerprint pyproject.toml constraints.txt; pwd)
if [ "$(cat "$venv/.packages" 2>/dev/null)" != "$packages" ] || ! is_python_312 "$python"; then
    rm -f "$venv/.packages"
    make_environment
    echo "$packages" > "$venv/.packages"
fi

repair_msgpack

sources=$(find hummingbot -name '*.pyx' -o -name '*.pxd' | LC_ALL=C sort)
built=$(fingerprint setup.py $sources)
extensions_present() { local s; for s in $sources; do [[ $s == *.pxd ]] || compgen -G "${s%.pyx}.cpython-312-*.so" >/dev/null || return 1; done; }
if [ "$(cat "$venv/.extensions" 2>/dev/null)" != "$built" ] || ! extensions_present; then
    build_extensions
    echo "$built" > "$venv/.extensions"
fi

farm=$(fingerprint "$venv/.packages" hummingbot/strategy/ai_stellar/cli/link_farm.py; ls hummingbot/templates 2>/dev/null || true)
if [ "$(cat "$venv/.farm" 2>/dev/null)" != "$farm" ]; then
    "$python" hummingbot/strategy/ai_stellar/cli/link_farm.py "$venv/farm"
    cat > "$venv/bin/ai-stellar" <<EOF
#!/bin/sh
PYTHONPATH="$PWD/$venv/farm\${PYTHONPATH:+:\$PYTHONPATH}" exec "$PWD/$python" -m hummingbot.strategy.ai_stellar.cli.main "\$@"
EOF
    chmod +x "$venv/bin/ai-stellar"
    echo "$farm" > "$venv/.farm"
fi
