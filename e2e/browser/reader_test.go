package browser

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"sync"
	"time"
)

// deeds are what a reader did before they look at a page: a rating, a wish, a refusal, a look.
var deeds = []struct {
	path string
	form url.Values // nil: only looked at
}{
	{"/books/6-the-dune-chronicles/rating", url.Values{"rating": {"5"}}},
	{"/books/3-the-hitchhikers-guide-to-the-galaxy/want", url.Values{}},
	{"/books/9-the-7-habits-of-highly-effective-people/not-interested", url.Values{}},
	{"/books/1", nil},
}

// reader returns the cookies of somebody who has done all that, once for all tests.
var reader = sync.OnceValues(func() ([]*http.Cookie, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	client := http.Client{Jar: jar, Timeout: 10 * time.Second}
	for _, deed := range deeds {
		if err := do(&client, bundled+deed.path, deed.form); err != nil {
			return nil, err
		}
	}
	shop, err := url.Parse(bundled)
	if err != nil {
		return nil, err
	}
	// What the shop has to say of the last deed is for one page, and not for each.
	cookies := slices.DeleteFunc(jar.Cookies(shop), func(c *http.Cookie) bool { return c.Name == "notice" })
	if len(cookies) == 0 {
		return nil, errors.New("the shop does not know its reader again")
	}
	return cookies, nil
})

// do sends a form as a page of the shop does, or opens a page where there is none.
func do(client *http.Client, address string, form url.Values) error {
	visit := client.Get
	if form != nil {
		visit = func(address string) (*http.Response, error) { return client.PostForm(address, form) }
	}
	resp, err := visit(address)
	if err != nil {
		return err
	}
	defer resp.Body.Close() //nolint:errcheck // nobody reads it
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", address, resp.Status)
	}
	return nil
}
