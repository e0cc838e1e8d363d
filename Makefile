# make · make test · make paper: each sets up what is missing, then runs. Needs Python 3.11, make and git; g++ and perl for speed and the Verilog.
PYTHON ?= $(shell for p in python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null && echo $$p && break; done)
SNAKEMAKE = .venv/bin/snakemake --cores all

.PHONY: quick paper archive best lint test test-slow benchmark clean
quick: .venv/ready
	$(SNAKEMAKE) --configfile=config/quick.yaml

paper: .venv/ready
	$(SNAKEMAKE) all

# Of the results of config/config.yaml, or of another: make archive CONFIG=config/quick.yaml
archive: .venv/ready
	$(SNAKEMAKE) results/archive.zip $(if $(CONFIG),--configfile=$(CONFIG))

# An overlay for the most accurate network within a budget: make best BUDGET=22kB or 10uJ (CONFIG as above)
best: .venv/ready
	@test -n "$(BUDGET)" || { echo "Say within which budget: make best BUDGET=22kB or 10uJ (one of frontier.budgets_kb or budgets_uj)"; exit 1; }
	$(SNAKEMAKE) results/frontier/$(BUDGET).yaml $(if $(CONFIG),--configfile=$(CONFIG))
	@echo "To train and deploy it: $(SNAKEMAKE) --configfile $(CONFIG) results/frontier/$(BUDGET).yaml -- all"

benchmark: .venv/ready
	$(SNAKEMAKE) benchmark --configfile=config/quick.yaml

lint: .venv/ready
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/snakefmt --check Snakefile workflow
	.venv/bin/python -m mypy

# Bytecode is written even where it is not wanted: the tests start hundreds of Pythons that would compile the library again.
test: lint .venv/triton
	env --unset=PYTHONDONTWRITEBYTECODE .venv/bin/python -m pytest -m "not slow" --numprocesses 2 --dist loadfile --no-loadscope-reorder --cov

test-slow: .venv/ready
	.venv/bin/python -m pytest -m slow

clean:
	rm -rf results logs

# An environment's programs name the folder that they were made in: moved or copied with it, they are made anew.
MOVED := $(shell case "$$(sed -n 's/^command = //p' .venv/pyvenv.cfg 2>/dev/null)" in \
	(""|*" $$(realpath .venv)") ;; (*) echo moved;; esac)
# What is half made is cleared away; a link leads to somebody's own.
CLEAR = $(shell test -L .venv || { test -e .venv/ready && test -z "$(MOVED)"; } || echo --clear)
.PHONY: moved
moved:
	@echo "This folder was moved or copied since .venv was made, so .venv is made anew."

.venv/ready: envs/main/requirements.txt envs/uv/requirements.txt envs/torch.txt pyproject.toml $(MOVED)
	@test -n "$(PYTHON)" || { echo "Python 3.11 is needed and was not found; install it or run: make PYTHON=/path/to/python3.11"; exit 1; }
	@test "$$("$(PYTHON)" -c 'import sys; print(*sys.version_info[:2])' 2>/dev/null)" = "3 11" || { \
		echo "PYTHON is $(PYTHON), but Python 3.11 is needed: $$("$(PYTHON)" --version 2>&1 | grep -m 1 "^Python" || echo "this is none")."; \
		echo "Install it and run: make PYTHON=/path/to/python3.11"; exit 1; }
	"$(PYTHON)" -m venv $(CLEAR) .venv
	.venv/bin/python -m pip install --quiet --require-hashes --requirement envs/uv/requirements.txt
	PYTHONPATH=workflow .venv/bin/python -m delaysnn.core.environments .venv envs/main/requirements.txt envs/torch.txt
	.venv/bin/python -m uv pip install --quiet --python .venv --no-deps --no-build-isolation --editable .
	touch $@

# 0.7 GB once unpacked, so only tests wait for it.
.venv/triton: envs/triton/requirements.txt .venv/ready
	PYTHONPATH=workflow .venv/bin/python -m delaysnn.core.environments .venv $<
	touch $@

# Pins every package, those that others need included. Versions stay as they are where they can: make lock UPGRADE=1
COMPILE = .venv/bin/python -m uv pip compile --quiet --universal --generate-hashes --custom-compile-command "make lock"
LOCK = $(COMPILE) --constraint envs/torch.txt --no-emit-package torch --excludes envs/cuda.txt $(if $(UPGRADE),--upgrade)
.PHONY: lock
lock: .venv/ready
	$(LOCK) --python-version 3.11 pyproject.toml --extra tests --output-file envs/main/requirements.txt
	$(LOCK) --python-version 3.11 pyproject.toml envs/peers/requirements.in --output-file envs/peers/requirements.txt
	$(LOCK) --python-version 3.11 pyproject.toml envs/neurobench/requirements.in --output-file envs/neurobench/requirements.txt
	$(LOCK) --python-version 3.10 envs/lava/requirements.in --output-file envs/lava/requirements.txt
	$(LOCK) --python-version 3.10 --overrides envs/torch.txt --overrides envs/lava_dl/overrides.txt envs/lava_dl/requirements.in --output-file envs/lava_dl/requirements.txt
	$(LOCK) --python-version 3.11 envs/uv/requirements.in --output-file envs/uv/requirements.txt
	$(COMPILE) --python-version 3.11 envs/brian2loihi/requirements.in --output-file envs/brian2loihi/requirements.txt
	$(COMPILE) --python-version 3.11 envs/fpga/requirements.in --output-file envs/fpga/requirements.txt
	$(COMPILE) --python-version 3.11 --no-deps envs/triton/requirements.in --output-file envs/triton/requirements.txt
