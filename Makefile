# `make help` lists what can be done. Everything runs in .venv, which `make setup` makes.
PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask --app run
export PORT ?= 8080

.PHONY: help run setup dev test lint types translations docs lock bench clean

help:  ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup  ## the application with its demo world on http://127.0.0.1:8080 (PORT)
	$(FLASK) prepare
	$(FLASK) demo seed
	exec $(BIN)/python -m app.serve

setup: .venv/runtime.stamp translations  ## virtual environment and packages to run

dev: setup .venv/dev.stamp  ## packages for tests and checks on top

test: dev  ## the whole suite: SQLite, PostgreSQL, SMTP, browser
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: dev  ## style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev  ## types
	$(BIN)/mypy

bench: dev  ## speed against bare floors (REFERRALS=100000, DATABASE=sqlite or postgresql)
	REFERRALS=$(or $(REFERRALS),100000) DATABASE=$(or $(DATABASE),sqlite) $(BIN)/python -m benchmarks

translations: .venv/runtime.stamp  ## compile the message catalogues
	@$(BIN)/pybabel -q compile -d translations

lock:  ## renew the lock files from requirements.in and requirements-dev.in
	$(PYTHON) -m venv .venv/lock && .venv/lock/bin/pip install -q -r requirements.in
	(echo "# Lock of requirements.in, made by \`make lock\`."; .venv/lock/bin/pip freeze) > requirements.txt
	.venv/lock/bin/pip install -q -r requirements-dev.in
	(echo "# Lock of requirements-dev.in, made by \`make lock\`."; .venv/lock/bin/pip freeze) > requirements-dev.txt

clean:  ## remove what was built; the data in instance/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache

.venv/bin/python:
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/python
	$(BIN)/pip install -q --disable-pip-version-check -r requirements.txt
	touch $@

.venv/dev.stamp: requirements-dev.txt .venv/runtime.stamp
	$(BIN)/pip install -q --disable-pip-version-check -r requirements-dev.txt
	touch $@
