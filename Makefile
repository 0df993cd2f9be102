# Thin on purpose: a virtual environment, then commands that work without make too (see README.md).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
PIP_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help book exercises test test-full lint bench lab clean

help:
	@echo "make book       build the book into _build/html"
	@echo "make exercises  write the exercises' notebooks from their sources, solutions/*.md"
	@echo "make test       run every test"
	@echo "make test-full  run the longer proofs too"
	@echo "make lint       check the style of the code"
	@echo "make bench      measure the speed"
	@echo "make lab        open JupyterLab on the exercises"
	@echo "make clean      remove what was built (the virtual environment stays)"

book: $(READY)
	$(BIN)/parity book

exercises: $(READY)
	$(BIN)/parity exercises

test: $(READY) lint
	$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest -m "not slow" --cov --cov-report=term

test-full: $(READY) lint
	$(BIN)/python -m tests.browser
	$(BIN)/python -m pytest --cov --cov-report=term

lint: $(READY)
	$(BIN)/ruff check .

bench: $(READY)
	$(BIN)/parity bench

lab: $(READY)
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/exercises

clean:
	rm -rf _build .pytest_cache .ruff_cache .coverage

# Installed again whenever what is asked for changes.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. $(PYTHON) is missing or older; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(PIP_ARGS) -c constraints.txt -e ".[test]"
	@touch $(READY)
