// Command marketplace is the storefront: it shows the books, and what recommendations would
// have its visitors read.
package main

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc"

	"bookmarket/internal/adminserver"
	"bookmarket/internal/buildinfo"
	"bookmarket/internal/command"
	"bookmarket/internal/grpcserver"
	"bookmarket/internal/httpserver"
	"bookmarket/internal/lifecycle"
	"bookmarket/internal/telemetry"
	"bookmarket/marketplace/internal/config"
	"bookmarket/marketplace/internal/recclient"
	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web"
	"bookmarket/marketplace/internal/web/visitor"
)

var service = &command.Service{
	Name:        "marketplace",
	Description: "The storefront: shows the books and what is recommended.",
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
		lifecycle.Address{Variable: config.Prefix + "_HTTP_ADDR", Addr: cfg.HTTPAddr},
		lifecycle.Address{Variable: config.Prefix + "_GRPC_ADDR", Addr: cfg.GRPCAddr},
		lifecycle.Address{Variable: config.Prefix + "_ADMIN_ADDR", Addr: cfg.AdminAddr},
	)
	if err != nil {
		return err
	}
	httpListener, grpcListener, adminListener := listeners[0], listeners[1], listeners[2]
	target, err := cfg.RecommendationsTarget()
	if err != nil {
		return err
	}

	metrics := telemetry.NewRegistry()
	conn, err := recclient.Dial(target, metrics)
	if err != nil {
		return err
	}
	defer conn.Close() //nolint:errcheck // nothing is lost with it
	store, storefront, err := open(cfg, conn, log, metrics)
	if err != nil {
		return err
	}
	health := grpcserver.New(grpcListener, grpcserver.Options{Log: log, Metrics: metrics, Reflection: cfg.Reflection})

	return lifecycle.Process{
		Log:        log,
		Shutdown:   cfg.ShutdownSettings,
		Public:     []lifecycle.Server{httpserver.New("http", httpListener, storefront, log), health},
		Admin:      adminserver.New(adminListener, log, metrics, health.Serving),
		NotServing: health.NotServing,
		Background: func(ctx context.Context) error {
			var following sync.WaitGroup
			following.Go(func() { store.Run(ctx) })
			awaitRecommendations(ctx, conn, store)
			health.PollHealth(ctx, storefront.Ready, "")
			following.Wait()
			return nil
		},
	}.Run(ctx)
}

// open returns a shop that asks recommendations over a connection, and its pages.
func open(cfg *config.Config, conn *grpc.ClientConn, log *slog.Logger, metrics prometheus.Registerer) (*shop.Shop, *web.Server, error) {
	options, err := storefrontOptions(cfg, log)
	if err != nil {
		return nil, nil, err
	}
	client := recclient.New(conn)
	store := shop.New(shop.Options{Catalog: client, Recommender: client, Activity: client, Log: log, Metrics: newShopMetrics(metrics)})
	options.Shop, options.Metrics = store, metrics
	return store, web.New(options), nil
}

// storefrontOptions returns what the settings say of the pages.
func storefrontOptions(cfg *config.Config, log *slog.Logger) (web.Options, error) {
	keys, err := cfg.CookieKeys()
	if err != nil {
		return web.Options{}, err
	}
	if len(keys) == 0 {
		log.Warn("no MARKETPLACE_COOKIE_KEY: readers are forgotten when this process ends, and several replicas need a key that they share")
	}
	logo, logoType, err := cfg.Logo()
	if err != nil {
		return web.Options{}, err
	}
	shopOrigin, imageOrigins := cfg.Origins()
	return web.Options{
		Title:        cfg.Title,
		Version:      buildinfo.Get().Version,
		Log:          log,
		Way:          visitor.Way{Proxies: cfg.TrustedProxies, TLS: strings.HasPrefix(shopOrigin, "https:")},
		CookieKeys:   keys,
		RateLimit:    cfg.RateLimit,
		ImageOrigins: imageOrigins,
		PublicURL:    shopOrigin,
		Accent:       cfg.Accent,
		Logo:         logo,
		LogoType:     logoType,
	}, nil
}

// firstContact is how long a start waits for recommendations before it takes visitors without:
// among other replicas that have its books, the newest should not be the one that says sorry, nor
// have nothing to remember should they be lost the moment after.
const firstContact = 2 * time.Second

func awaitRecommendations(ctx context.Context, conn *grpc.ClientConn, store *shop.Shop) {
	ctx, cancel := context.WithTimeout(ctx, firstContact)
	defer cancel()
	recclient.Await(ctx, conn)
	store.Await(ctx)
}
