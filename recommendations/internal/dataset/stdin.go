package dataset

import (
	"context"
	"io"
)

// Interruptible returns a reader that ends with ctx, which a read of a terminal or a pipe does
// not, or with done.
func Interruptible(ctx context.Context, source io.Reader) (reader io.Reader, done func()) {
	out, in := io.Pipe()
	go func() {
		_, err := io.Copy(in, source)
		_ = in.CloseWithError(err)
	}()
	stop := context.AfterFunc(ctx, func() { _ = in.CloseWithError(ctx.Err()) })
	return out, func() {
		stop()
		_ = out.Close()
	}
}
