package rpc_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"

	"bookmarket/internal/grpcserver"
	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/protobufs/gen/tutorialpb"
	"bookmarket/recommendations/internal/catalog"
	"bookmarket/recommendations/internal/dataset"
	"bookmarket/recommendations/internal/readers"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/rpc"
	"bookmarket/recommendations/internal/store/memory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is the time of the tests.
var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// served is what stands behind the services; what a test leaves out is not asked.
type served struct {
	tutorial    rpc.Sampler
	catalog     *catalog.Catalog
	recommender rpc.Recommender
	readers     rpc.Readers
}

// connect serves it as the program does, over a connection in memory.
func connect(t testing.TB, s served) *grpc.ClientConn {
	t.Helper()
	listener := bufconn.Listen(1 << 20)
	server := grpcserver.New(listener, grpcserver.Options{
		Log:     slog.New(slog.DiscardHandler),
		Metrics: prometheus.NewRegistry(),
		Status:  rpc.Status,
	})
	tutorialpb.RegisterRecommendationsServer(server, rpc.NewTutorial(s.tutorial, rand.IntN))
	bookmarketv1.RegisterCatalogServiceServer(server, rpc.NewCatalog(func() *catalog.Catalog { return s.catalog }))
	bookmarketv1.RegisterRecommendationServiceServer(server, rpc.NewRecommendation(s.recommender))
	bookmarketv1.RegisterActivityServiceServer(server, rpc.NewActivity(s.readers, func() time.Time { return now }))
	go server.Serve() //nolint:errcheck // Stop ends it
	conn, err := grpc.NewClient("passthrough:///memory",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close() //nolint:errcheck // nothing is lost with it
		server.Server.Stop()
	})
	return conn
}

// shop returns the real thing, over a store in memory, with these books.
func shop(t testing.TB, books []recommend.Book) served {
	t.Helper()
	st := memory.New()
	t.Cleanup(func() { st.Close() }) //nolint:errcheck // nothing is lost with it
	known := readers.New(st, func() time.Time { return now }, prometheus.NewRegistry())
	c := catalog.New(books, nil, 1)
	model := recommend.NewModel(c, nil, nil, now)
	recommender := recommend.New(func() *recommend.Model { return model }, known, func(recommend.Source) {})
	return served{tutorial: recommender, catalog: c, recommender: recommender, readers: known}
}

func tutorial() *recommend.Recommender {
	model := recommend.NewModel(catalog.New(dataset.Tutorial(), nil, 1), nil, nil, now)
	return recommend.New(func() *recommend.Model { return model }, noReaders{}, func(recommend.Source) {})
}

// Nobody ever did anything.
type noReaders struct{}

func (noReaders) History(context.Context, int64) (*recommend.History, error) {
	return new(recommend.History), nil
}
