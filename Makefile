# Every target sets itself up: it makes .venv with the first Python from 3.11 on that it finds, installs what
# requirements*.txt pin (checked by hash), and is quick the second time. `make PYTHON=/path/to/python3.12 test` chooses.

VENV := .venv
BIN := $(VENV)/bin
CANDIDATES := python3 python3.13 python3.12 python3.11 python3.14 python
USABLE := import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))
PYTHON ?= $(firstword $(foreach each,$(CANDIDATES),$(if $(shell $(each) -c '$(USABLE)' 2>/dev/null && echo yes),$(each))))
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
OURS := bot handlers models schedules tests
# One more than there are cores: some tests wait for a clock.
WORKERS ?= $(shell expr $$(getconf _NPROCESSORS_ONLN) + 1)

.DEFAULT_GOAL := help
.PHONY: help demo test bench proof guide check lock clean

help: ## this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

demo: $(VENV)/.run ## the bot on this machine, three phones in the browser: http://127.0.0.1:8080
	$(BIN)/zoufang demo $(DEMO)

test: $(VENV)/.dev ## all tests, six minutes on two cores
	@mkdir -p build
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup $(PYTEST)

bench: $(VENV)/.dev ## speed, each figure beside its bare twin, also in build/bench.json (minutes)
	@set -e; for each in tests/benchmarks/bench_*.py; do $(BIN)/python -m tests.benchmarks.$$(basename $$each .py); done

proof: $(VENV)/.dev ## the long proofs: two years beside a model, storms, a bot that dies at every boundary, kills, failover (hours in full)
	$(BIN)/python -m tests.proof $(PROOF)

guide: $(VENV)/.dev ## take the pictures of the helper's guide anew (needs Chromium)
	$(BIN)/python -m tests.guide

check: $(VENV)/.dev ## style, types, the direction of imports
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

lock: ## for developers: pin the newest versions again (needs uv, which nothing else here does)
	uv pip compile pyproject.toml --extra build --extra dev $(LOCK) -o requirements-dev.txt
	uv pip compile pyproject.toml --extra build -c requirements-dev.txt $(LOCK) -o requirements.txt

LOCK := --quiet --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

clean: ## remove .venv and build, never data
	rm -rf $(VENV) build

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Zoufang needs Python 3.11 or newer with venv (on Debian and Ubuntu: the package python3-venv)."; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { echo "making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv --clear $(VENV); }
	@touch $@

$(VENV)/.run: requirements.txt pyproject.toml | $(VENV)/.made
	@echo "installing what Zoufang needs (about half a minute, once)"
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-build-isolation --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements-dev.txt pyproject.toml | $(VENV)/.run
	@echo "installing what the tests need (once)"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@
