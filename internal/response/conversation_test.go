package response_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"
)

// counter is in front of a server, and counts how many requests of each conversation are under way at a time.
type counter struct {
	URL string

	mu    sync.Mutex
	now   map[string]int
	most  map[string]int
	there int
	all   int // of any conversation
}

// counting is a counter. Each request waits until another one comes, or a moment.
func (w *workplace) counting(t *testing.T) *counter {
	t.Helper()
	c := &counter{now: map[string]int{}, most: map[string]int{}}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(text))
		var body struct{ Conversation string }
		_ = json.Unmarshal(text, &body) // a GET has none
		leave := c.enter(body.Conversation)
		select {
		case <-time.After(20 * time.Millisecond): // for others to come, if they may
		case <-r.Context().Done():
		}
		w.ServeHTTP(out, r)
		leave()
	}))
	t.Cleanup(server.Close)
	c.URL = server.URL
	return c
}

func (c *counter) enter(conversation string) (leave func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now[conversation]++
	c.there++
	c.most[conversation] = max(c.most[conversation], c.now[conversation])
	c.all = max(c.all, c.there)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.now[conversation]--
		c.there--
	}
}
