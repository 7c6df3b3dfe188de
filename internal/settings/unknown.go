package settings

import (
	"regexp"
	"slices"
	"strings"
)

// serviceLink matches what Kubernetes puts into every pod of a namespace for a Service: for
// one named "recommendations", RECOMMENDATIONS_PORT=tcp://… and the like. They look like
// settings of ours and are not.
var serviceLink = regexp.MustCompile(`_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$`)

// unknown returns a fault for each variable of the environment that has our prefix and a
// name that nobody knows: a misspelt setting must not pass silently.
func unknown(prefix string, known, environment []string) []error {
	var faults []error
	slices.Sort(environment)
	for _, entry := range environment {
		name, value, _ := strings.Cut(entry, "=")
		if !strings.HasPrefix(name, prefix+"_") || value == "" ||
			slices.Contains(known, name) || serviceLink.MatchString(name) {
			continue
		}
		faults = append(faults, Fault(name, "no such setting; the command env lists all"))
	}
	return faults
}
