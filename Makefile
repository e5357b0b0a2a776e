# make demo   a search of 2^x on two cores, its best programs, and one of them as tested C
# make test   every gate: format, lint, import contract, types, fast tests, slow tests
# make fast   the fast tests only;  make lint   the static gates only

PYTHON ?= python3
VENV ?= .venv
SECONDS_OF_SEARCH ?= 75
OUT ?= demo-out

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
# Compiled tests are kept, also where Python is told to keep nothing: they take longer to compile than to run.
TESTS := PYTHONDONTWRITEBYTECODE= $(BIN)/pytest -q -n auto --dist worksteal
ARCHIVE := $(OUT)/elitemap.db
SOURCES := $(shell find . -path './.*' -prune -o -path ./build -prune -o -path ./tests -prune \
	-o -path ./benchmarks -prune -o -path ./examples -prune \
	-o \( -name '*.py' -o -name '*.[ch]' -o -name '*.csv' \) -print)
CFLAGS := -std=c99 -O2 -ffp-contract=off -Wall -Wextra -Wconversion -Werror

.PHONY: demo test fast lint slow clean
.NOTPARALLEL:

demo: $(VENV)/package
	@PYTHON=$(BIN)/python ELITEMAP=$(BIN)/elitemap CFLAGS='$(CFLAGS)' \
		bash examples/demo.sh $(SECONDS_OF_SEARCH) $(OUT)

test: lint fast slow

lint: $(VENV)/developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/lint-imports
	$(BIN)/mypy

fast: $(VENV)/developer
	$(TESTS) -m 'not slow'

slow: $(VENV)/developer
	$(TESTS) -m slow

clean:
	rm -rf $(VENV) build *.egg-info $(OUT)

$(VENV)/pip: constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "elitemap needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) install --upgrade 'pip>=25.1'
	@touch $@

# A wheel, not an editable install: static checkers cannot see those, and the tests should meet what
# users get. setuptools would ship deleted modules again from a stale build/ folder.
$(VENV)/package: $(VENV)/pip pyproject.toml $(SOURCES)
	rm -rf build
	$(PIP) install --constraint constraints.txt .
	rm -rf build
	@touch $@

$(VENV)/developer: $(VENV)/package
	$(PIP) install --constraint constraints.txt --group test --group lint
	@touch $@
