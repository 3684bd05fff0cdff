# make report   set-up, data, training, figures, site      make serve   the site, live, while you write
# make test     set-up and the whole test suite            make lint     format, rules of imports, types
# make lock     requirements.txt anew (UPGRADE=--upgrade)
#
# STUDY=smoke|default|full           which runs            PYTHON=python3.12   which Python (3.11 to 3.13)
# BUILD="--jobs 4"           further options of build      VENV=.venv          where packages go
# DATA=data/NAME            images of one's own           IMAGES=FOLDER|ZIP|URL#sha256=DIGEST   brings them to DATA
# RUNS=FILE|FOLDER|URL#sha256=DIGEST   records from elsewhere, which are then not trained again
# TORCH_INDEX=ADDRESS        take torch from a package index of PyTorch's own, for example the one without CUDA

STUDY ?= default
DATA ?= $(if $(IMAGES),data/images,data/xo)
VENV ?= .venv
RIGHT_PYTHON := import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	$$python -c '$(RIGHT_PYTHON)' 2>/dev/null && echo $$python && break; done)
RUN := $(VENV)/bin
PIP := $(RUN)/python -m pip --disable-pip-version-check
READY := $(VENV)/ready
LOCK = $(RUN)/uv --quiet pip compile pyproject.toml --all-extras --universal --fork-strategy fewest \
	--generate-hashes --no-emit-index-url --output-file requirements.txt

.PHONY: help report images test lint serve lock

help: # the comment at the top
	@sed -n '/^$$/q; s/^# \{0,1\}//p' $(firstword $(MAKEFILE_LIST))

report: images
ifneq ($(RUNS),)
	$(RUN)/python -m xo runs merge --data '$(DATA)' '$(RUNS)'
endif
	$(RUN)/python -m report_builder build --study $(STUDY) --data '$(DATA)' $(BUILD)
	@echo 'To read it: make serve, then open http://127.0.0.1:8000/'

images: $(READY)
ifneq ($(IMAGES),)
	$(RUN)/python -m xo data import '$(IMAGES)' --to '$(DATA)'
endif

test: $(READY)
	$(RUN)/python -m pytest --numprocesses=auto --dist=loadfile --no-loadscope-reorder $(PYTEST)

lint: $(READY)
	$(RUN)/ruff check
	$(RUN)/ruff format --check
	$(RUN)/lint-imports --no-logo
	$(RUN)/mypy

serve: $(READY)
	$(RUN)/python -m mkdocs serve

lock: $(RUN)/python
	$(PIP) install --quiet 'uv>=0.9'
	$(LOCK) $(UPGRADE)

$(RUN)/python:
	@$(or $(PYTHON),false) -c '$(RIGHT_PYTHON)' 2>/dev/null || \
		{ echo 'Python 3.11, 3.12 or 3.13 is needed; name one: make PYTHON=/path/to/python3.12' >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

# The lock's hashes are those of torch with CUDA, so a torch from elsewhere is installed first, at the locked version,
# and the lock goes on without it and what only it needs.
$(READY): requirements.txt pyproject.toml | $(RUN)/python
ifdef TORCH_INDEX
	$(PIP) install --no-deps --index-url $(TORCH_INDEX) $$(sed -nE 's/^(torch(vision)?==[^ ;]+).*/\1/p' requirements.txt)
	awk '/^[a-z0-9]/ { keep = !/^(torch|torchvision|triton|cuda-[a-z]+|nvidia-[a-z0-9-]+)==/ } keep' \
		requirements.txt > $(VENV)/without-torch.txt
	$(PIP) install --no-deps --require-hashes -r $(VENV)/without-torch.txt
else
	$(PIP) install --require-hashes -r requirements.txt
endif
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
