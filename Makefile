# make demo · make test · make run · make check: each alone, in a fresh clone, with Python 3.11 or later.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
KEEP ?=

.PHONY: demo test coverage run check lint format install install-service schemas clean

install: $(VENV)/installed

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade 'pip>=24'  # Debian's 23.0 cannot resolve extras
	$(BIN)/pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[demo,dev]'
	$(BIN)/python -m compileall -q watcher  # else each start does, where Python may not write beside the source
	@touch $@

demo: install
	$(BIN)/python -m watcher.demo $(if $(KEEP),--keep)

test: install
	$(BIN)/pytest --numprocesses auto --dist worksteal

coverage: install  # the suite once more, for half as long again
	$(BIN)/pytest --numprocesses auto --dist worksteal --cov --cov-report=term:skip-covered

run: install
	$(BIN)/watcher --config config run

check: lint test

lint: install
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

schemas: install  # after a change of watcher/settings.py or watcher/matching/schema.py
	$(BIN)/watcher schema watchlist > config/watchlist.schema.json
	$(BIN)/watcher schema watcher > config/watcher.schema.json

# As root: the program into /opt/watcher, a first configuration into /etc/watcher (nothing there is overwritten), the unit.
# DESTDIR=/somewhere puts all of it below another root, to look at.
install-service:
	$(PYTHON) -m venv $(DESTDIR)/opt/watcher
	$(DESTDIR)/opt/watcher/bin/pip install --quiet --disable-pip-version-check --upgrade 'pip>=24'
	$(DESTDIR)/opt/watcher/bin/pip install --quiet --disable-pip-version-check --constraint constraints.txt .
	install -d -m 0755 $(DESTDIR)/etc/watcher $(DESTDIR)/etc/systemd/system
	install -d -m 0700 $(DESTDIR)/etc/watcher/secrets
	sh systemd/first-config.sh $(DESTDIR)/opt/watcher/bin/watcher $(DESTDIR)/etc/watcher
	version=$$(systemctl --version | sed -n '1s/^systemd \([0-9]*\).*/\1/p') && \
		sh systemd/unit-for.sh "$$version" > $(DESTDIR)/etc/systemd/system/watcher.service
	$(if $(DESTDIR),,systemctl daemon-reload)
	@echo "Edit /etc/watcher/watchlist.yaml and watcher.yaml, then: systemctl enable --now watcher"

clean:
	rm -rf $(VENV) build *.egg-info .mypy_cache .ruff_cache .pytest_cache .coverage demo-archive
