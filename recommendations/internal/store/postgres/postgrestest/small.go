package postgrestest

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// NewSmallDatabase makes a database on a disk of its own that has so many megabytes, and returns
// its URL, what fills the disk and what frees it. Where no disk can be made the test is skipped.
func (s *Server) NewSmallDatabase(t testing.TB, megabytes int) (url string, fill, free func(testing.TB)) {
	t.Helper()
	disk := filepath.Join(s.folder, "disk")
	if err := os.Mkdir(disk, 0o700); err != nil {
		t.Fatal(err)
	}
	mount := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size="+strconv.Itoa(megabytes)+"m", "tmpfs", disk)
	if out, err := mount.CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v: %s): run the tests as root on Linux to see a full one", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", disk).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	space := filepath.Join(disk, "space")
	if err := errors.Join(os.Mkdir(space, 0o700), handOver(space)); err != nil {
		t.Fatal(err)
	}
	s.Exec(t, s.URL("postgres"), "CREATE TABLESPACE small LOCATION '"+space+"'")
	t.Cleanup(func() { s.Exec(t, s.URL("postgres"), "DROP TABLESPACE small") })
	s.Exec(t, s.URL("postgres"), "CREATE DATABASE small TABLESPACE small")
	t.Cleanup(func() { s.Exec(t, s.URL("postgres"), "DROP DATABASE small WITH (FORCE)") })
	filler := filepath.Join(disk, "filler")
	return s.URL("small"), func(t testing.TB) { t.Helper(); fillDisk(t, filler) }, func(t testing.TB) {
		t.Helper()
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
}

// fillDisk writes a file for as long as there is space.
func fillDisk(t testing.TB, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = file.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
}
