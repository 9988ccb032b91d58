# Everything a contributor runs. `make` alone lists it.
# The environment is .venv, made from requirements.lock; a second run finds it and starts at once.

PORT ?= 5006
SEED ?= 7
# What the committed example data was made with; data/README.md repeats it.
DATA_ARGS ?= --orders 4.75 --campaigns 14
TEST_ARGS ?=
BENCH_ARGS ?=
FUZZ_ARGS ?=
LOCK_ARGS ?=

VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/ready
UV := .venv-lock/bin/uv
UV_VERSION := 0.13.8
# argon2-cffi-bindings 26 has no wheel for Intel Macs.
CONSTRAINT := argon2-cffi-bindings<26
COMPILE := $(UV) pip compile --quiet --universal --fork-strategy fewest --python-version 3.11 \
	--no-header --no-emit-index-url --generate-hashes --all-extras --constraint .venv-lock/constraint.txt pyproject.toml
CODE := $(wildcard dashboard data_gen)

.PHONY: help setup serve test test-lowest lint format bench bench-answers bench-viewers bench-snapshot bench-import bench-sizes bench-incrementality bench-incrementality-stress bench-planning bench-background fuzz demo docs-images screenshots-refresh data lock browser servers clean
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' $(firstword $(MAKEFILE_LIST)) | \
		awk -F '|' '{ printf "%-26s %s\n", $$1, $$2 }'

setup: $(READY) ## make .venv from the lock

$(READY): requirements.lock pyproject.toml scripts/setup.sh
	@sh scripts/setup.sh $(VENV)
	@touch $@

serve: $(READY) ## the dashboard on the example data, at localhost:5006 (PORT=...)
	$(VENV)/bin/dashboard serve data --port $(PORT)

test: $(READY) browser servers ## all tests, in a headless browser and on real servers too (TEST_ARGS=...)
	$(PY) -m pytest $(TEST_ARGS)

test-lowest: browser servers $(UV) ## the same with the oldest releases that pyproject.toml allows
	$(COMPILE) --resolution lowest-direct --upgrade --output-file .venv-lock/lowest.lock
	@sh scripts/setup.sh .venv-lowest .venv-lock/lowest.lock
	.venv-lowest/bin/python -m pytest $(TEST_ARGS)

lint: $(READY) ## ruff and mypy
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy $(CODE)

format: $(READY) ## let ruff rewrite what it can
	$(VENV)/bin/ruff check --fix .
	$(VENV)/bin/ruff format .

bench: $(READY) browser ## how fast it is (BENCH_ARGS=...)
	$(PY) -m benchmarks $(BENCH_ARGS)

bench-answers: $(READY) ## what all answers of a page cost (BENCH_ARGS=...)
	$(PY) -m benchmarks.answers $(BENCH_ARGS)

bench-viewers: $(READY) ## how many can look at once (BENCH_ARGS=...)
	$(PY) -m benchmarks.viewers $(BENCH_ARGS)

bench-snapshot: $(READY) browser ## how large the one-file snapshot is, and how fast (BENCH_ARGS=...)
	$(PY) -m benchmarks.snapshot $(BENCH_ARGS)

bench-import: $(READY) ## how fast ten million rows are imported (BENCH_ARGS=...)
	$(PY) -m benchmarks.importing $(BENCH_ARGS)

bench-sizes: $(READY) browser ## what 1, 10 and 100 million rows cost, in 15 minutes (BENCH_ARGS=--write)
	$(PY) -m benchmarks.sizes $(BENCH_ARGS)

bench-incrementality: $(READY) ## how right incremental revenue is, in about half an hour (BENCH_ARGS=...)
	OPENBLAS_NUM_THREADS=1 $(PY) -m benchmarks.incrementality $(BENCH_ARGS)

bench-incrementality-stress: $(READY) ## the same where its assumptions do not hold (BENCH_ARGS=...)
	OPENBLAS_NUM_THREADS=1 $(PY) -m benchmarks.incrementality --stress $(BENCH_ARGS)

bench-planning: $(READY) ## how honest the Planner is, in about ten minutes (BENCH_ARGS=...)
	OPENBLAS_NUM_THREADS=1 $(PY) -m benchmarks.planning $(BENCH_ARGS)

bench-background: $(READY) ## how usable pages stay while 200 campaigns are estimated (BENCH_ARGS=...)
	$(PY) -m benchmarks.background $(BENCH_ARGS)

fuzz: $(READY) ## a hundred thousand broken files, each to be read or refused (FUZZ_ARGS=...)
	$(PY) -m benchmarks.fuzz $(FUZZ_ARGS)

screenshots-refresh: $(READY) browser ## what every page should look like, again, for tests/ui/test_looks.py
	$(PY) -m tests.ui.looks

demo: $(READY) ## the example data as one live file, into docs/demo
	$(VENV)/bin/dashboard snapshot data -o docs/demo/example.html --force

docs-images: $(READY) browser ## the screenshots of the README, into docs/images
	SCREENSHOTS=docs/images $(PY) -m pytest -m pictures tests/ui

data: $(READY) ## the example data again, byte for byte
	$(PY) -m data_gen --out data --seed $(SEED) $(DATA_ARGS)

lock: $(UV) ## requirements.lock again, after a change of dependencies (LOCK_ARGS=--upgrade: newest)
	$(COMPILE) $(LOCK_ARGS) --output-file requirements.lock

$(UV): Makefile | $(READY)
	@$(PY) -m venv .venv-lock
	@.venv-lock/bin/python -m pip install --quiet uv==$(UV_VERSION)
	@echo "$(CONSTRAINT)" > .venv-lock/constraint.txt
	@touch $@

browser: $(READY)
	@$(PY) -m tests.ui.browser --install

servers: $(READY)
	@$(PY) -m tests.engines.servers --install

clean: ## remove the environments and what tools left behind
	rm -rf .venv .venv-lock .venv-lowest build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
