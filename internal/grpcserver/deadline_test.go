package grpcserver

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestDeadline(t *testing.T) {
	tests := map[string]struct {
		callers time.Duration // 0: the caller sets none
		want    time.Duration // that the handler gets; 0: it is not called
	}{
		"none":       {0, 995 * time.Millisecond},
		"long":       {time.Minute, time.Minute - 5*time.Millisecond},
		"short":      {10 * time.Millisecond, 5 * time.Millisecond},
		"too short":  {10*time.Millisecond - 1, 0},
		"long ended": {-time.Second, 0},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.callers != 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.callers)
					defer cancel()
				}
				var got time.Duration
				_, err := unaryDeadline(ctx, nil, nil, func(ctx context.Context, _ any) (any, error) {
					deadline, _ := ctx.Deadline()
					got = time.Until(deadline)
					return nil, nil
				})
				if got != tt.want {
					t.Errorf("the handler has %v, want %v", got, tt.want)
				}
				if refused := errors.Is(err, context.DeadlineExceeded); refused != (tt.want == 0) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// A client that sets no deadline must not hold a handler for ever.
func TestCallsHaveADeadline(t *testing.T) {
	f := start(t, func(ctx context.Context, _ string) (string, error) {
		deadline, _ := ctx.Deadline()
		return time.Until(deadline).String(), nil
	})
	out, err := f.call(t.Context(), "")
	left, parseErr := time.ParseDuration(out)
	if err != nil || parseErr != nil || left <= 0 || left > time.Second {
		t.Errorf("the handler has %s, %v", out, err)
	}
}
