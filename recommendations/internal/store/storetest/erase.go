package storetest

import (
	"time"

	"bookmarket/recommendations/internal/recommend"
)

var eraseCases = []testCase{
	{"events of the reader's own", deleteOwn},
	{"unknown ids are passed over", deleteUnknown},
	{"an id counts once in one call", deleteTwiceAtOnce},
	{"no ids are no events", func(s *subject) { expect(s, "deleted", s.deleteActivity(1), 0) }},
	{"ids that differ in case are different", deleteByCase},
	{"what is deleted can be recorded again", recordDeleted},
	{"thousands in one call", deleteMany},
	{"a reader, from everywhere", deleteReader},
	{"a reader twice", deleteReaderTwice},
	{"a reader of thousands of events", deleteLargeReader},
	{"a reader can come back", readerComesBack},
	{"a reader's ids are free for others", idsAreFree},
}

func deleteOwn(s *subject) {
	s.record(view("a", 1, noon), view("b", 2, noon), view("c", 1, noon))
	expect(s, "deleted", s.deleteActivity(1, "a", "b"), 1)
	expectIDs(s, "the reader's", s.list(1), "c")
	expectIDs(s, "the other reader's", s.list(2), "b")
}

func deleteUnknown(s *subject) {
	s.record(view("a", 1, noon), view("b", 1, noon), view("%", 1, noon))
	expect(s, "deleted", s.deleteActivity(1, "never-seen", "b", "a%", "_"), 1)
	expect(s, "deleted again", s.deleteActivity(1, "b"), 0)
	expect(s, "deleted of a stranger", s.deleteActivity(9, "a"), 0)
	expectIDs(s, "the events", s.list(1), "%", "a")
}

func deleteTwiceAtOnce(s *subject) {
	s.record(view("a", 1, noon), view("b", 1, noon))
	expect(s, "deleted", s.deleteActivity(1, "a", "a", "b", "a"), 2)
	expectIDs(s, "the events", s.list(1))
}

func deleteByCase(s *subject) {
	s.record(view("event", 1, noon), view("EVENT", 1, noon))
	expect(s, "deleted", s.deleteActivity(1, "EVENT", "Event"), 1)
	expectIDs(s, "the events", s.list(1), "event")
}

func recordDeleted(s *subject) {
	s.record(view("a", 1, noon))
	s.deleteActivity(1, "a")
	event := rating("a", 2, 3, 5, after(1))
	expect(s, "recorded", s.record(event), 1)
	expect(s, "recorded again", s.record(event), 0)
	expect(s, "the events", s.list(2), []recommend.Activity{event})
	expectIDs(s, "the old reader's", s.list(1))
}

func deleteMany(s *subject) {
	s.record(views("event-", 1, large)...)
	s.record(view("another", 1, noon))
	expect(s, "deleted", s.deleteActivity(1, ids(views("event-", 1, large))...), large)
	expectIDs(s, "the events", s.list(1), "another")
}

func deleteReader(s *subject) {
	s.putBooks(titled(1, "one"))
	for _, kind := range everyKind {
		s.record(did(kind, "gone-"+kind.String(), 1, 1, noon), did(kind, "gone-without-time-"+kind.String(), 1, 2, unknown))
		s.record(did(kind, "kept-"+kind.String(), 2, 1, noon))
	}
	kept := s.list(2)
	expect(s, "deleted", s.deleteUser(1), int64(2*len(everyKind)))
	expectIDs(s, "the reader's events", s.list(1))
	expectIDs(s, "the reader's history", s.history(1))
	expect(s, "the other reader's events", s.list(2), kept)
	expect(s, "the other reader's history", s.history(2), kept)
	expect(s, "the statistics", s.stats(), bookStats{1: {Readers: 1, Ratings: 1, RatingSum: 3}})
	for _, d := range s.daily(unknown) {
		expect(s, "the day", d, day(0, 1, d.Kind, 1))
	}
	expect(s, "the number of days", len(s.daily(unknown)), len(everyKind))
	if books, _ := s.books(); len(books) != 1 {
		s.Errorf("%d books are left", len(books))
	}
}

func deleteReaderTwice(s *subject) {
	s.record(view("a", 1, noon))
	expect(s, "deleted", s.deleteUser(1), 1)
	expect(s, "deleted again", s.deleteUser(1), 0)
	expect(s, "deleted of a stranger", s.deleteUser(9), 0)
}

func deleteLargeReader(s *subject) {
	s.record(views("event-", 1, large)...)
	s.record(view("another's", 11, noon))
	expect(s, "deleted", s.deleteUser(1), large)
	expect(s, "left", len(s.list(1)), 0)
	expect(s, "the other reader's", len(s.list(11)), 1)
}

func readerComesBack(s *subject) {
	before := []recommend.Activity{rating("a", 1, 1, 1, noon), view("b", 1, noon)}
	s.record(before...)
	s.deleteUser(1)
	expect(s, "recorded", s.record(before[1], rating("a", 1, 1, 5, noon)), 2)
	expectIDs(s, "the events", s.list(1), "a", "b")
	expect(s, "the statistics", s.stats(), bookStats{1: {Readers: 1, Ratings: 1, RatingSum: 5}})
	expect(s, "the number of days", len(s.daily(noon.Add(-time.Hour))), 2)
}

func idsAreFree(s *subject) {
	s.record(view("a", 1, noon))
	s.deleteUser(1)
	expect(s, "recorded", s.record(view("a", 2, noon)), 1)
	expectIDs(s, "the other reader's", s.list(2), "a")
	expectIDs(s, "the reader's", s.list(1))
}
