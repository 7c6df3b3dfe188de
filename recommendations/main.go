// Command recommendations is the gRPC service that knows the books and recommends them.
package main

import (
	"context"
	"math/rand/v2"
	"os"

	"bookmarket/internal/adminserver"
	"bookmarket/internal/command"
	"bookmarket/internal/grpcserver"
	"bookmarket/internal/lifecycle"
	"bookmarket/internal/telemetry"
	"bookmarket/protobufs/gen/tutorialpb"
	"bookmarket/recommendations/internal/config"
	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/rpc"
	"bookmarket/recommendations/internal/store/memory"
)

var service = &command.Service{
	Name:        "recommendations",
	Description: "The gRPC service that knows the books and recommends them.",
	Prefix:      config.Prefix,
	Spec:        &config.Config{},
	GRPCAddr: func() (string, error) {
		c, err := config.Load()
		return c.GRPCAddr, err
	},
}

func main() {
	var cli struct {
		Serve serveCommand `cmd:"" default:"1" help:"Serve until told to stop (the default)."`
		command.Common
	}
	os.Exit(command.Run(service, &cli, os.Args[1:], os.Stdout, os.Stderr))
}

type serveCommand struct{}

func (serveCommand) Run() error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	return serve(lifecycle.UntilSignal(), cfg)
}

func serve(ctx context.Context, cfg *config.Config) error {
	log := telemetry.NewLogger(os.Stderr, service.Name, cfg.LogSettings)
	grpcserver.RedirectLog(log)
	listeners, err := lifecycle.Listen(ctx,
		lifecycle.Address{Variable: config.Prefix + "_GRPC_ADDR", Addr: cfg.GRPCAddr},
		lifecycle.Address{Variable: config.Prefix + "_ADMIN_ADDR", Addr: cfg.AdminAddr},
	)
	if err != nil {
		return err
	}
	grpcListener, adminListener := listeners[0], listeners[1]

	recommender := recommend.New(memory.New(dataset.Tutorial()))
	metrics := telemetry.NewRegistry()
	server := grpcserver.New(grpcListener, grpcserver.Options{
		Log:        log,
		Metrics:    metrics,
		Status:     rpc.Status,
		Services:   []string{tutorialpb.Recommendations_ServiceDesc.ServiceName},
		Reflection: cfg.Reflection,
	})
	tutorialpb.RegisterRecommendationsServer(server, rpc.NewRecommendations(recommender, rand.IntN))

	return lifecycle.Process{
		Log:        log,
		Shutdown:   cfg.ShutdownSettings,
		Public:     []lifecycle.Server{server},
		Admin:      adminserver.New(adminListener, log, metrics, server.Serving),
		NotServing: server.NotServing,
		Background: func(ctx context.Context) {
			server.PollHealth(ctx, recommender.Ready, "", tutorialpb.Recommendations_ServiceDesc.ServiceName)
		},
	}.Run(ctx)
}
