package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"bookmarket/bench/internal/process"
	"bookmarket/protobufs/gen/tutorialpb"
)

// A server is one of the two that are compared, with the connections that load it.
type server struct {
	name    string
	process *process.Process
	clients []tutorialpb.RecommendationsClient
	stop    func()
}

// startServers builds and starts both servers. The one that is not being called idles.
func startServers(ctx context.Context, connections int) (bare, ours *server, stop func(), err error) {
	dir, err := os.MkdirTemp("", "bookmarket-bench-")
	if err != nil {
		return nil, nil, nil, err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a program that runs needs its file no more
	bare, err = start(ctx, dir, "bookmarket/bench/bareserver", connections)
	if err != nil {
		return nil, nil, nil, err
	}
	ours, err = start(ctx, dir, "bookmarket/recommendations", connections,
		"RECOMMENDATIONS_GRPC_ADDR=127.0.0.1:0", "RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:0",
		// The books that the bare server answers with.
		"RECOMMENDATIONS_CATALOG=tutorial", "RECOMMENDATIONS_DATABASE_URL=memory:")
	if err != nil {
		bare.stop()
		return nil, nil, nil, err
	}
	return bare, ours, func() { bare.stop(); ours.stop() }, nil
}

func start(ctx context.Context, dir, pkg string, connections int, env ...string) (*server, error) {
	program, err := process.Build(ctx, dir, pkg)
	if err != nil {
		return nil, err
	}
	running, err := process.Start(ctx, program, env...)
	if err != nil {
		return nil, err
	}
	conns, err := dial(running.Addr, connections)
	s := &server{name: pkg, process: running, stop: func() {
		for _, conn := range conns {
			conn.Close() //nolint:errcheck // nothing is lost with it
		}
		running.Stop()
	}}
	for _, conn := range conns {
		s.clients = append(s.clients, tutorialpb.NewRecommendationsClient(conn))
	}
	if err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

func dial(addr string, connections int) ([]*grpc.ClientConn, error) {
	conns := make([]*grpc.ClientConn, 0, connections)
	for range connections {
		conn, err := grpc.NewClient("passthrough:///"+addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return conns, err
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

// sameAnswers returns an error if the servers' answers differ in more than the order of books.
func sameAnswers(ctx context.Context, bare, ours *server) error {
	var answers [2]*tutorialpb.RecommendationResponse
	for i, s := range []*server{bare, ours} {
		answer, err := s.clients[0].Recommend(ctx, request)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		slices.SortFunc(answer.GetRecommendations(), func(a, b *tutorialpb.BookRecommendation) int {
			return cmp.Compare(a.GetId(), b.GetId())
		})
		answers[i] = answer
	}
	if !proto.Equal(answers[0], answers[1]) {
		return errors.New("the servers answer with different books, so their costs cannot be compared")
	}
	return nil
}
