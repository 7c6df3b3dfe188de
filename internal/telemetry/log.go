// Package telemetry is what both services log and count with: structured lines that carry
// the id of the request they belong to, and a metrics registry that says which build runs.
package telemetry

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"bookmarket/internal/settings"
)

// LogSettings are embedded in each service's settings.
type LogSettings struct {
	LogLevel  slog.Level `split_words:"true" default:"info" desc:"least level that is logged: debug, info, warn or error"`
	LogFormat string     `split_words:"true" desc:"json or text; where unset, text on a terminal and json elsewhere"`
}

// Verify reports the settings' faults under the service's prefix.
func (s LogSettings) Verify(prefix string) error {
	if s.LogFormat == "" {
		return nil
	}
	return settings.VerifyOneOf(prefix+"_LOG_FORMAT", s.LogFormat, formatJSON, formatText)
}

const (
	formatJSON = "json"
	formatText = "text"
)

// NewLogger returns a logger whose lines name the service and, where their context has one,
// the request.
func NewLogger(w io.Writer, service string, s LogSettings) *slog.Logger {
	options := &slog.HandlerOptions{Level: s.LogLevel}
	var handler slog.Handler = slog.NewJSONHandler(w, options)
	if s.LogFormat == formatText || s.LogFormat == "" && isTerminal(w) {
		handler = slog.NewTextHandler(w, options)
	}
	return slog.New(requestHandler{handler}).With("service", service)
}

// Milliseconds is a duration as a log's readers and their tools want it; slog's own JSON
// would be a count of nanoseconds.
func Milliseconds(key string, d time.Duration) slog.Attr {
	return slog.Float64(key, float64(d.Microseconds())/1000)
}

func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// requestHandler adds the request id of a line's context.
type requestHandler struct{ slog.Handler }

func (h requestHandler) Handle(ctx context.Context, record slog.Record) error {
	if id := RequestID(ctx); id != "" {
		record.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, record)
}

func (h requestHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return requestHandler{h.Handler.WithAttrs(attrs)}
}

func (h requestHandler) WithGroup(name string) slog.Handler {
	return requestHandler{h.Handler.WithGroup(name)}
}
