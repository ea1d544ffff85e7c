# Short targets for people; what they do stands in infra/local/ and tests/. `make` lists them.

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
READY := .venv/.ready
TEMPLATES := template.yaml $(wildcard infra/*.yaml)

.DEFAULT_GOAL := help
.PHONY: help up down demo site functions newsletter logs test test-fast fuzz rehearse check test-timing bench lighthouse build preflight deploy smoke lock

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

up: $(READY) ## Bring the whole service up on this machine, or update it
	@$(BIN)/python -m infra.local up

down: ## End everything that `make up` started
	@test ! -x $(BIN)/python || $(BIN)/python -m infra.local down

demo: $(READY) ## Register, log in and download a real file, in this terminal
	@$(BIN)/python -m infra.local.demo

site: $(READY) ## Put a change of website/ live on the local stack
	@$(BIN)/python -m infra.local site

functions: $(READY) ## Put a change of functions/, layers/ or a template live on the local stack
	@$(BIN)/python -m infra.local functions

newsletter: $(READY) ## Make an edition of the newsletter on the local stack; DO=approve, pause, resume or cancel
	@$(BIN)/python -m infra.local newsletter $(DO)

logs: $(READY) ## Show what the functions of the local stack logged
	@$(BIN)/python -m infra.local logs

test: $(READY) ## Run every suite, the browser's included
	@$(BIN)/python -m tools.test_suites

test-fast: $(READY) ## Run what one runs while coding: no layers, no stack, no browser
	@$(BIN)/python -m tools.test_suites --fast

fuzz: $(READY) ## Read 100,000 mutated transcripts and 20,000 damaged media files, live through 1,000 histories and 300 accounts, race all pairs
	@PYTHONPATH=.:layers/code $(BIN)/python -m tests.support.fuzzing_transcripts
	@PYTHONPATH=.:layers/code $(BIN)/python -m tests.support.fuzzing_media
	@PYTHONPATH=.:layers/code $(BIN)/python -m tests.support.fuzzing_histories
	@PYTHONPATH=.:layers/code $(BIN)/python -m tests.support.fuzzing_accounts
	@RACES=all $(BIN)/pytest -q -p no:cacheprovider tests/functions/test_credential_races.py tests/functions/test_pairs_dynamodb_local.py

rehearse: $(READY) ## Rehearse the update on a local AWS: the release before, this version over it, and back
	@NEWSREEL_WORLD=rehearsal $(BIN)/python -m pytest tests/rehearsal -q -p no:cacheprovider

check: $(READY) ## Style, types, the template's rules, and a deployment to the local AWS
	@$(BIN)/python -m tools.checks

test-timing: $(READY) ## Show that the time of an answer tells no address, and that 100 µs would
	@PYTHONPATH=.:layers/code $(BIN)/python -m benchmarks.timing_pairs

bench: $(READY) ## Measure cold starts, calls, processor time, sizes; writes docs/performance.md
	@$(BIN)/python -m benchmarks

lighthouse: $(READY) ## Have Lighthouse score the website on the local stack; writes docs/performance.md
	@$(BIN)/python -m benchmarks.lighthouse

build: $(READY) ## Build functions and layers for AWS
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/sam build

preflight: $(READY) ## Look at what may end a deployment, and change nothing: make preflight STAGE=dev
	@test -n "$(STAGE)" || { echo "Say which stage: make preflight STAGE=dev"; exit 2; }
	@$(BIN)/python -m tools.preflight $(STAGE)

smoke: $(READY) ## See that a deployment works, from outside: make smoke URL=https://media.example.org
	@test -n "$(URL)" || { echo "Say which address: make smoke URL=http://localhost:8080"; exit 2; }
	@$(BIN)/python -m tools.smoke $(URL) $(if $(STACK),--stack $(STACK)) $(if $(REGION),--region $(REGION))

deploy: $(READY) ## Deploy to AWS: make deploy STAGE=dev; CONFIRM=no asks nothing, ALARMS=no lets no alarm undo it
	@test -n "$(STAGE)" || { echo "Say which stage: make deploy STAGE=dev"; exit 2; }
	@$(BIN)/python -m tools.deploy $(STAGE) --look $(if $(filter no,$(ALARMS)),--without-alarms)
	@$(MAKE) --no-print-directory build
	@$(BIN)/python -m tools.layer_bytecode .aws-sam/build
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tools.deploy $(STAGE) $(if $(filter no,$(CONFIRM)),--yes) $(if $(filter no,$(ALARMS)),--without-alarms)

lock: EXPORT := export --frozen --no-annotate --no-header --quiet
lock: $(READY) ## Lock the dependencies and export what each layer installs
	@$(BIN)/uv lock --quiet
	@$(BIN)/uv $(EXPORT) --no-default-groups --no-emit-project -o layers/dependencies/requirements.txt
	@$(BIN)/uv $(EXPORT) --only-group sealing -o layers/sealing/requirements.txt
	@$(BIN)/uv $(EXPORT) --only-group media -o layers/media/requirements.txt
	@$(BIN)/uv $(EXPORT) --only-group checksums -o layers/checksums/requirements.txt

# The one environment of the project, from its lock. Old Pythons parse this line too.
$(READY): pyproject.toml uv.lock
	@command -v $(PYTHON) >/dev/null || { echo "Newsreel needs Python 3.11 or later, and there is no $(PYTHON) here."; exit 1; }
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; (3, 11) <= v < (3, 15) or sys.exit("Newsreel needs Python 3.11 to 3.14, and $(PYTHON) is %d.%d. Another one: make up PYTHON=python3.12" % v)'
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) lacks its venv module. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Preparing the project's own Python environment in .venv (about 1 GB, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@test "$$($(BIN)/uv --version 2>/dev/null | cut -d' ' -f2)" = $(UV_VERSION) || $(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@$(BIN)/uv sync --frozen --quiet --python $(BIN)/python
	@touch $@
