# The commands of the house. `make demo` to see it, `make test` to trust it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SHELL := /bin/bash
# Everything below the doors.
TYPED := config/kernel $(foreach app,catalog channels moderation,$(app)/errors.py $(app)/rules $(app)/models $(app)/services) \
	catalog/footage channels/platforms moderation/classifier
.DEFAULT_GOAL := help

.PHONY: help setup setup-dev demo demo-fresh test test-sqlite test-postgres lint smoke bench messages lock

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(VENV)/ready: requirements.txt
	@echo "Setting up the virtual environment (once, about a minute) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed.")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

$(VENV)/ready-dev: requirements-dev.txt $(VENV)/ready
	@echo "Adding the tools for tests …"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

setup: $(VENV)/ready ## Install what the product needs
setup-dev: $(VENV)/ready-dev ## Install what its tests need too

demo: setup ## Run everything here, on made-up dramas and a local stand-in for the platforms
	@exec $(BIN)/python manage.py demo

demo-fresh: setup ## The same from the beginning: throws the demo's data away
	@exec $(BIN)/python manage.py demo --fresh

smoke: setup ## The demo without a person: follow the loop until a ticket is verified
	@$(BIN)/python manage.py smoke

test: lint test-sqlite test-postgres ## Everything that must pass, on SQLite and on PostgreSQL

test-sqlite: setup-dev
	@echo "Tests on SQLite …"
	@VAR_DIR=$$(mktemp -d) $(BIN)/python -m pytest -n 2

test-postgres: setup-dev
	@echo "Tests on PostgreSQL …"
	@VAR_DIR=$$(mktemp -d) $(BIN)/python -m tests.postgres -n 2

bench: setup-dev ## Measure: figures of the planner and of look-alikes, one line of JSON each (BENCH=plan for one group)
	@VAR_DIR=$$(mktemp -d) $(BIN)/python -m tests.bench $(BENCH)

lint: setup-dev ## Style, types below the doors, deployment checks, missing migrations
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy $(TYPED)
	@VAR_DIR=$$(mktemp -d) $(BIN)/python manage.py makemigrations --check --dry-run
	@VAR_DIR=$$(mktemp -d) $(BIN)/python manage.py texts --check
	@VAR_DIR=$$(mktemp -d) $(BIN)/python -m tests.deploy_check

messages: setup ## Collect the visible texts, compile their translations, say what is missing
	@$(BIN)/python manage.py texts

lock: setup-dev ## Work out both lock files again from pyproject.toml
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate -q pyproject.toml -o requirements.txt
	@$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url --no-annotate -q pyproject.toml --extra dev -c requirements.txt -o requirements-dev.txt
