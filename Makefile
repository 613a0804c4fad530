# Everything a developer runs. Each target brings the environment up to date first.
.DEFAULT_GOAL := help
SHELL := /bin/sh
BIN := .venv/bin
# Test files are spread over this many processes; a file stays in one of them.
WORKERS ?= 2
# Compiled modules are kept: else each program that a test starts would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE
# More options for `corral run`: make run ARGS="--port 9000"
ARGS ?=

.PHONY: help install run check test test-networks crash bench lock notices pages screenshots

help: ## Show what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

install: ## Create or update .venv and build the front end; quick when nothing changed
	@python=$$(sh tools/find_python.sh) && "$$python" tools/install.py

run: install ## Start Corral with a demo workspace and print the address and the logins
	@$(BIN)/corral run --demo $(ARGS)

check: install ## Format, lint, types, imports, style bars, lock, notices and pages
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.lock --check
	$(BIN)/python -m tools.notices --check
	$(BIN)/python -m tools.rule_pages --check
	$(BIN)/python -m tools.coverage_table --check
	$(BIN)/pytest tests/architecture

test: install ## Run every test; fetches a Chromium if there is none
	@$(BIN)/python -m tools.chromium
	$(BIN)/pytest tests --ignore=tests/networks_real -n $(WORKERS) --dist loadfile

test-networks: install ## Fetch real servers of networks (Bluesky, e-mail), and test against them on this machine alone
	@$(BIN)/python -m tools.chromium
	@$(BIN)/python -m tools.real_networks

# For how long, on which database, and which troubles: make crash SECONDS=60 DATABASE=sqlite SEED=42
SECONDS ?= 600
DATABASE ?= both
SEED ?=

crash: install ## Kill, stop and starve Corral under load for ten minutes a database, then account for everything
	@$(BIN)/python -m tests.crash.long_run --seconds $(SECONDS) --database $(DATABASE) $(if $(SEED),--seed $(SEED))

bench: install ## Measure; prints one JSON object
	@$(BIN)/python -m tools.bench

lock: install ## Pin the newest allowed versions of every dependency
	$(BIN)/python -m tools.lock

notices: install ## Write THIRD-PARTY-NOTICES.md from what is installed
	$(BIN)/python -m tools.notices

pages: install ## Write the pages of the documentation that are made from code and tests
	$(BIN)/python -m tools.rule_pages
	$(BIN)/python -m tools.coverage_table

screenshots: install ## Make the pictures of the documentation anew from the demo
	@$(BIN)/python -m tools.chromium
	$(BIN)/python -m tests.browser.screenshots
