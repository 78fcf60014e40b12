# Two commands do everything on a machine with Python 3.11+, git and make:
#   make demo    sets up, then tells the whole story on the embedded emulator
#   make test    sets up, then runs the tests
# `make check` adds what CI checks beside the tests: format, lint, types, import contracts.

VENV   ?= .venv
BIN    := $(VENV)/bin
PACKAGE := .[catalogue,emulator,lsp,objects,postgres,sign]
STAMP  := $(VENV)/.installed
UV     := $(shell command -v uv 2>/dev/null)
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

.PHONY: demo test check format bench setup clean
.DEFAULT_GOAL := test

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
ifneq ($(UV),)
	uv venv --quiet --allow-existing --python '>=3.11' $(VENV)
	uv pip install --quiet --python $(BIN)/python --constraint constraints.txt --editable '$(PACKAGE)' --group dev
else
	@test -n "$(PYTHON)" || { echo "agentconf needs Python 3.11 or newer; none was found on PATH"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '$(PACKAGE)' --group dev
endif
	@touch $(STAMP)

demo: $(STAMP)
	@$(BIN)/agentconf demo

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal

check: $(STAMP)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/zizmor --offline --no-progress --quiet .github/workflows agentconf/cli/scaffold/.github/workflows

format: $(STAMP)
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(STAMP)
	$(BIN)/python bench/run.py

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
