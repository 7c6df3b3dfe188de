package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// What actionlint does not ask of a workflow, and what a stranger's code could make use of.
type workflow struct {
	Permissions *map[string]string `yaml:"permissions"`
	Jobs        map[string]struct {
		Permissions *map[string]string `yaml:"permissions"`
		Uses        string             `yaml:"uses"`
		Steps       []struct {
			Uses yaml.Node      `yaml:"uses"`
			Run  string         `yaml:"run"`
			With map[string]any `yaml:"with"`
		} `yaml:"steps"`
	} `yaml:"jobs"`
}

// pinned is an action that cannot become another one, and a comment that says which it is.
var pinned = regexp.MustCompile(`^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)

func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil || len(files) < 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var w workflow
			if err := yaml.Unmarshal(content, &w); err != nil {
				t.Fatal(err)
			}
			if w.Permissions == nil || len(*w.Permissions) > 0 {
				t.Error("jobs have permissions that they do not ask for: begin with `permissions: {}`")
			}
			for name, job := range w.Jobs {
				if job.Permissions == nil {
					t.Errorf("job %s does not say what it may do", name)
				}
				if job.Uses != "" && !strings.HasPrefix(job.Uses, "./") {
					t.Errorf("job %s is another repository's: %s", name, job.Uses)
				}
				for _, step := range job.Steps {
					if uses := step.Uses.Value + " " + step.Uses.LineComment; step.Uses.Value != "" && !pinned.MatchString(uses) {
						t.Errorf("job %s uses %s: name a commit, and its version in a comment", name, uses)
					}
					if strings.Contains(step.Run, "${{") {
						t.Errorf("job %s puts an expression into a script, where it is code: pass it in env:\n%s", name, step.Run)
					}
					if strings.HasPrefix(step.Uses.Value, "actions/checkout@") && step.With["persist-credentials"] != false {
						t.Errorf("job %s leaves its token to every later step", name)
					}
				}
			}
		})
	}
}
