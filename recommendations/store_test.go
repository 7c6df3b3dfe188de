package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	_ "modernc.org/sqlite" // changes what a store has written

	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/config"
	"bookmarket/recommendations/internal/store"
)

// A program that is older than its database says so, and ends at once.
func TestOlderThanTheDatabase(t *testing.T) {
	file := filepath.Join(t.TempDir(), "shop.db")
	st, err := openStore("sqlite:"+file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(st.Migrate(t.Context()), st.Close()); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close() //nolint:errcheck // the test is over
	if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	cfg := &config.Config{GRPCAddr: "127.0.0.1:0", AdminAddr: "127.0.0.1:0", DatabaseURL: "sqlite:" + file, Catalog: "none"}
	cfg.ShutdownGrace = time.Second
	err = serve(ctx, cfg, slog.New(slog.DiscardHandler))
	if !errors.Is(err, store.ErrSchemaTooNew) || ctx.Err() != nil || !strings.Contains(err.Error(), "9999") {
		t.Errorf("on a database of version 9999 the service ended with %v", err)
	}
}

// On a full disk everything is read and recommended, writes are refused for what they are, and
// are taken again when there is space.
func TestDiskFull(t *testing.T) {
	disk := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Skipf("a small disk cannot be mounted here (%v: %s): run the tests as root on Linux to see a full one", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.CommandContext(context.Background(), "umount", disk).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	})
	r := start(t, "sqlite:"+filepath.Join(disk, "shop.db"), "bundled")
	t.Cleanup(func() { _ = r.stop() }) // before the disk goes
	r.ready(t)
	if err := r.buy(t.Context(), 7, 1); err != nil {
		t.Fatal(err)
	}

	filler := filepath.Join(disk, "filler")
	fillDisk(t, filler)
	var err error
	for book := int64(2); err == nil; book++ { // until the room that its files have left is used up
		err = r.buy(t.Context(), 8, book)
	}
	s := status.Convert(err)
	if s.Code() != codes.ResourceExhausted || !strings.Contains(fmt.Sprint(s.Details()), "STORAGE_FULL") {
		t.Fatalf("a write on a full disk: %v, %v", err, s.Details())
	}
	if got := r.mysteries(t, 7); got != 10 {
		t.Errorf("on a full disk %d mysteries are recommended, want 10", got)
	}
	list, err := r.activity.ListActivity(t.Context(), &bookmarketv1.ListActivityRequest{UserId: 7})
	if err != nil || len(list.GetActivities()) != 1 {
		t.Errorf("on a full disk a reader's events are %v, %v", list, err)
	}
	if !r.serving(t, whole) || !r.serving(t, readService) {
		t.Error("on a full disk the read services are NOT_SERVING")
	}

	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	within(t, 5*time.Second, "a write", func() bool { return r.buy(t.Context(), 9, 1) == nil })
	within(t, 5*time.Second, "the activity service SERVING", func() bool { return r.serving(t, activityService) })
}

// fillDisk writes a file until there is no space left.
func fillDisk(t *testing.T, path string) {
	t.Helper()
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // only its size is of interest
	for _, size := range []int{1 << 20, 4 << 10, 1} {
		for block := make([]byte, size); err == nil; {
			_, err = file.Write(block)
		}
		err = nil
	}
}

// A backup of a store that is not there must fail, and not make an empty one of each.
func TestBackupOfNothing(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("RECOMMENDATIONS_DATABASE_URL", "sqlite:"+filepath.Join(folder, "misspelt.db"))
	backup := backupCommand{To: filepath.Join(folder, "copy.db")}
	if err := backup.Run(t.Output()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it ends with %v", err)
	}
	if files, err := os.ReadDir(folder); err != nil || len(files) > 0 {
		t.Errorf("it leaves %v, %v", files, err)
	}
}

// A backup before an upgrade, also by the new program, is one that the old program can start on.
func TestBackupChangesNothing(t *testing.T) {
	folder := t.TempDir()
	file, to := filepath.Join(folder, "shop.db"), filepath.Join(folder, "copy.db")
	st, err := openStore("sqlite:"+file, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	t.Setenv("RECOMMENDATIONS_DATABASE_URL", "sqlite:"+file)
	if err := (&backupCommand{To: to}).Run(t.Output()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, to} {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		var tables int
		err = db.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema").Scan(&tables)
		if err := errors.Join(err, db.Close()); err != nil || tables > 0 {
			t.Errorf("a store without tables has %d in %s (%v)", tables, filepath.Base(path), err)
		}
	}
}
