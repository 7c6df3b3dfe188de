package web_test

import (
	"strings"
	"testing"

	"bookmarket/marketplace/internal/web/locales"
)

func TestAbout(t *testing.T) {
	server := storefront(t, &fakeShop{})
	for _, language := range locales.All() {
		resp, page := visit(t, server, "/about", language.Tag(), "")
		if resp.StatusCode != 200 || !strings.Contains(page, "<h1>"+language.Text("about_shop")+"</h1>") {
			t.Errorf("got %d\n%s", resp.StatusCode, page)
		}
		_, article, _ := strings.Cut(page, "<article")
		article, _, _ = strings.Cut(article, "</article>")
		for _, text := range []string{
			`<a href="https://github.com/zygmuntz/goodbooks-10k">goodbooks-10k</a>`, "Zygmunt Zając",
			`<a href="https://creativecommons.org/licenses/by-sa/4.0/" rel="license">CC BY-SA 4.0</a>`,
			`<a href="https://www.apache.org/licenses/LICENSE-2.0">Apache License 2.0</a>`, "v1.2.3", `<a href="/privacy">`,
		} {
			if !strings.Contains(article, text) {
				t.Errorf("in %s it lacks %s:\n%s", language.Tag(), text, article)
			}
		}
	}
}
