# The front door: each target is one command to remember. CMake does the work; its presets
# (release, debug, asan, tsan, fuzz, coverage) can be used directly as well.

.DEFAULT_GOAL := help
.PHONY: help deps build run check fuzz load tls bench micro format tidy install clean

# Arguments of `make run` for `penstock demo`; a clean machine gets them as `make run ARGS=--once`.
ARGS ?=
# Seconds that `make fuzz` spends on each reader; `make check` only asks whether they still run.
TIME ?= 600
CHECK_FUZZ_TIME ?= 9
JOBS ?= $(shell nproc)
# Most tests end to end wait for a deadline most of the time: two of them share a CPU.
TEST_JOBS ?= $(shell expr 2 \* $(JOBS))

# Peers are real processes: a test that a busy machine has failed may try once more, and ctest says so.
ONCE_MORE = --repeat until-pass:2

CMAKE_BUILD = cmake --build --preset $(1) -j $(JOBS)

help: ## this list
	@echo "Penstock: an HTTP event gateway in front of serverless functions."
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile
	@echo
	@echo "Start with: make run"

deps: ## install what is missing to build and to test (apt-get, sudo when not root)
	@.ci/deps build check

build/%/build.ninja:
	@echo "configure: $*"
	@cmake --preset $* >build-$*.log 2>&1 || { cat build-$*.log; rm -f build-$*.log; exit 1; }
	@rm -f build-$*.log

build: build/release/build.ninja ## the optimised, hardened binary: build/release/gateway/penstock
	@$(call CMAKE_BUILD,release) --target penstock

run: ## build what is shipped and see it work: demo functions, gateway and callers on loopback
	@.ci/deps build
	@$(MAKE) --no-print-directory build
	@build/release/gateway/penstock demo $(ARGS)

check: deps ## everything that must hold: style, tests with sanitizers, shipped binary, fuzzing
	@$(MAKE) --no-print-directory build/asan/build.ninja build/release/build.ninja build/fuzz/build.ninja
	@echo "check: 1/6 build with AddressSanitizer and UndefinedBehaviorSanitizer"
	@$(call CMAKE_BUILD,asan)
	@echo "check: 2/6 build what is shipped"
	@$(call CMAKE_BUILD,release) --target all stages
	@echo "check: 3/6 build the fuzz targets with Clang"
	@$(call CMAKE_BUILD,fuzz) --target fuzzers
	@echo "check: 4/6 fuzz each reader for $(CHECK_FUZZ_TIME) s"
	@tests/fuzz/run $(CHECK_FUZZ_TIME)
	@echo "check: 5/6 end to end with the shipped binary, and its instructions by stage"
	@bench/micro/run >build/micro.log 2>&1 & micro=$$!; \
	    ctest --preset release -L e2e -j $(TEST_JOBS) --progress $(ONCE_MORE); failed=$$?; \
	    wait $$micro || failed=1; cat build/micro.log; exit $$failed
	@echo "check: 6/6 all tests with the sanitizers"
	@ctest --preset asan -j $(TEST_JOBS) --progress $(ONCE_MORE)

fuzz: deps build/fuzz/build.ninja ## libFuzzer on every reader of foreign bytes, TIME=600 seconds each
	@$(call CMAKE_BUILD,fuzz) --target fuzzers
	@tests/fuzz/run $(TIME)

load: deps build/release/build.ninja ## thousands of callers: memory, deadlines, reloads, churn, CPU of a connection
	@$(call CMAKE_BUILD,release)
	@tests/load/run $(ARGS)

tls: build ## testssl.sh on the edge: no finding of severity LOW or above
	@.ci/deps tls
	@tests/tls/run $(ARGS)

bench: build/release/build.ninja ## what an event costs beside its peers, and what is caught: a report; ARGS=--quick
	@.ci/deps build bench micro
	@$(call CMAKE_BUILD,release) --target penstock load stages
	@bench/run $(ARGS)

micro: build/release/build.ninja ## instructions of each stage, held against bench/micro/baseline.json
	@.ci/deps build micro
	@$(call CMAKE_BUILD,release) --target stages
	@bench/micro/run $(ARGS)

format: ## bring every C file into the one form
	@git ls-files '*.c' '*.h' | xargs clang-format -i

# Not the unit tests: to the analyser, cmocka's assertions go on when they have failed.
tidy: build/debug/build.ninja ## static analysis of every C file that is shipped or measured
	@.ci/deps build tidy
	@git ls-files 'filters/*.c' 'gateway/*.c' 'bench/*.c' 'tests/fuzz/*.c' | \
	    xargs -P $(JOBS) -n 4 clang-tidy --quiet -p build/debug 2>/dev/null
	@echo "tidy: nothing found"

install: build ## install the release build below DESTDIR
	@DESTDIR=$(DESTDIR) cmake --install build/release

clean: ## remove what was built
	@rm -rf build
