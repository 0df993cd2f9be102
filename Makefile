# Thin on purpose: a virtual environment, then commands that work without make too (see README.md).
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP_ARGS ?=
PIP = $(BIN)/python -m pip install --disable-pip-version-check $(PIP_ARGS) -c constraints.txt

ifneq ($(words $(VENV)),1)
$(error VENV is "$(VENV)", and make takes no folder with a blank in its name)
endif
# Programs in a virtual environment know where they stand: in a folder that was renamed they fail with error 127.
MADE_IN := $(shell cat $(BIN)/.made-in 2>/dev/null)
ifneq ($(MADE_IN),)
ifneq ($(MADE_IN),$(CURDIR))
ifneq ($(MAKECMDGOALS),clean)
$(error $(VENV) was made in $(MADE_IN), and this is $(CURDIR). Remove it and run make again: rm -r $(VENV))
endif
endif
endif

# A file of tests stays on one worker, so that what its fixtures make is made once; the longest come first.
PYTEST = $(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile --no-loadscope-reorder

.DEFAULT_GOAL := help
.PHONY: help book pdf exercises test test-fast test-full test-wheel test-anywhere lint bench lab doctor clean

help:
	@echo "make book           build the book into _build/html: two to four minutes with the installation"
	@echo "make pdf            print the whole book into _build/one-bit-of-memory.pdf: two minutes more, and a Chromium"
	@echo "make lab            open JupyterLab on the exercises"
	@echo "make exercises      write the exercises' notebooks from their sources, solutions/*.md"
	@echo "make test           run every test"
	@echo "make test-fast      run the fast half of them"
	@echo "make test-full      run the longer proofs too"
	@echo "make test-wheel     install the library by itself elsewhere and run every chapter's notebook (or CHAPTERS='data gates')"
	@echo "make test-anywhere  other instructions, other versions, disturbed weights: about three hours"
	@echo "make lint           check the style of the code"
	@echo "make bench          measure the speed"
	@echo "make doctor         say what is installed, and what is missing"
	@echo "make clean          remove what was built (the virtual environment stays)"

book: $(VENV)/.ready-book
	$(BIN)/parity book

pdf: $(VENV)/.ready-pdf
	$(BIN)/parity pdf

exercises: $(VENV)/.ready-test
	$(BIN)/parity exercises

test: $(VENV)/.ready-test lint
	$(BIN)/python -m tests.browser
	$(PYTEST) -m "not slow" --cov --cov-report=term

test-fast: $(VENV)/.ready-test lint
	$(PYTEST) -m "not slow and not whole"

test-full: $(VENV)/.ready-test lint
	$(BIN)/python -m tests.browser
	$(PYTEST) --cov --cov-report=term

test-wheel: $(VENV)/.ready-test
	$(BIN)/parity book
	PIP_ARGS="$(PIP_ARGS)" $(BIN)/python -m tests.wheel $(CHAPTERS)

test-anywhere: $(VENV)/.ready-test
	PIP_ARGS="$(PIP_ARGS)" $(BIN)/python -m tests.anywhere

lint: $(VENV)/.ready-test
	$(BIN)/ruff check .

bench: $(VENV)/.ready-test
	$(BIN)/parity bench
	$(BIN)/parity book
	$(BIN)/parity bench --pages

# Jupyter refuses to run as root unless told so; in a container there is often nobody else.
lab: $(VENV)/.ready-exercises
	$(BIN)/jupyter lab --notebook-dir=. --LabApp.default_url=/lab/tree/exercises $(if $(filter 0,$(shell id -u)),--allow-root)

doctor: $(VENV)/.ready-book
	$(BIN)/parity doctor

clean:
	rm -rf _build build dist *.egg-info .pytest_cache .ruff_cache .coverage

# Each command installs what it needs, and again whenever what is asked for changes.
$(VENV)/.ready-%: pyproject.toml constraints.txt $(BIN)/.made-in
	@echo "PyTorch first, the largest by far: 0.2 GB to fetch, on Linux 3 GB unless PIP_ARGS asks for the CPU's (README.md)"
	$(PIP) torch
	@echo "Everything else for \"$*\": up to 0.4 GB and three minutes without another word"
	$(PIP) --quiet -e ".[$*]"
	@touch $@

$(BIN)/.made-in:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed. $(PYTHON) is missing or older; try: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "A virtual environment in $(VENV), for everything that follows"
	$(PYTHON) -m venv $(VENV)
	@echo "$(CURDIR)" > $@

.PRECIOUS: $(VENV)/.ready-% $(BIN)/.made-in
