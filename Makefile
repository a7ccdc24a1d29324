# The commands of a contributor; CONTRIBUTING.md explains them.
BIN := .venv/bin

.PHONY: setup check format test test-slow mutants bench bench-check names schema pictures

setup:  ## a virtual environment in which changes of the sources take effect at once
	python3 -m venv .venv
	$(BIN)/pip install --editable '.[dev]' --config-settings editable_mode=strict

check:  ## the linters, as CI runs them
	$(BIN)/ruff check engine tui presets tests
	$(BIN)/ruff format --check engine tui tests
	$(BIN)/mypy
	$(BIN)/lint-imports

format:
	$(BIN)/ruff check --fix engine tui presets tests
	$(BIN)/ruff format engine tui tests

test:
	$(BIN)/python -m pytest

test-slow:  ## the slow tests: all presets, dtype policies and optimizers
	$(BIN)/python -m pytest -m slow

mutants:  ## one operator or number changed at a time: do the tests of the statistics notice?
	$(BIN)/python tests/bench/mutants.py 0

bench:  ## every preset beside its peers, into docs/speed.md: twenty minutes of a machine with nothing else to do
	$(BIN)/python tests/bench/speed.py --document docs/speed.md --baseline tests/bench/speed.json

bench-check:  ## six presets: has a ratio to the peers become worse than in tests/bench/speed.json?
	$(BIN)/python tests/bench/speed.py --check tests/bench/speed.json

names:  ## Keras' names and arguments, of the Keras that is installed
	$(BIN)/python -m hiss.keras_names.generate

schema:  ## the JSON schema of presets
	$(BIN)/python -m hiss.library.schema

pictures:  ## the pictures of the README
	$(BIN)/python tests/bench/pictures.py
