package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/protobufs/gen/tutorialpb"
)

// A call asks a server once and returns its answer.
type call func(context.Context, *grpc.ClientConn) (proto.Message, error)

// askTutorial is answered with all mysteries, so with an equal number of bytes each time.
func askTutorial(ctx context.Context, conn *grpc.ClientConn) (proto.Message, error) {
	return tutorialpb.NewRecommendationsClient(conn).Recommend(ctx,
		&tutorialpb.RecommendationRequest{UserId: 1, Category: tutorialpb.BookCategory_MYSTERY, MaxResults: 3})
}

const (
	personalReader = 1
	personalRated  = 50 // the books that this reader has rated
)

// askPersonal is answered with ten books that follow from what the reader rated.
func askPersonal(ctx context.Context, conn *grpc.ClientConn) (proto.Message, error) {
	return bookmarketv1.NewRecommendationServiceClient(conn).Recommend(ctx,
		&bookmarketv1.RecommendRequest{UserId: personalReader, MaxResults: 10})
}

// asMarketplace makes a call with a request id and a deadline.
func asMarketplace(ask call) call {
	return func(ctx context.Context, conn *grpc.ClientConn) (proto.Message, error) {
		ctx = metadata.AppendToOutgoingContext(ctx, "x-request-id", rand.Text())
		// Longer than the marketplace's, so that a machine that stalls spoils no measurement.
		ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
		defer cancel()
		return ask(ctx, conn)
	}
}

// awaitBooks returns when the service has books.
func (s *server) awaitBooks(ctx context.Context) error {
	return eventually(ctx, 10*time.Millisecond, func() (bool, error) {
		_, err := bookmarketv1.NewRecommendationServiceClient(s.conns[0]).ListPopularBooks(ctx, &bookmarketv1.ListPopularBooksRequest{})
		if status.Code(err) == codes.Unavailable {
			return false, nil
		}
		return true, err
	})
}

// awaitPersonal rates books and returns when the service recommends because of them: before it
// has learned, nobody's ratings count.
func (s *server) awaitPersonal(ctx context.Context) error {
	for i := range personalRated {
		if err := s.rate(ctx, personalReader, int64(1+40*i)); err != nil {
			return err
		}
	}
	return eventually(ctx, 100*time.Millisecond, func() (bool, error) {
		answer, err := bookmarketv1.NewRecommendationServiceClient(s.conns[0]).Recommend(ctx, &bookmarketv1.RecommendRequest{UserId: personalReader})
		if err != nil {
			return false, err
		}
		list := answer.GetRecommendations()
		return len(list) > 0 && list[0].GetReason().GetKind() == bookmarketv1.Reason_KIND_BECAUSE_YOU_LIKED, nil
	})
}

// eventually asks again and again until something is so.
func eventually(ctx context.Context, interval time.Duration, is func() (bool, error)) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	for {
		if ok, err := is(); ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("the service is not ready: %w", ctx.Err())
		case <-time.After(interval):
		}
	}
}

// rate keeps that a reader liked one of the bundled books, whose ids are 1 to 10,000.
func (s *server) rate(ctx context.Context, reader, book int64) error {
	_, err := bookmarketv1.NewActivityServiceClient(s.conns[0]).RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{
		Activities: []*bookmarketv1.Activity{{
			EventId: rand.Text(), UserId: reader, BookId: book,
			Kind: bookmarketv1.Activity_KIND_RATING, Rating: 5,
		}},
	})
	if err != nil {
		return fmt.Errorf("rate a book: %w", err)
	}
	return nil
}

// sameAnswers returns an error if the servers' answers differ in more than the order of the
// tutorial's books.
func sameAnswers(ctx context.Context, ask call, servers [2]*server) error {
	var answers [2]proto.Message
	for i, s := range servers {
		var err error
		if answers[i], err = ask(ctx, s.conns[0]); err != nil {
			return err
		}
		if answer, ok := answers[i].(*tutorialpb.RecommendationResponse); ok {
			slices.SortFunc(answer.GetRecommendations(), func(a, b *tutorialpb.BookRecommendation) int {
				return cmp.Compare(a.GetId(), b.GetId())
			})
		}
	}
	if !proto.Equal(answers[0], answers[1]) {
		return errors.New("the servers answer with different books, so their costs cannot be compared")
	}
	return nil
}
