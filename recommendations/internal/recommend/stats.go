package recommend

import "time"

// BookStats are what readers did with a book, added up over all time. They hold no reader's id.
type BookStats struct {
	Readers   int64 // who wanted, rated or bought it
	Ratings   int64
	RatingSum int64
}

// DailyReaders is how many readers did something with a book on one day.
type DailyReaders struct {
	Day     time.Time // its beginning, UTC
	BookID  int64
	Kind    Kind
	Readers int64
}
