# The commands of a day's work. What they do in Python is in core/management/commands/.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.SILENT:
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
PORT ?= 8000
ARGS ?=
JOBS ?= 2
BIN := .venv/bin
MANAGE := $(BIN)/python manage.py
# Images of containers like to set it. Each process would compile all of Django anew: two seconds.
unexport PYTHONDONTWRITEBYTECODE
# The uv of the machine, else the one locked in requirements/uv.txt; empty when neither is there.
UV = $$(command -v uv || command -v .tools/bin/uv || true)
# What DATABASE_URL, REDIS_URL and STORAGE_URL speak to needs packages of its own.
EXTRA := $(if $(DATABASE_URL)$(REDIS_URL)$(STORAGE_URL),.venv/.services)

.PHONY: help
help: ## This list
	awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

## ---- The environment: .venv, from the locks; a stamp in it says what was installed ----

.venv/bin/python:
	if ! command -v $(PYTHON) >/dev/null; then
	  echo "Python is missing. On Debian: apt-get install python3 python3-venv" >&2; exit 1
	fi
	if ! $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
	  echo "Entraide needs Python 3.11 or newer, and this is $$($(PYTHON) --version)." >&2
	  echo "Name a newer one: make PYTHON=python3.13 $(MAKECMDGOALS)" >&2; exit 1
	fi
	echo "Making the environment .venv …"
	if [ -n "$(UV)" ]; then
	  UV_PYTHON_DOWNLOADS=never $(UV) venv --quiet --python "$$(command -v $(PYTHON))" .venv
	elif $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null; then
	  $(PYTHON) -m venv .venv
	  # uv installs in seconds what takes pip a minute. Where it cannot be had, pip does.
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --only-binary :all: \
	    --target .tools --require-hashes -r requirements/uv.txt || echo "No uv: pip will do it, slower."
	else
	  echo "Python's venv module is missing. On Debian: apt-get install python3-venv" >&2; exit 1
	fi

define install
	if [ -n "$(UV)" ]; then
	  $(UV) pip install --quiet --python .venv --require-hashes $(addprefix -r ,$^)
	else
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes $(addprefix -r ,$^)
	fi
	touch $@
endef

.venv/.base: requirements/base.txt | .venv/bin/python
	echo "Installing what Entraide stands on …"
	$(install)

.venv/.services: requirements/base.txt requirements/services.txt | .venv/bin/python
	echo "Installing what speaks to PostgreSQL, Redis and S3 …"
	$(install)

.venv/.imports: requirements/base.txt requirements/imports.txt | .venv/bin/python
	echo "Installing what reads the databases of other forums …"
	$(install)

.venv/.all: requirements/base.txt requirements/services.txt requirements/imports.txt requirements/dev.txt | .venv/bin/python
	echo "Installing the tools of tests and checks …"
	$(install)

.PHONY: imports
imports: .venv/.imports ## What manage.py import_phpbb needs besides

.PHONY: lock audit
LOCK := pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-header --no-annotate --no-emit-index-url --no-emit-find-links
lock: .venv/.base ## Renew requirements/*.txt from *.in (newest of all: UPGRADE=--upgrade)
	# All parts are solved together first: solved one after another, base once took a version of a
	# package that no version of a service's package could stand beside.
	mkdir -p .tools
	cat requirements/{base,services,imports,dev,uv}.txt > .tools/together.txt
	$(UV) $(LOCK) $(UPGRADE) requirements/{base,services,imports,dev,uv}.in -o .tools/together.txt
	for part in base services imports dev uv; do
	  $(UV) $(LOCK) $(UPGRADE) -c .tools/together.txt requirements/$$part.in -o requirements/$$part.txt
	done

audit: .venv/.all ## Look for known weaknesses in the locked packages (needs the network)
	$(BIN)/pip-audit --require-hashes --disable-pip $(foreach part,base services imports,-r requirements/$(part).txt)

## ---- Running ----

.PHONY: run
run: export PORT := $(PORT)
run: .venv/.base $(EXTRA) ## Start the site with demo data on http://localhost:8000 (PORT=…)
	exec $(BIN)/python -m core.start web worker mailworker

## ---- Checking: each part alone, or all with `make check` (`make -k check` shows every complaint) ----

CHECKS := check-format check-style check-types check-layers check-templates check-rules \
  check-migrations check-translations check-openapi check-deploy
.PHONY: check $(CHECKS)
check: $(CHECKS) ## Everything that can be said without running the tests
	echo "All checks passed."
$(CHECKS): .venv/.all

check-format:
	$(BIN)/ruff format --check .
check-style:
	$(BIN)/ruff check .
check-types:
	$(BIN)/mypy .
check-layers:
	$(BIN)/lint-imports
check-templates:
	find frontend core -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --check --target-version 5.2
check-rules:
	$(MANAGE) check_rules
check-migrations:
	$(MANAGE) makemigrations --check --dry-run
check-translations:
	$(MANAGE) check_translations
check-openapi:
	$(MANAGE) openapi --check
# Production's own values: of no installation, and long enough to please the checks.
check-deploy:
	ENTRAIDE_MODE=production SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	  ALLOWED_HOSTS=entraide.example PUBLIC_URL=https://entraide.example TRUSTED_PROXIES=127.0.0.1 \
	  $(MANAGE) check --deploy --fail-level WARNING

.PHONY: format openapi messages
format: .venv/.all ## Put the code in form
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format --quiet .
	find frontend core -name '*.html' -print0 | xargs -0 --no-run-if-empty $(BIN)/djade --target-version 5.2 || true

openapi: .venv/.all ## Renew docs/openapi.yaml
	$(MANAGE) openapi

messages: .venv/.all ## Bring the texts of code and pages into frontend/locale (needs gettext)
	command -v xgettext >/dev/null || { echo "xgettext is missing. On Debian: apt-get install gettext" >&2; exit 1; }
	$(MANAGE) messages

## ---- Testing (ARGS are pytest's; --pdb wants one process: make test JOBS=0 ARGS='tests/forum --pdb') ----

# Each proof that nothing is lost, on both databases; needs redis-server and a PostgreSQL to test in.
# How fast they must be is what two idle cores do: FAULTS_FLOOR=0.2 asks a busy machine for a fifth.
FAULTS := $(BIN)/pytest tests/faults -s
.PHONY: faults
faults: .venv/.all ## Kill servers, Redis and lines: the proofs that chat loses nothing (minutes)
	command -v redis-server >/dev/null || { echo "redis-server is missing. On Debian: apt-get install redis-server" >&2; exit 1; }
	env -u DATABASE_URL -u REDIS_URL $(FAULTS) $(ARGS)
	DATABASE_URL="$${DATABASE_URL:-postgres://postgres@127.0.0.1:5432/postgres}" \
	  REDIS_URL="$${REDIS_URL:-redis://127.0.0.1:6379/9}" $(FAULTS) $(ARGS)

.PHONY: test test-services test-next journeys
test: .venv/.all ## The tests, on SQLite and what is built in
	env -u DATABASE_URL -u REDIS_URL $(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

test-services: export DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres
test-services: export REDIS_URL ?= redis://127.0.0.1:6379/9
# What the tests write need not survive a power cut.
test-services: export PGOPTIONS ?= -c synchronous_commit=off
test-services: .venv/.all ## The same tests, on PostgreSQL and Redis
	$(MANAGE) check_services --tidy
	$(BIN)/pytest -n $(JOBS) --dist worksteal $(ARGS)

NEXT ?= Django>=6.1,<6.2
test-next: .venv/.all ## The tests on the next Django (make test-next PYTHON=python3.13)
	UV_PYTHON_DOWNLOADS=never $(UV) venv --quiet --clear --python "$$(command -v $(PYTHON))" .tools/next
	$(UV) pip install --quiet --python .tools/next -r requirements/base.txt -r requirements/services.txt -r requirements/dev.txt
	$(UV) pip install --quiet --python .tools/next "$(NEXT)"
	# Its warnings of what Djangos to come will drop are shown, and do not fail.
	.tools/next/bin/pytest -o filterwarnings=default $(ARGS)

# The browser is Debian's own: apt-get install chromium; with chromium-headless-shell, which shows no
# notices, most are walked by that, for less than half. Each process has a site, mail servers and a
# browser of its own; what a file leaves on the site, its next test may find (so, loadfile).
CHROMIUM ?= /usr/bin/chromium
HEADLESS ?= $(firstword $(wildcard /usr/bin/chromium-headless-shell) $(CHROMIUM))
journeys: export CHROMIUM := $(CHROMIUM)
journeys: export HEADLESS := $(HEADLESS)
journeys: .venv/.all ## The journeys of a real browser (Debian's Chromium)
	[ -x $(CHROMIUM) ] || { echo "$(CHROMIUM) is missing. On Debian: apt-get install chromium" >&2; exit 1; }
	env -u DATABASE_URL -u REDIS_URL $(BIN)/pytest -n $(JOBS) --dist loadfile $(if $(filter tests/%,$(ARGS)),,tests/journeys) $(ARGS)

## ---- Measuring ----

.PHONY: mail-samples
mail-samples: .venv/.all ## How many mails of the public sets are read right (needs ../shared/data/mail)
	$(BIN)/pytest -q -s -n0 tests/helpdesk/test_mail_samples.py $(ARGS)

.PHONY: bench bench-chat bench-imports bench-scale bench-weight load-data
load-data: .venv/.all ## Fill the database for measuring (TOPICS=10000 POSTS=50000 PEOPLE=2000 TICKETS=100000)
	$(BIN)/python -m tests.load.data --topics $(or $(TOPICS),10000) --posts $(or $(POSTS),50000) --people $(or $(PEOPLE),2000) $(if $(TICKETS),--tickets $(TICKETS))
bench: .venv/.all ## Measure the pages against a bare Django view, their weight and their scale (an hour; ARGS=--brief: minutes)
	$(BIN)/python -m tests.load.bench $(ARGS)
bench-scale: .venv/.all ## Compare 1,000 and 100,000 tickets, or questions (ARGS="--room forum", or chat; many minutes)
	$(BIN)/python -m tests.load.scale $(ARGS)
bench-weight: .venv/.all ## Weigh every question page of a real corpus (ARGS="--dump FOLDER")
	$(BIN)/python -m tests.load.corpus $(ARGS)
bench-chat: .venv/.all ## Measure live rooms against bare references (ARGS="--only fan-out")
	$(BIN)/python -m tests.load.chat $(ARGS)
bench-imports: .venv/.all ## Time the imports of 90,000 sites and of a dump, and their memory
	$(BIN)/python -m tests.load.imports $(ARGS)
