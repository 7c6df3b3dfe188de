package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A tier whose folder or script is gone would only be noticed where its needs are met.
func TestTiersExist(t *testing.T) {
	const root = "../.."
	seen := map[string]bool{}
	for _, tier := range tiers {
		t.Run(tier.name, func(t *testing.T) {
			if seen[tier.name] {
				t.Error("two tiers have this name")
			}
			seen[tier.name] = true
			if tier.limit <= 0 {
				t.Error("the tier has no time limit")
			}
			dir := filepath.Join(root, tier.dir)
			program, _, _ := strings.Cut(tier.run, " ")
			if program == "go" {
				program = "go.mod"
			}
			if _, err := os.Stat(filepath.Join(dir, program)); err != nil {
				t.Error(err)
			}
		})
	}
}
