package grpcserver

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/goleak"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/wrapperspb"

	"bookmarket/internal/telemetry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A callFunc is what the test's only method does.
type callFunc func(ctx context.Context, in string) (string, error)

// callDesc describes a service of two methods, /test.Service/Call, from string to string, and
// /test.Service/Talk, which answers each message of a stream alike.
var callDesc = grpc.ServiceDesc{
	ServiceName: "test.Service",
	HandlerType: (*any)(nil),
	Methods: []grpc.MethodDesc{{
		MethodName: "Call",
		Handler: func(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
			in := new(wrapperspb.StringValue)
			if err := decode(in); err != nil {
				return nil, err
			}
			info := &grpc.UnaryServerInfo{Server: srv, FullMethod: "/test.Service/Call"}
			return intercept(ctx, in, info, func(ctx context.Context, _ any) (any, error) {
				out, err := srv.(callFunc)(ctx, in.GetValue())
				return wrapperspb.String(out), err
			})
		},
	}},
	Streams: []grpc.StreamDesc{{
		StreamName:    "Talk",
		ServerStreams: true,
		ClientStreams: true,
		Handler: func(srv any, stream grpc.ServerStream) error {
			for {
				in := new(wrapperspb.StringValue)
				if err := stream.RecvMsg(in); err != nil {
					return err
				}
				out, err := srv.(callFunc)(stream.Context(), in.GetValue())
				if err != nil {
					return err
				}
				if err := stream.SendMsg(wrapperspb.String(out)); err != nil {
					return err
				}
			}
		},
	}},
}

var errKnown = errors.New("known to the table")

func testTable(err error) (*status.Status, bool) {
	if errors.Is(err, errKnown) {
		return status.New(codes.NotFound, "told"), true
	}
	return nil, false
}

// A fixture is a server whose method is the test's, and a client of it.
type fixture struct {
	server  *Server
	client  *grpc.ClientConn
	log     *bytes.Buffer // read it after the server stopped
	metrics *prometheus.Registry
	served  chan error
}

func start(t *testing.T, method callFunc) *fixture {
	t.Helper()
	f := &fixture{log: new(bytes.Buffer), metrics: prometheus.NewRegistry(), served: make(chan error, 1)}
	listener := bufconn.Listen(1 << 20)
	f.server = New(listener, Options{
		Log:      telemetry.NewLogger(f.log, "test", telemetry.LogSettings{LogLevel: slog.LevelDebug}),
		Metrics:  f.metrics,
		Status:   testTable,
		Services: []string{"test.Service"},
	})
	f.server.RegisterService(&callDesc, method)
	go func() { f.served <- f.server.Serve() }()
	var err error
	f.client, err = grpc.NewClient("passthrough:///test",
		grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) { return listener.DialContext(ctx) }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		f.client.Close() //nolint:errcheck // nothing is lost with it
		f.server.Server.Stop()
	})
	return f
}

func (f *fixture) call(ctx context.Context, in string) (string, error) {
	out := new(wrapperspb.StringValue)
	err := f.client.Invoke(ctx, "/test.Service/Call", wrapperspb.String(in), out)
	return out.GetValue(), err
}

// talk opens a stream, sends one message and returns its answer.
func (f *fixture) talk(ctx context.Context, in string) (string, error) {
	stream, err := f.client.NewStream(ctx, &callDesc.Streams[0], "/test.Service/Talk")
	if err != nil {
		return "", err
	}
	if err := stream.SendMsg(wrapperspb.String(in)); err != nil {
		return "", err
	}
	out := new(wrapperspb.StringValue)
	err = stream.RecvMsg(out)
	return out.GetValue(), err
}

// bothKinds runs a test with a call and with a stream: each link serves both.
func bothKinds(t *testing.T, test func(t *testing.T, say func(*fixture, context.Context, string) (string, error))) {
	t.Run("call", func(t *testing.T) { test(t, (*fixture).call) })
	t.Run("stream", func(t *testing.T) { test(t, (*fixture).talk) })
}

// stop waits for the server's end, after which its log may be read.
func (f *fixture) stop(t *testing.T) string {
	t.Helper()
	if err := f.server.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-f.served; err != nil {
		t.Fatal(err)
	}
	return f.log.String()
}

func TestChainOrder(t *testing.T) {
	var got []string
	for _, l := range chain(t.Context(), Options{Metrics: prometheus.NewRegistry()}) {
		got = append(got, l.name)
	}
	want := []string{"last resort", "request id", "log", "metrics", "errors", "recover", "deadline", "drain"}
	if !slices.Equal(got, want) {
		t.Errorf("the chain is %q, want %q", got, want)
	}
}

// One panic shows that the links stand in the right order: the caller learns nothing, the log
// has the request, the code, the reason and the stack, and the metrics count an Internal.
func TestPanic(t *testing.T) { bothKinds(t, testPanic) }

func testPanic(t *testing.T, say func(*fixture, context.Context, string) (string, error)) {
	f := start(t, func(context.Context, string) (string, error) { panic("the secret cause") })
	ctx := metadata.AppendToOutgoingContext(t.Context(), telemetry.RequestIDHeader, "request-7")
	_, err := say(f, ctx, "")
	if s := status.Convert(err); s.Code() != codes.Internal || s.Message() != "internal error" || len(s.Details()) > 0 {
		t.Errorf("the caller is told %v", s)
	}
	if n := handled(t, f.metrics, "Internal"); n != 1 {
		t.Errorf("%v calls counted as Internal, want 1", n)
	}
	log := f.stop(t)
	for _, part := range []string{`"level":"ERROR"`, `"request_id":"request-7"`, `"code":"Internal"`, `panic: the secret cause`, "server_test.go"} {
		if !strings.Contains(log, part) {
			t.Errorf("the log lacks %s:\n%s", part, log)
		}
	}
}

// An error whose own method panics gets past recovery, into the table and the log.
type treacherousError struct{}

func (treacherousError) Error() string { panic("the secret cause") }

func TestPanicWithinTheChain(t *testing.T) {
	bothKinds(t, func(t *testing.T, say func(*fixture, context.Context, string) (string, error)) {
		f := start(t, func(context.Context, string) (string, error) { return "", treacherousError{} })
		_, err := say(f, t.Context(), "")
		if s := status.Convert(err); s.Code() != codes.Internal || s.Message() != "internal error" {
			t.Errorf("the caller is told %v", s)
		}
		if log := f.stop(t); !strings.Contains(log, "panic in an interceptor") || !strings.Contains(log, "the secret cause") {
			t.Errorf("the log has\n%s", log)
		}
	})
}

func handled(t *testing.T, metrics *prometheus.Registry, code string) float64 {
	t.Helper()
	families, err := metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() != "grpc_server_handled_total" {
			continue
		}
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				if label.GetName() == "grpc_code" && label.GetValue() == code {
					return metric.GetCounter().GetValue()
				}
			}
		}
	}
	return 0
}

func TestErrors(t *testing.T) { bothKinds(t, testErrors) }

func testErrors(t *testing.T, say func(*fixture, context.Context, string) (string, error)) {
	tests := map[string]struct {
		err     error
		code    codes.Code
		message string
		level   string
	}{
		"of the table":      {errKnown, codes.NotFound, "told", "INFO"},
		"unknown":           {errors.New("password=hunter2"), codes.Internal, "internal error", "ERROR"},
		"somebody's status": {status.Error(codes.NotFound, "no such row"), codes.Internal, "internal error", "ERROR"},
		"deadline":          {context.DeadlineExceeded, codes.DeadlineExceeded, "deadline exceeded", "INFO"},
		"hung up":           {context.Canceled, codes.Canceled, "canceled", "DEBUG"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			f := start(t, func(context.Context, string) (string, error) { return "", tt.err })
			_, err := say(f, t.Context(), "")
			if s := status.Convert(err); s.Code() != tt.code || s.Message() != tt.message {
				t.Errorf("got %v, want %v %q", s, tt.code, tt.message)
			}
			log := f.stop(t)
			if !strings.Contains(log, `"level":"`+tt.level+`","msg":"rpc"`) {
				t.Errorf("no line at %s:\n%s", tt.level, log)
			}
			if !strings.Contains(log, tt.err.Error()) {
				t.Errorf("the log does not say why:\n%s", log)
			}
		})
	}
}

func TestSuccessIsLoggedAtDebug(t *testing.T) {
	f := start(t, func(context.Context, string) (string, error) { return "", nil })
	if _, err := f.call(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if log := f.stop(t); !strings.Contains(log, `"level":"DEBUG","msg":"rpc"`) || !strings.Contains(log, `"code":"OK"`) {
		t.Errorf("got\n%s", log)
	}
}

func TestRequestID(t *testing.T) { bothKinds(t, testRequestID) }

func testRequestID(t *testing.T, say func(*fixture, context.Context, string) (string, error)) {
	f := start(t, func(ctx context.Context, _ string) (string, error) { return telemetry.RequestID(ctx), nil })
	for sent, want := range map[string]string{"request-7": "request-7", "": "", "has spaces": ""} {
		ctx := metadata.AppendToOutgoingContext(t.Context(), telemetry.RequestIDHeader, sent)
		got, err := say(f, ctx, "")
		if err != nil {
			t.Fatal(err)
		}
		if want != "" && got != want || want == "" && (got == sent || got == "") {
			t.Errorf("sent %q, the handler saw %q", sent, got)
		}
	}
}

// Every way in is bounded.
func TestLimits(t *testing.T) {
	f := start(t, func(_ context.Context, in string) (string, error) {
		if in == "much" {
			return strings.Repeat("x", maxResponseBytes), nil
		}
		return "", nil
	})
	tests := map[string]struct {
		ctx  context.Context
		in   string
		code codes.Code
	}{
		"small":              {t.Context(), "x", codes.OK},
		"request too large":  {t.Context(), strings.Repeat("x", maxRequestBytes), codes.ResourceExhausted},
		"request that fits":  {t.Context(), strings.Repeat("x", maxRequestBytes-100), codes.OK},
		"response too large": {t.Context(), "much", codes.ResourceExhausted},
		"headers too large":  {metadata.AppendToOutgoingContext(t.Context(), "x", strings.Repeat("x", maxHeaderBytes)), "x", codes.Internal},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := f.call(tt.ctx, tt.in); status.Code(err) != tt.code {
				t.Errorf("got %v, want %v", err, tt.code)
			}
		})
	}
	err := f.client.Invoke(t.Context(), "/test.Service/Nope", wrapperspb.String(""), new(wrapperspb.StringValue))
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("an unknown method: %v", err)
	}
}

func TestStopFinishesCalls(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	f := start(t, func(context.Context, string) (string, error) {
		close(entered)
		<-leave
		return "whole", nil
	})
	answer := make(chan string, 1)
	go func() {
		out, _ := f.call(context.WithoutCancel(t.Context()), "")
		answer <- out
	}()
	<-entered
	stopped := make(chan error, 1)
	go func() { stopped <- f.server.Stop(context.WithoutCancel(t.Context())) }()
	select {
	case err := <-stopped:
		t.Error("stopped before the call was answered", err)
	case <-time.After(50 * time.Millisecond):
	}
	close(leave)
	if out := <-answer; out != "whole" {
		t.Errorf("the call in flight got %q", out)
	}
	if err := <-stopped; err != nil {
		t.Error(err)
	}
}

func TestStopHasAnEnd(t *testing.T) {
	entered, leave := make(chan struct{}), make(chan struct{})
	defer close(leave)
	f := start(t, func(context.Context, string) (string, error) {
		close(entered)
		<-leave
		return "", nil
	})
	answer := make(chan error, 1)
	go func() {
		_, err := f.call(context.WithoutCancel(t.Context()), "")
		answer <- err
	}()
	<-entered
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := f.server.Stop(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Stop returned %v with a handler stuck", err)
	}
	if err := <-answer; err == nil {
		t.Error("the stuck call was answered")
	}
}

// Streams have no end of their own and must not use up the grace: neither a health watch,
// which still hears of the stop, nor a stream that waits for its client's next message.
func TestStopEndsStreams(t *testing.T) {
	f := start(t, func(_ context.Context, in string) (string, error) { return in, nil })
	f.server.health.SetServingStatus("", healthpb.HealthCheckResponse_SERVING)
	watch, err := healthpb.NewHealthClient(f.client).Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := watch.Recv(); err != nil || answer.GetStatus() != healthpb.HealthCheckResponse_SERVING {
		t.Fatal(answer, err)
	}
	if out, err := f.talk(t.Context(), "hello"); err != nil || out != "hello" {
		t.Fatal(out, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	f.server.NotServing()
	if err := f.server.Stop(ctx); err != nil {
		t.Error(err)
	}
	if answer, err := watch.Recv(); err != nil || answer.GetStatus() != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("the watch got %v, %v", answer, err)
	}
	if answer, err := watch.Recv(); err == nil {
		t.Errorf("the watch goes on with %v", answer)
	}
}

func TestReflectionIsOptIn(t *testing.T) {
	for _, on := range []bool{false, true} {
		s := New(bufconn.Listen(1), Options{Log: slog.New(slog.DiscardHandler), Metrics: prometheus.NewRegistry(), Reflection: on})
		if _, registered := s.GetServiceInfo()["grpc.reflection.v1.ServerReflection"]; registered != on {
			t.Errorf("reflection %v: registered %v", on, registered)
		}
		s.Server.Stop()
	}
}

func TestRedirectLog(t *testing.T) {
	var out bytes.Buffer
	line := []byte("2026/11/21 04:19:20 ERROR: boom 1\n")
	if n, err := (errorLines{slog.New(slog.NewTextHandler(&out, nil))}).Write(line); n != len(line) || err != nil {
		t.Error(n, err)
	}
	if !strings.Contains(out.String(), `level=ERROR msg=grpc error="boom 1"`) {
		t.Errorf("got %s", out.String())
	}
}

func TestMetricsPassLint(t *testing.T) {
	metrics := prometheus.NewRegistry()
	newMetrics(metrics)
	if problems, err := testutil.GatherAndLint(metrics); err != nil || len(problems) > 0 {
		t.Error(problems, err)
	}
}
