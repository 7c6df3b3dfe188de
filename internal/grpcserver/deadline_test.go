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
		"none":       {0, defaultTimeout - replyTime},
		"long":       {time.Minute, time.Minute - replyTime},
		"short":      {leastTime, leastTime - replyTime},
		"too short":  {leastTime - 1, 0},
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
