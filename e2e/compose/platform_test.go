package compose

import (
	"crypto/rand"
	"debug/elf"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"bookmarket/e2e/internal/proctest"
)

// An image for another kind of processor has a program for it, and nothing is emulated to make
// it. The stage that compiles is enough to see that: a base image for the other kind may not be
// here.
func TestOtherPlatform(t *testing.T) {
	needDocker(t)
	arch, machine := "arm64", elf.EM_AARCH64
	if runtime.GOARCH == arch {
		arch, machine = "amd64", elf.EM_X86_64
	}
	for _, service := range services {
		t.Run(service+" for "+arch, func(t *testing.T) {
			tag := "bookmarket/" + service + ":" + "e2e-" + strings.ToLower(rand.Text()[:8])
			docker(t, "build", "--quiet", "--platform", "linux/"+arch, "--target", "build", "--tag", tag,
				"--file", filepath.Join(proctest.Root(), service, "Dockerfile"), proctest.Root())
			defer docker(t, "image", "rm", tag)
			// The compiler's image is for this machine, whatever it compiles for.
			platform := docker(t, "image", "inspect", "--format", "{{.Os}}/{{.Architecture}}", tag)
			container := docker(t, "create", "--platform", platform, tag)
			defer docker(t, "rm", container)
			file := filepath.Join(t.TempDir(), service)
			docker(t, "cp", container+":/out/"+service, file)
			program, err := elf.Open(file)
			if err != nil {
				t.Fatal(err)
			}
			defer program.Close() //nolint:errcheck // it was only read
			if program.Machine != machine {
				t.Errorf("the program is for %v", program.Machine)
			}
		})
	}
}
