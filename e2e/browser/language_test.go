package browser

import (
	"testing"

	"bookmarket/e2e/internal/browsertest"
)

// Whoever chooses a language is led back to the page where they were, and keeps the language.
func TestLanguageSwitch(t *testing.T) {
	t.Parallel()
	for _, look := range []browsertest.Look{
		{Language: "en"},
		{Language: "en", Device: browsertest.Phone, NoScript: true},
	} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			tab := chromium.Open(t, bundled, look)
			tab.Visit("/search?q=dune")
			speaks(t, tab, "en")
			portuguese := tab.Get("button", "^Português")
			tab.Follow(func() { tab.Click(portuguese) })
			if at := tab.Address(); at != "/search?q=dune" {
				t.Errorf("the visitor is led to %s", at)
			}
			speaks(t, tab, "pt-BR")
			tab.Visit("/no/such/page")
			speaks(t, tab, "pt-BR")
		})
	}
}

// speaks checks the language that a page says it is in.
func speaks(t *testing.T, tab *browsertest.Tab, language string) {
	t.Helper()
	if lang := browsertest.Eval[string](tab, "document.documentElement.lang"); lang != language {
		t.Errorf("%s: the language is %q, want %q", tab.Address(), lang, language)
	}
}
