# Every step of the build, the tests and CI is a target here. `make` lists them.
.DEFAULT_GOAL := help
SHELL := bash

VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null || echo unknown)
BUILDINFO := bookmarket/internal/buildinfo
# The services need no C library, and none of gRPC's debug pages (three megabytes). The same source
# gives the same bytes wherever it lies: no path is in them (-trimpath), and whether .git is there
# does not matter (-buildvcs).
GOBUILD = CGO_ENABLED=0 go build -trimpath -buildvcs=false -tags grpcnotrace \
	-ldflags '-s -w -X $(BUILDINFO).Version=$(VERSION) -X $(BUILDINFO).Revision=$(REVISION)'

SERVICES := recommendations marketplace
BIN = bin
# What a release consists of, and what it is for.
DIST = bin/dist
PLATFORMS = linux/amd64 linux/arm64
BINARIES = $(foreach platform,$(PLATFORMS),$(SERVICES:%=$(DIST)/%-$(subst /,-,$(platform))))

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "%-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: run
run: ## build both services and run them in this terminal, http://localhost:5000/
	@tools/run.sh

.PHONY: test
test: ## run every test that this machine can run, and list what was left out and why
	@go -C tools/tiers build -o ../../bin/tiers .
	@PATH="$$PATH:$$(tools/install.sh --path):$${KLITE_DIR:-/var/tmp/klite}/bin" bin/tiers

.PHONY: ci
ci: ## what CI runs: install what is missing (Debian, as root or by sudo), then every test strictly
	@.ci/run

.PHONY: build
build: ## build both services into bin/
	$(GOBUILD) -o $(BIN)/ $(SERVICES:%=./%)

.PHONY: cross
cross: ## build both services for each of PLATFORMS (default: linux on amd64 and arm64) into bin/dist/
	@set -e; for platform in $(PLATFORMS); do for service in $(SERVICES); do \
	  echo "$$service for $$platform"; \
	  GOOS=$${platform%/*} GOARCH=$${platform#*/} $(GOBUILD) -o $(DIST)/$$service-$${platform/\//-} ./$$service; \
	done; done

.PHONY: sbom
sbom: cross ## write beside each binary of bin/dist/ which modules are in it (CycloneDX)
	go -C tools/release run . -version '$(VERSION)' $(abspath $(BINARIES))

.PHONY: dist
dist: sbom ## make all files of a release in bin/dist/: binaries, their SBOMs and SHA256SUMS
	cd $(DIST) && sha256sum $(notdir $(BINARIES) $(BINARIES:%=%.cdx.json)) >SHA256SUMS

.PHONY: lint
lint: tools ## check what can be checked without running it; changes nothing
	@tools/lint.sh

.PHONY: fmt
fmt: tools ## format the Go code, the pages and the contract as `make lint` wants them
	PATH="$$(tools/install.sh --path):$$PATH" golangci-lint fmt
	PATH="$$(tools/install.sh --path):$$PATH" templ fmt marketplace bench
	PATH="$$(tools/install.sh --path):$$PATH" buf format --write protobufs

.PHONY: helm-docs
helm-docs: ## write the charts' READMEs anew from their values
	@tools/install.sh helm
	PATH="$$(tools/install.sh --path):$$PATH" helm-docs --chart-search-root helm

.PHONY: fuzz
fuzz: FUZZTIME ?= 1m
fuzz: ## run every fuzz target for FUZZTIME each (default: 1m)
	@tools/fuzz.sh $(FUZZTIME)

.PHONY: bench
bench: ## measure recommendations beside a bare grpc-go server, and how soon pages begin
	go run ./bench/recommend
	go run ./bench/storefront

.PHONY: screenshots
screenshots: ## take the pictures of the README anew, in docs/images/
	README_PICTURES='$(abspath docs/images)' go -C e2e test -count=1 ./browser -run TestPicturesOfTheReadme

.PHONY: e2e-cluster
e2e-cluster: export ROUNDS ?= 2
e2e-cluster: ## deploy to a Kubernetes on this machine, and restart each service ROUNDS times under load (default: 2)
	@e2e/cluster/run.sh

.PHONY: generate
generate: tools ## write the generated code and documents anew
	cd protobufs && PATH="$$(../tools/install.sh --path):$$PATH" buf generate
	PATH="$$(tools/install.sh --path):$$PATH" templ generate
	go test ./recommendations/internal/config ./marketplace/internal/config -run TestConfigDoc -update
	go -C tools/manifests test . -run 'TestCopies|TestRules' -update

.PHONY: release-contract
release-contract: tools ## make today's contract the one that `make lint` allows no break from
	cd protobufs && PATH="$$(../tools/install.sh --path):$$PATH" buf build --exclude-source-info -o released.binpb

.PHONY: tools
tools: ## build the pinned generators and linters, once for each version of them
	@tools/install.sh gen lint

.PHONY: images
images: ## build both container images, tagged BOOKMARKET_VERSION (default: dev, as the charts want it)
	BOOKMARKET_REVISION=$(REVISION) docker compose build

.PHONY: up
up: ## run both services as containers, http://localhost:5000/
	docker compose up --build --detach --wait

.PHONY: down
down: ## end and remove the containers
	docker compose down

.PHONY: clean
clean: ## remove what was built here
	rm -rf bin helm/bookmarket/charts
