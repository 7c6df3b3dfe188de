package recclient

import (
	"context"
	"slices"

	"google.golang.org/protobuf/types/known/timestamppb"

	"bookmarket/marketplace/internal/shop"
	bookmarketv1 "bookmarket/protobufs/gen/bookmarketv1"
)

// maxEvents is how many events a page has: the service lists no more at once.
const maxEvents = 1000

// kinds are what readers do, by the contract's numbers.
var kinds = [...]shop.EventKind{
	bookmarketv1.Activity_KIND_VIEW:           shop.Viewed,
	bookmarketv1.Activity_KIND_WANT:           shop.Wanted,
	bookmarketv1.Activity_KIND_RATING:         shop.Rated,
	bookmarketv1.Activity_KIND_PURCHASE:       shop.Bought,
	bookmarketv1.Activity_KIND_NOT_INTERESTED: shop.NotInterested,
}

// Record implements [shop.Activity].
func (c *Client) Record(ctx context.Context, events []shop.Event) error {
	if len(events) == 0 {
		return nil
	}
	activities := make([]*bookmarketv1.Activity, len(events))
	for i, event := range events {
		activities[i] = &bookmarketv1.Activity{
			EventId: event.ID,
			UserId:  event.Reader,
			BookId:  event.Book,
			Kind:    bookmarketv1.Activity_Kind(max(0, slices.Index(kinds[:], event.Kind))), //nolint:gosec // a few
			Rating:  int32(min(max(event.Rating, -1), 6)),                                   // other numbers must not become a rating by losing their upper bits
		}
		if !event.At.IsZero() {
			activities[i].OccurredAt = timestamppb.New(event.At)
		}
	}
	_, err := c.activity.RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{Activities: activities})
	return asShop(err)
}

// Events implements [shop.Activity].
func (c *Client) Events(ctx context.Context, reader int64, page string) ([]shop.Event, string, error) {
	if !printable(page, maxToken) {
		return nil, "", shop.ErrBadPage
	}
	resp, err := c.activity.ListActivity(ctx, &bookmarketv1.ListActivityRequest{UserId: reader, PageSize: maxEvents, PageToken: page})
	if err != nil {
		return nil, "", asShop(err)
	}
	events, err := usable(resp.GetActivities(), maxEvents, func(a *bookmarketv1.Activity) (shop.Event, bool) {
		event, ok := readEvent(a)
		return event, ok && event.Reader == reader
	}, func(e shop.Event) string { return e.ID })
	if err != nil {
		return nil, "", err
	}
	next := nextPage(resp.GetNextPageToken(), page, len(events))
	if next != resp.GetNextPageToken() {
		return nil, "", errUnusable // there is more: what came must not pass for all that is kept
	}
	slices.SortStableFunc(events, func(a, b shop.Event) int { return b.At.Compare(a.At) }) // those without a time are last
	return events, next, nil
}

// readEvent returns something that a reader did, and whether it is told so that it makes sense.
func readEvent(a *bookmarketv1.Activity) (shop.Event, bool) {
	event := shop.Event{ID: a.GetEventId(), Reader: a.GetUserId(), Book: a.GetBookId()}
	if kind := a.GetKind(); kind > 0 && int(kind) < len(kinds) {
		event.Kind = kinds[kind]
	}
	if event.Kind == shop.Rated {
		event.Rating = int(a.GetRating())
		if event.Rating < 1 || event.Rating > 5 {
			return event, false
		}
	}
	if at := a.GetOccurredAt(); at.IsValid() && at.GetSeconds() > 0 { // the contract knows no time before 1970
		event.At = at.AsTime()
	}
	return event, event.ID != "" && printable(event.ID, maxEventID) && event.Reader > 0 && event.Book > 0 && event.Kind != ""
}

// Remove implements [shop.Activity].
func (c *Client) Remove(ctx context.Context, reader int64, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	_, err := c.activity.DeleteActivity(ctx, &bookmarketv1.DeleteActivityRequest{UserId: reader, EventIds: ids})
	return asShop(err)
}

// Erase implements [shop.Activity]. Where an answer was lost on its way and the call repeated,
// it returns 0: by then there were no more events.
func (c *Client) Erase(ctx context.Context, reader int64) (int64, error) {
	resp, err := c.activity.DeleteUserData(ctx, &bookmarketv1.DeleteUserDataRequest{UserId: reader})
	return max(0, resp.GetDeletedActivityCount()), asShop(err)
}
