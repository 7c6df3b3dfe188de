package training

import (
	"bytes"
	"os"
	"strconv"
	"testing"
)

// peakMemory returns the most bytes that the process has resided in (VmHWM), 0 where nobody says.
func peakMemory(b *testing.B) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		return 0
	}
	kilobytes, err := strconv.Atoi(string(fields[0]))
	if err != nil {
		b.Fatal(err)
	}
	return kilobytes << 10
}
