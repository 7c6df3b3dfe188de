package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxRow bounds a row in bytes, and with it the memory that a file can take.
	maxRow = 1 << 20
	// maxWindow is how far back a .zst may refer, which the reader keeps in memory. `zstd -19`
	// needs 8 MiB; only --ultra and --long go beyond this.
	maxWindow  = 32 << 20
	bufferSize = 64 << 10
)

// A file is the text of a file, decompressed. Once a Read has failed, each one fails so.
type file struct {
	name   string    // as people see it in reports
	text   io.Reader // decompressed
	err    error
	raw    io.Reader // as it is kept
	read   int64     // bytes of raw
	size   int64     // of raw; 0: unknown
	closes []func() error
}

// open opens a file, or stdin for "-".
func open(ctx context.Context, path string, stdin io.Reader) (*file, error) {
	if path == "-" {
		return newFile("stdin", stdin)
	}
	opened, err := openFile(ctx, filepath.Clean(path))
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s: is a folder", path)
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	raw, closes := io.Reader(opened), []func() error{opened.Close}
	if !info.Mode().IsRegular() { // a pipe, perhaps without anybody at its other end
		interruptible, done := Interruptible(ctx, opened)
		raw, closes = interruptible, append(closes, func() error { done(); return nil })
	}
	f, err := newFile(path, raw)
	if err != nil {
		f = &file{closes: closes}
		return nil, errors.Join(err, f.close())
	}
	f.size = info.Size()
	f.closes = append(f.closes, closes...)
	return f, nil
}

// openFile opens a file. Where that is a named pipe the system waits for somebody who writes, and
// we until ctx ends.
func openFile(ctx context.Context, path string) (*os.File, error) {
	type result struct {
		file *os.File
		err  error
	}
	results := make(chan result, 1)
	go func() {
		file, err := os.Open(path) //nolint:gosec // the operator names the file
		results <- result{file, err}
	}()
	select {
	case r := <-results:
		return r.file, r.err
	case <-ctx.Done():
		go func() {
			if r := <-results; r.err == nil {
				_ = r.file.Close()
			}
		}()
		return nil, ctx.Err()
	}
}

// foreign are the first bytes of what people take for a file of lines.
var foreign = []struct{ magic, problem string }{
	{"PK\x03\x04", "is a zip archive or a spreadsheet; unpack it, or save it as CSV in UTF-8"},
	{"\xd0\xcf\x11\xe0", "is a spreadsheet; save it as CSV in UTF-8"},
	{"\xfd7zXZ", "is compressed by xz; only plain, .gz and .zst can be read"},
	{"BZh", "is compressed by bzip2; only plain, .gz and .zst can be read"},
	{"\xff\xfe", "is UTF-16; save it as UTF-8"},
	{"\xfe\xff", "is UTF-16; save it as UTF-8"},
}

// newFile returns the text of raw, which its first bytes say how to decompress: a name may be
// wrong, and standard input has none.
func newFile(name string, raw io.Reader) (*file, error) {
	f := &file{name: name, raw: raw}
	buffered := bufio.NewReaderSize(countingReader{f}, bufferSize)
	start, err := buffered.Peek(6)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(start) == 0 {
		return nil, fmt.Errorf("%s: is empty", name)
	}
	for _, kind := range foreign {
		if bytes.HasPrefix(start, []byte(kind.magic)) {
			return nil, fmt.Errorf("%s: %s", name, kind.problem)
		}
	}
	switch {
	case bytes.HasPrefix(start, []byte("\x1f\x8b")):
		f.text, err = gzip.NewReader(buffered)
	case bytes.HasPrefix(start, []byte("\x28\xb5\x2f\xfd")):
		f.text, err = f.zstd(buffered)
	default:
		f.text, err = buffered, nil
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, damage(err))
	}
	return f, nil
}

func (f *file) zstd(compressed io.Reader) (io.Reader, error) {
	decoder, err := zstd.NewReader(compressed, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, err
	}
	f.closes = append(f.closes, func() error { decoder.Close(); return nil })
	return decoder, nil
}

func (f *file) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.text.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = damage(err)
	}
	f.err = err
	return n, err
}

// damage says in our words what decompressors find.
func damage(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("ends too early: the compressed file is cut off")
	case errors.Is(err, zstd.ErrWindowSizeExceeded), errors.Is(err, zstd.ErrDecoderSizeExceeded):
		return fmt.Errorf("takes more than %d MiB of memory to decompress; compress it without --ultra and --long", maxWindow>>20)
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), errors.Is(err, zstd.ErrCRCMismatch):
		return errors.New("the compressed file is damaged")
	}
	return err
}

func (f *file) close() error {
	var errs []error
	for _, c := range f.closes {
		errs = append(errs, c())
	}
	return errors.Join(errs...)
}

// A countingReader counts what is read of a file, for its progress.
type countingReader struct{ *file }

func (r countingReader) Read(p []byte) (int, error) {
	n, err := r.raw.Read(p)
	r.read += int64(n)
	return n, err
}
