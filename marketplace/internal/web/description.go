package web

import (
	"strings"
	"unicode/utf8"

	"bookmarket/marketplace/internal/shop"
	"bookmarket/marketplace/internal/web/locales"
)

// paragraphs cuts a text at its empty lines.
func paragraphs(text string) []string {
	var all []string
	var paragraph []string
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n") + "\n\n") {
		if line = strings.TrimSpace(line); line != "" {
			paragraph = append(paragraph, line)
		} else if len(paragraph) > 0 {
			all = append(all, strings.Join(paragraph, "\n"))
			paragraph = nil
		}
	}
	return all
}

// maxDescription is how many letters of a description search engines show.
const maxDescription = 160

// descriptionOf says in a sentence or two what the page is about.
func descriptionOf(l *locales.Language, book *shop.Book) string {
	if words := strings.Fields(book.Description); len(words) > 0 {
		return firstWords(words, maxDescription)
	}
	if book.Author() == "" {
		return l.Fill("book_about", "Title", book.Title)
	}
	return l.Fill("book_about_by", "Title", book.Title, "Author", book.Author())
}

// firstWords joins as many words as fit, and says so if there are more.
func firstWords(words []string, letters int) string {
	var b strings.Builder
	n := 0
	for i, word := range words {
		length := utf8.RuneCountInString(word)
		if n+length+1 >= letters {
			if i == 0 {
				b.WriteString(string([]rune(word)[:letters-1]))
			}
			b.WriteString("…")
			break
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(word)
		n += length + 1
	}
	return b.String()
}
