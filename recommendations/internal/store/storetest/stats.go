package storetest

import (
	"fmt"
	"math"

	"bookmarket/recommendations/internal/recommend"
)

var statsCases = []testCase{
	{"of nothing are none", func(s *subject) { expect(s, "the number of books", len(s.stats()), 0) }},
	{"a reader counts once for a book", readerCountsOnce},
	{"readers and books are told apart", tellBooksApart},
	{"views and what is waved away do not count", whatDoesNotCount},
	{"the latest rating counts", latestRating},
	{"a rating without a time is older than all", unknownRating},
	{"of ratings of one instant the one that came last counts", tiedRating},
	{"a deleted rating leaves the one before", deletedRating},
	{"a replaced rating is the new one", replacedRating},
	{"a rating that became something else does not count", ratingNoMore},
	{"large numbers add up", largeSums},
}

type bookStats = map[int64]recommend.BookStats

func readerCountsOnce(s *subject) {
	for i, kind := range []recommend.Kind{recommend.Want, recommend.Rating, recommend.Purchase} {
		s.record(did(kind, fmt.Sprint("only-", i), 1, int64(10+i), noon))
		s.record(did(kind, fmt.Sprint("all-", i), 1, 1, noon), did(kind, fmt.Sprint("again-", i), 1, 1, after(1)))
	}
	expect(s, "the statistics", s.stats(), bookStats{
		10: {Readers: 1},
		11: {Readers: 1, Ratings: 1, RatingSum: 3},
		12: {Readers: 1},
		1:  {Readers: 1, Ratings: 1, RatingSum: 3},
	})
}

func tellBooksApart(s *subject) {
	s.record(rating("a", 1, 1, 5, noon), rating("b", 2, 1, 2, noon), did(recommend.Want, "c", 3, 1, noon))
	s.record(rating("d", 1, math.MaxInt64, 1, noon), did(recommend.Purchase, "e", 3, 2, unknown))
	expect(s, "the statistics", s.stats(), bookStats{
		1: {Readers: 3, Ratings: 2, RatingSum: 7}, 2: {Readers: 1}, math.MaxInt64: {Readers: 1, Ratings: 1, RatingSum: 1},
	})
}

func whatDoesNotCount(s *subject) {
	s.record(view("a", 1, noon), did(recommend.NotInterested, "b", 1, 2, noon), did(recommend.NotInterested, "c", 2, 3, noon), rating("d", 1, 3, 4, noon))
	expect(s, "the statistics", s.stats(), bookStats{3: {Readers: 1, Ratings: 1, RatingSum: 4}})
}

func latestRating(s *subject) {
	s.record(rating("a", 1, 1, 1, after(1)), rating("b", 1, 1, 5, after(3)), rating("c", 1, 1, 2, after(2)), rating("d", 2, 1, 4, noon))
	expect(s, "the statistics", s.stats(), bookStats{1: {Readers: 2, Ratings: 2, RatingSum: 9}})
}

func unknownRating(s *subject) {
	s.record(rating("a", 1, 1, 5, noon), rating("b", 1, 1, 1, unknown), rating("c", 2, 1, 1, unknown), rating("d", 2, 1, 2, unknown))
	expect(s, "the statistics", s.stats(), bookStats{1: {Readers: 2, Ratings: 2, RatingSum: 7}})
}

func tiedRating(s *subject) {
	s.record(rating("z", 1, 1, 5, noon), rating("a", 1, 1, 1, noon), rating("m", 1, 1, 3, noon))
	expect(s, "the statistics", s.stats(), bookStats{1: {Readers: 1, Ratings: 1, RatingSum: 3}})
}

func deletedRating(s *subject) {
	s.record(rating("a", 1, 1, 2, after(1)), rating("b", 1, 1, 5, after(2)), did(recommend.Want, "c", 1, 1, noon))
	for _, step := range []struct {
		deleted string
		want    bookStats
	}{
		{"b", bookStats{1: {Readers: 1, Ratings: 1, RatingSum: 2}}},
		{"a", bookStats{1: {Readers: 1}}},
		{"c", bookStats{}},
	} {
		expect(s, "deleted", s.deleteActivity(1, step.deleted), 1)
		expect(s, "the statistics without "+step.deleted, s.stats(), step.want)
	}
}

func replacedRating(s *subject) {
	s.put(rating("a", 1, 1, 2, noon), rating("b", 2, 1, 5, noon))
	s.put(rating("a", 1, 1, 4, noon), rating("b", 2, 2, 5, noon))
	expect(s, "the statistics", s.stats(), bookStats{1: {Readers: 1, Ratings: 1, RatingSum: 4}, 2: {Readers: 1, Ratings: 1, RatingSum: 5}})
}

func ratingNoMore(s *subject) {
	s.put(rating("a", 1, 1, 2, noon), rating("b", 1, 2, 2, noon))
	s.put(did(recommend.Purchase, "a", 1, 1, noon), view("b", 1, noon))
	expect(s, "the statistics", s.stats(), bookStats{1: {Readers: 1}})
}

func largeSums(s *subject) {
	const readers, books = large / 10, 10
	var events []recommend.Activity
	want := make(bookStats)
	for i := range readers * books {
		reader, book, stars := int64(i/books+1), int64(i%books+1), i%5+1
		events = append(events, rating(fmt.Sprint(i), reader, book, stars, after(i)))
		stats := want[book]
		want[book] = recommend.BookStats{Readers: stats.Readers + 1, Ratings: stats.Ratings + 1, RatingSum: stats.RatingSum + int64(stars)}
	}
	s.record(events...)
	expect(s, "the statistics", s.stats(), want)
}
