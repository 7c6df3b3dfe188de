package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"bookmarket/e2e/internal/browsertest"
)

// looks see each page in both languages and on both devices.
var looks = []browsertest.Look{
	{Device: browsertest.Desktop, Language: "en"},
	{Device: browsertest.Phone, Language: "pt-BR"},
}

// forEach runs a test on every page with each look, in a tab of its own that has the page open.
func forEach(t *testing.T, looks []browsertest.Look, test func(t *testing.T, tab *browsertest.Tab, p page, look browsertest.Look)) {
	t.Helper()
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			for _, look := range looks {
				t.Run(look.String(), func(t *testing.T) {
					tab := chromium.Open(t, bundled, look)
					if p.reader {
						cookies, err := reader()
						if err != nil {
							t.Fatal(err)
						}
						tab.SetCookies(cookies)
					}
					if status := tab.Visit(p.path); status != p.wantStatus() {
						t.Errorf("%s is answered with %d, want %d", p.path, status, p.wantStatus())
					}
					test(t, tab, p, look)
				})
			}
		})
	}
}

// Whoever listens to a page, or cannot see all of its colours, has all of it.
func TestAccessible(t *testing.T) {
	t.Parallel()
	forEach(t, looks, func(t *testing.T, tab *browsertest.Tab, p page, look browsertest.Look) {
		for _, problem := range tab.Outline().Problems() {
			t.Error(problem)
		}
		for _, problem := range tab.Sideways() {
			t.Error(problem)
		}
		if shift := tab.LayoutShift(); shift.Sum >= mostShift {
			t.Errorf("the page moves while it loads: %+v", shift)
		}
		speaks(t, tab, look.Language)
		for _, look.Dark = range []bool{false, true} {
			tab.Recolour(look)
			if dark := browsertest.Eval[bool](tab, isDark); dark != look.Dark {
				t.Errorf("the page's colours are dark: %v, want %v", dark, look.Dark)
			}
			keepPicture(t, tab, p.name+"-"+look.String()+".jpg")
			for _, v := range tab.Axe(axeScript(t)) {
				t.Errorf("axe, %s: %v", look, v)
			}
		}
	})
}

// isDark compares the brightness of the page with that of its letters.
const isDark = `(() => {
  const bright = color => color.match(/[\d.]+/g).slice(0, 3).reduce((sum, c) => sum + Number(c), 0)
  const page = [document.body, document.documentElement].map(e => getComputedStyle(e).backgroundColor).find(c => c !== "rgba(0, 0, 0, 0)")
  return bright(page ?? "rgb(255, 255, 255)") < bright(getComputedStyle(document.body).color)
})()`

// mostShift is a tenth of what counts as good (web.dev/cls).
const mostShift = 0.01

// Nobody has to scroll sideways on a small screen or with large letters, or has less without scripts.
func TestNarrow(t *testing.T) {
	t.Parallel()
	narrow := []browsertest.Look{
		{Device: browsertest.Narrow, Language: "pt-BR", Still: true},
		{Device: browsertest.Zoomed, Language: "en", NoScript: true},
	}
	forEach(t, narrow, func(t *testing.T, tab *browsertest.Tab, _ page, look browsertest.Look) {
		for _, problem := range tab.Sideways() {
			t.Error(problem)
		}
		if look.Still {
			for _, problem := range tab.Motion() {
				t.Errorf("in spite of the wish for less motion: %s", problem)
			}
		}
	})
}

// The keyboard reaches everything in the page's order, and it is always seen where it is: first the
// way past what all pages have, last out of the page.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	forEach(t, []browsertest.Look{{Language: "en"}}, func(t *testing.T, tab *browsertest.Tab, _ page, _ browsertest.Look) {
		stops := tab.Stops()
		if len(stops) == 0 || stops[0].Role != "link" || !strings.HasPrefix(stops[0].Name, "Skip") {
			t.Errorf("the first stop is no way to the content: %v", stops)
		}
	})
}

// What the home page may cost a visitor who comes for the first time.
const (
	mostRequests = 6
	mostBytes    = 60 << 10
)

func TestHomePageIsSmall(t *testing.T) {
	t.Parallel()
	tab := chromium.Open(t, bundled, browsertest.Look{})
	tab.Visit("/")
	requests, bytes := tab.Traffic()
	t.Logf("the home page takes %d requests and %.1f KB", requests, bytes/1024)
	if requests > mostRequests || bytes >= mostBytes {
		t.Errorf("the home page takes %d requests and %.0f bytes, want at most %d and fewer than %d", requests, bytes, mostRequests, mostBytes)
	}
}

// keepPicture writes a picture of the page into the folder that BROWSER_PICTURES names.
func keepPicture(t *testing.T, tab *browsertest.Tab, name string) {
	t.Helper()
	dir := os.Getenv("BROWSER_PICTURES")
	if dir == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(dir, name), tab.Picture(true), 0o600); err != nil {
		t.Error(err)
	}
}
