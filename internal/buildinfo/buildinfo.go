// Package buildinfo says which build of the project is running.
package buildinfo

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version and Revision are stamped by the linker (-ldflags "-X …"): the build of an image
// has no .git to read them from.
var (
	Version  = "dev"
	Revision = ""
)

// Info describes a build.
type Info struct {
	Version   string
	Revision  string // of the source; "unknown" where it was not stamped and Go found none
	GoVersion string
}

// Get describes the running binary.
func Get() Info {
	info := Info{Version: Version, Revision: Revision, GoVersion: runtime.Version()}
	if info.Revision == "" {
		info.Revision = vcsRevision()
	}
	return info
}

// String is what the command version prints behind the program's name.
func (i Info) String() string {
	return fmt.Sprintf("%s (revision %s, %s)", i.Version, i.Revision, i.GoVersion)
}

func vcsRevision() string {
	if build, ok := debug.ReadBuildInfo(); ok {
		for _, setting := range build.Settings {
			if setting.Key == "vcs.revision" {
				return setting.Value
			}
		}
	}
	return "unknown"
}
