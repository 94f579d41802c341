# Every target works from a fresh clone; `make help` lists them.
SHELL := /bin/bash
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# One more than there are cores: many tests wait for a database, a browser or a process.
WORKERS := $(shell $(PYTHON) -c 'import os; print(1 + (os.cpu_count() or 1))')

# Of the environment: what a distribution calls nodejs may be too old.
WITH_NODE := PATH="$(CURDIR)/$(BIN):$$PATH"

# Where nothing compiled is kept, every process that the tests start compiles the bank anew.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help lint setup demo test trial test-packages system-packages screenshots messages check bench fix docs lock clean

help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/development ## Make the environment with everything that checking and testing need

.venv/runtime: requirements/runtime.txt pyproject.toml
	@$(PYTHON) -c 'import sys, venv; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/development: .venv/runtime requirements/development.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/development.txt
	@touch $@

demo: .venv/runtime ## Seed a bilingual city with real results and serve it on 127.0.0.1, port PORT=8000
	@exec $(BIN)/creditbank demo --port $(PORT)

test: setup system-packages test-packages ## Install what the tests need and run them all
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --maxprocesses 4 --dist worksteal

trial: setup ## Try the agreements and badges that are not shipped, below DATA=, and print what becomes of them
	@test -n "$(DATA)" || { echo "say where they are: make trial DATA=DIR" >&2; exit 2; }
	$(BIN)/python dev/trial_agreements.py "$(DATA)"
	$(BIN)/python dev/trial_badges.py "$(DATA)"

test-packages: setup system-packages tests/node/node_modules/.package-lock.json tests/interop/node/node_modules/.package-lock.json ## Install what the tests take from npm

tests/node/node_modules/.package-lock.json: tests/node/package-lock.json
	$(WITH_NODE) npm ci --prefix tests/node --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

# Not `npm ci`: it asks for the native parts of other platforms, which this lock leaves out.
tests/interop/node/node_modules/.package-lock.json: tests/interop/node/package-lock.json
	$(WITH_NODE) npm install --prefix tests/interop/node --no-save --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

screenshots: setup system-packages ## Take pictures of the pages into build/screenshots
	$(BIN)/python dev/screenshots.py

messages: setup ## Bring the catalogues of words up to the templates, and say what is left to translate
	$(BIN)/python dev/messages.py

system-packages: ## Install PostgreSQL, Redis, Chromium, Go and fonts where they are missing
	bash dev/system_packages.sh

check: lint ## All of lint, and the rules of the building
	$(BIN)/python -m pytest --quiet tests/architecture

lint: setup ## Format, lint, types and import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	cd benchmarks && ../$(BIN)/mypy --config-file ../pyproject.toml --cache-dir ../.mypy_cache *.py
	$(BIN)/lint-imports

.venv/benchmarks: .venv/development requirements/benchmarks.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/benchmarks.txt
	@touch $@

bench: .venv/benchmarks system-packages ## Measure and print the table of docs/performance.md (ten minutes; ROWS="1 8" for some)
	$(BIN)/python benchmarks/run.py $(ROWS)

fix: setup ## Format and mend what the linter can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

docs: setup ## Write the pages that are made from the code
	$(BIN)/python dev/settings_page.py > docs/settings.md
	$(BIN)/python dev/qr_table.py > docs/qr-codes.md
	$(BIN)/python dev/offline_page.py

lock: setup ## Resolve the dependencies anew, with hashes
	bash dev/lock.sh

clean: ## Remove the environment and caches
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
