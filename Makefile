# citygrid. Most people need two commands: `make demo` and `make test`.
# Each installs what it needs itself, given Go, gcc, node, npm, make and git.

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  = -s -w -X main.version=$(VERSION)
APP      = web/app
CITY     = data/demo/city/wilmington.map

# The C of SQLite and zstd is the longest thing to compile. -s -w drops its debug
# information anyway; under the race detector, which doesn't look into C, it need
# not be fast.
export CGO_CFLAGS ?= -O2 -g0
APP_SRC := $(shell find $(APP)/src $(APP)/public $(APP)/index.html $(APP)/vite.config.ts -type f 2>/dev/null)
GO_SRC  := $(shell find cmd data geo grid live routing web -name '*.go' -not -path '*/node_modules/*' 2>/dev/null) web/rights.csv go.mod go.sum

.PHONY: help demo build app city test check lint unit race web e2e day chromium generate bench soak dist clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  %-10s %s\n", $$1, $$2}'

demo: build ## build everything and run the demo city on http://127.0.0.1:8080
	./bin/citygrid demo

build: bin/citygrid ## build the program, with its web app and its demo city inside

bin/citygrid: $(GO_SRC) $(APP)/dist/index.html $(CITY)
	go build -ldflags '$(LDFLAGS)' -o $@ ./cmd/citygrid

app: $(APP)/dist/index.html ## build the web app

$(APP)/node_modules/.package-lock.json: $(APP)/package-lock.json
	cd $(APP) && npm ci --no-audit --no-fund
	@touch $@

$(APP)/dist/index.html: $(APP)/node_modules/.package-lock.json $(APP_SRC)
	cd $(APP) && npm run build

city: $(CITY) ## cut the demo city out of the OpenStreetMap file that comes with a Go module

$(CITY): $(wildcard data/osm/*.go data/mapfile/*.go geo/basemap/*.go geo/street/*.go geo/street/dissect/*.go data/demo/cut/*.go)
	go run ./data/demo/cut -o $@

# Two things at a time: npm and apt wait for their registries while Go compiles, and
# the last package of the race leaves a core free.
test: ## what CI runs: format, vet, staticcheck, -race, generated files, app, browser
	+$(MAKE) -j3 --output-sync=line build chromium
	$(MAKE) lint
	+$(MAKE) -j2 --output-sync=line race web
	$(MAKE) e2e

check: build lint unit web ## the same without the race detector and the browser, for while you work

# Both look at the packages as the race detector has them: what is compiled for
# them need not be compiled once more for its tests.
lint: export CGO_CFLAGS = -Og -g0
lint: ## formatting, vet, staticcheck
	@out=$$(go tool gofumpt -l cmd data geo grid live routing web *.go); [ -z "$$out" ] || { echo "not formatted (run go tool gofumpt -w):"; echo "$$out"; exit 1; }
	go vet -race ./...
	go build -o bin/staticcheck honnef.co/go/tools/cmd/staticcheck
	GOFLAGS=-race GOGC=off GOMEMLIMIT=4GiB bin/staticcheck ./...

unit: ## Go tests without the race detector
	go test ./...

race: export CGO_CFLAGS = -Og -g0
race: export GOGC = 300
race: ## Go tests with the race detector, at small sizes; lint has vetted them
	@# three packages at a time: some wait for clocks and sockets
	go test -race -vet=off -p 3 -ldflags='-s -w' ./...

web: $(APP)/node_modules/.package-lock.json ## types, lint and unit tests of the web app
	cd $(APP) && npm run check

e2e: build chromium ## the real program in a real browser
	cd $(APP) && npm run e2e

day: build chromium ## a bureau's day in a real browser, over kills of the server; some minutes; never in CI
	cd $(APP) && npm run e2e:day

chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
	  command -v apt-get >/dev/null || { echo "Chromium is missing: the browser tests need it. Install it and run make test again."; exit 1; }; \
	  SUDO=; [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	  $$SUDO apt-get update -q && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -qy --no-install-recommends chromium; }

generate: ## rewrite generated files (API description, typed client)
	go generate ./...
	cd $(APP) && npm run gen

bench: ## benchmarks, as tables; never in CI
	go test -run '^$$' -bench . -benchmem ./...

soak: city ## half an hour of trackers, maps, edits of zones and two kills, held against a reference; SOAK=2m TRACKERS=2000 for less; never in CI
	go test ./cmd/citygrid -run '^TestSoakLive$$' -v -timeout 0 -soak $(or $(SOAK),30m) -soak-trackers $(or $(TRACKERS),20000)
	go test ./cmd/citygrid -run '^TestSoak$$' -v -timeout 0 -soak 5m

dist: build ## release tarballs with a systemd unit, for amd64 and (with a cross compiler) arm64
	VERSION=$(VERSION) LDFLAGS='$(LDFLAGS)' ./deploy/dist.sh

clean: ## remove what was built; data folders stay
	rm -rf bin dist $(CITY)
	find $(APP)/dist -mindepth 1 -not -name .keep -delete 2>/dev/null || true
