# Everything a person or a machine does with this project. `make help` lists it.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.NOTPARALLEL:

PYTHON ?= $(firstword $(foreach name,python3.11 python3 python3.12 python3.13,$(shell command -v $(name) 2>/dev/null)))
BIN := .venv/bin
INSTALL := $(or $(PYTHON),python3.11) scripts/install.py
# Where pytest may use both cores of a small machine.
WORKERS ?= 2

# What a person may set: make run PORT=8001 HOST=0.0.0.0 CRM_VAR=/srv/second-firm
ifdef PORT
export PORT
endif
ifdef HOST
export HOST
endif
ifdef CRM_VAR
export CRM_VAR
endif
ifdef CRM_DEMO
export CRM_DEMO
endif

.PHONY: help setup setup-dev run test check check-fast bench test-long

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24

setup: ## install everything the product needs into this folder (.venv, node_modules, var)
	@$(INSTALL)

setup-dev:
	@$(INSTALL) --dev

run: setup ## the whole firm: servers, web, workers; Ctrl-C stops it. PORT=8001 CRM_VAR=/folder
	@exec $(BIN)/python -m crm.embedded.supervisor

test: ## all tests but the long ones; installs what they need
	@$(INSTALL) --dev --browser
	@$(MAKE) --no-print-directory check-fast
	$(BIN)/python -m pytest -n $(WORKERS) $(ARGS)

check-fast: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports --no-cache

check: check-fast ## ruff, mypy, templates, imports, migrations, translations
	$(BIN)/mypy .
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python manage.py makemigrations --check --dry-run
	$(BIN)/python -m scripts.catalogues --check

bench: setup-dev ## measure and write docs/benchmarks.md and .json. ONLY=name
	$(BIN)/python -m tests.bench $(ONLY)

test-long: ## what does not fit into make test
	@$(INSTALL) --dev --browser
	$(BIN)/python -m pytest -m long $(ARGS)
