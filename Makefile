# The one list of commands, for people and for CI. A fresh machine needs Python 3.11 or newer and make.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3)
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.install-stamp
RUNS   := runs
CORES  := --numprocesses=auto --maxprocesses=4 --dist=loadfile # tests take up to 1.8 GB a process

.PHONY: help demo test test-all check format docs bench page-tools clean

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 12

$(STAMP): pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'thermal needs Python 3.11 or newer; "$(PYTHON)" is older or missing. Try: make PYTHON=/path/to/python3.11 $(MAKECMDGOALS)' >&2; exit 2; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'Installing thermal and its tools into $(VENV) ...'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: $(STAMP) ## simulate two racks, draw one, compare them with the cooling bill; runs, picture and report in runs/
	@$(BIN)/thermal simulate gb300_nvl72 --out $(RUNS)/gb300_nvl72
	@echo
	@$(BIN)/thermal simulate vr200_nvl144_cpx --out $(RUNS)/vr200_nvl144_cpx
	@echo
	@$(BIN)/thermal compare gb300_nvl72 vr200_nvl144_cpx --report $(RUNS)/compare.html
	@echo
	@$(BIN)/thermal view $(RUNS)/gb300_nvl72 --png $(RUNS)/gb300_nvl72.png

test: $(STAMP) ## the tests, without the slow ones
	@$(BIN)/python -m pytest -q $(CORES) -m 'not slow'

test-all: $(STAMP) ## all tests
	@$(BIN)/python -m pytest -q $(CORES)

check: $(STAMP) ## format, lint, types, layers, and generated files against their sources
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python docs/generate.py --check

format: $(STAMP) ## format, and mend what the linter can mend
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

docs: $(STAMP) ## regenerate the JSON Schemas and the nomenclature
	@$(BIN)/python docs/generate.py

bench: $(STAMP) ## timings of the hot paths, with the machine recorded
	@$(BIN)/python -m benchmarks

page-tools: ## install a browser, an office suite and software OpenGL for the tests that need them (Debian, root)
	@scripts/install_page_tools

clean: ## remove what was built, keeping runs/ and .venv
	rm -rf build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage .import_linter_cache
	find thermal tests -name __pycache__ -type d -prune -exec rm -rf {} +
