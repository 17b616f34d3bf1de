# Every target makes its own environment in .venv; nothing outside this folder is changed.
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: help demo test lint bench env-demo env-train env-test clean

help:
	@echo 'make demo    the simulated cell, watched by the detector (no ROS, no GPU needed)'
	@echo 'make test    all tests'
	@echo 'make lint    style, types and layering'
	@echo 'make bench   latency, throughput and memory on this machine, as JSON'
	@echo 'make clean   remove .venv and build products'

env-demo env-train env-test: env-%:
	@command -v $(PYTHON) >/dev/null || { echo '$(PYTHON) not found: install Python 3.10-3.12, or make PYTHON=/path/to/python3'; exit 1; }
	@$(PYTHON) tools/bootstrap.py $*

demo: env-demo
	@$(RUN) -m factory_perception.cli demo

test: env-test
	@$(RUN) -m pytest $(ARGS)

lint: env-test
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy
	.venv/bin/lint-imports --no-cache

bench: env-demo
	@$(RUN) -m factory_perception.cli bench --json bench.json $(ARGS)

clean:
	rm -rf .venv .venv.lock .cache build install log dist *.egg-info
