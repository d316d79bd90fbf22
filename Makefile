# Postmeter: `make run` starts the collector, `make test` proves it. Both install what they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

BUILD_PACKAGES := pkg-config libprotobuf-c-dev libcurl4-openssl-dev zlib1g-dev libsimdjson-dev libsqlite3-dev libcrypt-dev
TEST_PACKAGES := python3-venv gcc libc6-dev valgrind binutils openssl curl strace
PROTO_PACKAGES := protobuf-c-compiler
BENCH_PACKAGES := golang-go
POSTMETER := .build/release/postmeter
ARGS ?=

.PHONY: help run demo build examples test test-long unit record-paths conformance asan fuzz bench bench-intake lint proto clean install-build install-test install-proto install-bench

help: ## List the targets.
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Build the release and start the collector on its defaults (ARGS='--config postmeter.yaml').
	@exec $(POSTMETER) serve $(ARGS)

demo: build ## Start the collector and point the simulator at it.
	@Tests/Conformance/demo.sh $(POSTMETER)

build: install-build ## Build the release.
	swift build -c release --explicit-target-dependency-import-check error

test: build unit record-paths conformance ## Run every test: unit tests in a ThreadSanitizer build, then the real peers.

unit: install-build ## Run the unit tests in a ThreadSanitizer build.
	Tests/ThreadSanitizer/run.sh

examples: install-build ## Build the services of Tests/Examples.
	@# SwiftPM sees new files of the package above only when it plans anew.
	@touch Tests/Examples/Package.swift
	swift build --package-path Tests/Examples --scratch-path .build/examples -c release

record-paths: build install-test ## Hold the record paths to their instructions, allocations and machine code.
	python3 Tests/RecordPaths/check.py .build/release/PostmeterRecordPaths $(ARGS)

conformance: build examples install-test ## Run the checks that need Prometheus, a collector and client libraries.
	Tests/Conformance/run.sh $(POSTMETER)

test-long: build examples install-test ## Run the checks against real peers that take minutes.
	Tests/Conformance/run.sh $(POSTMETER) -m long $(ARGS)

asan: install-build ## Run the unit tests in an AddressSanitizer build; not part of make test.
	Tests/AddressSanitizer/run.sh

fuzz: install-build ## Fuzz the parsers of peers' bytes (ARGS='TARGET SECONDS'); the corpus is in make test.
	Tests/Fuzz/run.sh $(ARGS)

bench: build ## Print our figures beside the peers', and write .build/bench.jsonl.
	swift build -c release --product PostmeterBench
	.build/release/PostmeterBench --json .build/bench.jsonl $(ARGS)

bench-intake: build install-bench ## Measure the webhook intake beside Go and nginx, overload and a whole day; minutes.
	Tests/Benchmarks/prepare.sh
	swift build -c release --product PostmeterBench
	.build/release/PostmeterBench --json .build/bench-intake.jsonl --long --filter journal/disk --filter intake/ \
		--filter collector/memory --filter day/ $(ARGS)

lint: ## Check format, floors and layout.
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	python3 Tests/Layout/floors.py

proto: install-proto ## Generate Sources/COTLP from proto/ and fail when it differs from what is committed.
	Tests/Layout/proto.sh

clean: ## Remove what was built; data folders stay.
	rm -rf .build .build-asan .build-fuzz

# apt-get runs only when a package is missing, and with sudo only when we are not root.
define install
@missing=(); for package in $(1); do \
	dpkg-query -W -f='$${Status}' "$$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$$package"); \
done; \
if (( $${#missing[@]} )); then \
	echo "installing: $${missing[*]}"; \
	root=(); [[ $$(id -u) == 0 ]] || root=(sudo); \
	"$${root[@]}" apt-get update -q; \
	"$${root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$${missing[@]}"; \
fi
endef

install-build:
	$(call install,$(BUILD_PACKAGES))

install-test: install-build
	$(call install,$(TEST_PACKAGES))

install-proto: install-build
	$(call install,$(PROTO_PACKAGES))

install-bench: install-build
	$(call install,$(BENCH_PACKAGES))
