package transport

import (
	"bytes"
	"io"
	"net/http"
	"regexp"
	"strconv"
)

// passing are the answers of 500 and above that name a state which passes: a
// gateway says so of the server behind it, word for word the same each time.
var passing = map[int]bool{
	http.StatusBadGateway:         true,
	http.StatusServiceUnavailable: true,
	http.StatusGatewayTimeout:     true,
	529:                           true, // overloaded
}

var (
	// numbered are words with a digit in them: IDs, times, counts.
	numbered = regexp.MustCompile(`[\w-]*\d[\w.:+-]*`)
	// inviting is what a server says that wants to be asked again.
	inviting = regexp.MustCompile(`(?i)\bretry|\btry(ing)? again`)
)

// fault tells a server's fault from another: what is "" is no fault that could
// be permanent. A server that answers a request twice with the same fault, as
// vLLM does where it should say 400, will answer it so a third time. What a
// server says of waiting or trying again (Retry-After, X-Should-Retry, in
// words) goes before. The body of res stays readable.
func (t *chain) fault(res *http.Response) string {
	if res == nil || res.StatusCode < 500 || passing[res.StatusCode] || res.Header.Get("X-Should-Retry") == "true" {
		return ""
	}
	body := errorBody(res)
	if _, asked := RequestedWait(res.Header, body, t.Clock.Now()); asked {
		return ""
	}
	if len(body) == 0 || inviting.Match(body) {
		return ""
	}
	return strconv.Itoa(res.StatusCode) + " " + string(numbered.ReplaceAll(body, []byte("#")))
}

// peek returns the start of a body, which stays readable.
func peek(res *http.Response) []byte {
	if known, ok := res.Body.(*peeked); ok {
		return known.start
	}
	start, _ := io.ReadAll(io.LimitReader(res.Body, peekLimit)) // an error is sticky and comes again after start
	res.Body = &peeked{Reader: io.MultiReader(bytes.NewReader(start), res.Body), Closer: res.Body, start: start}
	return start
}

// peeked is a body whose start is known. It is read by the caller only.
type peeked struct {
	io.Reader
	io.Closer
	start []byte
}
