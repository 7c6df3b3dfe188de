package main

import "time"

// A tier is one command that runs tests of one kind.
type tier struct {
	name  string
	dir   string        // where the command runs, from the repository's root
	run   string        // a shell command; counter.go says how its tests are counted
	limit time.Duration // a tier that takes longer has failed
	needs []need        // without these it is left out
	or    string        // or this runs instead, and what the tier lacked is still listed
}

// A need is something that a machine may lack.
type need struct {
	check    string // a shell command that succeeds where it is there
	missing  string // what is missing, and what to do about it
	optional bool   // strict mode does without it, too
}

// tiers are in the order in which they find mistakes soonest.
var tiers = []tier{
	{"vet", ".", "go vet ./...", 10 * time.Minute, nil, ""},
	{"unit", ".", "go test -race ./...", 20 * time.Minute, []need{cCompiler}, "go test ./..."},
	{"fuzz", ".", "tools/fuzz.sh 5000x", 15 * time.Minute, nil, ""},
	{"lint", ".", "tools/lint.sh", 20 * time.Minute, []need{linters}, ""},
	{"tiers", "tools/tiers", "go test ./...", 5 * time.Minute, nil, ""},
	{"release", "tools/release", "go test -count=1 ./...", 15 * time.Minute, nil, ""},
	{"make run", ".", "tools/run_test.sh", 5 * time.Minute, []need{terminal}, ""},
	{"processes", "e2e", "go test -count=1 ./process/... ./cluster/...", 10 * time.Minute, nil, ""},
	{"browser", "e2e", "go test -count=1 -p 1 -parallel 2 ./internal/browsertest/... ./browser/...", 10 * time.Minute, []need{chromium, axe}, ""},
	{"tutorial client", "e2e", "go test -count=1 ./client/...", 5 * time.Minute, []need{pythonGRPC}, ""},
	{"monitoring", "e2e", "go test -count=1 ./monitoring/...", 5 * time.Minute, []need{prometheus}, ""},
	{"charts", "tools/manifests", "go test -count=1 ./...", 10 * time.Minute, []need{helm}, ""},
	{"containers", "e2e", "go test -count=1 ./compose/...", 20 * time.Minute, []need{docker, baseImages}, ""},
	{"cluster", ".", "e2e/cluster/run.sh", 20 * time.Minute, []need{cluster}, ""},
}

var (
	cCompiler = need{
		check:   `test "$(go env CGO_ENABLED)" = 1 && command -v "$(go env CC)"`,
		missing: "the race detector needs a C compiler (apt-get install gcc libc6-dev)",
	}
	linters = need{
		check:   "tools/install.sh --check gen lint",
		missing: "the linters are not built (make tools)",
	}
	terminal = need{
		check:   "script --version && env --default-signal=INT true",
		missing: "there is no script(1) of util-linux to play the terminal",
	}
	chromium = need{
		check:   "chromium --version || chromium-browser --version || google-chrome --version",
		missing: "there is no browser (apt-get install chromium fonts-liberation)",
	}
	axe = need{
		check:   "tools/install.sh --check axe || tools/install.sh axe",
		missing: "what checks the pages' accessibility is not installed (apt-get install nodejs npm, and tools/install.sh axe)",
	}
	pythonGRPC = need{
		check: `/usr/bin/python3 -c 'import grpc, google.protobuf' && command -v protoc && command -v grpc_python_plugin`,
		missing: "Debian's gRPC for Python is not installed" +
			" (apt-get install python3-grpcio python3-protobuf protobuf-compiler protobuf-compiler-grpc)",
	}
	helm = need{
		check:   "tools/install.sh --check helm",
		missing: "Helm and what checks charts are not built (tools/install.sh helm)",
	}
	prometheus = need{
		check:   "command -v promtool && command -v prometheus",
		missing: "Prometheus and its promtool are not installed (apt-get install prometheus)",
	}
	docker = need{
		check:   "docker info && docker compose version && docker buildx version",
		missing: "no Docker engine with compose and buildx answers",
	}
	baseImages = need{
		check:   "tools/base-images.sh",
		missing: "the images that the Dockerfiles start from are neither here nor can they be pulled",
	}
	cluster = need{
		check:    `test -x ../shared/tools/cluster/up.sh && test -x "${KLITE_DIR:-/var/tmp/klite}/bin/hyperkube"`,
		missing:  "no Kubernetes of our own is built here (make e2e-cluster uses kind or minikube)",
		optional: true, // It takes half an hour to build.
	}
)
