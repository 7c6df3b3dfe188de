package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"bookmarket/internal/adminserver"
	"bookmarket/internal/grpcserver"
	"bookmarket/internal/lifecycle"
	"bookmarket/internal/telemetry"
	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/protobufs/gen/tutorialpb"
	"bookmarket/recommendations/internal/config"
	"bookmarket/recommendations/internal/importing"
	"bookmarket/recommendations/internal/readers"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/rpc"
	"bookmarket/recommendations/internal/store"
	"bookmarket/recommendations/internal/training"
)

// Whose health is told by name. The read services live as long as there are books in memory,
// the other one as long as there is a store to write to.
var (
	readServices = []string{
		"",
		tutorialpb.Recommendations_ServiceDesc.ServiceName,
		bookmarketv1.CatalogService_ServiceDesc.ServiceName,
		bookmarketv1.RecommendationService_ServiceDesc.ServiceName,
	}
	writeServices = []string{bookmarketv1.ActivityService_ServiceDesc.ServiceName}
)

type serveCommand struct{}

func (serveCommand) Run() error {
	cfg, err := config.Load()
	if err != nil {
		return err
	}
	log := telemetry.NewLogger(os.Stderr, service.Name, cfg.LogSettings)
	grpcserver.RedirectLog(log)
	return serve(lifecycle.UntilSignal(), cfg, log)
}

// serve runs the service until ctx ends.
func serve(ctx context.Context, cfg *config.Config, log *slog.Logger) error {
	listeners, err := lifecycle.Listen(ctx,
		lifecycle.Address{Variable: config.Prefix + "_GRPC_ADDR", Addr: cfg.GRPCAddr},
		lifecycle.Address{Variable: config.Prefix + "_ADMIN_ADDR", Addr: cfg.AdminAddr},
	)
	if err != nil {
		return err
	}
	grpcListener, adminListener := listeners[0], listeners[1]
	st, err := openStore(cfg.DatabaseURL, log)
	if err != nil {
		return err
	}

	metrics := telemetry.NewRegistry()
	server := grpcserver.New(grpcListener, grpcserver.Options{
		Log:        log,
		Metrics:    metrics,
		Status:     rpc.Status,
		Services:   append(readServices[1:], writeServices...),
		Reflection: cfg.Reflection,
	})
	b := &backend{
		cfg:       cfg,
		log:       log,
		store:     st,
		readers:   readers.New(st, time.Now, metrics),
		publisher: training.NewPublisher(st, log, time.Now),
		learner:   training.NewLearner(st, otherRatings(cfg), training.Background(), log, time.Now),
		health:    server,
	}
	b.publisher.Register(metrics)
	b.recommender = recommend.New(b.publisher.Model, b.readers, countAnswers(metrics))
	tutorialpb.RegisterRecommendationsServer(server, rpc.NewTutorial(b.recommender, rand.IntN))
	bookmarketv1.RegisterCatalogServiceServer(server, rpc.NewCatalog(b.publisher.Catalog))
	bookmarketv1.RegisterRecommendationServiceServer(server, rpc.NewRecommendation(b.recommender))
	bookmarketv1.RegisterActivityServiceServer(server, rpc.NewActivity(b.readers, time.Now))

	err = lifecycle.Process{
		Log:        log,
		Shutdown:   cfg.ShutdownSettings,
		Public:     []lifecycle.Server{server},
		Admin:      adminserver.New(adminListener, log, metrics, server.Serving),
		NotServing: server.NotServing,
		Background: b.run,
	}.Run(ctx)
	return errors.Join(err, st.Close())
}

// A backend is what stands behind the server and keeps it up to date.
type backend struct {
	cfg         *config.Config
	log         *slog.Logger
	store       store.Store
	readers     *readers.Readers
	publisher   *training.Publisher
	learner     *training.Learner
	recommender *recommend.Recommender
	health      *grpcserver.Server
}

// run prepares the store and then follows its changes, until ctx ends.
func (b *backend) run(ctx context.Context) error {
	if err := b.prepare(ctx); err != nil {
		return err
	}
	var beside sync.WaitGroup
	defer beside.Wait()
	beside.Go(func() { _ = b.store.Watch(ctx, b.changed) }) // it ends with ctx, and with nothing else
	beside.Go(func() { b.publisher.Run(ctx) })
	if b.cfg.TrainInterval > 0 {
		beside.Go(func() { b.learner.Run(ctx, b.cfg.TrainInterval) })
	}
	beside.Go(func() { b.health.PollHealth(ctx, b.recommender.Ready, readServices...) })
	b.health.PollHealth(ctx, b.store.Ready, writeServices...)
	return nil
}

// retryInterval is how soon a store that was not there at the start is looked for again.
const retryInterval = 500 * time.Millisecond

// prepare migrates and fills the store and makes the first model. A database that cannot be
// reached yet is waited for, because it may be started after us; anything else is an error.
func (b *backend) prepare(ctx context.Context) error {
	for {
		err := b.tryPrepare(ctx)
		if !errors.Is(err, recommend.ErrUnavailable) {
			return err
		}
		b.log.Warn("waiting for the store", "error", err.Error())
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryInterval):
		}
	}
}

func (b *backend) tryPrepare(ctx context.Context) error {
	if err := b.store.Migrate(ctx); err != nil {
		return fmt.Errorf("migrate the store: %w", err)
	}
	if err := importing.Fill(ctx, b.store, b.cfg.Catalog, b.cfg.Ratings, b.log); err != nil {
		return fmt.Errorf("fill the store: %w", err)
	}
	return b.publisher.Update(ctx)
}

func (b *backend) changed(change store.Change) {
	b.readers.Forget(change)
	if change.Catalog || change.Model || change.All {
		b.publisher.Changed()
	}
}

// countAnswers returns what counts recommendations by what they were made from.
func countAnswers(metrics prometheus.Registerer) func(recommend.Source) {
	answers := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "recommendations_answers_total",
		Help: "Recommendations to readers, by what they were made from: personal (what the reader did), popular (nothing is known of the reader, or nothing was learned yet), fallback (what the reader did could not be read).",
	}, []string{"source"})
	metrics.MustRegister(answers)
	counters := make(map[recommend.Source]prometheus.Counter)
	for _, source := range []recommend.Source{recommend.SourcePersonal, recommend.SourcePopular, recommend.SourceFallback} {
		counters[source] = answers.WithLabelValues(string(source))
	}
	return func(source recommend.Source) { counters[source].Inc() }
}
