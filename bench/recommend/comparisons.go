package main

import "context"

const service = "recommendations"

// besideBare compares the service with the bare server: with the nine books of the tutorial, and
// as it is for a reader with a history in a shop of 10,000 books.
func besideBare(ctx context.Context, b *bench) ([]*comparison, error) {
	tutorial, err := b.service(ctx, "RECOMMENDATIONS_CATALOG=tutorial", "RECOMMENDATIONS_DATABASE_URL=memory:")
	if err != nil {
		return nil, err
	}
	personal, err := b.learned(ctx, "personal", once)
	if err != nil {
		return nil, err
	}
	answer, err := askPersonal(ctx, personal.conns[0])
	if err != nil {
		return nil, err
	}
	bare, err := b.bare(ctx, answer)
	if err != nil {
		return nil, err
	}
	columns := [2]string{"bare grpc-go", service}
	comparisons := []*comparison{
		{name: "calls as the tutorial makes them", columns: columns, servers: [2]*server{bare, tutorial}, ask: askTutorial},
		{name: "the same with a request id and a deadline", columns: columns, servers: [2]*server{bare, tutorial}, ask: asMarketplace(askTutorial)},
		{name: "ten of 10,000 books for a reader of 50, with a request id and a deadline", columns: columns, servers: [2]*server{bare, personal}, ask: asMarketplace(askPersonal)},
	}
	for _, c := range comparisons {
		if err := sameAnswers(ctx, c.ask, c.servers); err != nil {
			return nil, err
		}
	}
	return comparisons, nil
}

// besideLearning compares the service at rest with the service while it learns.
func besideLearning(ctx context.Context, b *bench) ([]*comparison, error) {
	atRest, err := b.learned(ctx, "at-rest", once)
	if err != nil {
		return nil, err
	}
	learning, err := b.learned(ctx, "learning", always)
	if err != nil {
		return nil, err
	}
	// Learning takes longer than a measurement, so there is always something new when it ends.
	book := int64(0)
	learning.before = func(ctx context.Context) error {
		book = book%10_000 + 1
		return learning.rate(ctx, personalReader+1, book)
	}
	return []*comparison{{
		name:    "ten of 10,000 books for a reader of 50",
		columns: [2]string{"at rest", "while it learns"},
		servers: [2]*server{atRest, learning},
		ask:     asMarketplace(askPersonal),
	}}, nil
}

// How often the service looks for something to learn.
const (
	once   = "24h" // at the start, and not again while anybody waits for a figure
	always = "1s"
)
