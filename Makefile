# The one front door. Every target sets up what it needs by itself (see scripts/set_up.sh).
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help setup demo test soak fuzz lint bench instance client clean

BIN := .venv/bin
export PYTHONPATH := $(CURDIR)/.venv/farm
unexport PYTHONDONTWRITEBYTECODE
# Small models and small matrices: more than one thread a process only makes them wait for each other.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1

# make demo
SECONDS ?= 90
HISTORY ?=
FROM ?=
# make soak, make fuzz
SEED ?=
ORDERS ?= 5000
KILLS ?= 20
# make fuzz
SAMPLES ?= 100000
FUZZ = test/fuzz $(shell grep -rl --include='test_*.py' 'from hypothesis import' test/connector test/strategy)
# make instance, make client
DIR ?= instance

help:  ## show this list
	@echo "usage: make TARGET [VARIABLE=value ...]"
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  %-10s %s\n", $$1, $$2}'

setup:  ## make the environment in .venv: Python 3.12, packages, compiled extensions
	@scripts/set_up.sh

demo: setup  ## watch the AI trade XLM on a local Stellar network (SECONDS=90 HISTORY=file FROM=date)
	@$(BIN)/ai-stellar demo --seconds $(SECONDS) $(if $(HISTORY),--history $(HISTORY)) $(if $(FROM),--start $(FROM))

test: setup lint  ## run every test, with branch coverage
	@$(BIN)/pytest -n 2 --dist loadfile --cov --cov-branch --cov-report=term:skip-covered

soak: setup  ## kill and restart a bot under all faults; judge it by the ledger (SEED=n ORDERS=5000 KILLS=20)
	@$(BIN)/python -m test.chaos --orders $(ORDERS) --kills $(KILLS) $(if $(SEED),--seed $(SEED))

fuzz: setup  ## fuzz the parsers for long, compare the codec with stellar-sdk, try properties on new examples (SEED=n SAMPLES=100000)
	@FUZZ_SAMPLES=$(SAMPLES) FUZZ_SEED=$(or $(SEED),1) $(BIN)/pytest -q -s -p no:cacheprovider $(FUZZ)

lint: setup  ## ruff (lint and format) and mypy strict
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

bench: setup  ## time the hot paths, each beside its naive or peer way
	@$(BIN)/pytest test/benchmarks -o python_files='bench_*.py' --benchmark-only --benchmark-group-by=group \
	    --benchmark-columns=median,ops,rounds --benchmark-sort=mean -q

instance: setup  ## build a Hummingbot working directory with the plug-in (DIR=instance)
	@$(BIN)/ai-stellar instance $(DIR)

client: setup  ## open Hummingbot's terminal client in that directory (DIR=instance)
	@$(BIN)/ai-stellar client $(DIR)

clean:  ## remove what was built (instances and demo results stay)
	@rm -rf build dist *.egg-info .venv .venv-uv .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage* htmlcov
	@find hummingbot test -name '*.so' -delete -o -name __pycache__ -prune -exec rm -rf {} +
