# The only door to every chore. `make help` lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := run
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

# Where `make install` puts things; DESTDIR goes before it, for packagers.
PREFIX ?= /usr/local
export DESTDIR
# What `make run` fetches: taken literally, a $ in it means nothing to make.
override URL := $(value URL)
export URL
# Which tests run: a regular expression; all of them without it.
override FILTER := $(value FILTER)
export FILTER
# How long `make fuzz` runs each target, and which; all of them without it.
FUZZ_SECONDS ?= 60
FUZZ_TARGETS ?=
# V=1 shows every compiler step and every test.
V ?=

# Debian keeps servers in directories that are not on the PATH of a plain user.
export PATH := $(PATH):/usr/local/sbin:/usr/sbin:/sbin

step := scripts/step.sh
swift_files := Package.swift Sources Tests Examples
debug_adm := .build/debug/adm
release_adm := .build/release/adm
# Relocations in a few pages instead of three MiB, where the C library can read them (glibc 2.36).
packed_relocations := $(shell getconf GNU_LIBC_VERSION 2>/dev/null | awk '{ split($$2, v, "."); \
    if (v[1] > 2 || v[2] >= 36) print "-Xlinker -z -Xlinker pack-relative-relocs" }')
# In a terminal the build shows one line that changes; a log needs only the errors.
quiet_build := $(if $(V),,$(shell test -t 2 || echo --quiet))
quiet_tests := $(if $(V),,--quiet)
# More tests at once than this starve each other on small machines.
export SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH ?= 6

.PHONY: run
run: build ## Download a file with progress and verify it: URL=…, or a built-in one (default)
	@if [ -n "$$URL" ]; then $(release_adm) download "$$URL"; else $(release_adm) test --demo; fi

.PHONY: test
test: packages-test check ## Install what is needed, then do what `make check` does

.PHONY: check
check: ## Format, layers, sizes, build with warnings as errors, documents, all tests: FILTER=…
	@$(step) "format" swift format lint --strict --recursive --parallel $(swift_files)
	@$(step) "layers" python3 scripts/check-layers.py
	@$(step) "sizes" python3 scripts/check-sizes.py
	@$(step) "what finds programs" python3 scripts/test-check-programs.py --quiet
	@$(step) "programs" python3 scripts/check-programs.py
	@$(step) "build" swift build --build-tests $(quiet_build)
	@$(step) "documents" python3 scripts/check-docs.py --binary $(debug_adm)
	@$(step) "tests" swift test --skip-build --disable-xctest $(quiet_tests) \
	    $${FILTER:+--filter "$$FILTER"}

.PHONY: build
build: packages-build ## Build the release program, with the Swift runtime inside
	@$(step) "release build (the first takes minutes)" \
	    swift build -c release --static-swift-stdlib --product adm $(quiet_build) \
	    -Xlinker --no-export-dynamic $(packed_relocations)

.PHONY: format
format: ## Format all Swift files in place
	@swift format --in-place --recursive --parallel $(swift_files)

.PHONY: docs
docs: packages-test ## Write docs/cli.md, json.md, schemas, openapi.json from what the program says of itself
	@$(step) "build" swift build --product adm $(quiet_build)
	@python3 scripts/cli-reference.py --binary $(debug_adm)
	@python3 scripts/json-reference.py --binary $(debug_adm)
	@python3 scripts/api-reference.py --binary $(debug_adm)

.PHONY: bench
bench: build ## Compare with other programs, measure the queue, and write docs/benchmarks.md
	@scripts/install-packages.sh bench
	@python3 Benchmarks/run.py --adm $(release_adm) --json .build/benchmarks.json \
	    --markdown docs/benchmarks.md --svg docs/benchmarks.svg
	@python3 Benchmarks/queued.py --adm $(abspath $(release_adm)) --markdown docs/benchmarks.md
	@python3 Benchmarks/limits.py --adm $(release_adm) --markdown docs/benchmarks.md

.PHONY: fuzz
fuzz: packages-test ## Feed every reader of outside text with made-up text: FUZZ_SECONDS=60 FUZZ_TARGETS=…
	@$(step) "build with libFuzzer (the first takes long)" env ADM_FUZZ=1 swift build -c release \
	    --product adm-fuzz --scratch-path .build-fuzz $(quiet_build)
	@scripts/fuzz.py .build-fuzz/release/adm-fuzz --seconds $(FUZZ_SECONDS) $(FUZZ_TARGETS)

.PHONY: sanitize
sanitize: packages-test ## Run the unit tests under AddressSanitizer and ThreadSanitizer (long): FILTER=…
	@scripts/sanitize.sh address
	@scripts/sanitize.sh thread

.PHONY: example
example: packages-test ## Build a package that uses the library, and download a file with it
	@$(step) "example (the first build takes minutes)" scripts/check-example.sh

.PHONY: install
install: build ## Install the program and its shell completions below PREFIX
	@scripts/install.sh install "$(PREFIX)" $(release_adm)

.PHONY: uninstall
uninstall: ## Remove what `make install` put below PREFIX
	@scripts/install.sh uninstall "$(PREFIX)"

.PHONY: clean
clean: ## Remove what was built; fetched packages stay
	@swift package clean

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

.PHONY: packages-build packages-test
packages-build:
	@scripts/install-packages.sh build
packages-test:
	@scripts/install-packages.sh test
