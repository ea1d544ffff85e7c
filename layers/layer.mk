# How every layer is built: without Docker, the same bytes each time.
#
# `sam build` calls a layer's Makefile with ARTIFACTS_DIR and nothing else: make does not see the
# template's parameters, so PYTHON_RUNTIME and ARCHITECTURE come from the environment. Their defaults
# are the template's; a test compares each .so with them.

PYTHON_RUNTIME ?= python3.13
ARCHITECTURE ?= arm64
TARGET = $(ARTIFACTS_DIR)/python
PLATFORM = $(if $(filter arm64,$(ARCHITECTURE)),aarch64,x86_64)-manylinux_2_34

# Wheels only, each by its hash.
define install
uv pip install --quiet --target "$(TARGET)" --requirements requirements.txt \
  --python-version $(PYTHON_RUNTIME:python%=%) --python-platform $(PLATFORM) \
  --only-binary :all: --no-deps --require-hashes --link-mode copy
# What an installer notes about itself, and what only programmers read. METADATA stays: scanners for
# known vulnerabilities go by it.
rm -rf "$(TARGET)/bin" "$(TARGET)/.lock"
find "$(TARGET)" -type d \( -name tests -o -name __pycache__ \) -prune -exec rm -rf {} +
find "$(TARGET)" -type f \( -path '*.dist-info/RECORD' -o -path '*.dist-info/INSTALLER' \
  -o -path '*.dist-info/REQUESTED' -o -path '*.dist-info/*.json' -o -name '*.pyi' \) -delete
python3 "$(dir $(lastword $(MAKEFILE_LIST)))drop_symbols.py" "$(TARGET)"
endef

# Imports take 1.76 times as long without .pyc files; only the target's own Python can write them.
# unchecked-hash: no timestamps inside. PYTHONHASHSEED: a set's order is its own. The umask of the
# builder is not the layer's business either.
# One that uv brought comes first: what is on the PATH may be another tool's stand-in.
INTERPRETER := $(or $(shell uv python find --no-project --managed-python --no-python-downloads \
  $(PYTHON_RUNTIME:python%=%) 2>/dev/null),$(PYTHON_RUNTIME))
IS_THE_TARGETS_PYTHON = [ "$$($(INTERPRETER) -S -c 'import sys; print("python%d.%d" % sys.version_info[:2])' 2>&1)" = "$(PYTHON_RUNTIME)" ]
COMPILE = PYTHONHASHSEED=0 $(INTERPRETER) -S -m compileall -q \
  --invalidation-mode unchecked-hash -s "$(ARTIFACTS_DIR)" -p /opt

define compile
if $(IS_THE_TARGETS_PYTHON); then $(COMPILE) "$(TARGET)"; fi
chmod -R u=rwX,go=rX "$(TARGET)"
endef

# Libraries without their source: the bytecode stands in its place (compileall -b), which Python
# imports just so. Source would be a fifth of what each function unpacks, and only a debugger reads
# it: what we log of a fault is file, line and function, and those are in the bytecode.
define compile_alone
if $(IS_THE_TARGETS_PYTHON); then \
  $(COMPILE) -b "$(TARGET)" && find "$(TARGET)" -type f -name '*.py' -delete; \
fi
chmod -R u=rwX,go=rX "$(TARGET)"
endef
