# Everything a newcomer needs: `make demo` shows the product, `make test` proves it.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
# Tests wait more than they work. The tests of a file stay together: they share servers.
TOGETHER := --numprocesses auto --maxprocesses 4 --dist loadfile

# Tests start the program some hundred times: compiled once, it starts in two thirds of the time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo test check slow robustness bench lint format messages lock system sdks screenshot clean

help: ## list the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

install: .venv/.installed frontend/node_modules/.built src/polku/site/locale/.compiled ## set up: Python packages, front end, translations

.venv/.installed: pyproject.toml requirements.lock requirements-dev.lock
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	POLKU_SKIP_FRONTEND=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@

FRONTEND_SOURCES := $(shell find frontend -path frontend/node_modules -prune -o -type f -print 2>/dev/null) src/polku/site/charts/charts.css
frontend/node_modules/.built: $(FRONTEND_SOURCES)
	cd frontend && npm ci --no-fund --no-audit --loglevel=error && npm run --silent build
	touch $@

src/polku/site/locale/.compiled: .venv/.installed $(wildcard src/polku/*/locale/*/LC_MESSAGES/*.po)
	$(BIN)/python src/polku/site/translations.py
	touch $@

demo: install ## load the demo workspace and open its live map
	$(BIN)/polku demo --port $(PORT)

test: install system sdks lint ## everything: lint, types, unit, contract, browser and robustness tests
	$(BIN)/python -m pytest $(TOGETHER) -m "not slow and not long"

check: install lint ## the fast tests only, each with a tenth of its generated cases
	POLKU_TESTS=quick $(BIN)/python -m pytest $(TOGETHER) --no-migrations -q \
	  -m "not slow and not thorough and not contract and not e2e and not robustness"

slow: install ## whole simulations
	$(BIN)/python -m pytest -m slow

robustness: install system ## all robustness checks, the long ones too: kills, broken and full disks, hostile input
	$(BIN)/python -m pytest -m robustness tests/robustness

bench: install ## the benchmarks, each printing its ratio to what was promised
	$(BIN)/python -m bench $(ONLY)

lint: install ## style, types, import contracts, file lengths
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	cd frontend && npm run --silent check

format: install ## mend style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

system: ## what the tests need of the system: Chromium, PostgreSQL's server, strace and gcc
	@needed=""; \
	command -v chromium >/dev/null || command -v google-chrome >/dev/null || needed="chromium"; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || needed="$$needed postgresql"; \
	command -v strace >/dev/null || needed="$$needed strace"; \
	command -v gcc >/dev/null || command -v cc >/dev/null || needed="$$needed gcc libc6-dev"; \
	if [ -n "$$needed" ]; then \
	  echo "Installing for the tests: $$needed"; \
	  if [ "$$(id -u)" = 0 ]; then as_root=""; else as_root="sudo"; fi; \
	  $$as_root apt-get update -qq && $$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$needed >/dev/null; \
	fi

sdks: tests/contract/sdks/node_modules/.installed ## the client libraries for Node and browsers that the contract tests run

tests/contract/sdks/node_modules/.installed: tests/contract/sdks/package.json tests/contract/sdks/package-lock.json
	cd tests/contract/sdks && npm ci --ignore-scripts --no-fund --no-audit --loglevel=error
	touch $@

messages: install ## collect the strings to translate
	$(BIN)/python -m polku.site.messages

lock: ## renew the lock files
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --output-file requirements.lock pyproject.toml
	$(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links --no-emit-trusted-host --extra dev --output-file requirements-dev.lock pyproject.toml
	cd frontend && npm install --package-lock-only --omit-lockfile-registry-resolved
	cd tests/contract/sdks && npm install --package-lock-only --omit-lockfile-registry-resolved

screenshot: install ## take the README's picture anew
	POLKU_UPDATE_SCREENSHOT=1 $(BIN)/python -m pytest -q tests/e2e/test_screenshot.py

clean: ## remove what was built
	rm -rf .venv frontend/node_modules tests/contract/sdks/node_modules src/polku/site/static/polku/built dist
