package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

const (
	testToken  = "eyJ.test-token.0123456789"
	apiVersion = "2025-04-01-preview"
)

// identity is a token credential without a network.
type identity struct {
	mu    sync.Mutex
	asked []policy.TokenRequestOptions
	err   error
}

func (i *identity) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.asked = append(i.asked, o)
	return azcore.AccessToken{Token: testToken, ExpiresOn: time.Now().Add(time.Hour)}, i.err
}

// onAzure is a server that knows the key and the token, and the deployment "mine".
func onAzure(t *testing.T) (*emulator.Server, string) {
	t.Helper()
	s := emulator.New(emulator.Options{Profile: emulator.Azure, Models: []string{"mine", "a b/c"}, Keys: []string{testKey, testToken}})
	h := httptest.NewServer(s)
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
	})
	return s, h.URL
}

func ask(deployment string, more ...string) client.Request {
	return client.Request{Method: "POST", Path: client.Path("chat", "completions"), Costs: true,
		Body: fmt.Appendf(nil, `{"model":%q,"messages":[{"role":"user","content":"hello"}]%s}`, deployment, strings.Join(more, ""))}
}

func TestAzure_speaksItsDialect(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		settings func(s *client.Settings)
		key      string // the request's own
		header   string
		want     string
	}{
		"key":             {func(s *client.Settings) { s.APIKey = testKey }, "", "Api-Key", testKey},
		"own key":         {func(*client.Settings) {}, testKey, "Api-Key", testKey},
		"another own key": {func(s *client.Settings) { s.APIKey = "sk-wrong" }, testKey, "Api-Key", testKey},
		"token":           {func(s *client.Settings) { s.Azure.EntraID = true }, "", "Authorization", "Bearer " + testToken},
		"key, not token":  {func(s *client.Settings) { s.Azure.EntraID, s.APIKey = true, testKey }, "", "Api-Key", testKey},
		"own, not token":  {func(s *client.Settings) { s.Azure.EntraID = true }, testKey, "Api-Key", testKey},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := onAzure(t)
			who := &identity{}
			settings := client.Settings{BaseURL: url, UserAgent: "ours", Headers: map[string]string{"X-Gateway": "yes"}, MaxRetries: 1,
				Azure: &client.Azure{APIVersion: apiVersion, Credential: who}}
			tt.settings(&settings)
			log := &strings.Builder{}
			settings.Log = func(_ context.Context, _, msg string, fields map[string]any) { fmt.Fprintln(log, msg, fields) }
			c := newClient(t, settings)

			s.Fail(emulator.RateLimited("0"))
			r := ask("mine", `,"store":true`)
			r.APIKey = tt.key
			a, err := c.Do(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			contains(t, string(a.Body), `"model":"mine"`, `"prompt_filter_results"`)
			id := s.Stored()[0]
			for _, method := range []string{"GET", "DELETE"} {
				if _, err := c.Do(t.Context(), client.Request{Method: method, Path: client.Path("chat", "completions", id), APIKey: tt.key}); err != nil {
					t.Errorf("%s: %v", method, err)
				}
			}
			var events int
			r = ask("a b/c", `,"stream":true`)
			r.APIKey = tt.key
			a, err = c.Stream(t.Context(), r, func([]byte) error { events++; return nil })
			if err != nil || !a.Complete || events < 3 {
				t.Errorf("%d events, %+v, %v", events, a, err)
			}

			var paths []string
			for _, r := range s.Requests() {
				paths = append(paths, r.Method+" "+r.Path)
				h := r.Header
				if h.Get(tt.header) != tt.want || h.Get("Api-Key") != "" && h.Get("Authorization") != "" ||
					r.Query.Get("api-version") != apiVersion || h.Get("User-Agent") != "ours" || h.Get("X-Gateway") != "yes" {
					t.Errorf("%s: %v %v", r.Path, r.Query, h)
				}
			}
			want := "POST /openai/deployments/mine/chat/completions, POST /openai/deployments/mine/chat/completions, " +
				"GET /openai/chat/completions/" + id + ", DELETE /openai/chat/completions/" + id + ", POST /openai/deployments/a%20b%2Fc/chat/completions"
			if got := strings.Join(paths, ", "); got != want {
				t.Errorf("got  %s\nwant %s", got, want)
			}
			contains(t, log.String(), "will send the request again", url+"/openai/deployments/mine")
			for _, secret := range []string{testKey, testToken} {
				if strings.Contains(log.String(), secret) {
					t.Errorf("the log has %s", secret)
				}
			}
			asksEntra := tt.header == "Authorization"
			if asksEntra != (len(who.asked) > 0) || asksEntra && who.asked[0].Scopes[0] != "https://cognitiveservices.azure.com/.default" {
				t.Errorf("asked for tokens: %+v", who.asked)
			}
		})
	}
}

// What had arrived of a stream that breaks was read, with a token as well.
func TestAzure_streamThatBreaks(t *testing.T) {
	t.Parallel()
	s, url := onAzure(t)
	c := newClient(t, client.Settings{BaseURL: url, MaxRetries: 2, Azure: &client.Azure{APIVersion: apiVersion, EntraID: true, Credential: &identity{}}})
	s.Fail(emulator.CutBody(900))
	var events int
	_, err := c.Stream(t.Context(), ask("mine", `,"stream":true`), func([]byte) error { events++; return nil })
	p := problem(t, err, client.Lost)
	if events == 0 || !p.MaybeBilled || len(s.Requests()) != 1 {
		t.Errorf("%d events, %d requests, %+v", events, len(s.Requests()), p)
	}
}

func TestAzure_explainsErrors(t *testing.T) {
	t.Parallel()
	failing := &identity{err: errors.New("DefaultAzureCredential: failed to acquire a token.\nAttempted credentials:\n\tAzureCLICredential: not signed in")}
	for name, tt := range map[string]struct {
		settings client.Settings
		request  client.Request
		fault    emulator.Fault
		kind     client.Kind
		text     []string
	}{
		"wrong key":     {client.Settings{APIKey: "sk-wrong"}, ask("mine"), emulator.Fault{}, client.API, []string{"invalid subscription key", "401", "AZURE_OPENAI_API_KEY"}},
		"wrong own key": {client.Settings{}, client.Request{Method: "POST", Path: "chat/completions", Body: ask("mine").Body, APIKey: "sk-wrong"}, emulator.Fault{}, client.API, []string{"the api_key of this block", "(the azure block's endpoint) is"}},
		"no deployment": {client.Settings{APIKey: testKey}, ask("other"), emulator.Fault{}, client.API, []string{"DeploymentNotFound", "name of a deployment"}},
		"no key":        {client.Settings{}, ask("mine"), emulator.Fault{}, client.NoKey, []string{"AZURE_OPENAI_API_KEY", "use_entra_id"}},
		"no model":      {client.Settings{APIKey: testKey}, client.Request{Method: "POST", Path: "chat/completions", Body: []byte(`{}`)}, emulator.Fault{}, client.NotSent, []string{"model"}},
		"no token":      {client.Settings{Azure: &client.Azure{EntraID: true, Credential: failing}}, ask("mine"), emulator.Fault{}, client.NoToken, []string{"not signed in", "az login", "AZURE_CLIENT_SECRET"}},
		"no role": {client.Settings{Azure: &client.Azure{EntraID: true, Credential: &identity{}}}, ask("mine"),
			emulator.Status(403, `{"error":{"code":"PermissionDenied","message":"The principal of `+testToken+` lacks the required data action"}}`), client.API, []string{"PermissionDenied", "of *** lacks", "Cognitive Services OpenAI User"}},
		"token refused": {client.Settings{Azure: &client.Azure{EntraID: true, Credential: &identity{}}}, ask("mine"),
			emulator.Status(401, `{"error":{"code":"401","message":"Access denied"}}`, "Www-Authenticate", `Bearer error="x"`), client.API, []string{"token of Microsoft Entra ID", "tenant"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, url := onAzure(t)
			if tt.fault.Status != 0 {
				s.Fail(tt.fault)
			}
			settings := tt.settings
			settings.BaseURL = url
			if settings.Azure == nil {
				settings.Azure = &client.Azure{}
			}
			settings.Azure.APIVersion = apiVersion
			_, err := newClient(t, settings).Do(t.Context(), tt.request)
			p := problem(t, err, tt.kind)
			contains(t, p.Detail(), tt.text...)
			if strings.Contains(p.Detail(), testToken) || p.MaybeBilled {
				t.Error(p.Detail())
			}
		})
	}
}

// A claims challenge is answered with another token, and the call is made again.
func TestAzure_claimsChallenge(t *testing.T) {
	t.Parallel()
	s, url := onAzure(t)
	s.Fail(emulator.Status(401, `{"error":{}}`, "Www-Authenticate", `Bearer error="insufficient_claims", claims="eyJhIjoxfQ=="`))
	who := &identity{}
	c := newClient(t, client.Settings{BaseURL: url, Azure: &client.Azure{APIVersion: apiVersion, EntraID: true, Credential: who}})
	a, err := c.Do(t.Context(), ask("mine"))
	if err != nil || len(who.asked) != 2 || who.asked[1].Claims != `{"a":1}` || len(s.Requests()) != 2 {
		t.Fatalf("%v; asked %+v", err, who.asked)
	}
	contains(t, string(a.Body), `"choices"`)
}

func TestAzure_overTLS(t *testing.T) {
	t.Parallel()
	s := emulator.New(emulator.Options{Profile: emulator.Azure, Models: []string{"mine"}})
	h := httptest.NewTLSServer(s)
	t.Cleanup(h.Close)
	h.Config.ErrorLog = nil
	_, err := newClient(t, client.Settings{BaseURL: h.URL, APIKey: testKey, Azure: &client.Azure{APIVersion: apiVersion}}).Do(t.Context(), ask("mine"))
	contains(t, problem(t, err, client.NotSent).Detail(), "certificate is not trusted", "the azure block's endpoint")
}

func TestAzure_refuses(t *testing.T) {
	t.Parallel()
	base := client.Settings{BaseURL: "https://r.openai.azure.com", APIKey: testKey, Azure: &client.Azure{APIVersion: apiVersion}}
	for name, tt := range map[string]struct {
		change func(s *client.Settings)
		text   string
	}{
		"fine":          {func(*client.Settings) {}, ""},
		"no version":    {func(s *client.Settings) { s.Azure = &client.Azure{} }, "API version"},
		"v1":            {func(s *client.Settings) { s.BaseURL += "/openai/v1/" }, "base_url"},
		"openai":        {func(s *client.Settings) { s.BaseURL += "/openai" }, "alone"},
		"a gateway":     {func(s *client.Settings) { s.BaseURL += "/team/llm" }, ""},
		"query":         {func(s *client.Settings) { s.BaseURL += "?api-version=1" }, "query"},
		"no scheme":     {func(s *client.Settings) { s.BaseURL = "r.openai.azure.com" }, "the endpoint must start"},
		"authorization": {func(s *client.Settings) { s.Headers = map[string]string{"authorization": "Bearer x"} }, "authorization"},
		"api-key":       {func(s *client.Settings) { s.Headers = map[string]string{"api-key": "x"} }, "api-key"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := base
			tt.change(&s)
			_, err := client.New(s)
			if tt.text == "" && err != nil || tt.text != "" && (err == nil || !strings.Contains(err.Error(), tt.text)) {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, s := range map[string]client.Settings{
		"key":   {BaseURL: "http://10.0.0.1", APIKey: testKey, Azure: &client.Azure{APIVersion: apiVersion}},
		"token": {BaseURL: "http://10.0.0.1", Azure: &client.Azure{APIVersion: apiVersion, EntraID: true, Credential: &identity{}}},
	} {
		_, err := newClient(t, s).Do(t.Context(), ask("mine"))
		contains(t, problem(t, err, client.InsecureURL).Detail(), "the azure block's endpoint", "https://")
	}
}
