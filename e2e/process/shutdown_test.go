package process

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"

	"bookmarket/e2e/internal/pagetest"
	"bookmarket/e2e/internal/proctest"
	"bookmarket/protobufs/gen/tutorialpb"
)

// A stoppable is a service with a way to have a request in flight: one whose end the test
// holds in its hand, because it does not send the last of it.
type stoppable struct {
	name  string
	env   string // the prefix of its settings
	begin func(t *testing.T, p *proctest.Process) (finish func() error)
}

var stoppables = []stoppable{
	{recommendations, "RECOMMENDATIONS", beginCall},
	{marketplace, "MARKETPLACE", beginForm},
}

// beginCall opens a call of Recommend and keeps its message back.
func beginCall(t *testing.T, p *proctest.Process) (finish func() error) {
	t.Helper()
	conn := dial(t, p.Addr(t, "grpc"))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	call, err := conn.NewStream(ctx, &grpc.StreamDesc{ClientStreams: true}, tutorialpb.Recommendations_Recommend_FullMethodName)
	if err != nil {
		t.Fatal(err)
	}
	// On the same connection: once this is answered, the server has the call.
	if _, err := healthpb.NewHealthClient(conn).Check(ctx, &healthpb.HealthCheckRequest{}); err != nil {
		t.Fatal(err)
	}
	return func() error {
		if err := call.SendMsg(&tutorialpb.RecommendationRequest{UserId: 1, MaxResults: 3}); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if err := call.CloseSend(); err != nil {
			return err
		}
		return call.RecvMsg(new(tutorialpb.RecommendationResponse))
	}
}

// beginForm sends a form and keeps what is in it back.
func beginForm(t *testing.T, p *proctest.Process) (finish func() error) {
	t.Helper()
	const form = "language=pt-BR&back=%2F"
	conn := connect(t, p.Addr(t, "http"))
	send(t, conn, fmt.Sprintf("POST /language HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n", len(form)))
	answers := bufio.NewReader(conn)
	wants := func(status int) error {
		resp, err := http.ReadResponse(answers, nil)
		if err != nil {
			return err
		}
		defer resp.Body.Close() //nolint:errcheck // only its status matters
		if resp.StatusCode != status {
			return errors.New(resp.Status)
		}
		return nil
	}
	// The server says that it reads the form when it does.
	if err := wants(http.StatusContinue); err != nil {
		t.Fatal(err)
	}
	return func() error {
		if _, err := io.WriteString(conn, form); err != nil {
			return err
		}
		return wants(http.StatusSeeOther)
	}
}

// Told to stop, a service first says that it is NOT_SERVING, then finishes what it has begun,
// and ends with exit code 0.
func TestStopFinishesWhatIsInFlight(t *testing.T) {
	t.Parallel()
	for _, s := range stoppables {
		for _, signal := range []os.Signal{syscall.SIGTERM, syscall.SIGINT} {
			t.Run(s.name+" by "+signal.String(), func(t *testing.T) {
				t.Parallel()
				p := start(t, s.name)
				health := watchHealth(t, p)
				finish := s.begin(t, p)

				p.Signal(t, signal)
				health.becomes(t, healthpb.HealthCheckResponse_NOT_SERVING)
				refusesConnections(t, p)
				if err := finish(); err != nil {
					t.Errorf("the request in flight: %v", err)
				}
				if code := p.Exit(t, 2*time.Second); code != 0 {
					t.Errorf("exit code %d", code)
				}
				p.Await(t, "msg", "stopped")
			})
		}
	}
}

// During the delay a service says NOT_SERVING and goes on serving, new connections too.
func TestStopDelay(t *testing.T) {
	t.Parallel()
	const delay = 2 * time.Second
	for _, s := range stoppables {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, s.name, s.env+"_SHUTDOWN_DELAY="+delay.String())
			health := watchHealth(t, p)
			told := time.Now()
			p.Signal(t, syscall.SIGTERM)
			health.becomes(t, healthpb.HealthCheckResponse_NOT_SERVING)

			for path, want := range map[string]int{"/readyz": http.StatusServiceUnavailable, "/livez": http.StatusOK} {
				if got, _, err := get(t, "http://"+p.Addr(t, "admin")+path); err != nil || got != want {
					t.Errorf("%s answers %d, %v; want %d", path, got, err, want)
				}
			}
			time.Sleep(delay / 2) // health is polled meanwhile, and must stay as it is
			if err := s.begin(t, p)(); err != nil {
				t.Errorf("a request during the delay: %v", err)
			}
			checkHealth(t, p, healthpb.HealthCheckResponse_NOT_SERVING)

			code := p.Exit(t, delay+2*time.Second)
			if took := time.Since(told); code != 0 || took < delay {
				t.Errorf("exit code %d after %v, want 0 after %v", code, took, delay)
			}
		})
	}
}

// What has no end is cut at the end of the grace period.
func TestStopCutsAtGrace(t *testing.T) {
	t.Parallel()
	const grace = time.Second
	for _, s := range stoppables {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, s.name, s.env+"_SHUTDOWN_GRACE="+grace.String())
			finish := s.begin(t, p)
			told := time.Now()
			p.Signal(t, syscall.SIGTERM)
			code := p.Exit(t, grace+time.Second)
			if took := time.Since(told); code != 0 || took < grace {
				t.Errorf("exit code %d after %v, want 0 after %v", code, took, grace)
			}
			if err := finish(); err == nil {
				t.Error("the request was answered by a process that has ended")
			}
			p.Await(t, "level", "WARN", "msg", "requests were cut off at the end of the grace period")
		})
	}
}

// Who cannot wait asks a second time.
func TestSecondSignalEndsAtOnce(t *testing.T) {
	t.Parallel()
	for _, s := range stoppables {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			p := start(t, s.name)
			s.begin(t, p)
			p.Signal(t, os.Interrupt)
			p.Await(t, "msg", "draining")
			time.Sleep(200 * time.Millisecond) // nobody presses a key faster
			p.Signal(t, os.Interrupt)
			p.Exit(t, time.Second)
			if got := p.Signalled(); got != syscall.SIGINT {
				t.Errorf("ended by %v, want %v", got, syscall.SIGINT)
			}
		})
	}
}

// Connections that are open and idle, such as the marketplace's own to recommendations with
// its health watch, hold nobody up.
func TestStopDoesNotWaitForIdleConnections(t *testing.T) {
	t.Parallel()
	rec, market, url := startShop(t)
	client := http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()

	for _, p := range []*proctest.Process{rec, market} {
		p.Signal(t, syscall.SIGTERM)
		if code := p.Exit(t, time.Second); code != 0 {
			t.Errorf("exit code %d", code)
		}
	}
}

// A page whose recommendations are on their way when the marketplace is told to stop is
// still shown.
func TestStopWaitsForRecommendations(t *testing.T) {
	t.Parallel()
	asked := make(chan struct{}, 1)
	addr := proctest.FreeAddr(t)
	leave := answering(func(stream grpc.ServerStream) error {
		// The shop also asks beside its pages.
		if slices.Contains(metadata.ValueFromIncomingContext(stream.Context(), "x-request-id"), "in-flight") {
			select {
			case asked <- struct{}{}:
			default:
			}
		}
		return hold(stream)
	})(t, addr)
	defer leave()
	market, url := startMarketplace(t, addr)

	pages := make(chan *pagetest.Page)
	go func() {
		page, err := pagetest.Get(t, url, "X-Request-Id", "in-flight")
		if err != nil {
			t.Error(err)
		}
		pages <- page
	}()
	select {
	case <-asked:
	case page := <-pages:
		t.Fatalf("a page that asked nobody: %v", page)
	}
	market.Signal(t, syscall.SIGTERM)
	if page := <-pages; page == nil || !page.Sorry() {
		t.Errorf("the page in flight is %v", page)
	}
	if code := market.Exit(t, time.Second); code != 0 {
		t.Errorf("exit code %d", code)
	}
}

// A healthWatch is told of every change of a service's health.
type healthWatch struct {
	stream grpc.ServerStreamingClient[healthpb.HealthCheckResponse]
}

// watchHealth watches a service that is SERVING.
func watchHealth(t *testing.T, p *proctest.Process) healthWatch {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	stream, err := healthpb.NewHealthClient(dial(t, p.Addr(t, "grpc"))).Watch(ctx, &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	w := healthWatch{stream}
	w.becomes(t, healthpb.HealthCheckResponse_SERVING)
	return w
}

// becomes waits for the next change, which must be this one.
func (w healthWatch) becomes(t *testing.T, want healthpb.HealthCheckResponse_ServingStatus) {
	t.Helper()
	got, err := w.stream.Recv()
	if err != nil || got.GetStatus() != want {
		t.Fatalf("health is %v, %v; want %v", got.GetStatus(), err, want)
	}
}

func checkHealth(t *testing.T, p *proctest.Process, want healthpb.HealthCheckResponse_ServingStatus) {
	t.Helper()
	got, err := healthpb.NewHealthClient(dial(t, p.Addr(t, "grpc"))).Check(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil || got.GetStatus() != want {
		t.Errorf("health is %v, %v; want %v", got.GetStatus(), err, want)
	}
}

// refusesConnections waits until a stopping service takes no new connections.
func refusesConnections(t *testing.T, p *proctest.Process) {
	t.Helper()
	for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", p.Addr(t, "grpc"))
		if err != nil {
			return
		}
		_ = conn.Close()
	}
	t.Error("it takes new connections while it stops")
}

// connect opens a bare connection that lasts as long as the test.
func connect(t *testing.T, addr string) net.Conn {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(15 * time.Second)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func send(t *testing.T, conn net.Conn, text string) {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
}
