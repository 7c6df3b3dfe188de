package compose

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"bookmarket/e2e/internal/proctest"
)

// A change is one to the repository, and the services that must be compiled again for it.
type change struct {
	file    string
	content string
	rebuilt []string
}

var changes = []change{
	{"recommendations/changed.go", "package main\n", []string{"recommendations"}},
	{"marketplace/changed.go", "package main\n", []string{"marketplace"}},
	{"internal/buildinfo/changed.go", "package buildinfo\n", services},
	{"e2e/changed.go", "package e2e\n", nil},
	{"README.md", "Changed.\n", nil},
}

// sources are the folders that changes are made in, and what the services are built from.
var sources = []string{"protobufs", "internal", "recommendations", "marketplace", "e2e"}

// A change in one service leaves every layer of the other's build as it was. It is the stage
// that compiles which is looked at: the images alone are the same whenever their programs are.
func TestRebuild(t *testing.T) {
	needDocker(t)
	tree := copyTree(t)
	before := compile(t, tree)
	for _, change := range changes {
		t.Run(change.file, func(t *testing.T) {
			if err := os.WriteFile(filepath.Join(tree, change.file), []byte(change.content), 0o644); err != nil {
				t.Fatal(err)
			}
			after := compile(t, tree)
			for _, service := range services {
				if rebuilt := before[service] != after[service]; rebuilt != slices.Contains(change.rebuilt, service) {
					t.Errorf("%s was compiled again: %v", service, rebuilt)
				}
			}
			before = after
		})
	}
}

// compile builds the stage of each Dockerfile that compiles, and returns its image by service.
func compile(t *testing.T, tree string) map[string]string {
	t.Helper()
	ids := make(map[string]string)
	for _, service := range services {
		ids[service] = docker(t, "build", "--quiet", "--target", "build", "--file", filepath.Join(tree, service, "Dockerfile"), tree)
	}
	t.Cleanup(func() {
		// A build that changed nothing made no new image, and the old one may be gone by now.
		_ = command(t, append([]string{"image", "rm"}, slices.Collect(maps.Values(ids))...)...).Run()
	})
	return ids
}

// copyTree returns a copy of what a build could take from the repository: the files of its
// root, and the folders with source.
func copyTree(t *testing.T) string {
	t.Helper()
	root, dir := proctest.Root(), t.TempDir()
	entries, err := os.ReadDir(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		from, to := filepath.Join(root, entry.Name()), filepath.Join(dir, entry.Name())
		switch {
		case entry.Type().IsRegular():
			var content []byte
			if content, err = os.ReadFile(from); err == nil {
				err = os.WriteFile(to, content, 0o644)
			}
		case slices.Contains(sources, entry.Name()):
			err = os.CopyFS(to, os.DirFS(from))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir
}
