#!/usr/bin/env bash
# Resolve the dependencies of pyproject.toml into the lock files: with hashes, for every platform,
# naming no index.
set -euo pipefail
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header "$@"
}
compile pyproject.toml --output-file requirements/runtime.txt
compile dev/build.in --output-file requirements/build.txt
compile dev/benchmarks.in --output-file requirements/benchmarks.txt
compile pyproject.toml --extra development --extra build --output-file requirements/development.txt
