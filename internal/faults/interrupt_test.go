package faults_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// announced puts a handler before the server that says when the first request
// has come to where the user's interrupt is to meet it. finish waits for the
// handler's end.
func (s *site) announced(handle func(w http.ResponseWriter, r *http.Request, here func())) (came <-chan struct{}, finish func()) {
	at := make(chan struct{})
	var first sync.Once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handle(w, r, func() { first.Do(func() { close(at) }) })
	}))
	s.t.Cleanup(server.CloseClientConnections)
	s.base = server.URL + "/v1"
	return at, server.Close
}

// The user presses Ctrl-C in the middle of a call.
func TestInterrupt_endsTheCallAtOnce(t *testing.T) {
	const chunk = `{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4","choices":[{"index":0,"delta":{"role":"assistant","content":"Ten grey"}}]}`
	for name, test := range map[string]struct {
		arguments string
		fault     emulator.Fault
		handle    func(s *site) func(w http.ResponseWriter, r *http.Request, here func())
		seen      int
		says      string
		content   string // what is kept of a stream
	}{
		"before the answer": {
			fault: emulator.Hang(), seen: 1,
			says: `The operation was canceled .*after the request was sent and before its answer was complete\. ` + mayBill + once,
		},
		"in the stream": {
			arguments: "stream = true", content: "Ten grey",
			handle: func(*site) func(http.ResponseWriter, *http.Request, func()) {
				return func(w http.ResponseWriter, r *http.Request, here func()) {
					w.Header().Set("Content-Type", "text/event-stream")
					w.Write([]byte("data: " + chunk + "\n\n"))
					w.(http.Flusher).Flush()
					here()
					<-r.Context().Done()
				}
			},
			says: `The operation was canceled .*before its answer was complete\. ` + mayBill + once + `.*What had arrived before that is kept in the state`,
		},
		"while waiting to send again": {
			fault: emulator.RateLimited("50"), seen: 1,
			says: `The operation was canceled .*while waiting to send the request again; the server had refused it so far\.` + once,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "", prompt, test.arguments)
			s.dir = s.dir.With(acctest.SkipWaits("")) // the wait is what is interrupted
			s.Fail(test.fault)
			handle := func(w http.ResponseWriter, r *http.Request, here func()) {
				defer s.ServeHTTP(w, r)
				here()
			}
			if test.handle != nil {
				handle = test.handle(s)
			}
			came, finish := s.announced(handle)
			s.write()
			cli := s.dir.Start("apply", "-auto-approve")
			select {
			case <-came:
			case <-cli.Done():
				output, err := cli.Wait()
				t.Fatalf("the CLI ended without a request: %v\n%s", err, output)
			}
			pressed := time.Now()
			if err := cli.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			output, err := cli.Wait()
			took := time.Since(pressed)
			t.Logf("the CLI ended %v after the signal", took.Round(time.Millisecond))
			if took > 5*time.Second {
				t.Error("that is too late")
			}
			if acctest.ExitCode(err) != 1 || !regexp.MustCompile(test.says).MatchString(fold(output)) || strings.Contains(output, acctest.Key) {
				t.Errorf("%v\n%s\nwant %s", err, output, test.says)
			}
			finish()
			if len(s.Requests()) != test.seen || s.Made() != 0 {
				t.Errorf("the server saw %d requests and worked on %d", len(s.Requests()), s.Made())
			}
			left, there := stateOf(t, s.dir)[""]
			if there != (test.content != "") || left.Attributes.Content != test.content || there && !left.tainted() {
				t.Errorf("left in the state: %t, %+v", there, left)
			}
			if _, err := os.Stat(s.dir.Path + "/.terraform.tfstate.lock.info"); err == nil {
				t.Error("the state is still locked")
			}
			s.converges(usual, 1)
		})
	}
}
