# Two commands are all that a new machine needs: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: help demo test check lint types fast docs pictures chromium java format clean

help:  ## say what can be made
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: .venv/ready  ## set up everything and open the dashboard on a synthetic corpus
	$(BIN)/newsgauge demo

test: PROPERTIES = newsgauge
test: check chromium java  ## set up everything and run all tests, fast ones first
	$(BIN)/pytest -n 2 --dist loadfile -m "slow or browser or quality"

check: lint types fast  ## lint, types and the fast tests: a minute or two on two cores

lint: .venv/ready-to-test
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: .venv/ready-to-test
	$(BIN)/mypy

# The properties of Hypothesis are tried on a tenth of their examples, but by `make test` on all.
PROPERTIES = few
fast: .venv/ready-to-test
	$(BIN)/pytest -n auto --dist worksteal --hypothesis-profile $(PROPERTIES) -m "not slow and not browser and not quality"

docs: .venv/ready-for-docs  ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "Open site/index.html"

pictures: .venv/ready-to-test chromium  ## take the pictures of the README from the demo corpus
	$(BIN)/python docs/pictures.py

format: .venv/ready-to-test  ## put the code into its form
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

clean:  ## remove what was set up and built
	rm -rf .venv dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis demo .newsgauge

.venv/ready: pyproject.toml
	@test -x $(BIN)/python || { echo "Setting up .venv (a minute or two)"; $(PYTHON) -m venv .venv; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e .
	@touch $@

.venv/ready-to-test: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test]"
	@touch $@

.venv/ready-for-docs: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[docs]"
	@touch $@

# The browser tests drive Debian's Chromium; it is installed where it is missing and the user may.
SUDO := $(shell test "$$(id -u)" = 0 || { sudo -n true 2>/dev/null && echo sudo -n; })
chromium:
	@if command -v chromium >/dev/null; then exit 0; \
	elif command -v apt-get >/dev/null && { test "$$(id -u)" = 0 || test -n "$(SUDO)"; }; then \
		echo "Installing Chromium for the browser tests"; \
		$(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			chromium fonts-noto-core fonts-noto-cjk >/dev/null; \
	else echo "Chromium is missing and cannot be installed by this user: the browser tests will not run." >&2; \
		echo "On Debian: sudo apt-get install chromium" >&2; fi

# Spark runs on Java; it is installed likewise.
java:
	@if command -v java >/dev/null; then exit 0; \
	elif command -v apt-get >/dev/null && { test "$$(id -u)" = 0 || test -n "$(SUDO)"; }; then \
		echo "Installing Java for the tests on Spark"; \
		$(SUDO) apt-get update -qq && \
		$(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
			openjdk-17-jre-headless >/dev/null; \
	else echo "Java is missing and cannot be installed by this user: the tests on Spark will not run." >&2; \
		echo "On Debian: sudo apt-get install openjdk-17-jre-headless" >&2; fi
