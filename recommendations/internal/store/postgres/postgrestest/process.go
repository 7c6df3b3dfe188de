package postgrestest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopTimeout is how long a server may take to stop in good order, before it is killed.
const stopTimeout = 10 * time.Second

// A process is a server's first, which starts all others of it.
type process struct {
	command *exec.Cmd
	ended   chan struct{}
	paused  []int // in the order in which they were
}

// owner is who runs servers: PostgreSQL refuses to be root.
const owner = "postgres"

// ownerIDs returns whom servers run as where the test is root, or nil.
func ownerIDs() *syscall.Credential {
	if os.Getuid() != 0 {
		return nil
	}
	u, err := user.Lookup(owner)
	if err != nil {
		return nil // PostgreSQL says what is wrong
	}
	uid, errUID := strconv.ParseUint(u.Uid, 10, 32)
	gid, errGID := strconv.ParseUint(u.Gid, 10, 32)
	if errUID != nil || errGID != nil {
		return nil
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
}

// attributes make a process end when the test does, however that ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: ownerIDs(), Pdeathsig: syscall.SIGQUIT}
}

// handOver gives files to whom servers run as.
func handOver(paths ...string) error {
	ids := ownerIDs()
	if ids == nil {
		return nil
	}
	for _, path := range paths {
		if err := os.Chown(path, int(ids.Uid), int(ids.Gid)); err != nil {
			return err
		}
	}
	return nil
}

func startProcess(path string, args []string, folder string, log *os.File) (*process, error) {
	p := &process{command: exec.Command(path, args...), ended: make(chan struct{})} //nolint:noctx // it ends with its test
	p.command.Dir = folder
	p.command.Stdout, p.command.Stderr = log, log
	p.command.SysProcAttr = attributes()
	started := make(chan error)
	go func() {
		// The system sends Pdeathsig when the thread ends that started the process.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := p.command.Start()
		started <- err
		if err == nil {
			_ = p.command.Wait() // How it ended is nobody's concern: it was told to.
			close(p.ended)
		}
	}()
	return p, <-started
}

// end ends the server at once: its processes drop their clients and write nothing.
func (p *process) end() error { return p.stop(syscall.SIGQUIT) }

// shutDown ends it in good order, without waiting for its clients to leave.
func (p *process) shutDown() error { return p.stop(syscall.SIGINT) }

func (p *process) stop(signal syscall.Signal) error {
	if err := errors.Join(p.resume(), p.signal(signal)); err != nil {
		return err
	}
	select {
	case <-p.ended:
		return nil
	case <-time.After(stopTimeout):
		return errors.Join(fmt.Errorf("PostgreSQL did not stop within %v", stopTimeout), p.command.Process.Kill())
	}
}

func (p *process) signal(signal syscall.Signal) error {
	if err := p.command.Process.Signal(signal); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

// pause stops the first process, which then starts no more, and those that it has started.
func (p *process) pause() error {
	if err := p.signal(syscall.SIGSTOP); err != nil {
		return err
	}
	first := p.command.Process.Pid
	p.paused = []int{first}
	pids, err := children(first)
	for _, pid := range pids {
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		p.paused = append(p.paused, pid)
	}
	return err
}

func (p *process) resume() error {
	var faults []error
	for _, pid := range slices.Backward(p.paused) {
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil && !errors.Is(err, syscall.ESRCH) {
			faults = append(faults, err)
		}
	}
	p.paused = nil
	return errors.Join(faults...)
}

// children returns the processes that a process has started.
func children(parent int) ([]int, error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	var pids []int
	for _, stat := range stats {
		content, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// "PID (NAME) STATE PARENT …", where the name may hold anything (proc(5)).
		_, rest, _ := strings.Cut(string(content), ") ")
		fields := strings.Fields(rest)
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if err != nil {
			return nil, err
		}
		pids = append(pids, pid)
	}
	return pids, nil
}
