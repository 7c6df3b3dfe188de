package process

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"time"
)

// tick is the unit of /proc/PID/stat, USER_HZ: a hundredth of a second on every Linux that Go
// runs on. Measure seconds, not milliseconds.
const tick = time.Second / 100

// CPUTime returns what the process has used of the CPUs so far, its own time and the kernel's
// for it, by all its threads.
func (p *Process) CPUTime() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, fmt.Errorf("CPU time is known on Linux alone: %w", err)
	}
	return cpuTime(stat)
}

// cpuTime adds utime and stime, fields 14 and 15 of proc_pid_stat(5). They are counted from
// the last parenthesis: field 2, the program's name in parentheses, may hold anything.
func cpuTime(stat []byte) (time.Duration, error) {
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // field 3 is the first
	if len(fields) < 13 {
		return 0, fmt.Errorf("not a line of /proc/PID/stat: %q", stat)
	}
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("not a line of /proc/PID/stat: %q", stat)
		}
		ticks += n
	}
	return time.Duration(ticks) * tick, nil
}
