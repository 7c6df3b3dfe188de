package sqlite

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// jobVariable names a job for this binary to do instead of running tests: some promises are
// about several processes, or about one that is looked at from outside.
const jobVariable = "SQLITE_TEST_JOB"

// jobs take the path of a database and further arguments, and report on standard output.
var jobs = map[string]func(path string, args []string) error{
	"migrate": migrateJob,
	"import":  importJob,
	"record":  recordJob,
	"limited": limitedJob,
	"train":   trainJob,
}

func TestMain(m *testing.M) {
	if job := jobs[os.Getenv(jobVariable)]; job != nil {
		if err := job(os.Args[1], os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	goleak.VerifyTestMain(m)
}

// command returns a process that does a job, which a wrapper such as strace may run.
func command(ctx context.Context, t *testing.T, wrapper []string, job string, args ...string) *exec.Cmd {
	t.Helper()
	line := append(append(wrapper, os.Args[0]), args...)
	c := exec.CommandContext(ctx, line[0], line[1:]...)
	c.Env = append(os.Environ(), jobVariable+"="+job)
	c.Stderr = new(strings.Builder)
	return c
}

// run runs a command to its end and returns what it wrote.
func run(t *testing.T, c *exec.Cmd) string {
	t.Helper()
	out, err := c.Output()
	if err != nil {
		t.Errorf("%v: %v\n%v", c.Args, err, c.Stderr)
	}
	return string(out)
}

func migrateJob(path string, _ []string) error {
	s, err := Open(path)
	if err != nil {
		return err
	}
	if err := s.Migrate(context.Background()); err != nil {
		return err
	}
	return s.Close()
}
