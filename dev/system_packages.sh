#!/usr/bin/env bash
# Install the programs that the tests start for real; where that is not possible, say what is missing.
set -euo pipefail

missing=()
need() { # need PACKAGE TEST…
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
need postgresql sh -c 'ls /usr/lib/postgresql/*/bin/postgres || command -v postgres'
need redis-server command -v redis-server
need chromium command -v chromium
need golang-go command -v go
need golang-golang-x-mod-dev test -d /usr/share/gocode/src/golang.org/x/mod
need softhsm2 command -v softhsm2-util
need fonts-noto-cjk sh -c 'ls /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc'
need fonts-hanazono sh -c 'ls /usr/share/fonts/truetype/hanazono/HanaMinB.ttf'

if [ ${#missing[@]} -eq 0 ]; then exit 0; fi

if ! command -v apt-get >/dev/null; then
  echo "Missing for the tests: ${missing[*]}. Install them and run again." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! sudo -n true 2>/dev/null; then
    echo "Missing for the tests: ${missing[*]}." >&2
    echo "Run: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
  fi
  as_root=(sudo -n)
fi
"${as_root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}"
