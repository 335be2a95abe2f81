package client

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

const maxRedirects = 3

// redirectError is a redirect that was not followed.
type redirectError struct {
	target *url.URL
	why    string
}

func (e *redirectError) Error() string { return e.why }

// checkRedirect follows only what cannot carry the key or the request to another
// server and cannot turn a POST into a GET: 307 and 308 to the same scheme, host
// and port.
func checkRedirect(next *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	status := next.Response.StatusCode
	refuse := func(why string) error { return &redirectError{target: next.URL, why: why} }
	switch {
	case !sameOrigin(next.URL, from):
		return refuse(fmt.Sprintf("the server redirects (status %d) to %s, which is not where base_url points", status, origin(next.URL)))
	case status != http.StatusTemporaryRedirect && status != http.StatusPermanentRedirect:
		return refuse(fmt.Sprintf("the server redirects with status %d, which would change the request; only 307 and 308 can be followed", status))
	case len(via) > maxRedirects:
		return refuse(fmt.Sprintf("the server redirected more than %d times", maxRedirects))
	}
	return nil
}

func sameOrigin(a, b *url.URL) bool {
	return a.Scheme == b.Scheme && strings.EqualFold(a.Hostname(), b.Hostname()) && port(a) == port(b)
}

func port(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// origin names a server without path and query.
func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }
