#!/usr/bin/env bash
# Makes a fresh Debian or Ubuntu ready: system packages (as root), the Python environment, the console.
# usage: scripts/setup.sh demo|test
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:?usage: scripts/setup.sh demo|test}

step() { printf '\033[1m== %s\033[0m\n' "$*" >&2; }

need() { # need COMMAND PACKAGE: remember the package if the command is missing
  command -v "$1" >/dev/null 2>&1 || missing+=("$2")
}

missing=()
need python3 python3
python3 -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
[ -x /usr/bin/python3 ] || missing+=(python3)
need bwrap bubblewrap
need setpriv util-linux
need mke2fs e2fsprogs
if [ "$purpose" = test ]; then
  need chromium chromium
  fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-cjk)
  ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || missing+=(postgresql)
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "Please install first (as root): apt-get install ${missing[*]}" >&2
    exit 1
  fi
  step "system packages: ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  # Debian's packages would start their services; we only want their programs.
  if [ ! -e /usr/sbin/policy-rc.d ]; then
    printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
    chmod +x /usr/sbin/policy-rc.d
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
  fi
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
fi

python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Suanshi needs Python 3.11 or newer; python3 here is $(python3 --version)." >&2
  exit 1
}

lock=requirements.lock
[ "$purpose" = test ] && lock=requirements-dev.lock
stamp=.venv/ready-$purpose
if [ ! -e "$stamp" ] || [ "$lock" -nt "$stamp" ] || [ pyproject.toml -nt "$stamp" ]; then
  step "Python environment"
  [ -x .venv/bin/python ] || python3 -m venv .venv
  .venv/bin/python -m pip install -q --disable-pip-version-check uv
  .venv/bin/uv pip install -q --python .venv/bin/python --require-hashes -r "$lock"
  .venv/bin/uv pip install -q --python .venv/bin/python --no-deps -e .
  touch "$stamp"
fi

if [ ! -e src/suanshi/web/static/index.html ] || [ -n "$(find console/src console/package-lock.json console/index.html -newer src/suanshi/web/static/index.html -print -quit)" ]; then
  step "console"
  (cd console && ../scripts/npm ci --no-audit --no-fund --loglevel=error && ../scripts/npm run --silent build >&2)
  touch src/suanshi/web/static/index.html
fi
