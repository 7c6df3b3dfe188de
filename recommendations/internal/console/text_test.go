package console

import "testing"

func TestReading(t *testing.T) {
	got := Reading("data/ratings.csv", 50, 200, 245_000, false)
	want := Progress{
		Work: "data/ratings.csv", Title: "ratings.csv, 245,000 rows", Line: "245,000 rows, 25% of the file",
		Done: 50, Total: 200, Bytes: true,
	}
	if got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got := Reading("stdin", 50, 0, 1, true); got.Line != "1 row" || got.Title != "stdin, 1 row" || !got.End {
		t.Errorf("of standard input it is %+v", got)
	}
}

func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 981756: "981,756", 1234567: "1,234,567"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
