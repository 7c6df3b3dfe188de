package browser

import (
	"os"
	"path/filepath"
	"testing"

	"bookmarket/e2e/internal/browsertest"
)

// mostPictureBytes is what a picture of the README may weigh.
const mostPictureBytes = 300_000

// The README shows how the shop looks. `make screenshots` takes its pictures anew; without it they go
// nowhere, and only their size is looked at.
func TestPicturesOfTheReadme(t *testing.T) {
	t.Parallel()
	dir := os.Getenv("README_PICTURES")
	if dir == "" {
		dir = t.TempDir()
	}
	phone := browsertest.Phone
	phone.Scale = 1 // Sharper ones weigh too much.
	for _, picture := range []struct {
		name, path string
		look       browsertest.Look
	}{
		{"home.png", "/", browsertest.Look{}},
		{"home-phone.png", "/", browsertest.Look{Device: phone, Dark: true}},
	} {
		t.Run(picture.name, func(t *testing.T) {
			t.Parallel()
			tab := chromium.Open(t, bundled, picture.look)
			visitFresh(t, tab, picture.path)
			png := tab.Picture(false)
			if len(png) >= mostPictureBytes {
				t.Errorf("%d bytes, want fewer than %d", len(png), mostPictureBytes)
			}
			if err := os.WriteFile(filepath.Join(dir, picture.name), png, 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// visitFresh visits a page until it has nothing to apologise for, as it has on a machine that is too
// busy for the page's 350 ms.
func visitFresh(t *testing.T, tab *browsertest.Tab, path string) {
	t.Helper()
	const visits = 10
	for range visits {
		tab.Visit(path)
		if tab.Told() == "" {
			return
		}
		t.Logf("%s tells %q: visiting it again", path, tab.Told())
	}
	t.Errorf("none of %d visits of %s was answered in full", visits, path)
}
