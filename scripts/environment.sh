#!/bin/sh
# Makes .venv hold exactly what requirements/$1.lock names, by hash, and the command `moa`.
# Usage: scripts/environment.sh runtime|dev|bench
# A second call with unchanged lock files does nothing.
set -eu
cd "$(dirname "$0")/.."
kind=$1
lock=requirements/$kind.lock

fail() {
    echo "$1" >&2
    exit 1
}

find_python() {
    for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
        if command -v "$name" >/dev/null 2>&1 &&
            "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    fail "Moa needs Python 3.11 or newer, and none was found: install it (Debian: apt install python3 python3-venv)."
}

make_venv() {
    python=$(find_python)
    if ! "$python" -m venv --clear .venv >/dev/null 2>&1; then
        # Debian keeps the module that fills a new environment in a package of its own.
        if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
            version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
            echo "Installing the system package python$version-venv"
            { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "python$version-venv"; } >/dev/null </dev/null ||
                fail "The system package python$version-venv could not be installed."
        fi
        "$python" -m venv --clear .venv ||
            fail "Python cannot make an environment: install its venv module (Debian: apt install python3-venv)."
    fi
}

install_locked() {
    pip="$venv/python -m pip --disable-pip-version-check -q"
    $pip install --require-hashes --no-deps -r requirements/build.lock || fail "The installer could not be fetched."
    export UV_HTTP_TIMEOUT="${UV_HTTP_TIMEOUT:-180}" VIRTUAL_ENV="$PWD/.venv"
    # uv is ten times faster; where it cannot reach what pip reaches (a mirror, a proxy), pip does the same work.
    if ! "$venv/uv" pip install -q --require-hashes --no-deps -r "$lock"; then
        echo "Trying again with pip"
        $pip install --require-hashes --no-deps -r "$lock" || fail "The packages of $lock could not be installed."
    fi
    $pip install --no-deps --no-build-isolation -e . || fail "The command moa could not be installed."
}

venv=.venv/bin
# An environment of another tool may lack pip; one whose Python is gone (moved, upgraded) is made anew.
"$venv/python" -m pip --version >/dev/null 2>&1 || "$venv/python" -m ensurepip >/dev/null 2>&1 || make_venv
stamp=.venv/.$kind-installed
wanted=$(cat "$lock" requirements/build.lock pyproject.toml scripts/environment.sh | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ] || [ ! -x "$venv/moa" ]; then
    echo "Installing the packages of $lock"
    install_locked
    echo "$wanted" >"$stamp"
fi
