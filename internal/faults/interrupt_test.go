package faults_test

import (
	"bytes"
	"io"
	"net"
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

// meeting is a server before the site's, where the user's interrupt meets a call.
type meeting struct {
	site *site
	once sync.Once
	here chan struct{} // closed when the call has come to the right place
}

func (m *meeting) isHere() { m.once.Do(func() { close(m.here) }) }

// received lets the interrupt come when the request has.
func (m *meeting) received(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		m.site.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	m.isHere()
	m.site.ServeHTTP(w, r)
}

// streaming lets the interrupt come when the provider has the start of a stream.
func (m *meeting) streaming(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Write([]byte(`data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1,"model":"gpt-4","choices":[{"index":0,"delta":{"role":"assistant","content":"Ten grey"}}]}` + "\n\n"))
	// More comments than a socket takes: once they are written, the provider has
	// read what came before them.
	w.Write([]byte(strings.Repeat(": "+strings.Repeat("-", 1000)+"\n\n", 20<<10)))
	m.isHere()
	<-r.Context().Done()
}

// answered passes the request on. The interrupt comes when the provider has closed the
// connection, which it does when it has had the answer for a while.
func (m *meeting) answered(w http.ResponseWriter, r *http.Request) { m.site.ServeHTTP(w, r) }

func (m *meeting) connection(_ net.Conn, state http.ConnState) {
	if state == http.StateClosed {
		m.isHere()
	}
}

// The user presses Ctrl-C in the middle of a call that nobody will answer, or that was not sent.
func TestInterrupt_endsTheCall(t *testing.T) {
	for name, test := range map[string]struct {
		arguments string
		fault     emulator.Fault
		handle    func(m *meeting, w http.ResponseWriter, r *http.Request)
		seen      int
		says      string
		content   string // what is kept of a stream
	}{
		"before the answer": {
			fault: emulator.Hang(), handle: (*meeting).received, seen: 1,
			says: `The operation was canceled .*after the request was sent, and its answer was not complete within 300ms after that\. ` + mayBill + once,
		},
		"in the stream": {
			arguments: "stream = true", handle: (*meeting).streaming, content: "Ten grey",
			says: `The operation was canceled .*its answer was not complete within 300ms after that\. ` + mayBill + once + `.*What had arrived before that is kept in the state`,
		},
		"while waiting to send again": {
			fault: emulator.RateLimited("50"), handle: (*meeting).answered, seen: 1,
			says: `The operation was canceled .*while waiting to send the request again; the server had refused it so far\.` + once,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "", prompt, test.arguments)
			s.dir = s.dir.With(acctest.SkipWaits(""), acctest.Grace(300*time.Millisecond)) // the wait is what is interrupted
			s.Fail(test.fault)
			m := &meeting{site: s, here: make(chan struct{})}
			server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { test.handle(m, w, r) }))
			server.Config.ConnState = m.connection
			server.Start()
			t.Cleanup(server.CloseClientConnections)
			s.base = server.URL + "/v1"
			s.write()

			output, err := interrupted(t, s.dir, m.here)
			server.Close() // the handlers have ended
			if acctest.ExitCode(err) != 1 || !regexp.MustCompile(test.says).MatchString(fold(output)) || strings.Contains(output, acctest.Key) {
				t.Errorf("%v\n%s\nwant %s", err, output, test.says)
			}
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

// What has been sent when the user presses Ctrl-C is answered and kept, by a hasty server and in a stream. What
// waits to be sent is not.
func TestInterrupt_keepsWhatIsUnderWay(t *testing.T) {
	for name, arguments := range map[string]string{"in one piece": "", "in a stream": "stream = true"} {
		t.Run(name, func(t *testing.T) {
			s := newSite(t, "limits {\n    max_concurrent = 1\n  }", prompt, "for_each = toset([\"a\", \"b\", \"c\"])\n"+arguments)
			s.dir = s.dir.With(acctest.SkipWaits(""), "TF_LOG_PROVIDER=DEBUG")
			sent, answer := make(chan struct{}), make(chan struct{})
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				r.Body = io.NopCloser(bytes.NewReader(body))
				close(sent) // twice would panic
				<-answer
				s.ServeHTTP(w, r)
			}))
			t.Cleanup(server.Close)
			s.base = server.URL + "/v1"
			s.write()

			cli := s.dir.Start("apply", "-auto-approve")
			waiting, queued := cli.Says("waiting for the answer"), cli.Says("waiting for limits")
			await(t, cli, sent)
			await(t, cli, queued)
			if err := cli.Process.Signal(os.Interrupt); err != nil {
				t.Fatal(err)
			}
			await(t, cli, waiting)
			close(answer)
			output, err := cli.Wait()
			says := regexp.MustCompile(`The operation was canceled .*while the request waited for limits.max_concurrent\.`)
			if acctest.ExitCode(err) != 1 || !says.MatchString(fold(output)) || strings.Contains(output, "after the request was sent, and") {
				t.Errorf("%v\n%s", err, output)
			}
			state := stateOf(t, s.dir)
			if len(state) != 1 || s.Made() != 1 {
				t.Errorf("%d answers were made; in the state: %+v", s.Made(), state)
			}
			for _, kept := range state {
				if kept.Attributes.Content != usual || kept.tainted() {
					t.Errorf("in the state: %+v", kept)
				}
			}
		})
	}
}

// await waits for something that happens before the CLI ends.
func await(t *testing.T, cli *acctest.Running, here <-chan struct{}) {
	t.Helper()
	select {
	case <-here:
	case <-cli.Done():
		output, err := cli.Wait()
		t.Fatalf("the CLI ended too soon: %v\n%s", err, output)
	}
}

// interrupted applies, and sends the CLI a signal when the call is here.
func interrupted(t *testing.T, dir *acctest.Dir, here <-chan struct{}) (output string, err error) {
	t.Helper()
	cli := dir.Start("apply", "-auto-approve")
	await(t, cli, here)
	pressed := time.Now()
	if err := cli.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	output, err = cli.Wait()
	took := time.Since(pressed)
	t.Logf("the CLI ended %v after the signal", took.Round(time.Millisecond))
	if took > 5*time.Second {
		t.Error("that is too late")
	}
	return output, err
}
