# Two commands do everything on a machine with Python 3.11 or later and make:
#   make report    builds reports/report.html from the data in this repository
#   make test      runs the tests
# Both make their own .venv here on first use. Other data: make report RAW=path/to/folder

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.installed
RAW    ?=
OUT    ?= reports

.PHONY: report test check lint slow bench lock clean help

report: $(READY)
	@$(BIN)/carbonlink report --out $(OUT) $(if $(RAW),--raw $(RAW))

test: $(READY)
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile

check: $(READY)
	@$(BIN)/carbonlink check --out $(OUT) $(if $(RAW),--raw $(RAW))

lint: $(READY)
	@$(BIN)/python -m pip install -q -c constraints.txt ruff mypy pandas-stubs
	@$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy

slow: $(READY)
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --run-slow -m slow

bench: $(READY)
	@for script in benchmarks/*.py; do echo "== $$script"; OMP_NUM_THREADS=1 $(BIN)/python $$script; done

$(READY): setup.cfg pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "carbonlink needs Python 3.11 or later; this is $$($(PYTHON) --version). Try: make report PYTHON=python3.12"; exit 2; }
	@echo "Installing into $(VENV) (once, about a minute) ..."
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "The environment could not be made. On Debian and Ubuntu: apt install python3-venv"; exit 2; }
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e ".[test,calendars]"
	@touch $@

clean:
	rm -rf $(VENV) build dist *.egg-info reports/report.html reports/figures reports/tables reports/manifest.json

help:
	@sed -n '1,5p' Makefile
