package process

import (
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/mem"

	"bookmarket/protobufs/gen/bookmarketv1"
)

// An impostor listens where recommendations should be until it is told to leave.
type impostor func(t *testing.T, addr string) (leave func())

var (
	// silent never says a word.
	silent = connections(func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	// hangingUp ends every connection at once.
	hangingUp = connections(func(net.Conn) {})
	// babbling sends noise for as long as somebody listens.
	babbling = connections(func(conn net.Conn) { _, _ = io.Copy(conn, rand.Reader) })
)

// connections returns an impostor that treats every connection alike.
func connections(treat func(net.Conn)) impostor {
	return func(t *testing.T, addr string) func() {
		t.Helper()
		listener := listen(t, addr)
		gone := make(chan struct{})
		go func() {
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				go func() {
					<-gone
					_ = conn.Close()
				}()
				go func() {
					treat(conn)
					_ = conn.Close()
				}()
			}
		}()
		return func() {
			_ = listener.Close()
			close(gone)
		}
	}
}

// webServer answers HTTP/1, and every path with a page.
func webServer(t *testing.T, addr string) (leave func()) {
	t.Helper()
	server := &http.Server{
		ReadHeaderTimeout: time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "Welcome!")
		}),
	}
	listener := listen(t, addr)
	go server.Serve(listener) //nolint:errcheck // it ends when it leaves
	return func() { _ = server.Close() }
}

// notServing is a gRPC server that would answer, and says of itself that it must not be asked.
func notServing(t *testing.T, addr string) (leave func()) {
	t.Helper()
	return serveGRPC(t, addr, healthpb.HealthCheckResponse_NOT_SERVING, func(stream grpc.ServerStream) error {
		book := &bookmarketv1.Recommendation{Book: &bookmarketv1.Book{Id: 1, Title: "A book of a server that was not to be asked"}}
		return stream.SendMsg(&bookmarketv1.RecommendResponse{Recommendations: []*bookmarketv1.Recommendation{book, book, book}})
	})
}

// An answer is how a gRPC server treats a call.
type answer func(grpc.ServerStream) error

// answering returns a gRPC server that says it is SERVING and treats every call alike.
func answering(how answer) impostor {
	return func(t *testing.T, addr string) func() {
		t.Helper()
		return serveGRPC(t, addr, healthpb.HealthCheckResponse_SERVING, how)
	}
}

// hold leaves a call waiting for as long as the caller does.
func hold(stream grpc.ServerStream) error {
	<-stream.Context().Done()
	return stream.Context().Err()
}

// reply answers with bytes of the impostor's own.
func reply(message []byte) answer {
	return func(stream grpc.ServerStream) error { return stream.SendMsg(message) }
}

func serveGRPC(t *testing.T, addr string, state healthpb.HealthCheckResponse_ServingStatus, how answer) (leave func()) {
	t.Helper()
	healthServer := health.NewServer()
	healthServer.SetServingStatus(bookmarketv1.RecommendationService_ServiceDesc.ServiceName, state)
	server := grpc.NewServer(
		grpc.ForceServerCodecV2(plainBytes{}),
		grpc.UnknownServiceHandler(func(_ any, stream grpc.ServerStream) error {
			return how(stream)
		}),
	)
	healthpb.RegisterHealthServer(server, healthServer)
	listener := listen(t, addr)
	go server.Serve(listener) //nolint:errcheck // it ends when it leaves
	return server.Stop
}

// plainBytes is gRPC's own codec, except that bytes are sent as they are.
type plainBytes struct{}

func (plainBytes) Name() string { return proto.Name }

func (plainBytes) Marshal(v any) (mem.BufferSlice, error) {
	if b, ok := v.([]byte); ok {
		return mem.BufferSlice{mem.SliceBuffer(b)}, nil
	}
	return encoding.GetCodecV2(proto.Name).Marshal(v)
}

func (plainBytes) Unmarshal(data mem.BufferSlice, v any) error {
	return encoding.GetCodecV2(proto.Name).Unmarshal(data, v)
}

func listen(t *testing.T, addr string) net.Listener {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	return listener
}
