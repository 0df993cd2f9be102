# Creates a virtual environment and runs commands that also work without make (see INSTALL.md).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_ARGS ?=
PIP = $(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) -c constraints.txt
# On Linux, the ordinary PyTorch brings gigabytes of CUDA along. TORCH=cuda asks for it.
TORCH ?= cpu
# HASHES=1 installs first, from the files that hashes.txt lists and from no others, everything but PyTorch for Linux.
HASHES ?=
HASHED = $(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) --quiet --no-deps --require-hashes \
  -r hashes.txt
CPU_BUILD := --no-deps --index-url https://download.pytorch.org/whl/cpu --timeout 10 --retries 0

ifneq ($(words $(VENV)),1)
$(error VENV is "$(VENV)", but make cannot use a folder whose name contains a space)
endif
# The programs in a virtual environment contain its path, so they fail with error 127 once the folder has been renamed.
MADE_IN := $(shell cat $(BIN)/.made-in 2>/dev/null)
ifneq ($(MADE_IN),)
ifneq ($(MADE_IN),$(CURDIR))
ifneq ($(MAKECMDGOALS),clean)
$(error $(VENV) was created in $(MADE_IN), but this folder is $(CURDIR). Remove it and run make again: rm -r $(VENV))
endif
endif
endif

# tests/conftest.py says which tests share a worker, and in which order they start.
PYTEST = $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder $(PYTEST_ARGS)

.DEFAULT_GOAL := help
.PHONY: help book pdf exercises test test-slow test-full test-wheel test-anywhere lint bench lab doctor clean

help:
	@echo "make book           install what is needed and build the book into _build/html"
	@echo "                    (with RUNTIME=1, readers can do two exercises in their pages)"
	@echo "make pdf            print the whole book into _build/one-bit-of-memory.pdf; needs a Chromium or Chrome"
	@echo "make lab            open JupyterLab on the exercises"
	@echo "make exercises      write the exercise notebooks from their sources, solutions/NAME/NAME.md"
	@echo "make test           run the tests"
	@echo "make test-full      run all tests (make test-slow: the longer ones, without those that run every week)"
	@echo "make test-wheel     install the library into an empty environment and run the chapters' notebooks with it"
	@echo "                    (all of them, or for example CHAPTERS='data gates')"
	@echo "make test-anywhere  build the book with disturbed weights and with other processor instructions"
	@echo "make lint           check the style of the code and its types"
	@echo "make bench          measure the speed of packing"
	@echo "make doctor         list what is installed, and what is missing"
	@echo "make clean          remove everything that was built; the virtual environment stays"

book: $(VENV)/.ready-book
	$(BIN)/parity book $(if $(RUNTIME),--runtime)

pdf: $(VENV)/.ready-pdf
	$(BIN)/parity pdf

exercises: $(VENV)/.ready-test
	$(BIN)/parity exercises

test: $(VENV)/.ready-test lint
	$(BIN)/python -m tests.browser
	$(PYTEST) -m "not slow"

test-slow: $(VENV)/.ready-test
	$(BIN)/python -m tests.browser
	$(PYTEST) -m "slow and not weekly"

test-full: test
	$(PYTEST) -m slow

test-wheel: $(VENV)/.ready-test
	$(BIN)/parity book
	PIP_ARGS="$(PIP_ARGS)" $(BIN)/python -m tests.wheel $(CHAPTERS)

test-anywhere: $(VENV)/.ready-test
	$(BIN)/python -m tests.anywhere

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

bench: $(VENV)/.ready-test
	$(BIN)/parity bench

# Jupyter refuses to run as root without --allow-root, and in a container root is often the only account.
lab: $(VENV)/.ready-exercises
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/exercises $(if $(filter 0,$(shell id -u)),--allow-root)

doctor: $(VENV)/.ready-book
	$(BIN)/python -VV
	$(BIN)/python -m pip list
	$(BIN)/python -m pip check

clean:
	rm -rf _build build dist *.egg-info .pytest_cache .ruff_cache .mypy_cache .coverage

# Each command installs what it needs, and installs again when pyproject.toml or constraints.txt has changed.
$(VENV)/.ready-%: pyproject.toml constraints.txt $(BIN)/.made-in
ifeq ($(TORCH)$(shell uname -s),cpuLinux)
	@echo "Installing PyTorch for the CPU: a download of about 0.2 GB"
	@$(PIP) $(CPU_BUILD) torch || echo "PyTorch's own index cannot be reached, so pip installs the ordinary package next"
endif
	@echo "Installing everything for \"$*\". This takes a few minutes and prints nothing."
	$(if $(HASHES),$(HASHED))
	$(PIP) --quiet $(if $(HASHES),--no-build-isolation) -e ".[$*]"
	@touch $@

$(BIN)/.made-in:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed, but $(PYTHON) is missing or older. Try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Creating a virtual environment in $(VENV)"
	$(PYTHON) -m venv $(VENV)
	@echo "$(CURDIR)" > $@

.PRECIOUS: $(VENV)/.ready-% $(BIN)/.made-in
