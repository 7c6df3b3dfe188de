package grpcserver

import (
	"context"
	"time"

	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

// A check that takes longer than its limit has failed, and the limit ends before the next
// check is due, so that a lost dependency shows within two seconds.
const (
	healthInterval = time.Second
	healthLimit    = 800 * time.Millisecond
)

// PollHealth asks check once a second until ctx ends and publishes what it finds as the
// health of the named services. check must return when its context ends.
func (s *Server) PollHealth(ctx context.Context, check func(context.Context) error, services ...string) {
	ticker := time.NewTicker(healthInterval)
	defer ticker.Stop()
	known, serving := false, false
	for ctx.Err() == nil {
		err := s.checkHealth(ctx, check, services)
		switch found := err == nil; {
		case known && found == serving, ctx.Err() != nil: // nothing new
		case found:
			s.log.Info("ready", "services", services)
		default:
			s.log.Warn("not ready", "services", services, "error", err.Error())
		}
		known, serving = true, err == nil
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

func (s *Server) checkHealth(ctx context.Context, check func(context.Context) error, services []string) error {
	ctx, cancel := context.WithTimeout(ctx, healthLimit)
	defer cancel()
	err := check(ctx)
	state := healthpb.HealthCheckResponse_SERVING
	if err != nil {
		state = healthpb.HealthCheckResponse_NOT_SERVING
	}
	for _, service := range services {
		s.health.SetServingStatus(service, state)
	}
	return err
}

// NotServing turns every service NOT_SERVING for good: the first step of a shutdown.
func (s *Server) NotServing() { s.health.Shutdown() }

// Serving reports whether the server as a whole is.
func (s *Server) Serving(ctx context.Context) bool {
	answer, err := s.health.Check(ctx, &healthpb.HealthCheckRequest{})
	return err == nil && answer.GetStatus() == healthpb.HealthCheckResponse_SERVING
}
