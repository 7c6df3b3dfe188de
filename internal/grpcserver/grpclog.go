package grpcserver

import (
	"io"
	"log/slog"
	"strings"

	"google.golang.org/grpc/grpclog"
)

// RedirectLog sends what gRPC itself reports as an error, in this whole process, to our log.
func RedirectLog(log *slog.Logger) {
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, errorLines{log}))
}

// errorLines logs each line without the date and the level that gRPC puts before it.
type errorLines struct{ log *slog.Logger }

func (w errorLines) Write(line []byte) (int, error) {
	text := string(line)
	if _, message, found := strings.Cut(text, "ERROR: "); found {
		text = message
	}
	w.log.Error("grpc", "error", strings.TrimSpace(text))
	return len(line), nil
}
