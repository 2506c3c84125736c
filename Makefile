# Five verbs. `run` and `test` install what is missing (Debian packages, npm packages, the window's driver).
export CARGO_TARGET_DIR ?= $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/baoxue/target
.PHONY: run test check bench bundle test-long

run: ## Builds and opens the window; without a display, does the main job on the command line.
	.ci/setup run
	cd ui && npm run build
	cargo build --workspace --bins
	.ci/open

test: ## Every test, the real window included.
	.ci/setup test
	$(MAKE) check
	cargo build --workspace
	.ci/scratch cargo test --workspace
	.ci/scratch tests/e2e/run.sh

check: ## Formats, lints, types: nothing runs.
	cd ui && npm run check && npm test && npm run build
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings

bench: ## Ratios in one run against a named limit or peer.
	.ci/setup bench
	cargo run --release -p baoxue-bench

bundle: ## .deb and .rpm: the window, and bx beside it.
	.ci/setup run
	cd ui && npm run bundle -- --config '$(call with_bx,$(CARGO_TARGET_DIR)/release/bx)' -- --workspace --exclude baoxue-bench
with_bx = {"bundle":{"linux":{"deb":{"files":{"/usr/bin/bx":"$1"}},"rpm":{"files":{"/usr/bin/bx":"$1"}}}}}

test-long: ## The laws, many more times; every form in the window, by keyboard and by mouse.
	BAOXUE_LONG=1 .ci/scratch cargo test --workspace
	BAOXUE_LONG=1 .ci/scratch tests/e2e/run.sh tests/e2e/fields.test.mjs
