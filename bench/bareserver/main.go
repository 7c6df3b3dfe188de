// Command bareserver is the measure of the Recommend benchmark: grpc-go with its defaults,
// answering the tutorial's contract without any work. Nothing that answers with these bytes
// through grpc-go can be cheaper.
package main

import (
	"context"
	"log/slog"
	"net"
	"os"

	"google.golang.org/grpc"

	"bookmarket/protobufs/gen/tutorialpb"
)

// answer holds all mysteries, so it has the bytes of the real service's answer, whose random
// order does not change their number.
var answer = &tutorialpb.RecommendationResponse{
	Recommendations: []*tutorialpb.BookRecommendation{
		{Id: 1, Title: "The Maltese Falcon"},
		{Id: 2, Title: "Murder on the Orient Express"},
		{Id: 3, Title: "The Hound of the Baskervilles"},
	},
}

type recommendations struct {
	tutorialpb.UnsafeRecommendationsServer
}

func (recommendations) Recommend(context.Context, *tutorialpb.RecommendationRequest) (*tutorialpb.RecommendationResponse, error) {
	return answer, nil
}

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := serve(log); err != nil {
		log.Error("server failed", "error", err.Error())
		os.Exit(1)
	}
}

func serve(log *slog.Logger) error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := grpc.NewServer()
	tutorialpb.RegisterRecommendationsServer(server, recommendations{})
	log.Info("listening", "server", "grpc", "addr", listener.Addr().String())
	return server.Serve(listener)
}
