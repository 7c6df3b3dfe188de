package main

import (
	"context"
	"os"
	"path/filepath"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/proto"

	"bookmarket/bench/internal/process"
)

// A server is one of those that are compared, with the connections that load it. It is suspended
// while it is not measured.
type server struct {
	process *process.Process
	conns   []*grpc.ClientConn
	// before, where there is one, is done before each measurement.
	before func(context.Context) error
}

// A bench is where servers are built and run.
type bench struct {
	dir         string
	connections int
	bareProgram string
	ourProgram  string
	running     []*server
}

func newBench(ctx context.Context, connections int) (*bench, error) {
	dir, err := os.MkdirTemp("", "bookmarket-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{dir: dir, connections: connections}
	if b.bareProgram, err = process.Build(ctx, dir, "bookmarket/bench/bareserver"); err == nil {
		b.ourProgram, err = process.Build(ctx, dir, "bookmarket/recommendations")
	}
	if err != nil {
		b.close()
		return nil, err
	}
	return b, nil
}

// close stops the servers and removes what they kept.
func (b *bench) close() {
	for _, s := range b.running {
		for _, conn := range s.conns {
			conn.Close() //nolint:errcheck // nothing is lost with it
		}
		s.process.Stop()
	}
	os.RemoveAll(b.dir) //nolint:errcheck // a folder for temporary files is the system's to clean
}

func (b *bench) start(ctx context.Context, program string, env ...string) (*server, error) {
	running, err := process.Start(ctx, program, env...)
	if err != nil {
		return nil, err
	}
	s := &server{process: running}
	b.running = append(b.running, s)
	for range b.connections {
		conn, err := grpc.NewClient("passthrough:///"+running.Addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return nil, err
		}
		s.conns = append(s.conns, conn)
	}
	return s, nil
}

// service starts the recommendations service with an empty store, and returns when it has
// filled it.
func (b *bench) service(ctx context.Context, env ...string) (*server, error) {
	s, err := b.start(ctx, b.ourProgram, append(env, "RECOMMENDATIONS_GRPC_ADDR=127.0.0.1:0", "RECOMMENDATIONS_ADMIN_ADDR=127.0.0.1:0")...)
	if err != nil {
		return nil, err
	}
	if err := s.awaitBooks(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// learned starts the service with the bundled books on an SQLite file and returns when it
// recommends by a model that it has learned. From then on it learns at every interval in which
// there was something new.
func (b *bench) learned(ctx context.Context, name, interval string) (*server, error) {
	s, err := b.service(ctx,
		"RECOMMENDATIONS_DATABASE_URL=sqlite:"+filepath.Join(b.dir, name+".db"),
		"RECOMMENDATIONS_TRAIN_INTERVAL="+interval)
	if err != nil {
		return nil, err
	}
	if err := s.awaitPersonal(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// bare starts the server that does nothing but answer with this, and with the tutorial's books.
func (b *bench) bare(ctx context.Context, answer proto.Message) (*server, error) {
	data, err := proto.Marshal(answer)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(b.dir, "answer")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		return nil, err
	}
	return b.start(ctx, b.bareProgram, "BARESERVER_ANSWER="+file)
}
