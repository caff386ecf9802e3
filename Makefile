# On a machine with Python 3.11+ and make alone: `make demo`, then `make ui`. No command asks a question.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := -m pip install --quiet --disable-pip-version-check --require-hashes -r
export CIRCULEZ_STATE ?= $(CURDIR)/.dagster
export DAGSTER_HOME := $(CURDIR)
export DAGSTER_DISABLE_TELEMETRY := 1
export DO_NOT_TRACK := 1
export GX_ANALYTICS_ENABLED := false
export DBT_SEND_ANONYMOUS_USAGE_STATS := false

.PHONY: help demo run test lint format ui bundle messages docs trials lock clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

$(VENV)/runtime: requirements.lock pyproject.toml
	@echo "Building .venv from requirements.lock (one to three minutes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python $(INSTALL) requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/tests: requirements-test.lock tests/duckdb-1.5.lock $(VENV)/runtime
	@echo "Adding what the tests need"
	@$(BIN)/python $(INSTALL) requirements-test.lock
	@$(PYTHON) -m venv $(VENV)-duckdb-1.5
	@$(VENV)-duckdb-1.5/bin/python $(INSTALL) tests/duckdb-1.5.lock
	@touch $@

$(VENV)-lint/ready: requirements-lint.lock
	@echo "Building .venv-lint"
	@$(PYTHON) -m venv $(VENV)-lint
	@$(VENV)-lint/bin/python $(INSTALL) requirements-lint.lock
	@touch $@

demo: $(VENV)/runtime  ## the whole pipeline on the bundled synthetic case
	@$(BIN)/circulez run --data data

run: demo

test: $(VENV)/tests  ## every test; what the machine lacks is skipped and named
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/runtime $(VENV)-lint/ready  ## ruff, mypy, import-linter, sqlfluff
	@$(VENV)-lint/bin/ruff check .
	@$(VENV)-lint/bin/ruff format --check .
	@$(VENV)-lint/bin/mypy --python-executable $(BIN)/python
	@$(VENV)-lint/bin/lint-imports --no-cache
	@$(VENV)-lint/bin/sqlfluff lint --disable-progress-bar dbt_project/models dbt_project/tests

format: $(VENV)-lint/ready  ## as ruff writes it
	@$(VENV)-lint/bin/ruff check --fix .
	@$(VENV)-lint/bin/ruff format .

ui: $(VENV)/runtime  ## Dagster's UI and daemon on http://127.0.0.1:3000
	@$(BIN)/python -m pipelines.ui

messages: $(VENV)/runtime  ## the words of the pages, gathered for their translation
	@$(BIN)/python -m metabolism.report.catalogue

bundle: $(VENV)/runtime  ## the bundled synthetic case again, from its seed
	@$(BIN)/python -m pipelines.bundle

docs: $(VENV)/runtime  ## the data dictionary and the catalogue of findings, from the code
	@$(BIN)/python -m pipelines.docs

trials: $(VENV)/tests  ## long trials; their results stand in docs/trials.md
	@$(BIN)/python -m trials.reader
	@$(BIN)/python -m trials.truth

lock:  ## new lock files, from pyproject.toml (needs uv)
	@uv pip compile --universal --generate-hashes --no-strip-extras --no-annotate --no-emit-index-url --no-header --quiet pyproject.toml -o requirements.lock
	@uv pip compile --universal --generate-hashes --no-strip-extras --no-annotate --no-emit-index-url --no-header --quiet --extra test pyproject.toml -o requirements-test.lock
	@uv pip compile --universal --generate-hashes --no-strip-extras --no-annotate --no-emit-index-url --no-header --quiet requirements-lint.in -o requirements-lint.lock
	@uv pip compile --universal --generate-hashes --no-annotate --no-emit-index-url --no-header --quiet tests/duckdb-1.5.in -o tests/duckdb-1.5.lock

clean:  ## working state, publications and environments of this folder
	rm -rf $(VENV) $(VENV)-lint $(VENV)-duckdb-1.5 .dagster data/lake data/warehouse.duckdb*
