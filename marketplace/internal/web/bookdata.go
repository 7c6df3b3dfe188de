package web

import (
	"fmt"
	"strconv"
	"strings"

	"bookmarket/marketplace/internal/shop"
)

// A bookData is a book as schema.org describes one, in JSON-LD. What nobody knows is left out.
type bookData struct {
	Context       string      `json:"@context"`
	Type          string      `json:"@type"`
	ID            string      `json:"@id,omitempty"`
	URL           string      `json:"url,omitempty"`
	Name          string      `json:"name"`
	AlternateName string      `json:"alternateName,omitempty"`
	Author        []thingData `json:"author,omitempty"`
	Description   string      `json:"description,omitempty"`
	Image         string      `json:"image,omitempty"`
	ISBN          string      `json:"isbn,omitempty"`
	InLanguage    string      `json:"inLanguage,omitempty"`
	DatePublished string      `json:"datePublished,omitempty"`
	IsPartOf      *thingData  `json:"isPartOf,omitempty"`
	Position      *float64    `json:"position,omitempty"` // in what it is part of
	Rating        *ratingData `json:"aggregateRating,omitempty"`
	Offers        *offerData  `json:"offers,omitempty"`
}

type thingData struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type ratingData struct {
	Type  string  `json:"@type"`
	Value float64 `json:"ratingValue"`
	Count int64   `json:"ratingCount"`
	Best  int     `json:"bestRating"`
	Worst int     `json:"worstRating"`
}

type offerData struct {
	Type     string `json:"@type"`
	Price    string `json:"price"`
	Currency string `json:"priceCurrency"`
	URL      string `json:"url,omitempty"`
}

// dataOf describes a book; image is the address of its cover's picture, or "".
func dataOf(book *shop.Book, image string) bookData {
	data := bookData{
		Context:       "https://schema.org",
		Type:          "Book",
		Name:          book.Title,
		AlternateName: originalTitle(book),
		Description:   book.Description,
		Image:         image,
		ISBN:          book.ISBN13,
		InLanguage:    book.Language,
	}
	for _, name := range book.Authors {
		data.Author = append(data.Author, thingData{"Person", name})
	}
	if book.Year > 0 { // ISO 8601 has no earlier years but by agreement
		data.DatePublished = fmt.Sprintf("%04d", book.Year)
	}
	if book.Series != "" {
		data.IsPartOf = &thingData{"BookSeries", book.Series}
		if book.SeriesPosition >= 0 {
			data.Position = &book.SeriesPosition
		}
	}
	if isRated(book) {
		data.Rating = &ratingData{"AggregateRating", book.AverageRating, book.RatingsCount, 5, 1}
	}
	if book.Price.Currency != "" {
		data.Offers = &offerData{Type: "Offer", Price: machineAmount(book.Price), Currency: book.Price.Currency}
	}
	return data
}

// at returns the description with the absolute address of the page that it is on.
func (d bookData) at(address string) bookData {
	d.ID, d.URL = address, address
	if d.Offers != nil {
		offer := *d.Offers
		offer.URL = address
		d.Offers = &offer
	}
	return d
}

// isRated reports whether readers rated a book, and how.
func isRated(book *shop.Book) bool { return book.AverageRating > 0 && book.RatingsCount > 0 }

// machineAmount returns an amount as programs read it, with two digits behind the point or as
// many as it has.
func machineAmount(m shop.Money) string {
	fraction := strings.TrimRight(fmt.Sprintf("%09d", m.Nanos), "0")
	return strconv.FormatInt(m.Units, 10) + "." + (fraction + "00")[:max(2, len(fraction))]
}
