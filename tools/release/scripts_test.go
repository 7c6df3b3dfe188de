package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const repository = "ghcr.io/someone/bookmarket"

// digests are what the images of a release might be known by.
var digests = map[string]string{
	"recommendations": "sha256:" + strings.Repeat("1", 64),
	"marketplace":     "sha256:" + strings.Repeat("2", 64),
}

// A published chart installs the images of its release and no others: those that it names in the
// repository are anybody's.
func TestCharts(t *testing.T) {
	if _, err := exec.LookPath("helm"); err != nil {
		t.Skip("helm is not installed (tools/install.sh helm builds it)")
	}
	dir := t.TempDir()
	run(t, exec.Command("./charts.sh", version, repository, "https://git.example.org/books", digests["recommendations"], digests["marketplace"], dir))
	for chart, parts := range map[string][]string{
		"recommendations": {"recommendations"},
		"marketplace":     {"marketplace"},
		"bookmarket":      services,
	} {
		t.Run(chart, func(t *testing.T) {
			file := filepath.Join(dir, chart+"-1.2.3.tgz")
			rendered := run(t, exec.Command("helm", "template", "--kube-version", "1.34.0", "test", file))
			images := values(rendered, "image: ")
			var want []string
			for _, service := range parts {
				want = append(want, repository+"/"+service+"@"+digests[service])
			}
			slices.Sort(want)
			if !slices.Equal(images, want) {
				t.Errorf("it installs %q, want %q", images, want)
			}
			if got := values(rendered, "app.kubernetes.io/version: "); !slices.Equal(got, []string{`"` + version + `"`}) {
				t.Errorf("its objects are of the versions %q", got)
			}
			for _, name := range values(rendered, "helm.sh/chart: ") {
				if !strings.HasSuffix(name, "-1.2.3") {
					t.Errorf("an object is of the chart %s", name)
				}
			}
			for name := range strings.Lines(run(t, exec.Command("tar", "-tzf", file))) {
				if regexp.MustCompile(`(recommendations|marketplace|bookmarket)/(ci|tests|README\.md\.gotmpl)\b`).MatchString(name) {
					t.Errorf("%s is for those who work on the chart", strings.TrimSpace(name))
				}
			}
			text := run(t, exec.Command("tar", "-xzOf", file))
			for _, line := range []string{"home: https://git.example.org/books\n", "  artifacthub.io/prerelease: \"false\"\n"} {
				if !strings.Contains(text, line) {
					t.Errorf("it does not say %q", line)
				}
			}
			if strings.Contains(strings.ToLower(text), "nothing is published") {
				t.Error("it says that nothing is published")
			}
		})
	}
}

// values lists what stands behind a key anywhere in YAML, each once.
func values(yaml, key string) []string {
	var found []string
	for line := range strings.Lines(yaml) {
		if value, ok := strings.CutPrefix(strings.TrimLeft(strings.TrimSpace(line), "- "), key); ok {
			found = append(found, value)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func TestNotes(t *testing.T) {
	changelog := filepath.Join(t.TempDir(), "CHANGELOG.md")
	text := "# Changelog\n\n## [Unreleased]\n\n- next\n\n## [1.2.3] - 2026-11-21\n\n- this\n\n## [1.2.30]\n\n## [1.2.2]\n\n- last\n\n## [1.2.3;id]\n\n- no version\n"
	if err := os.WriteFile(changelog, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run(t, exec.Command("./notes.sh", version, changelog)); strings.TrimSpace(got) != "- this" {
		t.Errorf("the notes of %s are %q", version, got)
	}
	for _, wrong := range []string{"v1.2.30", "v3.0.0", "1.2.3", "v1.2", "v01.2.3", "v1.2.3+a", "v1.2.3;id", "vUnreleased"} {
		if out, err := exec.Command("./notes.sh", wrong, changelog).Output(); err == nil {
			t.Errorf("a release of %s has the notes %q", wrong, out)
		}
	}
}

// No registry is here to push to, so programs that only take notes stand in for docker and cosign:
// what is signed must be the digest that was pushed, and the base must be trusted before that.
func TestImages(t *testing.T) {
	dir := t.TempDir()
	calls := filepath.Join(dir, "calls")
	fake(t, dir, "cosign", `echo cosign "$@" >>`+calls)
	fake(t, dir, "docker", `echo docker "$@" >>`+calls+`
while [ $# -gt 0 ]; do
  case $1 in
    imagetools) echo sha256:base ;;
    --metadata-file) printf '{\n  "containerimage.digest": "sha256:%064d"\n}\n' ${#2} >"$2" ;;
  esac
  shift
done`)
	push := exec.Command("./images.sh", version, repository, "https://example.org/source")
	push.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"))
	said := strings.Fields(run(t, push))
	content, err := os.ReadFile(calls)
	if err != nil {
		t.Fatal(err)
	}
	log := string(content)
	if trusted, built := strings.Index(log, "cosign verify gcr.io/distroless/"), strings.Index(log, "buildx build"); trusted < 0 || built < trusted {
		t.Errorf("the base image is not verified before the first build:\n%s", log)
	}
	for i, service := range services {
		name, digest, _ := strings.Cut(said[i], "=")
		signed := fmt.Sprintf("cosign sign --yes %s/%s@%s\n", repository, service, digest)
		if name != service || len(digest) != len(digests[service]) || !strings.Contains(log, signed) {
			t.Errorf("it says %q and did not sign that:\n%s", said[i], log)
		}
		for _, part := range []string{
			"--platform linux/amd64,linux/arm64", "--provenance mode=max", "--sbom true", "push=true",
			"--tag " + repository + "/" + service + ":" + version, "--build-arg VERSION=" + version,
			"--build-arg BASE_IMAGE=gcr.io/distroless/static-debian13:nonroot@sha256:base",
			"--label org.opencontainers.image.source=https://example.org/source",
			"--label org.opencontainers.image.base.name=gcr.io/distroless/static-debian13:nonroot --label",
			"--label org.opencontainers.image.created=20",
		} {
			if !strings.Contains(line(log, service+"/Dockerfile"), part) {
				t.Errorf("the build of %s lacks %s:\n%s", service, part, log)
			}
		}
	}
}

func fake(t *testing.T, dir, name, script string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/usr/bin/env bash\n"+script+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// line returns the first line of a text that has a part.
func line(text, part string) string {
	for line := range strings.Lines(text) {
		if strings.Contains(line, part) {
			return line
		}
	}
	return ""
}
