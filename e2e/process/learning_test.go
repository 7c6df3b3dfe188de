package process

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"bookmarket/e2e/internal/proctest"
	"bookmarket/protobufs/gen/bookmarketv1"
)

// learnLimit is how soon a new shop must be personal. On two processors at rest that is some ten
// seconds, and shall be less than sixty; but who learns beside a server steps back for everything
// else that runs on the machine.
const learnLimit = 3 * time.Minute

// A shop that was just installed recommends popular books at once, and to each reader their own
// as soon as it has learned from the bundled ratings, which it does by itself.
func TestLearning(t *testing.T) { // not beside the others, which it would wait for
	database := "RECOMMENDATIONS_DATABASE_URL=sqlite:" + filepath.Join(t.TempDir(), "shop.db")
	server := start(t, recommendations, database, "RECOMMENDATIONS_CATALOG=") // an empty variable is an unset one
	ana := newReader(t, server, 7)
	popular := ana.recommended(t, "", 10)
	if len(popular.GetRecommendations()) != 10 || modelOf(popular) != 0 {
		t.Fatalf("it begins with %d books, by %s", len(popular.GetRecommendations()), popular.GetModelVersion())
	}
	for _, r := range popular.GetRecommendations() {
		if r.GetReason().GetKind() != bookmarketv1.Reason_KIND_POPULAR {
			t.Errorf("nothing was learned yet, and %q is there for %v", r.GetBook().GetTitle(), r.GetReason())
		}
	}
	liked := ids(popular)[:2]
	ana.rates(t, liked[0], 5)
	ana.rates(t, liked[1], 4)

	began := time.Now()
	personal := ana.awaitModel(t, 1, learnLimit)
	t.Logf("personal after %v", time.Since(began))
	checkBecause(t, personal, liked)
	liked = append(liked, ids(popular)[2])
	ana.rates(t, liked[2], 5)
	again := ana.recommended(t, "", 10)
	if slices.Equal(ids(again), ids(personal)) {
		t.Error("one more rating changes nothing")
	}
	checkBecause(t, again, liked)
	if !slices.ContainsFunc(again.GetRecommendations(), func(r *bookmarketv1.Recommendation) bool {
		return slices.Contains(because(r), liked[2])
	}) {
		t.Error("nothing is recommended because of the latest rating")
	}

	best := again.GetRecommendations()
	ana.rates(t, best[0].GetBook().GetId(), 1)
	ana.does(t, best[1].GetBook().GetId(), bookmarketv1.Activity_KIND_PURCHASE)
	ana.does(t, best[2].GetBook().GetId(), bookmarketv1.Activity_KIND_NOT_INTERESTED)
	done := best[:3]
	ana.checkGone(t, liked, done)
	checkLearningMetrics(t, server)

	server.Kill(t)
	server = start(t, recommendations, database, "RECOMMENDATIONS_CATALOG=", "RECOMMENDATIONS_TRAIN_INTERVAL=0")
	ana = newReader(t, server, 7)
	first := ana.recommended(t, "", 10)
	if modelOf(first) != 1 {
		t.Errorf("after a restart it begins with %s", first.GetModelVersion())
	}
	checkBecause(t, first, append(liked, ids(again)[1])) // the purchase is something that she liked
	ana.checkGone(t, liked, done)
}

// A reader is somebody who uses a server.
type reader struct {
	id              int64
	recommendations bookmarketv1.RecommendationServiceClient
	activity        bookmarketv1.ActivityServiceClient
}

func newReader(t *testing.T, server *proctest.Process, id int64) *reader {
	t.Helper()
	conn := dial(t, server.Addr(t, "grpc"))
	return &reader{id, bookmarketv1.NewRecommendationServiceClient(conn), bookmarketv1.NewActivityServiceClient(conn)}
}

// checkBecause wants most books to be there because of ones that the reader liked, and none
// because of others.
func checkBecause(t *testing.T, resp *bookmarketv1.RecommendResponse, liked []int64) {
	t.Helper()
	personal := 0
	for _, r := range resp.GetRecommendations() {
		if r.GetReason().GetKind() == bookmarketv1.Reason_KIND_BECAUSE_YOU_LIKED {
			personal++
		}
		for _, book := range because(r) {
			if !slices.Contains(liked, book) {
				t.Errorf("book %d is there because of %d, which the reader did not like", r.GetBook().GetId(), book)
			}
		}
	}
	if personal <= len(resp.GetRecommendations())/2 {
		t.Errorf("%d of %d books are there because the reader liked others", personal, len(resp.GetRecommendations()))
	}
}

// checkGone looks for what the reader knows or waved away where it would be first.
func (r *reader) checkGone(t *testing.T, liked []int64, done []*bookmarketv1.Recommendation) {
	t.Helper()
	known, categories := slices.Clone(liked), []string{""}
	for _, d := range done {
		known = append(known, d.GetBook().GetId())
		categories = append(categories, d.GetBook().GetCategories()...)
	}
	for _, category := range categories {
		list := ids(r.recommended(t, category, 100))
		if len(list) != 100 {
			t.Errorf("of %q are %d books recommended", category, len(list))
		}
		for _, book := range known {
			if slices.Contains(list, book) {
				t.Errorf("book %d comes back among %q", book, category)
			}
		}
	}
}

// checkLearningMetrics looks at what the admin server tells of the first model.
func checkLearningMetrics(t *testing.T, server *proctest.Process) {
	t.Helper()
	value := metrics(t, server)
	for name, in := range map[string][2]float64{
		"recommendations_model_version":                       {1, 1},
		"recommendations_model_trained_timestamp_seconds":     {float64(time.Now().Add(-2 * learnLimit).Unix()), float64(time.Now().Unix())},
		"recommendations_model_training_seconds":              {0.1, learnLimit.Seconds()},
		"recommendations_model_readers":                       {50_000, 60_000},
		"recommendations_model_ndcg":                          {0.2, 1},
		"recommendations_model_recall":                        {0.3, 1},
		"recommendations_model_popular_ndcg":                  {0, value["recommendations_model_ndcg"] / 2},
		"recommendations_model_coverage_ratio":                {0.5, 1},
		`recommendations_answers_total{source="personal"}`:    {3, math.Inf(1)},
		`recommendations_answers_total{source="popular"}`:     {1, math.Inf(1)},
		`recommendations_history_lookups_total{result="hit"}`: {1, math.Inf(1)},
	} {
		if got, ok := value[name]; !ok || got < in[0] || got > in[1] {
			t.Errorf("%s is %v (there: %t), want %v to %v", name, got, ok, in[0], in[1])
		}
	}
}

// metrics returns what the admin server tells, by series.
func metrics(t *testing.T, server *proctest.Process) map[string]float64 {
	t.Helper()
	_, body, err := get(t, "http://"+server.Addr(t, "admin")+"/metrics")
	if err != nil {
		t.Fatal(err)
	}
	values := make(map[string]float64)
	for line := range strings.Lines(body) {
		if name, text, ok := strings.Cut(strings.TrimSpace(line), " "); ok && name != "#" {
			if values[name], err = strconv.ParseFloat(text, 64); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
	return values
}

// recommended returns what is recommended to the reader.
func (r *reader) recommended(t *testing.T, category string, n int32) *bookmarketv1.RecommendResponse {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callLimit)
	defer cancel()
	resp, err := r.recommendations.Recommend(ctx, &bookmarketv1.RecommendRequest{UserId: r.id, Category: category, MaxResults: n})
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// awaitModel returns the first answer that was made by a learned model, or by a later one. Until
// then there are answers, too.
func (r *reader) awaitModel(t *testing.T, version int, within time.Duration) *bookmarketv1.RecommendResponse {
	t.Helper()
	for end := time.Now().Add(within); ; time.Sleep(100 * time.Millisecond) {
		resp := r.recommended(t, "", 10)
		switch {
		case len(resp.GetRecommendations()) != 10:
			t.Fatalf("only %d books are recommended by %s", len(resp.GetRecommendations()), resp.GetModelVersion())
		case modelOf(resp) >= version:
			return resp
		case time.Now().After(end):
			t.Fatalf("after %v books are recommended by %s, not by model %d", within, resp.GetModelVersion(), version)
		}
	}
}

func (r *reader) rates(t *testing.T, book int64, stars int32) {
	t.Helper()
	r.record(t, &bookmarketv1.Activity{BookId: book, Kind: bookmarketv1.Activity_KIND_RATING, Rating: stars})
}

func (r *reader) does(t *testing.T, book int64, kind bookmarketv1.Activity_Kind) {
	t.Helper()
	r.record(t, &bookmarketv1.Activity{BookId: book, Kind: kind})
}

func (r *reader) record(t *testing.T, event *bookmarketv1.Activity) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), callLimit)
	defer cancel()
	event.UserId, event.EventId = r.id, fmt.Sprintf("%d-%d-%v", r.id, event.GetBookId(), event.GetKind())
	if _, err := r.activity.RecordActivity(ctx, &bookmarketv1.RecordActivityRequest{Activities: []*bookmarketv1.Activity{event}}); err != nil {
		t.Fatal(err)
	}
}

// modelOf returns the version of the learned model in an answer's: 0 is none.
func modelOf(resp *bookmarketv1.RecommendResponse) int {
	text, _, _ := strings.Cut(resp.GetModelVersion(), "-")
	version, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return version
}

func ids(resp *bookmarketv1.RecommendResponse) []int64 {
	list := make([]int64, len(resp.GetRecommendations()))
	for i, r := range resp.GetRecommendations() {
		list[i] = r.GetBook().GetId()
	}
	return list
}

func because(r *bookmarketv1.Recommendation) []int64 {
	list := make([]int64, len(r.GetReason().GetBecauseOf()))
	for i, c := range r.GetReason().GetBecauseOf() {
		list[i] = c.GetBookId()
	}
	return list
}
