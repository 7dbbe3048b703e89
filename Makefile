# make run     everything, then http://127.0.0.1:8000 until Ctrl-C (PORT=, DATABASE_URL=, ONCE=1, DEMO=0)
# make test    everything a fresh machine needs, then all tests (TESTS=path, PYTEST="options")
# make check   format, types, import contracts, tidy test, translations
# make ready   what a machine of the house needs before `moa upgrade` (docs/operations.md)
# make clean   removes what was built; the data in var/ stay

TESTS ?= tests
PYTEST ?= -n 2 --dist loadfile --no-loadscope-reorder
BIN := .venv/bin
# Images often forbid Python to keep what it compiled; each start of `moa` would compile 1,300 files anew, two thirds of its time.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run test check format clean environment ready developer browser pages
.DEFAULT_GOAL := run

run: environment
	@exec $(BIN)/moa up

environment:
	@sh scripts/environment.sh runtime

# The code there belongs to root, so what is not compiled now would be compiled at every start. Packages bring files of Python 2 along.
ready: environment
	@$(BIN)/python -m moa.entry.assets
	@$(BIN)/python -m moa.entry.translations
	@$(BIN)/python -m compileall -q src
	@$(BIN)/python -m compileall -qq .venv/lib || true

developer:
	@sh scripts/environment.sh dev

browser: developer
	@sh scripts/browser.sh

pages: developer
	@$(BIN)/python -m moa.entry.assets
	@$(BIN)/python -m moa.entry.translations

# A few that failed are tried once more, alone (ADR 85). The server of the tests ends with them, also when pytest was killed.
test: browser pages
	@code=0; $(BIN)/pytest -v $(PYTEST) $(TESTS) </dev/null || code=$$?; \
	if [ $$code = 1 ]; then code=0; $(BIN)/python -m tests.second_try </dev/null || code=$$?; fi; \
	$(BIN)/python -m tests.database_server; exit $$code

check: developer
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest tests/architecture/test_tidy.py
	$(BIN)/python -m moa.entry.translations --check

format: developer
	$(BIN)/ruff check --fix-only -q .
	$(BIN)/ruff format -q .

clean:
	@if [ -x $(BIN)/moa ]; then $(BIN)/moa down || true; fi
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m tests.database_server --remove || true; fi
	rm -rf .venv assets/node_modules src/moa/ui/static/dist var/test
	rm -rf .mypy_cache .ruff_cache .import_linter_cache .hypothesis test-results build src/*.egg-info
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
