# make · make demo · make test · make paper: each sets up what is missing, then runs. Needs make and git, and Python 3.11,
# which is fetched where there is none (envs/python.sh); g++ and perl for speed and the Verilog.
SNAKEMAKE = .venv/bin/snakemake --cores all

.PHONY: quick demo example pictures site paper archive best lint test test-slow benchmark clean
quick: .venv/ready
	$(SNAKEMAKE) --configfile=config/quick.yaml

# A first look: a network and samples that lie in examples/networks, so that nothing is trained.
demo: .venv/ready
	$(SNAKEMAKE) results/demo.html
	@echo "Open results/demo.html. What to run next: make"

# Makes the files in examples/networks anew, from network 48 and the test samples of config/quick.yaml.
example: .venv/ready
	$(SNAKEMAKE) results/example/48.safetensors --configfile=config/quick.yaml
	cp results/example/48* examples/networks

# Makes the pictures of README and docs/ anew, from config/quick.yaml.
pictures: .venv/ready
	$(SNAKEMAKE) results/figures/overview.svg results/figures/energy.png --configfile=config/quick.yaml
	cp results/figures/overview.svg results/figures/energy.png docs

# README, docs/ and the library's reference as pages: results/site/index.html
site: .venv/ready
	$(SNAKEMAKE) .envs/docs/ready --configfile=config/quick.yaml
	NO_MKDOCS_2_WARNING=1 .envs/docs/bin/mkdocs build --strict

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
	python="$$(sh envs/python.sh "$(PYTHON)")" && "$$python" -m venv $(CLEAR) .venv
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
	$(COMPILE) --python-version 3.11 envs/docs/requirements.in --output-file envs/docs/requirements.txt
	$(COMPILE) --python-version 3.11 --no-deps envs/triton/requirements.in --output-file envs/triton/requirements.txt
