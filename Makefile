# Every target sets up what it needs in .venv: a second call is fast, and a change of pyproject.toml, setup.py or
# constraints.txt installs again. PYTHON=path picks the interpreter, WORKERS=n the test processes, ARGS=... goes to pytest.

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
WORKERS ?= 2
ARGS ?=
# The constraints also hold inside pip's build environments, under either name that pip has had for that.
PIP := PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
       $(BIN)/python -m pip -qq
IS_311 := -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'

.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:
.PHONY: help gl wall postgres browser demo referee-demo test lint bench kill-service baselines images wheel-test clean distclean

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1|/' | while IFS='|' read -r name text; do \
	  printf '  make %-12s %s\n' "$$name" "$$text"; done

gl: ## install what cameras draw with (Mesa's EGL), where apt and the right to use it are
	@if ldconfig -p | grep -q libEGL_nvidia || { ldconfig -p | grep -q 'libEGL\.so' && \
	    [ -n "$$(find /usr/lib -name '*_dri.so' 2>/dev/null | head -1)" ]; }; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "==> apt-get install libegl1 libgl1-mesa-dri"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install libegl1 libgl1-mesa-dri; } >/dev/null \
	    || echo "==> that failed: cameras can't draw (goldentime doctor says more)"; \
	else echo "==> no EGL here: cameras can't draw until someone runs: apt-get install libegl1 libgl1-mesa-dri"; fi

wall: ## install what submissions are walled in with (bubblewrap, Podman), where apt and the right to use it are
	@if command -v bwrap >/dev/null && command -v podman >/dev/null && command -v runc >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "==> apt-get install bubblewrap podman runc"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends \
	    bubblewrap podman runc; } >/dev/null \
	    || echo "==> that failed: submissions can't be walled in (goldentime doctor --referee says more)"; \
	else echo "==> no wall for submissions until someone runs: apt-get install bubblewrap (or podman runc)"; fi

postgres: ## install what the service is tested with besides SQLite (PostgreSQL), where apt and the right to use it are
	@if command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "==> apt-get install postgresql"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends postgresql; } \
	    >/dev/null || echo "==> that failed: the tests of the service skip PostgreSQL"; \
	else echo "==> no PostgreSQL: its tests are skipped until someone runs: apt-get install postgresql"; fi

demo: gl $(VENV)/.core ## fly the pilot once over the 2020 course and write a report
	@echo "==> one flight of the pilot over the 2020 course, with a fresh folder runs/demo"
	@rm -rf runs/demo
	@$(BIN)/goldentime evaluate mission=course2020 agent=pilot split=public episodes=1 out=runs/demo
	@test -f runs/demo/report.html || { echo "runs/demo/report.html was not written" >&2; exit 1; }
	@echo "==> open this in a browser: $(CURDIR)/runs/demo/report.html"

browser: ## install what boards are looked at with (Chromium), where apt and the right to use it are
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "==> apt-get install chromium"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends chromium; } \
	    >/dev/null || echo "==> that failed: nobody looks at the board"; \
	else echo "==> no Chromium: nobody looks at the board until someone runs: apt-get install chromium"; fi

referee-demo: gl wall browser $(VENV)/.all ## three submissions on hidden seeds, a ledger, the board, and a look at it in a browser
	@PATH="$(CURDIR)/$(BIN):$$PATH" docs/examples/referee_demo.sh runs/referee-demo
	@echo "==> check_board.py runs/referee-demo/board"
	@$(BIN)/python .ci/check_board.py runs/referee-demo/board
	@echo "==> open this in a browser: $(CURDIR)/runs/referee-demo/board/index.html"

test: gl wall postgres $(VENV)/.all ## run all tests
	@echo "==> pytest in $(WORKERS) processes"
	@OMP_NUM_THREADS=1 $(BIN)/pytest -n $(WORKERS) -q $(ARGS)

lint: $(VENV)/.all ## check style, formatting and types
	@echo "==> ruff check"
	@$(BIN)/ruff check .
	@echo "==> ruff format --check"
	@$(BIN)/ruff format --check .
	@echo "==> mypy"
	@$(BIN)/mypy

bench: gl wall postgres $(VENV)/.all ## run each benchmarks/bench_*.py in turn
	@failed=; for file in benchmarks/bench_*.py; do \
	  test -f "$$file" || { echo "no benchmarks/bench_*.py here"; exit 1; }; \
	  name=$$(basename "$$file" .py); echo "==> $$name"; \
	  OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 $(BIN)/python -m "benchmarks.$$name" || failed="$$failed $$name"; \
	done; \
	if [ -n "$$failed" ]; then echo "failed:$$failed"; exit 1; fi

kill-service: postgres $(VENV)/.all ## kill the service 20 times on each database while teams hand in
	@$(BIN)/python -m benchmarks.kill_service
	@$(BIN)/python -m benchmarks.kill_service --database postgresql

baselines: $(VENV)/.all ## train the hover baseline with PPO
	@echo "==> goldentime train experiment=hover_ppo"
	@$(BIN)/goldentime train experiment=hover_ppo

images: wall $(VENV)/.all ## build the container images of agents and referees, with Podman and mmdebstrap
	@if command -v mmdebstrap >/dev/null; then :; \
	elif [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "==> apt-get install mmdebstrap"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends \
	    mmdebstrap; } >/dev/null; \
	fi
	@$(BIN)/goldentime containers build

wheel-test: gl wall postgres $(VENV)/.all ## build the wheel from the sdist, run the tests on it in a fresh environment
	@WORKERS=$(WORKERS) .ci/wheel-test $(BIN)/python

clean: ## remove build products and caches, keep .venv and runs
	@echo "==> removing build products and caches"
	@rm -rf build dist src/*.egg-info .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -path ./$(VENV) -prune -o -path ./.git -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf

distclean: clean ## clean, and remove .venv too
	@echo "==> removing $(VENV)"
	@rm -rf $(VENV)

$(VENV)/.core: $(VENV)/.created pyproject.toml setup.py constraints.txt
	@echo "==> installing goldentime and its core dependencies, at the versions in constraints.txt"
	@$(PIP) install -e .
	@touch $@

$(VENV)/.all: $(VENV)/.created pyproject.toml setup.py constraints.txt
	@echo "==> installing goldentime with its train and dev extras, at the versions in constraints.txt"
	@echo "    (PyTorch is the large one; where your pip settings offer its CPU build, that one is taken: CONTRIBUTING.md)"
	@$(PIP) install -e '.[train,dev]'
	@touch $(VENV)/.core $@

define WRONG_PYTHON
goldentime needs Python 3.11, and none was found (tried: %s).
PyBullet 3.2.7 has wheels up to Python 3.11 only: on a later version it is compiled, which takes long, and loses its NumPy
images. Current NumPy and SciPy have left 3.10 and earlier behind.
Install Python 3.11, or name it: make PYTHON=/path/to/python3.11 ...
endef
export WRONG_PYTHON

# An environment that is there already, of the right version, is taken as it is.
$(VENV)/.created:
	@if ! $(BIN)/python $(IS_311) 2>/dev/null; then \
	  tried="$${PYTHON:-python3.11 python3 python}"; found=; \
	  for candidate in $$tried; do \
	    if "$$candidate" $(IS_311) 2>/dev/null; then found=$$candidate; break; fi; \
	  done; \
	  if [ -z "$$found" ]; then printf "$$WRONG_PYTHON\n" "$$tried" >&2; exit 1; fi; \
	  echo "==> making $(VENV) with $$("$$found" -c 'import sys; print(sys.executable, sys.version.split()[0])')"; \
	  "$$found" -m venv --clear $(VENV); \
	fi
	@touch $@
