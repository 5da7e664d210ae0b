# The one door: `make help` lists what it opens.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/sh
PORT ?= 5173
VARIANTS := simd relaxed scalar
SHARED := simd relaxed
BIN := node_modules/.bin

# ---- The kernels: src/*.c, three times ------------------------------------------------------------------------------------

FLAGS_simd := -msimd128
FLAGS_relaxed := -msimd128 -mrelaxed-simd
FLAGS_scalar :=

# -ffp-contract=off: the same bits on every machine; only simd_madd may fuse, and only in `relaxed`.
# -fno-builtin: loops stay loops, since there is no C library to call.
# -fno-unroll-loops: two fifths of the size for no loss of speed; the loops that need it are marked in the source.
# -pre-RA-sched=source: a tile's instructions stay in the order that needs the fewest registers. LLVM doesn't know how few there will
# be, and in its order a matrix product takes twice as long.
CFLAGS := -std=c11 -Os -Wall -Wextra -Werror -ffp-contract=off -fno-builtin -fno-unroll-loops -mllvm -pre-RA-sched=source

# The stack holds one packed panel of 4 KiB; it lies first, so that an overflow traps instead of overwriting tensors.
LDFLAGS := --no-entry --stack-first -z stack-size=16384 --export=__heap_base --strip-all -O3

# For layerlens/threads, the same objects again, on a memory that several instances share. They hold no atomic instructions, which
# the linker would look for, and need none: JavaScript does all of the waiting. Each thread sets its instance's own stack pointer.
SHAREDFLAGS := --import-memory --export-memory --shared-memory --max-memory=4294967296 --no-check-features \
	--export=__stack_pointer --export=affine_backward_part

OPTFLAGS := -Oz --converge --enable-simd --enable-relaxed-simd --enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
	--enable-mutable-globals --enable-multivalue --enable-reference-types --enable-threads --strip-producers --strip-target-features

sources := $(wildcard src/*.c)
headers := $(wildcard src/*.h)
wasm := $(VARIANTS:%=dist/wasm/%.wasm) $(SHARED:%=build/threads/%.wasm)

# Where LLVM is, found or installed by tools/setup.
build/llvm: tools/setup
	@mkdir -p build
	@tools/setup build > $@

define kernels
build/$(1)/%.o: src/%.c $$(headers) build/llvm Makefile
	@mkdir -p $$(@D)
	@echo 'cc $$< ($(1))'
	@EM_LLVM_ROOT=$$$$(cat build/llvm) EM_LLVM_ADD_VERSION= EM_CLANG_ADD_VERSION= emcc $$(CFLAGS) $$(FLAGS_$(1)) -c $$< -o $$@

build/threads/$(1).wasm: shared := $$(SHAREDFLAGS)
dist/wasm/$(1).wasm build/threads/$(1).wasm: $$(sources:src/%.c=build/$(1)/%.o) node_modules/.package-lock.json
	@mkdir -p $$(@D)
	@echo 'ld $$@'
	@$$$$(cat build/llvm)/wasm-ld $$(LDFLAGS) $$(shared) $$(filter %.o,$$^) -o build/$(1)/$$(notdir $$(@D)).wasm
	@$(BIN)/wasm-opt $$(OPTFLAGS) build/$(1)/$$(notdir $$(@D)).wasm -o $$@
endef
$(foreach variant,$(VARIANTS),$(eval $(call kernels,$(variant))))

# ---- The package ----------------------------------------------------------------------------------------------------------

scripts := $(filter-out js/embedded%.js,$(wildcard js/*.js))

node_modules/.package-lock.json: package.json package-lock.json
	@echo 'npm ci'
	@npm ci --include=dev --no-audit --no-fund --loglevel=error
	@touch $@

dist/index.js: $(wasm) $(scripts) tools/bundle.js node_modules/.package-lock.json
	@echo 'bundle dist/'
	@node tools/bundle.js

dist/types/index.d.ts: $(scripts) tsconfig.json tools/types.js dist/index.js
	@echo 'types dist/types/'
	@$(BIN)/tsc -p tsconfig.json
	@node tools/types.js

build/test-tools: tools/setup | build/llvm
	@mkdir -p build
	@tools/setup test
	@touch $@

build/test-browsers: tools/setup | build/llvm
	@mkdir -p build
	@tools/setup browsers
	@touch $@

# ---- The command ----------------------------------------------------------------------------------------------------------

dist/bin/layerlens.js: $(wildcard bin/*.js) js/quote.js js/table.js tools/command.js node_modules/.package-lock.json
	@echo 'bundle dist/bin/'
	@node tools/command.js

# ---- The page -------------------------------------------------------------------------------------------------------------

page := $(shell find web -type f) package-lock.json

site/index.html: dist/index.js $(page) $(sources) $(headers) tools/lines.js tools/site.js
	@echo 'site site/'
	@node tools/site.js

# Behind the page, whose build empties the folder.
site/api/index.html: $(scripts) typedoc.jsonc site/index.html
	@echo 'typedoc site/api/'
	@$(BIN)/typedoc --logLevel Warn

# ---- Where the package runs -----------------------------------------------------------------------------------------------

# What it is tried with, the newest within the ranges that are given there.
build/matrix/node_modules/.package-lock.json: tests/matrix/package.json
	@echo 'npm install (build/matrix)'
	@rm -rf build/matrix
	@mkdir -p build/matrix
	@cp tests/matrix/package.json build/matrix
	@npm install --prefix build/matrix --no-audit --no-fund --loglevel=error
	@touch $@

# ---- The benchmark --------------------------------------------------------------------------------------------------------

# Its peers, a Node of 24 or later, and this package as any user has it.
bench/node_modules/.package-lock.json: bench/package.json bench/package-lock.json
	@echo 'npm ci (bench)'
	@npm ci --prefix bench --include=dev --no-audit --no-fund --loglevel=error
	@ln -s ../.. bench/node_modules/layerlens
	@touch $@

build/bench-tools: tools/setup
	@mkdir -p build
	@tools/setup bench
	@touch $@

benchmark := dist/index.js bench/node_modules/.package-lock.json
node := bench/node_modules/.bin/node

# ---- Doors ----------------------------------------------------------------------------------------------------------------

.PHONY: start dev site build test test-page-full test-package-full exhaustive release-check bench bench-browser check clean help

start: site/index.html ## serve the page at http://127.0.0.1:5173 (another port: make start PORT=8080)
	@node tools/start.js $(PORT)

dev: dist/index.js ## the same, reloading what changes in web/
	@$(BIN)/vite web --config web/vite.config.js --port $(PORT) --strictPort

site: site/index.html site/api/index.html ## build the page and the API reference (api/) into site/, for any static host

build: dist/index.js dist/types/index.d.ts dist/bin/layerlens.js ## build the package into dist/ and print its sizes
	@node tools/sizes.js

test: build check site build/test-tools ## run all tests
	@node tests/run.js

test-page-full: build site build/test-tools build/test-browsers ## run the tests of the page that take minutes
	@node tests/run.js $(patsubst tests/%,%,$(wildcard tests/page/*.full.test.js))

test-package-full: build site build/test-tools build/matrix/node_modules/.package-lock.json ## run the tests that take minutes; write docs/where-it-runs.md
	@node tests/run.js docs/contributing.full.test.js
	@node tests/run.js matrix/all.full.test.js

exhaustive: build ## take the sigmoid and exp of every float32 number, in every build (minutes)
	@node tests/run.js kernels/every-number.full.test.js

release-check: node_modules/.package-lock.json ## do all that a release needs, but the publishing
	@node tools/release-check.js

bench: $(benchmark) build/bench-tools ## measure speed beside others, in Node (a part of it: make bench ROWS=sigmoid)
	@$(node) bench/run.js

bench-browser: $(benchmark) build/test-tools ## the same in Chromium
	@$(node) bench/run.js browser

# Of publint and attw it shows only what they complain of.
check: build site ## check types (a build checks the package's own), that nothing is unused, and the packed package
	@$(BIN)/tsc -p tsconfig.check.json
	@$(BIN)/knip
	@npm pack --ignore-scripts --silent --pack-destination build >build/packed
	@$(BIN)/publint "build/$$(cat build/packed)" >build/publint.log && grep -q 'All good' build/publint.log || { cat build/publint.log; exit 1; }
	@$(BIN)/attw "build/$$(cat build/packed)" >build/attw.log || { cat build/attw.log; exit 1; }

clean: ## remove everything that was built
	rm -rf build dist site js/embedded*.js

help: ## list the doors
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
