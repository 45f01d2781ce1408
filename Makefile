# Everything a developer runs; `make help` lists it. bootstrap.py installs what each target needs, once.
PYTHON ?= python3
RUN := .venv/bin/python
# More words for the command of a target: make test ARGS="-n0 -k absence"
ARGS ?=

# Checks that need no data look at an empty database in memory, whatever the environment says.
EMPTY := DATABASE_URL=sqlite://:memory: LOG_LEVEL=WARNING
# What production would say; the secret is made on the spot, and nothing listens at these addresses.
PRODUCTION := DEBUG=0 DEMO=0 ALLOWED_HOSTS=example.org TRUSTED_PROXY=1 EMAIL_URL=smtp://localhost:25 \
	DEFAULT_FROM_EMAIL=no-reply@example.org SOURCE_URL=https://example.org/source PUBLIC_URL=https://example.org DATABASE_URL=postgresql://localhost/preau \
	OPERATOR_NAME=x OPERATOR_ADDRESS=x OPERATOR_DIRECTOR=x OPERATOR_HOST=x OPERATOR_CONTACT=x@example.org OPERATOR_PRIVACY=x@example.org
# The linter ships as an app that replaces makemigrations: called this way, the settings need not know it.
LINT_MIGRATIONS = $(RUN) -c 'import django; django.setup(); from django.core.management import call_command; \
	from django_migration_linter.management.commands.lintmigrations import Command; call_command(Command()$(1))'
export DJANGO_SETTINGS_MODULE := preau.settings
# Compiled files, beside the sources of no folder: reading 2 000 modules anew costs each start of the tests twenty seconds.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONPYCACHEPREFIX := $(CURDIR)/build/pycache

comma := ,
.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help ready tools demo demo-reset serve test house pre ci landing all net lint-migrations test-postgres foreign bench bench-quick bench-imports bench-search bench-signon bench-peak bench-messages faults coverage mutate audit check format lock

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

ready:
	@$(PYTHON) bootstrap.py demo

tools:
	@$(PYTHON) bootstrap.py dev

demo: ready ## install, make up a school, start the site; a second time keeps its data
	DEMO=1 $(RUN) manage.py demo $(ARGS)

demo-reset: ready ## the same, with a new school instead of the former one
	DEMO=1 $(RUN) manage.py demo --reset $(ARGS)

serve: tools ## Django's development server, on the data of the demo
	DEBUG=1 DEMO=1 $(RUN) manage.py runserver $(ARGS)

test: tools ## every test, on SQLite; the whole net apart (`make net`)
	env -u DATABASE_URL $(RUN) -m pytest -n 2 --dist worksteal -m "not net and not plain" $(ARGS)

house: tools ## what is of one house, H=attendance: its tests, its pages, forms and rules in front of everyone; a minute
	env -u DATABASE_URL $(RUN) -m pytest -n 2 --dist worksteal --house=$(H) $(ARGS) \
		$$(ls -d preau/$(H)/tests preau/*/$(H)/tests 2>/dev/null) tests/test_every_page.py tests/net

pre: tools check ## before a commit: the checks, and what the change touches, five minutes at most; BASE=main by default
	env -u DATABASE_URL $(RUN) -m pytest -n 2 --dist load --maxschedchunk 2 --touched=$(or $(BASE),main) --at-most=4 $(ARGS)

ci: tools ## what `.ci/run` runs: the checks, then every test on both engines; what passed on this very tree is not run again
	$(RUN) -m tests.ci run

landing: tools ## the same on a fresh clone of this commit; green, build/passed holds its tree
	$(RUN) -m tests.ci landing

all: tools ## everything, on both engines, with the whole net; a line in docs/net-runs.md; two hours
	$(RUN) -m tests.ci all

net: tools ## the whole net: every role in front of every route, every page in a browser for fifteen people, each journey without JavaScript (docs/net.md)
	env -u DATABASE_URL NET_PICTURES=1 $(RUN) -m pytest -n 2 --dist worksteal -m "net or looks or plain" tests/net tests/journeys $(ARGS)

foreign: tools ## the clients that others wrote (CAS, OpenID Connect, SAML, LTI, CalDAV, WebDAV), against the real server
	env -u DATABASE_URL $(RUN) -m pytest -n 2 tests/foreign $(ARGS)

test-postgres: tools ## the same tests, on PostgreSQL (fewer in a browser: decision 129), and its migrations read for locks and lost data
	set -e; export DATABASE_URL="$$($(PYTHON) bootstrap.py postgres)"; $(MAKE) lint-migrations; \
	NET_EYES=$${NET_EYES:-closed} $(RUN) -m pytest -n 2 --dist worksteal -m "not net and not plain" $(ARGS)

lint-migrations: # read for locks and lost data, as the database of DATABASE_URL writes them
	LOG_LEVEL=WARNING $(call LINT_MIGRATIONS,)

bench: tools ## what each daily page costs with 1, 10 and 100 schools, on SQLite and PostgreSQL; writes bench/README.md
	set -e; export DATABASE_URL="$$($(PYTHON) bootstrap.py postgres)"; $(RUN) -m bench.run full $(ARGS)

bench-quick: tools ## the same with 1 and 10 schools on SQLite, under a minute; JSON on the last line
	$(RUN) -m bench.run quick

bench-imports: tools ## how fast each format is brought, and twenty imports of each killed; half an hour, on PostgreSQL
	set -e; export DATABASE_URL="$$($(PYTHON) bootstrap.py postgres)"; $(RUN) -m bench.imports all $(ARGS)

bench-search: tools ## what a search costs among 600 000 people of 400 schools, on PostgreSQL; ten minutes or so
	set -e; export DATABASE_URL="$$($(PYTHON) bootstrap.py postgres)"; $(RUN) -m bench.search $(ARGS)

bench-messages: tools ## a box of 50 000 conversations, a message to 3 000 and to 100 000 people; SQLite, or DATABASE_URL; five minutes or so
	$(RUN) -m bench.messages

bench-signon: tools ## signing in, tickets and tokens against the bare view; whether the clock tells which logins exist; minutes
	set -e; export DATABASE_URL="$$($(PYTHON) bootstrap.py postgres)"; $(RUN) -m bench.signon $(ARGS)

bench-catalogue: tools ## the search of resources with 2 000, 20 000 and 200 000 records; a quarter of an hour
	env -u DATABASE_URL $(RUN) -m bench.catalogue $(ARGS)

bench-peak: tools ## 600 rolls called in ten minutes while families read, on PostgreSQL; a quarter of an hour
	set -e; export DATABASE_URL="$$($(PYTHON) bootstrap.py postgres)"; $(RUN) -m bench.peak $(ARGS)

faults: tools ## kill, fill and race a real site twenty times each, and count the acknowledged writes that it lost; half an hour (ARGS=--once: minutes)
	$(RUN) -m bench.faults $(ARGS)

coverage: tools ## the tests without a browser, and which lines they never ran; fails under the bars of tests/coverage_bars.py
	rm -rf build/coverage && mkdir -p build/coverage
	env -u DATABASE_URL $(RUN) -m coverage run -m pytest -n 2 --dist worksteal -m "not journey" $(ARGS)
	$(RUN) -m coverage combine --quiet
	$(RUN) -m coverage json --quiet -o build/coverage/report.json
	$(RUN) -m tests.coverage_bars build/coverage/report.json

mutate: tools ## make each rule wrong in each small way: some test must fail (docs/decisions/0056-mutants.md); minutes; H=attendance: of one house, by its tests and pages
	env -u DATABASE_URL $(RUN) -m tests.mutation.run $(if $(H),--house $(H)) $(ARGS)

audit: tools ## the whole net: every object and setting, six more engines; then mutate; long (docs/net.md)
	@$(PYTHON) bootstrap.py audit
	env -u DATABASE_URL AUDIT=1 $(RUN) -m pytest -n 2 --dist worksteal tests/net tests/journeys $(ARGS)
	env -u DATABASE_URL $(RUN) -m tests.mutation.run

check: tools ## everything a machine can say without running the tests
	$(RUN) -m ruff check
	$(RUN) -m ruff format --check
	.venv/bin/lint-imports --no-logo
	$(EMPTY) $(RUN) manage.py makemigrations --check --dry-run
	@# SQLite rebuilds a table to alter it, which looks like adding what it had; test-postgres checks that.
	$(EMPTY) $(call LINT_MIGRATIONS,$(comma) exclude_migration_tests=["NOT_NULL"$(comma) "ADD_UNIQUE"])
	$(EMPTY) $(RUN) -m mypy
	$(RUN) -m djlint preau --lint --quiet
	$(RUN) -m bandit --quiet --severity-level medium --recursive --configfile pyproject.toml preau
	SECRET_KEY="$$($(RUN) -c 'import secrets; print(secrets.token_urlsafe(64))')" $(PRODUCTION) \
		$(RUN) manage.py check --deploy --fail-level WARNING

format: tools ## rewrite the code in the house style
	$(RUN) -m ruff check --fix
	$(RUN) -m ruff format

COMPILE := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header
lock: ready ## lock what pyproject.toml asks for; newer versions with ARGS=--upgrade
	echo uv | $(COMPILE) $(ARGS) - --output-file requirements/uv.txt
	$(COMPILE) $(ARGS) pyproject.toml --output-file requirements/prod.txt
	$(COMPILE) $(ARGS) pyproject.toml --group dev --constraints requirements/prod.txt --output-file requirements/dev.txt
	$(COMPILE) $(ARGS) --group node --output-file requirements/node.txt
	! grep -nE '://|index-url|find-links' requirements/*.txt
