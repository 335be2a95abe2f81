package provider_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

type object = map[string]any

const completion = `
resource "openai_chat_completion" "test" {
  model = "gpt-4"
  message {
    role    = "user"
    content = "hello"
  }
}
`

// words matches an error text of the CLI, which wraps lines where it likes.
func words(text string) *regexp.Regexp {
	return regexp.MustCompile(`(?s)` + strings.Join(strings.Fields(text), `[\s│]+`))
}

func TestProvider_refusesBadSettingsWhereTheyAre(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config object
		want   string
	}{
		"empty":             {object{}, ""},
		"unknown":           {object{"api_key": acctest.Unknown{}, "base_url": acctest.Unknown{}, "headers": acctest.Unknown{}}, ""},
		"base_url of words": {object{"base_url": "my server"}, "error at base_url: Invalid base_url"},
		"base_url of ftp":   {object{"base_url": "ftp://example.com"}, "error at base_url: Invalid base_url"},
		"base_url with key": {object{"base_url": "https://me:secret-word@example.com/v1"}, "error at base_url: Invalid base_url"},
		"header":            {object{"headers": object{"a b": "c"}}, `error at headers["a b"]: Invalid header`},
		"retries below":     {object{"max_retries": -1}, "error at max_retries: Invalid number: max_retries must be a whole number from 0 to 100, not -1."},
		"retries above":     {object{"max_retries": 101}, "error at max_retries: Invalid number: max_retries must be a whole number from 0 to 100, not 101."},
		"retries in part":   {object{"max_retries": 1.5}, "error at max_retries: Invalid number: max_retries must be a whole number from 0 to 100, not 1.5."},
		"retries unknown":   {object{"max_retries": acctest.Unknown{}}, ""},
		"timeout":           {object{"request_timeout": "soon"}, "error at request_timeout: Invalid duration"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := acctest.Speak(t)
			resp, err := p.ValidateProviderConfig(t.Context(), &tfprotov6.ValidateProviderConfigRequest{
				Config: acctest.Dynamic(t, acctest.Value(p.Schema.Provider.ValueType(), test.config))})
			if err != nil {
				t.Fatal(err)
			}
			got := acctest.Texts(resp.Diagnostics)
			if test.want == "" && len(got) == 0 {
				return
			}
			if len(got) != 1 || test.want == "" || !strings.HasPrefix(got[0], test.want) || strings.Contains(got[0], "secret-word") {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// greeting is the resource completion, over the plugin protocol.
func greeting(text string) object {
	return object{"model": "gpt-4", "message": []any{object{"role": "user", "content": text}}}
}

// applied creates a greeting with a provider that has these arguments.
func applied(t *testing.T, s *acctest.Server, arguments ...object) (diags []string) {
	t.Helper()
	p := acctest.Speak(t)
	p.Connect(t, s, arguments...)
	_, diags = askedOf(t, p, greeting("hello"))
	return diags
}

// wantError wants one error, with all that is to be in it.
func wantError(t *testing.T, diags []string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if len(diags) != 1 || !isError(diags[0]) || !strings.Contains(diags[0], part) {
			t.Errorf("got %q, want %q", diags, part)
		}
	}
}

func TestProvider_planNeedsNoKey(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	p := acctest.Speak(t)
	p.Connect(t, s, object{"base_url": "https://api.openai.invalid/v1", "api_key": nil})
	plan := p.Instance("openai_chat_completion", "message", "tool", "functions").Plan(t, greeting("hello"))
	if slices.ContainsFunc(plan.Diags, isError) || at(plan.Value, "content") != (acctest.Unknown{}) {
		t.Errorf("the plan is %v, %q", plan.Value, plan.Diags)
	}
}

func TestProvider_saysHowToGiveAKey(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	wantError(t, applied(t, s, object{"base_url": nil, "api_key": nil}), "Could not create chat completion")
	wantError(t, applied(t, s, object{"base_url": "https://eu.api.openai.com/v1", "api_key": nil}), "OPENAI_API_KEY")
}

// A server in one's own network may want no key, and have no TLS.
func TestProvider_asksOtherServersWithoutAKey(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	wantError(t, applied(t, s, object{"base_url": "http://ollama.invalid:11434/v1", "api_key": nil, "max_retries": 0}), "could not be sent to ollama.invalid:11434")
}

func TestProvider_refusesToSendAKeyInTheClear(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	wantError(t, applied(t, s, object{"base_url": "http://gateway.invalid/v1"}), "https")
}

func TestProvider_loopbackGoesWithoutAKey(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	if diags := applied(t, s, object{"api_key": nil}); slices.ContainsFunc(diags, isError) {
		t.Fatal(diags)
	}
	if got := s.Requests()[0].Header.Get("Authorization"); got != "" {
		t.Errorf("a key was sent: %q", got)
	}
}

// With the CLI, whose version is sent.
func TestProvider_sendsItsSettings(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Run(t, resource.TestStep{Config: s.Provider(`organization = "org-1"`, `project = "proj_1"`, `headers = { "X-Gateway" = "let me in" }`) + completion})
	header := s.Requests()[0].Header
	for name, want := range map[string]string{
		"Authorization": "Bearer " + acctest.Key, "OpenAI-Organization": "org-1", "OpenAI-Project": "proj_1", "X-Gateway": "let me in",
	} {
		if got := header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if got := header.Get("User-Agent"); !regexp.MustCompile(`^terraform-provider-openai/test terraform/\d+\.\d+\.\d+`).MatchString(got) {
		t.Errorf("User-Agent is %q", got)
	}
}

// The SDK's variables hold where the block is silent, and only there.
func TestProvider_readsTheEnvironment(t *testing.T) {
	s := acctest.StartAlone(t, emulator.Options{})
	for name, value := range map[string]string{
		"OPENAI_API_KEY": "sk-test-of-the-environment", "OPENAI_ORG_ID": "org-env", "OPENAI_PROJECT_ID": "proj_env", "OPENAI_BASE_URL": s.URL,
		"OPENAI_ADMIN_KEY": "sk-admin-never-sent", "OPENAI_CUSTOM_HEADERS": "X-Custom: never",
	} {
		t.Setenv(name, value)
	}
	silent := object{"base_url": nil, "api_key": nil}
	for _, arguments := range []object{silent, {"base_url": nil, "api_key": "sk-test-configured", "organization": "org-block", "project": "proj_block"}} {
		if diags := applied(t, s, arguments); slices.ContainsFunc(diags, isError) {
			t.Fatal(diags)
		}
	}
	var got [][]string
	for _, r := range s.Requests() {
		h := r.Header
		got = append(got, []string{h.Get("Authorization"), h.Get("OpenAI-Organization"), h.Get("OpenAI-Project"), h.Get("X-Custom")})
	}
	want := [][]string{
		{"Bearer sk-test-of-the-environment", "org-env", "proj_env", ""},
		{"Bearer sk-test-configured", "org-block", "proj_block", ""},
	}
	if !slices.EqualFunc(got, want, slices.Equal[[]string]) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// What a user reads for each kind of refusal: what the API said, and what to do.
func TestProvider_explainsErrors(t *testing.T) {
	for name, test := range map[string]struct {
		fault emulator.Fault
		want  []string
		calls int
	}{
		"401":        {emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided: "+acctest.Key), []string{"Incorrect API key provided: ***", "Status: 401 Unauthorized", "api_key"}, 1},
		"403":        {emulator.ErrorJSON(403, "invalid_request_error", "", "", "Country not supported"), []string{"Country not supported", "Status: 403 Forbidden"}, 1},
		"404 model":  {emulator.ErrorJSON(404, "invalid_request_error", "model_not_found", "", "The model does not exist"), []string{"The model does not exist", "Code: model_not_found", "model"}, 1},
		"400 param":  {emulator.ErrorJSON(400, "invalid_request_error", "", "model", "Bad model"), []string{"error at model: ", "Bad model"}, 1},
		"429":        {emulator.RateLimited("0").Repeat(-1), []string{"Status: 429 Too Many Requests", "Requests sent: 2"}, 2},
		"quota":      {emulator.QuotaExceeded(), []string{"Code: insufficient_quota", "billing"}, 1},
		"500":        {emulator.ServerError().Repeat(-1), []string{"Status: 500 Internal Server Error", "Requests sent: 2"}, 2},
		"502 html":   {emulator.HTMLBadGateway().Repeat(-1), []string{"Status: 502 Bad Gateway", "text/html", "may bill it"}, 1},
		"empty":      {emulator.Status(418, ""), []string{"Status: 418"}, 1},
		"odd code":   {emulator.Status(400, `{"error":{"message":"Odd","code":400}}`), []string{"Odd", "Code: 400"}, 1},
		"reset":      {emulator.Reset().AfterAnswer(), []string{"may bill it"}, 1},
		"cut":        {emulator.CutBody(40), []string{"may bill it"}, 1},
		"request id": {emulator.ServerError().Repeat(-1), []string{"Request ID: req_"}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			s := acctest.Start(t, emulator.Options{})
			s.Fail(test.fault)
			wantError(t, applied(t, s, object{"max_retries": 1}), test.want...)
			if got := len(s.Requests()); got != test.calls {
				t.Errorf("%d requests were sent, want %d", got, test.calls)
			}
		})
	}
}

// The same with a CLI: the text that is on the screen.
func TestProvider_explainsErrorsOnTheScreen(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.ErrorJSON(400, "invalid_request_error", "", "model", "Bad model: "+acctest.Key))
	s.Run(t, resource.TestStep{Config: completion, ExpectError: regexp.MustCompile(
		words(`model = "gpt-4"`).String() + ".*" + words(`Bad model: \*\*\*`).String() + ".*" + words("Status: 400 Bad Request").String())})
}

func TestProvider_retriesWhatWasNotAnswered(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.RateLimited("0"), emulator.ServerError())
	if diags := applied(t, s); slices.ContainsFunc(diags, isError) {
		t.Error(diags)
	}
	if got := len(s.Requests()); got != 3 {
		t.Errorf("%d requests were sent, want 3", got)
	}
}

func TestProvider_requestTimeoutIsNamed(t *testing.T) {
	s := acctest.Start(t, emulator.Options{})
	s.Fail(emulator.Hang())
	wantError(t, applied(t, s, object{"request_timeout": "200ms"}), "request_timeout")
	if got := len(s.Requests()); got != 1 {
		t.Errorf("%d requests were sent, want 1: the first may have been answered", got)
	}
}

func TestProvider_redirectsDoNotTravel(t *testing.T) {
	other := acctest.Start(t, emulator.Options{})
	s := acctest.StartAlone(t, emulator.Options{})
	s.Fail(emulator.Status(http.StatusTemporaryRedirect, "", "Location", other.URL+"/chat/completions"))
	wantError(t, applied(t, s), "base_url")
	if got := len(other.Requests()); got != 0 {
		t.Errorf("the other host was asked %d times", got)
	}
}
