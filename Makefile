# Needs nothing but Python 3.11 or newer with venv and pip.
PYTHON ?= python3
BIN = .venv/bin

# Where it is set, each process compiles everything it imports again: the tests take half as long again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup demo test check bench pictures lock clean
setup: .venv/.ready

.venv/.ready: requirements-dev.lock
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirements requirements-dev.lock
	@touch $@

demo: setup
	$(BIN)/python -m sandbox

test: check
	$(BIN)/python -m pytest -n 6 --dist loadfile --no-loadscope-reorder

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy bot commands sandbox tests bench
	$(BIN)/lint-imports

bench: setup
	$(BIN)/python -m bench

pictures: setup
	$(BIN)/python -m tests.browser.pictures

lock: setup
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --output-file requirements.lock
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header pyproject.toml --group dev --constraints requirements.lock --output-file requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .sandbox
