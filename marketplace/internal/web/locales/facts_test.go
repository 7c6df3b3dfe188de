package locales_test

import (
	"testing"

	"bookmarket/marketplace/internal/web/locales"
)

func TestLanguageName(t *testing.T) {
	tests := []struct{ tag, english, portuguese string }{
		{"en", "English", "Inglês"},
		{"en-US", "English (US)", "Inglês (US)"},
		{"pt-BR", "Portuguese (BR)", "Português (BR)"},
		{"zh-Hant", "Chinese", "Chinês"},
		{"EN", "English", "Inglês"},
		{"tlh", "", ""}, // which neither has a name for
		{"mis", "", ""}, // some that has no code of its own
		{"und-BR", "", ""},
		{"und", "", ""},
		{"xx", "", ""},
		{"", "", ""},
		{"\xff", "", ""},
	}
	for _, tt := range tests {
		english, portuguese := locales.Named("en").LanguageName(tt.tag), locales.Named("pt-BR").LanguageName(tt.tag)
		if english != tt.english || portuguese != tt.portuguese {
			t.Errorf("%q is %q and %q, want %q and %q", tt.tag, english, portuguese, tt.english, tt.portuguese)
		}
	}
}

func TestYear(t *testing.T) {
	for year, want := range map[int][2]string{
		1965: {"1965", "1965"}, 8: {"8", "8"}, -750: {"750 BCE", "750 a.C."}, -1: {"1 BCE", "1 a.C."},
	} {
		if got := [2]string{locales.Named("en").Year(year), locales.Named("pt-BR").Year(year)}; got != want {
			t.Errorf("%d is %q, want %q", year, got, want)
		}
	}
}

func TestPrice(t *testing.T) {
	tests := []struct {
		code                string
		units               int64
		nanos               int32
		english, portuguese string
	}{
		{"USD", 1234, 500_000_000, "$1,234.50", "US$\u00a01.234,50"},
		{"BRL", 0, 990_000_000, "R$0.99", "R$\u00a00,99"},
		{"EUR", 10, 0, "€10.00", "€\u00a010,00"},
		{"JPY", 1500, 0, "¥1,500", "JP¥\u00a01.500"},
		{"CHF", 3, 50_000_000, "CHF\u00a03.05", "CHF\u00a03,05"},
		{"KWD", 1, 234_000_000, "KWD\u00a01.234", "KWD\u00a01,234"},
		{"XQZ", 1, 0, "XQZ\u00a01.00", "XQZ\u00a01,00"},
	}
	for _, tt := range tests {
		english := locales.Named("en").Price(tt.code, tt.units, tt.nanos)
		portuguese := locales.Named("pt-BR").Price(tt.code, tt.units, tt.nanos)
		if english != tt.english || portuguese != tt.portuguese {
			t.Errorf("%s %d is %q and %q, want %q and %q", tt.code, tt.units, english, portuguese, tt.english, tt.portuguese)
		}
	}
}
