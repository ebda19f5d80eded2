# Every command that people and CI use. `make` alone lists them.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

PROGRAMS := -p mooring-sandbox -p mooring-api -p mooring-worker
DENY_VERSION := 0.20.2
DENY := target/tools/bin/cargo-deny
FUZZ_SECONDS ?= 600
SIMULATE_TOKENS ?= 10000

# Builds from nothing, as in CI, gain nothing from incremental files and would only write them.
ifdef CI
export CARGO_INCREMENTAL := 0
endif

say = @printf '\n==> %s\n' "$(1)"

##@ Use

.PHONY: help
help: ## List the commands
	@awk 'BEGIN { FS = ":.*## " } \
	  /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	  /^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo

.PHONY: run
run: web programs ## Build and start everything on this machine, with demo data
	$(call say,Starting)
	@exec node demo/run.mjs

##@ Check

.PHONY: test
test: ## Everything that has to pass, here and in CI
	@started=$$SECONDS; \
	for step in tools web web-test check audit programs rust-test demo-test sdk-test browser-test; do \
	  begun=$$SECONDS; \
	  $(MAKE) "$$step" || { printf '\nmake test: failed in %s\n' "$$step" >&2; exit 1; }; \
	  printf '    %s took %s s\n' "$$step" "$$((SECONDS - begun))"; \
	done; \
	printf '\nmake test: everything passed, in %s s\n' "$$((SECONDS - started))"

.PHONY: check
check: ## Formatting and lints of the Rust code
	$(call say,Formatting)
	cargo fmt --all --check
	$(call say,Lints)
	cargo clippy --workspace --all-targets --locked -- -D warnings

.PHONY: rust-test
rust-test: programs ## Rust tests, on SQLite and on a throw-away PostgreSQL
	$(call say,Rust tests on SQLite and PostgreSQL)
	@# Most of them wait for other processes more than they compute.
	RUST_TEST_THREADS=$$(($$(nproc) * 3 / 2)) REQUIRE_POSTGRES=1 scripts/with-postgres cargo test --workspace --locked

.PHONY: web-test
web-test: web-packages ## Types, lints and tests of the dashboard
	$(call say,Checks and tests of the dashboard)
	cd web && npm run check && npm test

.PHONY: demo-test
demo-test: ## Tests of the demo's own code
	$(call say,Tests of the demo)
	node --test demo/*.test.mjs

.PHONY: sdk-test
sdk-test: programs sdk-packages ## Official SDKs and OAuth clients against the sandbox
	$(call say,Clients nobody here wrote: Python)
	cd tests/sdks/python && .venv/bin/python -m unittest
	$(call say,Clients nobody here wrote: Node)
	cd tests/sdks/node && npm run check && npm test

.PHONY: browser-test
browser-test: programs browser-packages ## Journeys in Chromium, on SQLite and on PostgreSQL
	$(call say,Browser journeys: lints)
	cd tests/browser && npm run check
	$(call say,Browser journeys on SQLite)
	cd tests/browser && npm test
	$(call say,Browser journeys on PostgreSQL)
	cd tests/browser && ../../scripts/with-postgres bash -c 'DATABASE_URL=$$TEST_POSTGRES_URL npm test'

.PHONY: simulate
simulate: ## A year of renewing 10,000 tokens, with everything that can befall them; takes a quarter of an hour or more
	TMPDIR=$(if $(wildcard /dev/shm),/dev/shm,/tmp) SIMULATE_TOKENS=$(SIMULATE_TOKENS) cargo test --release --locked -p executor --test simulation year -- --nocapture

.PHONY: bench
bench: ## How fast tokens are renewed, as figures and ratios
	scripts/with-postgres cargo bench --locked -p executor --bench renewals

.PHONY: bench-collecting
bench-collecting: ## How fast numbers are collected, as figures and ratios
	scripts/with-postgres cargo bench --locked -p executor --bench collecting

.PHONY: bench-storing
bench-storing: ## How fast numbers are stored and read, and how much room they take
	scripts/with-postgres cargo bench --locked -p executor --bench storing

.PHONY: bench-sandbox
bench-sandbox: ## Answers per second and memory of the sandbox, as figures
	cargo bench --locked -p mooring-sandbox --bench figures

.PHONY: audit
audit: $(DENY) ## Licences, sources and known flaws of dependencies
	@scripts/audit

##@ Change

.PHONY: fmt
fmt: ## Format everything
	cargo fmt --all
	cd web && npm run format

.PHONY: schema
schema: ## Write schema.graphql anew, and the dashboard's types from it
	cargo run --quiet -p mooring-api -- schema > schema.graphql.new
	mv schema.graphql.new schema.graphql
	cd web && npm run codegen

.PHONY: fuzz
fuzz: ## Feed the readers of Meta's bytes with noise, ten minutes each (needs nightly Rust and cargo-fuzz)
	cd crates/meta && for target in $$(cargo +nightly fuzz list); do \
	  mkdir -p "fuzz/corpus/$$target"; \
	  cargo +nightly fuzz run "$$target" "fuzz/corpus/$$target" "fuzz/seeds/$$target" -- \
	    -max_total_time=$(FUZZ_SECONDS) -max_len=65536 -timeout=5; \
	done

##@ Parts

.PHONY: tools
tools: ## Install what the tests need beside Rust and Node
	$(call say,Tools)
	scripts/install-tools

.PHONY: web
web: web-packages ## Build the dashboard, which becomes part of the api
	$(call say,Building the dashboard)
	cd web && npm run build

.PHONY: programs
programs: ## Build sandbox, api and worker
	$(call say,Building the three programs)
	cargo build --locked $(PROGRAMS)

.PHONY: web-packages
web-packages: web/node_modules/.package-lock.json

.PHONY: browser-packages
browser-packages: tests/browser/node_modules/.package-lock.json

.PHONY: sdk-packages
sdk-packages: tests/sdks/python/.venv/installed tests/sdks/node/node_modules/.package-lock.json

tests/sdks/python/.venv/installed: tests/sdks/python/requirements.txt
	$(call say,Packages of tests/sdks/python)
	python3 -m venv --clear $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r $<
	@touch $@

# npm writes this file last; it is older than the lock file only when something has to be installed.
%/node_modules/.package-lock.json: %/package-lock.json
	$(call say,Packages of $*)
	cd $* && npm ci
	@touch $@

$(DENY):
	$(call say,Building cargo-deny $(DENY_VERSION))
	@# It runs for seconds, and optimising it takes minutes.
	cargo install --debug --locked --quiet cargo-deny@$(DENY_VERSION) --root target/tools --target-dir target/tools/build
	@rm -rf target/tools/build
