package provider_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// three asks three times, with answers of limited length.
const three = `
resource "openai_chat_completion" "test" {
  count                 = 3
  model                 = "gpt-4"
  max_completion_tokens = 16
  message {
    role    = "user"
    content = "hello ${count.index}"
  }
}
`

// threeTimes is the same over the plugin protocol, one after the other.
func threeTimes(t *testing.T, s *acctest.Server, limits, more object) (diags []string) {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s, object{"limits": limits})
	for i := range 3 {
		config := greeting(fmt.Sprintf("hello %d", i))
		config["max_completion_tokens"] = 16
		maps.Copy(config, more)
		_, said := askedOf(t, p, config)
		diags = append(diags, slices.DeleteFunc(said, func(d string) bool { return !isError(d) })...)
	}
	return diags
}

func limits(arguments ...string) string {
	return "limits {\n    " + strings.Join(arguments, "\n    ") + "\n  }"
}

// What was answered is kept, what was not is asked for by the next run.
func TestLimits_maxRequests(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	config := s.Provider(limits("max_requests = 2")) + three
	s.Run(t,
		resource.TestStep{Config: config, ExpectError: words(`Nothing was sent, because the budget of this run is used up: limits\.max_requests is 2\. So far this run has used 2 requests and`)},
		resource.TestStep{Config: config},
		resource.TestStep{Config: config, PlanOnly: true})
	if got := len(s.Requests()); got != 3 {
		t.Errorf("%d requests were sent", got)
	}
}

// What is refused costs nothing.
func TestLimits_refusedRequestsAreNotSpent(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "", "Not this one")) // whichever comes first
	wantError(t, threeTimes(t, s, object{"max_requests": 2}, nil), "The API said: Not this one")
	if got := len(s.Requests()); got != 3 {
		t.Errorf("%d requests were sent", got)
	}
}

func TestLimits_maxTotalTokens(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	diags := threeTimes(t, s, object{"max_total_tokens": 60}, nil)
	if len(diags) == 0 || !strings.Contains(diags[0], "limits.max_total_tokens is 60. So far") {
		t.Errorf("got %q", diags)
	}
	if got := len(s.Requests()); got == 0 || got == 3 {
		t.Errorf("%d requests were sent", got)
	}
}

func TestLimits_maxConcurrent(t *testing.T) {
	t.Parallel()
	s := emulator.New(emulator.Options{Latency: 20 * time.Millisecond})
	var flying, most atomic.Int32
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if now := flying.Add(1); now > most.Load() {
			most.Store(now)
		}
		defer flying.Add(-1)
		s.ServeHTTP(w, r)
	}))
	t.Cleanup(h.Close)
	server := &acctest.Server{Server: s, URL: h.URL + "/v1"}
	server.Run(t, resource.TestStep{Config: server.Provider(limits("max_concurrent = 1")) + three})
	if got := len(s.Requests()); got != 3 || most.Load() != 1 {
		t.Errorf("%d requests, %d at a time", got, most.Load())
	}
}

// A 429 makes all wait, also those that it was not said to.
func TestLimits_allWaitAfterA429(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.RateLimited("1"))
	s.Run(t, resource.TestStep{Config: s.Provider(limits("max_concurrent = 1")) + three})
	requests := s.Requests()
	if len(requests) != 4 {
		t.Fatalf("%d requests were sent", len(requests))
	}
	for _, r := range requests[1:] {
		if gap := r.Time.Sub(requests[0].Time); gap < time.Second {
			t.Errorf("a request came %v after the 429", gap)
		}
	}
}

// A wait that does not fit into the time allowed fails at once, and says what was in the way.
func TestLimits_requestsPerMinute(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	wantError(t, threeTimes(t, s, object{"requests_per_minute": 2, "tokens_per_minute": 100000}, object{"timeouts": object{"create": "50s"}}),
		"Nothing was sent: limits.requests_per_minute would have made it wait")
	if got := len(s.Requests()); got != 2 {
		t.Errorf("%d requests were sent", got)
	}
}

func TestLimits_refusesBadValuesWhereTheyAre(t *testing.T) {
	t.Parallel()
	names := []string{"max_concurrent", "requests_per_minute", "tokens_per_minute", "max_requests", "max_total_tokens"}
	all, unknown := object{}, object{}
	for _, name := range names {
		all[name], unknown[name] = 1, acctest.Unknown{}
	}
	tests := map[string]struct {
		config object
		want   []string
	}{
		"no block":          {object{}, nil},
		"empty block":       {object{"limits": object{}}, nil},
		"unknown":           {object{"limits": acctest.Unknown{}}, nil},
		"unknown arguments": {object{"limits": unknown}, nil},
		"the least":         {object{"limits": all}, nil},
	}
	for _, name := range names {
		want := []string{"error at limits." + name + ": Invalid number: limits." + name + " must be a whole number of at least 1"}
		for given, value := range map[string]any{"0": 0, "-1": -1, "1.5": 1.5, "1e30": 1e30} {
			tests[name+" = "+given] = struct {
				config object
				want   []string
			}{object{"limits": object{name: value}}, want}
		}
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := acctest.Speak(t)
			resp, err := p.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{
				Config: acctest.Dynamic(t, acctest.Value(p.Schema.Provider.ValueType(), test.config))})
			if err != nil {
				t.Fatal(err)
			}
			matches(t, resp.Diagnostics, test.want)
		})
	}
	p := acctest.Speak(t)
	config := acctest.Dynamic(t, acctest.Value(p.Schema.Provider.ValueType(), object{"limits": unknown}))
	resp, err := p.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{Config: config})
	if err != nil {
		t.Fatal(err)
	}
	matches(t, resp.Diagnostics, nil)
}
