# Two commands: `make demo` sets everything up and makes the first sale; `make test` sets everything up and passes every test.
PY := .venv/bin/python

.PHONY: demo test setup lint types law check tests console-check lock format

demo:
	@scripts/setup.sh demo
	@.venv/bin/suanshi demo $(if $(ONCE),--once)

test: setup check tests

setup:
	@scripts/setup.sh test

check: lint types law console-check

lint:
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types:
	.venv/bin/mypy

law:
	.venv/bin/lint-imports

console-check:
	cd console && ../scripts/npm run --silent check

tests:
	$(PY) -m pytest $(ARGS)

format:
	.venv/bin/ruff check --fix .
	.venv/bin/ruff format .

lock:
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml -o requirements.lock
	.venv/bin/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml --group dev -o requirements-dev.lock
