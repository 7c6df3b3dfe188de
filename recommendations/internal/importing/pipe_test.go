package importing_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"bookmarket/recommendations/internal/importing"
)

// namedPipe makes a named pipe.
func namedPipe(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// interrupted runs the command, ends its context soon, and checks that it ends.
func interrupted(t *testing.T, c importing.Command) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	done := make(chan error, 1)
	go func() {
		_, _, err := execute(ctx, newStore(t), c, nil)
		done <- err
	}()
	select {
	case err := <-done:
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("nothing interrupts it")
	}
}

// Nobody opens the other end of a pipe, and a signal comes.
func TestCancelWhileOpeningAPipe(t *testing.T) {
	for name, c := range map[string]func(path string) importing.Command{
		"books":    func(path string) importing.Command { return importing.Command{Books: path} },
		"ratings":  func(path string) importing.Command { return importing.Command{Ratings: path} },
		"activity": func(path string) importing.Command { return importing.Command{Activity: path} },
	} {
		t.Run(name, func(t *testing.T) {
			path := namedPipe(t)
			interrupted(t, c(path))
			// The system still waits for who writes, which keeps a goroutine.
			writer, err := os.OpenFile(path, os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_ = writer.Close()
		})
	}
}

// Who has opened the other end says nothing more, and a signal comes.
func TestCancelWhileReadingAPipe(t *testing.T) {
	path := namedPipe(t)
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close() //nolint:errcheck // nobody reads it
	for _, said := range []string{"", "user_id,book_id\n1,2\n"} {
		if _, err := writer.WriteString(said); err != nil {
			t.Fatal(err)
		}
		interrupted(t, importing.Command{Ratings: path})
	}
}

// What another program writes into a pipe is imported, as from a shell's <(zcat export.gz).
func TestImportFromPipes(t *testing.T) {
	path := namedPipe(t)
	go func() {
		time.Sleep(20 * time.Millisecond) // comes later than who reads
		if err := os.WriteFile(path, []byte(ratingsFile), 0o600); err != nil {
			t.Error(err)
		}
	}()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close() //nolint:errcheck // the test is over
	if _, err := writer.WriteString(booksFile); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	books := fmt.Sprintf("/dev/fd/%d", reader.Fd())
	out, errOut, err := execute(t.Context(), newStore(t), importing.Command{Books: books, Ratings: path}, nil)
	if err != nil || !strings.Contains(out, "2 new, 0 changed, 0 equal, 1 refused") || !strings.Contains(out, "3 new, 0 changed, 0 equal, 0 refused") {
		t.Errorf("got\n%s%s%v", out, errOut, err)
	}
}
