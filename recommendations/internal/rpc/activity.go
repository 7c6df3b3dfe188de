package rpc

import (
	"context"
	"fmt"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
	"bookmarket/recommendations/internal/recommend"
	"bookmarket/recommendations/internal/store"
)

// What requests about activity may ask for.
const (
	maxEvents        = 500
	maxActivityPage  = 1000
	standardActivity = 100
)

// Readers keep what readers did.
type Readers interface {
	Record(ctx context.Context, events []recommend.Activity) (recorded int, err error)
	List(ctx context.Context, userID int64, after *store.Cursor, n int) (events []recommend.Activity, next *store.Cursor, err error)
	Delete(ctx context.Context, userID int64, eventIDs []string) (deleted int, err error)
	Erase(ctx context.Context, userID int64) (deleted int64, err error)
}

// Activity serves bookmarket.v1.ActivityService.
type Activity struct {
	bookmarketv1.UnsafeActivityServiceServer

	readers Readers
	now     func() time.Time
}

// NewActivity returns the service. now is the clock.
func NewActivity(readers Readers, now func() time.Time) *Activity {
	return &Activity{readers: readers, now: now}
}

// RecordActivity keeps a batch of events, all or none.
func (s *Activity) RecordActivity(ctx context.Context, req *bookmarketv1.RecordActivityRequest) (*bookmarketv1.RecordActivityResponse, error) {
	events, err := s.events(req.GetActivities())
	if err != nil {
		return nil, err
	}
	recorded, err := s.readers.Record(ctx, events)
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.RecordActivityResponse{RecordedCount: int32(recorded)}, nil //nolint:gosec // at most maxEvents
}

// events returns the events of a request, or everything that is wrong with them.
func (s *Activity) events(activities []*bookmarketv1.Activity) ([]recommend.Activity, error) {
	var c check
	if n := len(activities); n == 0 || n > maxEvents {
		c.fail("activities", tooMany, "must have 1 to %d events, got %d", maxEvents, n)
		return nil, c.err()
	}
	now := s.now()
	events := make([]recommend.Activity, len(activities))
	for i, a := range activities {
		event := recommend.Activity{
			EventID: a.GetEventId(),
			UserID:  a.GetUserId(),
			BookID:  a.GetBookId(),
			Kind:    recommend.Kind(min(max(a.GetKind(), 0), kindUnknown)),
			Rating:  int(a.GetRating()),
		}
		field := fmt.Sprintf("activities[%d]", i)
		switch t := a.GetOccurredAt(); {
		case t == nil:
		case t.IsValid():
			event.OccurredAt = t.AsTime().Truncate(time.Microsecond)
		default:
			c.fail(field+".occurred_at", malformed, "is no valid time")
		}
		c.event(field, event.Validate(now))
		events[i] = event
	}
	return events, c.err()
}

// kindUnknown is a kind that Validate refuses: numbers that the contract does not have must
// not become one that it has by losing their upper bits.
const kindUnknown = bookmarketv1.Activity_KIND_NOT_INTERESTED + 1

// ListActivity lists everything that is kept about a reader, newest first.
func (s *Activity) ListActivity(ctx context.Context, req *bookmarketv1.ListActivityRequest) (*bookmarketv1.ListActivityResponse, error) {
	asked := question(&bookmarketv1.ListActivityRequest{UserId: req.GetUserId()})
	var c check
	c.positive("user_id", req.GetUserId())
	n := c.size("page_size", req.GetPageSize(), standardActivity, maxActivityPage)
	after := cursor[store.Cursor](&c, "page_token", req.GetPageToken(), asked)
	if err := c.err(); err != nil {
		return nil, err
	}
	events, rest, err := s.readers.List(ctx, req.GetUserId(), after, n)
	if err != nil {
		return nil, err
	}
	resp := &bookmarketv1.ListActivityResponse{
		Activities:    make([]*bookmarketv1.Activity, len(events)),
		NextPageToken: next(asked, rest),
	}
	for i, event := range events {
		resp.Activities[i] = activity(event)
	}
	return resp, nil
}

func activity(event recommend.Activity) *bookmarketv1.Activity {
	a := &bookmarketv1.Activity{
		EventId: event.EventID,
		UserId:  event.UserID,
		BookId:  event.BookID,
		Kind:    bookmarketv1.Activity_Kind(event.Kind),
		Rating:  int32(event.Rating), //nolint:gosec // 0 to 5
	}
	if !event.OccurredAt.IsZero() {
		a.OccurredAt = timestamppb.New(event.OccurredAt)
	}
	return a
}

// DeleteActivity undoes some of a reader's events.
func (s *Activity) DeleteActivity(ctx context.Context, req *bookmarketv1.DeleteActivityRequest) (*bookmarketv1.DeleteActivityResponse, error) {
	var c check
	c.positive("user_id", req.GetUserId())
	if n := len(req.GetEventIds()); n == 0 || n > maxEvents {
		c.fail("event_ids", tooMany, "must have 1 to %d ids, got %d", maxEvents, n)
	} else {
		for i, id := range req.GetEventIds() {
			if problem := recommend.EventIDProblem(id); problem != "" {
				c.fail(fmt.Sprintf("event_ids[%d]", i), malformed, "%s", problem)
			}
		}
	}
	if err := c.err(); err != nil {
		return nil, err
	}
	deleted, err := s.readers.Delete(ctx, req.GetUserId(), req.GetEventIds())
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.DeleteActivityResponse{DeletedCount: int32(deleted)}, nil //nolint:gosec // at most maxEvents
}

// DeleteUserData removes everything that is kept about a reader.
func (s *Activity) DeleteUserData(ctx context.Context, req *bookmarketv1.DeleteUserDataRequest) (*bookmarketv1.DeleteUserDataResponse, error) {
	var c check
	c.positive("user_id", req.GetUserId())
	if err := c.err(); err != nil {
		return nil, err
	}
	deleted, err := s.readers.Erase(ctx, req.GetUserId())
	if err != nil {
		return nil, err
	}
	return &bookmarketv1.DeleteUserDataResponse{DeletedActivityCount: deleted}, nil
}
