// Command bareserver is the measure of the Recommend benchmark: grpc-go with its defaults,
// answering Recommend of both contracts without any work. Nothing that answers with these bytes
// through grpc-go can be cheaper.
package main

import (
	"context"
	"log/slog"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/protobufs/gen/tutorialpb"
)

// tutorialAnswer holds all mysteries, so it has the bytes of the real service's answer, whose
// random order does not change their number.
var tutorialAnswer = &tutorialpb.RecommendationResponse{
	Recommendations: []*tutorialpb.BookRecommendation{
		{Id: 1, Title: "The Maltese Falcon"},
		{Id: 2, Title: "Murder on the Orient Express"},
		{Id: 3, Title: "The Hound of the Baskervilles"},
	},
}

type tutorial struct {
	tutorialpb.UnsafeRecommendationsServer
}

func (tutorial) Recommend(context.Context, *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
	return tutorialAnswer, nil
}

type recommendations struct {
	bookmarketv1.UnimplementedRecommendationServiceServer

	answer *bookmarketv1.RecommendResponse
}

func (s recommendations) Recommend(context.Context, *bookmarketv1.RecommendRequest) (*bookmarketv1.RecommendResponse, error) {
	return s.answer, nil
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := serve(log); err != nil {
		log.Error("server failed", "error", err.Error())
		os.Exit(1)
	}
}

func serve(log *slog.Logger) error {
	// What a service says that has learned is for the benchmark to give.
	data, err := os.ReadFile(os.Getenv("BARESERVER_ANSWER")) //nolint:gosec // whoever starts it chooses the file
	if err != nil {
		return err
	}
	answer := new(bookmarketv1.RecommendResponse)
	if err := proto.Unmarshal(data, answer); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	tutorialpb.RegisterRecommendationsServer(server, tutorial{})
	bookmarketv1.RegisterRecommendationServiceServer(server, recommendations{answer: answer})
	log.Info("listening", "server", "grpc", "addr", listener.Addr().String())
	return server.Serve(listener)
}
