# Every target sets up what it needs: the first call makes .venv (about 30 s), later ones take no time.
# Recipes end in exec, so that a signal sent to make reaches the program and leaves no orphan.

PYTHON ?= python3
BIN := .venv/bin
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard assembly/locale/*/LC_MESSAGES/django.po))
READY := .venv/.installed $(CATALOGUES)
# As a module, so that Babel finds our own extractor in this directory.
BABEL := $(BIN)/python -m babel.messages.frontend -q
# Names Babel does not look for by itself.
KEYWORDS := -k gettext_lazy -k ngettext_lazy:1,2 -k pgettext_lazy:1c,2 -k npgettext_lazy:1c,2,3

.PHONY: run test test-browser test-faults bench lint messages lock
.SUFFIXES:

run: $(READY)
	@exec env DJANGO_SETTINGS_MODULE=assembly.settings.demo $(BIN)/python manage.py up --end-with-parent

test: $(READY)
	@exec $(BIN)/python -m pytest -q -m "not browser and not faults"

test-browser: $(READY)
	@exec $(BIN)/python -m pytest -q -m browser

test-faults: $(READY)
	@exec $(BIN)/python -m pytest -q -m faults

bench: $(READY)
	@exec $(BIN)/python -m tests.bench

lint: $(READY)
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/djlint templates --lint --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@DJANGO_SETTINGS_MODULE=assembly.settings.test $(BIN)/python manage.py makemigrations --check --dry-run
	@exec $(BIN)/python -m pytest -q tests/architecture

# Bring the catalogues up to date with the words in the code and in the templates.
messages: .venv/.installed
	@mkdir -p var
	@$(BABEL) extract -F assembly/locale/babel.cfg $(KEYWORDS) --no-location --sort-output \
		--omit-header --add-comments=Translators -o var/django.pot .
	@exec $(BABEL) update -D django -i var/django.pot -d assembly/locale -w 100 \
		--no-fuzzy-matching --ignore-pot-creation-date -N

lock: .venv/.installed
	@exec $(BIN)/uv pip compile --generate-hashes --no-header --python-version 3.11 --universal \
		--extra demo --extra dev pyproject.toml -o requirements.lock -q

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed, and $(PYTHON) is not that. Try: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@echo "Installing the libraries into .venv"
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

assembly/locale/%/LC_MESSAGES/django.mo: assembly/locale/%/LC_MESSAGES/django.po | .venv/.installed
	@$(BABEL) compile -l $* -i $< -o $@
