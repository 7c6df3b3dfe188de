package locales

import (
	"strconv"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/currency"
	"golang.org/x/text/language"
)

// LanguageName returns what this language calls the one with a tag, or "" where it has no name.
func (l *Language) LanguageName(tag string) string {
	named, err := language.Parse(tag)
	base, sure := named.Base()
	if err != nil || sure != language.Exact {
		return ""
	}
	name := l.Text("language." + base.ISO3()) // three letters: "id" means something else to go-i18n
	if _, _, region := named.Raw(); name != "" && region.String() != "ZZ" {
		name += " (" + region.String() + ")"
	}
	return name
}

// Year returns a year of the common era, or before it where the year is negative.
func (l *Language) Year(year int) string {
	if year < 0 {
		return l.Fill("year_before", "Year", strconv.Itoa(-year))
	}
	return strconv.Itoa(year)
}

// Price returns an amount of money: units and billionths of a currency of ISO 4217, with as many
// digits as it is paid with.
func (l *Language) Price(code string, units int64, nanos int32) string {
	symbol, digits := code, 2
	if unit, err := currency.ParseISO(code); err == nil {
		symbol = l.printer.Sprint(currency.Symbol(unit))
		digits, _ = currency.Standard.Rounding(unit)
	}
	amount := l.Decimal(float64(units)+float64(nanos)/1e9, digits)
	if last, _ := utf8.DecodeLastRuneInString(symbol); unicode.IsLetter(last) {
		return symbol + "\u00a0" + amount // it is a word (CLDR, currency spacing)
	}
	return l.Fill("price", "Symbol", symbol, "Amount", amount)
}
