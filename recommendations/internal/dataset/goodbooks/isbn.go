package goodbooks

import "strings"

// isbn13 returns the ISBN-13 of an ISBN-10, whose leading zeros the file has lost, or nothing
// where the check digit is wrong. (The file's own isbn13 column was written as a floating-point
// number, and has lost digits.)
func isbn13(isbn10 string) string {
	if isbn10 == "" || len(isbn10) > 10 {
		return ""
	}
	isbn10 = strings.Repeat("0", 10-len(isbn10)) + isbn10
	sum := 0
	for i, c := range []byte(isbn10) {
		switch {
		case '0' <= c && c <= '9':
			sum += (10 - i) * int(c-'0')
		case c == 'X' && i == 9:
			sum += 10
		default:
			return ""
		}
	}
	if sum%11 != 0 {
		return ""
	}
	digits := "978" + isbn10[:9]
	sum = 0
	for i, c := range []byte(digits) {
		sum += int(c-'0') * (1 + i%2*2)
	}
	return digits + string(rune('0'+(10-sum%10)%10))
}
