package console

import (
	"fmt"
	"path/filepath"
	"strconv"
)

// Reading is how far the reading of a file is: read of size bytes of it as it is kept, where size
// 0 is unknown, and rows of its text.
func Reading(file string, read, size int64, rows int, end bool) Progress {
	p := Progress{Work: file, Done: read, Total: size, Bytes: true, Line: Count(rows, "row"), End: end}
	p.Title = filepath.Base(file) + ", " + p.Line
	if size > 0 {
		p.Line += fmt.Sprintf(", %d%% of the file", read*100/size)
	}
	return p
}

// Count returns how many there are of what has this name: 1 row, 5,000 rows.
func Count(n int, name string) string {
	if n == 1 {
		return "1 " + name
	}
	return Thousands(n) + " " + name + "s"
}

// Thousands returns a number with commas between its groups of three digits.
func Thousands(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}
