package process

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"

	"bookmarket/protobufs/gen/tutorialpb"
)

// callLimit is far above what a call takes that has nothing to wait for.
const callLimit = 2 * time.Second

// What a user can do wrong gets an answer that says so, over the wire as in memory.
func TestRecommendAnswers(t *testing.T) {
	t.Parallel()
	client := tutorialpb.NewRecommendationsClient(dial(t, start(t, recommendations).Addr(t, "grpc")))
	tests := []struct {
		name    string
		request *tutorialpb.RecommendationRequest
		books   int
		code    codes.Code
		message string
		fields  []string // that a violation names
	}{
		{name: "three books", request: &tutorialpb.RecommendationRequest{UserId: 1, Category: tutorialpb.BookCategory_SCIENCE_FICTION, MaxResults: 3}, books: 3},
		{name: "one book", request: &tutorialpb.RecommendationRequest{UserId: 1, Category: tutorialpb.BookCategory_SELF_HELP, MaxResults: 1}, books: 1},
		{name: "more than there are", request: &tutorialpb.RecommendationRequest{UserId: 1, MaxResults: 1 << 30}, books: 3},
		{name: "no such category", request: &tutorialpb.RecommendationRequest{UserId: 1, Category: 7, MaxResults: 3}, code: codes.NotFound, message: "Category not found"},
		{name: "nothing set", request: &tutorialpb.RecommendationRequest{}, code: codes.InvalidArgument, message: "max_results", fields: []string{"max_results", "user_id"}},
		{name: "a negative number", request: &tutorialpb.RecommendationRequest{UserId: 1, MaxResults: -3}, code: codes.InvalidArgument, message: "max_results", fields: []string{"max_results"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), callLimit)
			defer cancel()
			resp, err := client.Recommend(ctx, tt.request)
			got := status.Convert(err)
			if got.Code() != tt.code || !strings.Contains(got.Message(), tt.message) || len(resp.GetRecommendations()) != tt.books {
				t.Errorf("got %v, %v", resp, err)
			}
			if fields := violations(got); !slices.Equal(fields, tt.fields) {
				t.Errorf("violations of %v, want %v", fields, tt.fields)
			}
		})
	}
}

// violations lists the fields that an error says are wrong.
func violations(s *status.Status) []string {
	var fields []string
	for _, detail := range s.Details() {
		if bad, ok := detail.(*errdetails.BadRequest); ok {
			for _, violation := range bad.GetFieldViolations() {
				fields = append(fields, violation.GetField())
			}
		}
	}
	slices.Sort(fields)
	return fields
}

// Both gRPC servers bound what they are sent, and say what they do not know.
func TestGRPCLimits(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		method  string
		service string // asked about; it makes the message large
		header  string
		code    codes.Code
	}{
		{name: "an ordinary call", method: healthpb.Health_Check_FullMethodName, code: codes.OK},
		{name: "a message of 100 KiB", method: healthpb.Health_Check_FullMethodName, service: strings.Repeat("x", 100<<10), code: codes.NotFound},
		{name: "a message of 300 KiB", method: healthpb.Health_Check_FullMethodName, service: strings.Repeat("x", 300<<10), code: codes.ResourceExhausted},
		{name: "headers of 32 KiB", method: healthpb.Health_Check_FullMethodName, header: strings.Repeat("x", 32<<10), code: codes.Internal}, // the client's own refusal: it knows the limit
		{name: "an unknown method", method: "/grpc.health.v1.Health/Cure", code: codes.Unimplemented},
		{name: "an unknown service", method: "/bookmarket.Nobody/Nothing", code: codes.Unimplemented},
		{name: "an ordinary call again", method: healthpb.Health_Check_FullMethodName, code: codes.OK},
	}
	for _, service := range services {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			conn := dial(t, start(t, service).Addr(t, "grpc"))
			for _, tt := range tests {
				ctx, cancel := context.WithTimeout(metadata.AppendToOutgoingContext(t.Context(), "x-large", tt.header), callLimit)
				err := conn.Invoke(ctx, tt.method, &healthpb.HealthCheckRequest{Service: tt.service}, new(healthpb.HealthCheckResponse))
				cancel()
				if status.Code(err) != tt.code {
					t.Errorf("%s: %v, want %v", tt.name, err, tt.code)
				}
			}
		})
	}
}

// Reflection tells strangers what there is: only where a setting asks for it.
func TestReflection(t *testing.T) {
	t.Parallel()
	for service, names := range map[string][]string{
		recommendations: {"Recommendations", "bookmarket.v1.ActivityService", "bookmarket.v1.CatalogService", "bookmarket.v1.RecommendationService", "grpc.health.v1.Health"},
		marketplace:     {"grpc.health.v1.Health"},
	} {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			if _, err := reflectedServices(t, start(t, service).Addr(t, "grpc")); status.Code(err) != codes.Unimplemented {
				t.Errorf("off by default: %v, want %v", err, codes.Unimplemented)
			}
			known, err := reflectedServices(t, start(t, service, strings.ToUpper(service)+"_REFLECTION=true").Addr(t, "grpc"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				if !slices.Contains(known, name) {
					t.Errorf("reflection knows %v, not %s", known, name)
				}
			}
		})
	}
}

func reflectedServices(t *testing.T, addr string) ([]string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callLimit)
	defer cancel()
	stream, err := reflectionpb.NewServerReflectionClient(dial(t, addr)).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, err
	}
	request := &reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}}
	if err := stream.Send(request); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	var names []string
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.GetName())
	}
	return names, nil
}

// One connection may hold so many calls open and no more: the next one waits for its turn.
func TestGRPCStreamsAreBounded(t *testing.T) {
	t.Parallel()
	const most = 256
	for _, service := range services {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			client := healthpb.NewHealthClient(dial(t, start(t, service).Addr(t, "grpc")))
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			var watches []grpc.ServerStreamingClient[healthpb.HealthCheckResponse]
			for range most {
				watch, err := client.Watch(ctx, &healthpb.HealthCheckRequest{})
				if err != nil {
					t.Fatal(err)
				}
				watches = append(watches, watch)
			}
			for _, watch := range watches {
				if _, err := watch.Recv(); err != nil {
					t.Fatal(err)
				}
			}
			oneMore, giveUp := context.WithTimeout(ctx, 300*time.Millisecond)
			defer giveUp()
			if _, err := client.Check(oneMore, &healthpb.HealthCheckRequest{}); status.Code(err) != codes.DeadlineExceeded {
				t.Errorf("call %d: %v, want %v", most+1, err, codes.DeadlineExceeded)
			}
		})
	}
}
