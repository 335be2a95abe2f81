package chat_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// Ctrl-C, or a kill, while the model is asked again: the old answer and its arguments stay.
func TestResource_keepsTheOldAnswerWhenItIsStopped(t *testing.T) {
	for kind, signal := range map[string]os.Signal{"interrupt": os.Interrupt, "kill": os.Kill} {
		t.Run(kind, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": s.Provider() + completionOf("one", "")}).With(acctest.Grace(300 * time.Millisecond))
			dir.Init()
			dir.MustRun("apply", "-auto-approve")
			s.Fail(emulator.Hang())
			dir.Write("main.tf", s.Provider()+completionOf("two", ""))
			running := dir.Start("apply", "-auto-approve", "-lock=false") // a killed CLI leaves its lock behind
			<-running.Says("Modifying...")
			if err := running.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			if said, err := running.Wait(); err == nil {
				t.Errorf("nothing went wrong:\n%s", said)
			}
			if got := strings.TrimSpace(dir.MustRun("output", "-raw", "content")); got != "Emulated answer to: one" {
				t.Errorf("the answer is %q", got)
			}
			dir.Write("main.tf", s.Provider()+completionOf("one", ""))
			if said := dir.MustRun("plan", "-lock=false"); !strings.Contains(said, "No changes") {
				t.Errorf("the old arguments did not stay:\n%s", said)
			}
		})
	}
}

// An answer that comes when the CLI has been killed is recorded, and the next apply does not pay for it again. The
// provider ends then: see Install.
func TestResource_recordsTheAnswerOfAKilledCLI(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	asked, answer := make(chan struct{}), make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body) // all of it, so that the server sees if the provider leaves
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		close(asked) // twice would panic
		<-answer
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(slow.Close)
	provider := strings.Replace(s.Provider("recordings {\n    directory = \"answers\"\n  }"), s.URL, slow.URL+"/v1", 1)
	dir := acctest.Install(t).Dir(t, map[string]string{"main.tf": provider + completionOf("hello", "")})
	dir.Init()
	// What is logged has nobody to go to.
	running := dir.With("TF_LOG_PROVIDER=DEBUG").Start("apply", "-auto-approve", "-lock=false")
	<-asked
	if err := running.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if said, err := running.Wait(); err == nil {
		t.Errorf("nothing went wrong:\n%s", said)
	}
	close(answer)
	dir.AwaitProviders()
	dir.MustRun("apply", "-auto-approve", "-lock=false")
	if got := strings.TrimSpace(dir.MustRun("output", "-raw", "content")); got != "Emulated answer to: hello" || len(posts(s)) != 1 {
		t.Errorf("the answer is %q, and %d were made", got, len(posts(s)))
	}
}
