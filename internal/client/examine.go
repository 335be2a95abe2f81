package client

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
)

// Examine is what Do would make of an answer that came in another way than to a call: of a line of a batch, of
// which only the status and the body are known. It makes no call. The Answer has a Body where there is one that is
// no error; every error is a *Problem. A status of 0 says that there was no answer: the body is then
// an error in any case. Of r, only APIKey and Secrets matter.
func (c *Client) Examine(r Request, status int, requestID string, body []byte) (Answer, error) {
	k := c.newCall(context.Background(), Request{Method: http.MethodPost, Path: "batches", APIKey: r.APIKey, Secrets: r.Secrets, Repeatable: true})
	var text string
	if json.Unmarshal(body, &text) == nil && bytes.HasPrefix(bytes.TrimSpace(body), []byte(`"`)) { // what came was no JSON
		body = []byte(text)
	}
	res := &http.Response{StatusCode: status, Header: http.Header{"X-Request-Id": {requestID}}}
	if requestID == "" {
		res.Header = http.Header{}
	}
	if status >= 200 && status <= 299 {
		return k.whole(res, body)
	}
	p := k.refused(res, body)
	if status < http.StatusBadRequest || status > http.StatusNotFound {
		p.next = "" // it speaks of how often a request was sent
	}
	return Answer{RequestID: p.RequestID}, p
}

// Text makes a text of the server's, such as a message beside an object, fit to be shown: one paragraph of limited
// length, without keys and r.Secrets.
func (c *Client) Text(r Request, text string) string {
	return c.newCall(context.Background(), Request{APIKey: r.APIKey, Secrets: r.Secrets}).text(text, maxMessage)
}
