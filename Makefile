# `make`: the environment, the default experiment, its report. `make help` lists the other targets.
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
NETWORKS := resources/networks
GPU_NETWORKS := $(if $(PROCORTEX_NETWORK_DIR),,$(patsubst %,$(NETWORKS)/%.nc,default-ground default-resting v1-ground))

NOWHERE := http://127.0.0.1:9

.PHONY: run help env dev docs test test-all test-bare test-gpu gpu bench report lint hooks format lock clean

run: env ## build the environment, run the default experiment, write its report
	@cache="$${XDG_CACHE_HOME:-$${HOME:-}/.cache}"; mkdir -p "$$cache" 2>/dev/null && [ -w "$$cache" ] \
	  || { echo "$$cache cannot be written, and Snakemake and the simulator keep files there: set XDG_CACHE_HOME to another folder." >&2; exit 1; }
	$(BIN)/snakemake --cores $(CORES) --report $(REPORT) --report-stylesheet $(STYLE) --report-after-run

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

env: $(VENV)/.base ## install the environment in .venv, from the locked requirements

dev: $(VENV)/.dev ## the same, with the tools that tests and checks need

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	  || { echo "procortex needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1 || true). Set PYTHON=/path/to/python3.11 or use environment.yml." >&2; exit 1; }
	@command -v "$${CXX:-c++}" >/dev/null || command -v g++ >/dev/null || command -v clang++ >/dev/null \
	  || { echo "procortex needs a C++ compiler for its simulator and found none. Install one (Debian, Ubuntu: apt-get install g++) or use environment.yml." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) \
	  || { echo "$(PYTHON) cannot make a virtual environment (Debian, Ubuntu: apt-get install python3-venv)." >&2; exit 1; }

# Every package must have one of the locked checksums, the installer too; it is only faster than pip, so the environment can do without it.
# The library in simulator/ is installed in editable form: changes act at once.
$(VENV)/.base $(VENV)/.dev $(VENV)/.gpu: $(VENV)/.%: requirements/%.txt requirements/uv.txt simulator/pyproject.toml | $(BIN)/python
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt || true
	if [ -x $(BIN)/uv ]; then $(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --require-hashes -r $<; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $<; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-index --no-deps --no-build-isolation --editable simulator
	@touch $@

PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: dev ## run the tests that are not slow
	$(PYTEST) -m "not slow"

test-all: dev ## run all tests, as continuous integration does
	$(PYTEST)

test-bare: dev ## run tests (all, or TESTS="folders") in a fresh clone of HEAD without data folders and network
	folder=$$(mktemp -d); trap 'rm -rf "$$folder"' EXIT; git clone --quiet . "$$folder/procortex"; \
	for name in $${!PROCORTEX_*} $${!no_proxy*} $${!NO_PROXY*}; do unset "$$name"; done; \
	export {http,https,ftp,all}_proxy=$(NOWHERE) {HTTP,HTTPS,FTP,ALL}_PROXY=$(NOWHERE) XDG_CACHE_HOME="$$folder/cache"; \
	export PYTHONPATH="$$folder/procortex/simulator"; \
	cd "$$folder/procortex"; $(abspath $(BIN))/python -m pytest $(TESTS)

test-gpu: gpu $(VENV)/.gpu $(GPU_NETWORKS) ## run tests that need an NVIDIA GPU; networks from $PROCORTEX_NETWORK_DIR, or built here
	PROCORTEX_NETWORK_DIR="$${PROCORTEX_NETWORK_DIR:-$(NETWORKS)}" $(BIN)/python -m pytest tests/simulator/test_modes_gpu.py simulator/tests/gpu

gpu: dev # is there a GPU, and a compiler for it?
	@nvidia-smi -L 2>/dev/null | grep -q '^GPU ' || { echo "make test-gpu needs an NVIDIA GPU and its driver; nvidia-smi finds none here." >&2; exit 1; }
	@$(BIN)/python -c 'import sys; from procortex.utilities.errors import run_command; from procortex.backends.cuda.compile import nvcc_command; \
	  sys.exit(run_command(lambda: print(nvcc_command())))'

$(VENV)/.gpu $(GPU_NETWORKS): | gpu

$(NETWORKS)/default-%.nc: config/config.yaml
	$(BIN)/python -m model build --config $< --state $* --out $@

$(NETWORKS)/v1-%.nc: config/v1.yaml
	$(BIN)/python -m model build --config $< --state $* --out $@

docs: dev ## build the documentation in site/, with every link checked
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet
	@echo "site/index.html"

bench: dev ## measure speed and memory as in docs/performance.md
	$(BIN)/python -m benchmarks

report: env ## write the report of the default experiment again
	$(BIN)/snakemake --report $(REPORT) --report-stylesheet $(STYLE)

# The list of checks is .pre-commit-config.yaml; `make lint HOOK=mypy` runs one of them.
lint: dev ## run all checks but tests: format, types, workflow, spelling, shell, data files (one: HOOK=name)
	PATH="$(abspath $(BIN)):$$PATH" PRE_COMMIT_HOME="$(abspath $(VENV))/.pre-commit" pre-commit run --all-files $(HOOK)

hooks: dev ## let `git commit` run the checks that the changed files concern
	$(BIN)/pre-commit install
	@echo 'Commit with the environment active: source $(BIN)/activate'

format: dev ## repair format and simple lint
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/snakefmt --line-length 140 Snakefile workflow

lock: dev ## write requirements/*.txt, with checksums, from requirements/*.in
	cd requirements && for name in uv base dev gpu slurm; do \
	  ../$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-header --no-annotate \
	    --no-emit-index-url --no-emit-find-links $$([[ $$name =~ uv|base ]] || echo --constraint base.txt) $$name.in --output-file $$name.txt; \
	done

clean: ## delete results, logs, downloads and caches; keep the environment
	rm -rf site results logs resources .snakemake .pytest_cache .mypy_cache .ruff_cache .hypothesis
