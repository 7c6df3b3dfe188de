package buildinfo

import (
	"runtime"
	"testing"
)

func TestGet(t *testing.T) {
	defer func(version, revision string) { Version, Revision = version, revision }(Version, Revision)
	Version, Revision = "v1.2.3", "abc123"
	want := "v1.2.3 (revision abc123, " + runtime.Version() + ")"
	if got := Get().String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	Revision = ""
	if Get().Revision == "" {
		t.Error("a build without a stamp has no revision, not even an unknown one")
	}
}
