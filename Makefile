# `make`: the environment, the default experiment, its report. See CONTRIBUTING.md for the rest.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := run

PYTHON ?= python3
CORES ?= all
VENV := .venv
BIN := $(VENV)/bin
REPORT := results/default/report.html
STYLE := workflow/report/report.css
SHELL_SCRIPTS := .ci/run
NETWORKS := resources/networks
GPU_NETWORKS := $(if $(PROCORTEX_NETWORK_DIR),,$(patsubst %,$(NETWORKS)/%.nc,default-ground default-resting v1-ground))

NOWHERE := http://127.0.0.1:9

.PHONY: run env dev test test-all test-bare test-gpu gpu bench report lint format lock clean

run: env ## build the environment, run the default experiment, write its report
	@cache="$${XDG_CACHE_HOME:-$${HOME:-}/.cache}"; mkdir -p "$$cache" 2>/dev/null && [ -w "$$cache" ] \
	  || { echo "$$cache cannot be written, and Snakemake and the simulator keep files there: set XDG_CACHE_HOME to another folder." >&2; exit 1; }
	$(BIN)/snakemake --cores $(CORES) --report $(REPORT) --report-stylesheet $(STYLE) --report-after-run

env: $(VENV)/.base ## environment in .venv, from the locked requirements

dev: $(VENV)/.dev

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "procortex needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1 || true). Set PYTHON=/path/to/python3.11 or use environment.yml." >&2; exit 1; }
	@command -v "$${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null \
	  || { echo "procortex needs a C++ compiler for its simulator and found none. Install one (Debian, Ubuntu: apt-get install g++) or use environment.yml." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "$(PYTHON) cannot make a virtual environment (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }

# Every package must have one of the locked checksums, the installer too; it is only faster than pip, so the environment can do without it.
$(VENV)/.base $(VENV)/.dev $(VENV)/.gpu: $(VENV)/.%: requirements/%.txt requirements/uv.txt | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt || true
	if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $<; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; fi
	@touch $@

PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: dev ## run the tests that are not slow
	$(PYTEST) -m "not slow"

test-all: dev ## run all tests, as continuous integration does
	$(PYTEST)

test-bare: dev ## tests (all, or TESTS="folders") in a fresh clone of HEAD with nothing beside it: no data folder, no network
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; git clone --quiet . "$$folder/procortex"; \
	for name in $${!PROCORTEX_*} $${!no_proxy*} $${!NO_PROXY*}; do unset "$$name"; done; \
	export {http,https,ftp,all}_proxy=$(NOWHERE) {HTTP,HTTPS,FTP,ALL}_PROXY=$(NOWHERE) XDG_CACHE_HOME="$$folder/cache"; \
	cd "$$folder/procortex"; $(abspath $(BIN))/python -m pytest $(TESTS)

test-gpu: gpu $(VENV)/.gpu $(GPU_NETWORKS) ## tests that need an NVIDIA GPU; networks from $PROCORTEX_NETWORK_DIR, or built here
	PROCORTEX_NETWORK_DIR="$${PROCORTEX_NETWORK_DIR:-$(NETWORKS)}" $(BIN)/python -m pytest tests/gpu

gpu: dev
	@nvidia-smi -L 2>/dev/null | grep -q '^GPU ' || { echo "make test-gpu needs an NVIDIA GPU and its driver; nvidia-smi finds none here." >&2; exit 1; }
	@$(BIN)/python -c 'import sys; from contracts.errors import run_command; from simulator.backends.cuda.compile import nvcc_command; \
	  sys.exit(run_command(lambda: print(nvcc_command())))'

$(VENV)/.gpu $(GPU_NETWORKS): | gpu

$(NETWORKS)/default-%.nc: config/config.yaml
	$(BIN)/python -m model build --config $< --state $* --out $@

$(NETWORKS)/v1-%.nc: config/v1.yaml
	$(BIN)/python -m model build --config $< --state $* --out $@

bench: dev ## measured figures of the documentation
	$(BIN)/python -m benchmarks

report: env ## the report of the default experiment, once more
	$(BIN)/snakemake --report $(REPORT) --report-stylesheet $(STYLE)

CHECKS := python types workflow words shell data
.PHONY: $(CHECKS:%=lint-%)

lint: $(CHECKS:%=lint-%) ## format, lint, types, workflow, spelling, shell, data files; `make -k lint` says everything at once

lint-python: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

lint-types: dev
	$(BIN)/mypy

lint-workflow: dev
	$(BIN)/snakefmt --check --line-length 140 Snakefile workflow
	$(BIN)/snakemake --lint

lint-words: dev
	$(BIN)/codespell

lint-shell: dev
	$(BIN)/shellcheck $(SHELL_SCRIPTS)

lint-data: dev
	git ls-files -z '*.json' | xargs -0 --no-run-if-empty -n 1 $(BIN)/python -m json.tool --no-ensure-ascii >/dev/null
	$(BIN)/python -c 'import sys; from contracts.errors import run_command; from model.tables import read_tables; sys.exit(run_command(read_tables))'
	git ls-files -z '*.yaml' '*.yml' '*.cff' \
	  | xargs -0 --no-run-if-empty $(BIN)/python -c 'import sys, yaml; [list(yaml.safe_load_all(open(name))) for name in sys.argv[1:]]'

format: dev ## what of lint a tool can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/snakefmt --line-length 140 Snakefile workflow

lock: dev ## requirements/*.txt, with checksums, from requirements/*.in
	cd requirements && for name in uv base dev gpu slurm; do \
	  ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links $$([[ $$name =~ uv|base ]] || echo --constraint base.txt) $$name.in --output-file $$name.txt; \
	done

clean: ## everything that can be made again, the environment excepted
	rm -rf results logs resources .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis
