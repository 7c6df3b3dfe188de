package grpcserver

import (
	"io"
	"log/slog"

	"google.golang.org/grpc/grpclog"
)

// RedirectLog sends what gRPC itself reports as an error, in this whole process, to our log.
func RedirectLog(log *slog.Logger) {
	lines := slog.NewLogLogger(log.Handler(), slog.LevelError).Writer()
	grpclog.SetLoggerV2(grpclog.NewLoggerV2(io.Discard, io.Discard, lines))
}
