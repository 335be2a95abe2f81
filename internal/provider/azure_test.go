package provider_test

import (
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// onAzure starts an emulator of Azure OpenAI with the deployment "mine". Its
// paths are Azure's own, so requests are not held against OpenAI's document.
func onAzure(t *testing.T) *acctest.Server {
	t.Helper()
	s := emulator.New(emulator.Options{Profile: emulator.Azure, Models: []string{"mine"}, Keys: []string{acctest.Key}})
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return &acctest.Server{Server: s, URL: h.URL}
}

const azureCompletion = `
resource "openai_chat_completion" "test" {
  model = "mine"
  store = true
  message {
    role    = "user"
    content = "hello"
  }
}
output "content" { value = openai_chat_completion.test.content }
resource "openai_chat_completion" "streamed" {
  model  = "mine"
  stream = true
  message {
    role    = "user"
    content = "hello"
  }
  lifecycle {
    postcondition {
      condition     = self.content == openai_chat_completion.test.content && startswith(self.id, "chatcmpl-") && self.response_model == "mine"
      error_message = "The streamed answer differs."
    }
  }
}
`

func TestAzure_asksADeployment(t *testing.T) {
	t.Parallel()
	s := onAzure(t)
	s.Run(t, resource.TestStep{Config: `provider "openai" {
  azure {
    endpoint    = "` + s.URL + `"
    api_version = "2025-04-01-preview"
    api_key     = "` + acctest.Key + `"
  }
}` + azureCompletion})
	checkAzure(t, s)
	if n := len(s.Stored()); n != 0 {
		t.Errorf("%d completions are left on the server", n)
	}
}

// The variables of the SDKs hold where the block is silent, and OpenAI's own
// have no part in it.
func TestAzure_readsTheEnvironment(t *testing.T) {
	s := onAzure(t)
	for name, value := range map[string]string{
		"AZURE_OPENAI_ENDPOINT": s.URL, "OPENAI_API_VERSION": "2025-04-01-preview", "AZURE_OPENAI_API_KEY": acctest.Key,
		"OPENAI_API_KEY": "sk-of-openai", "OPENAI_BASE_URL": "https://openai.invalid/v1", "OPENAI_ORG_ID": "org-1", "OPENAI_PROJECT_ID": "proj_1",
	} {
		t.Setenv(name, value)
	}
	p := acctest.Speak(t)
	p.Connect(t, s, object{"base_url": nil, "api_key": nil, "azure": object{}})
	config := greeting("hello")
	config["model"], config["store"] = "mine", true
	stored, diags := askedOf(t, p, config)
	config["stream"], config["store"] = true, nil
	_, more := askedOf(t, p, config)
	if diags = append(append(diags, more...), stored.Destroy(t)...); slices.ContainsFunc(diags, isError) {
		t.Fatal(diags)
	}
	checkAzure(t, s)
}

func checkAzure(t *testing.T, s *acctest.Server) {
	t.Helper()
	var calls []string
	for _, r := range s.Requests() {
		path, _, _ := strings.Cut(r.Path, "chatcmpl-")
		calls = append(calls, r.Method+" "+path)
		if h := r.Header; h.Get("Api-Key") != acctest.Key || h.Get("Authorization") != "" || h.Get("OpenAI-Organization") != "" ||
			h.Get("OpenAI-Project") != "" || r.Query.Get("api-version") != "2025-04-01-preview" {
			t.Errorf("%s: %v %v", r.Path, r.Query, h)
		}
	}
	const post = "POST /openai/deployments/mine/chat/completions"
	if want := []string{post, post, "DELETE /openai/chat/completions/"}; !slices.Equal(calls, want) {
		t.Errorf("got %q, want %q", calls, want)
	}
}

func TestAzure_missingKeyMattersOnlyToACall(t *testing.T) {
	t.Setenv("AZURE_OPENAI_API_KEY", "")
	s := onAzure(t)
	p := acctest.Speak(t)
	p.Connect(t, s, object{"base_url": nil, "api_key": nil, "azure": object{"endpoint": s.URL, "api_version": "1", "use_entra_id": false}})
	plan := p.Instance("openai_chat_completion", "message", "tool", "functions").Plan(t, greeting("hello"))
	if slices.ContainsFunc(plan.Diags, isError) || at(plan.Value, "content") != (acctest.Unknown{}) {
		t.Errorf("the plan is %v, %q", plan.Value, plan.Diags)
	}
	_, diags := askedOf(t, p, greeting("hello"))
	wantError(t, diags, "AZURE_OPENAI_API_KEY")
	if n := len(s.Requests()); n != 0 {
		t.Errorf("%d calls were made", n)
	}
}

func TestAzure_refusesBadSettingsWhereTheyAre(t *testing.T) {
	t.Parallel()
	const endpoint = "https://r.openai.azure.com"
	for name, test := range map[string]struct {
		config object
		want   []string
	}{
		"empty block":       {object{"azure": object{}}, nil},
		"unknown":           {object{"azure": acctest.Unknown{}, "base_url": "https://example.com/v1"}, nil},
		"unknown arguments": {object{"azure": object{"endpoint": acctest.Unknown{}, "api_key": acctest.Unknown{}, "api_version": acctest.Unknown{}}}, nil},
		"key and endpoint":  {object{"azure": object{"endpoint": endpoint, "api_version": "1", "api_key": "k"}}, nil},
		"base_url and key":  {object{"azure": object{}, "base_url": "https://example.com/v1", "api_key": "k"}, []string{"error at api_key: Conflicting arguments", "error at base_url: Conflicting arguments"}},
		"unknown base_url":  {object{"azure": object{}, "base_url": acctest.Unknown{}}, []string{"error at base_url: Conflicting arguments"}},
		"organization":      {object{"azure": object{}, "organization": "o", "project": "p"}, []string{"error at organization: Conflicting arguments", "error at project: Conflicting arguments"}},
		"endpoint":          {object{"azure": object{"endpoint": "r.openai.azure.com"}}, []string{"error at azure.endpoint: Invalid endpoint"}},
		"endpoint of v1":    {object{"azure": object{"endpoint": endpoint + "/openai/v1/"}}, []string{"error at azure.endpoint: Invalid endpoint: the endpoint is the resource's address alone"}},
		"key and token":     {object{"azure": object{"use_entra_id": true, "api_key": "k"}}, []string{"error at azure.api_key: Conflicting arguments"}},
		"no key, no token":  {object{"azure": object{"use_entra_id": false, "api_key": "k"}}, nil},
	} {
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
}

// What only the environment can complete is asked for when the provider is configured.
func TestAzure_asksForWhatIsMissing(t *testing.T) {
	t.Setenv("AZURE_OPENAI_ENDPOINT", "")
	p := acctest.Speak(t)
	for name, test := range map[string]struct {
		azure object
		want  []string
	}{
		"nothing":  {object{}, []string{"error at azure.api_version: Missing api_version", "error at azure.endpoint: Missing endpoint"}},
		"endpoint": {object{"endpoint": "https://r.openai.azure.com"}, []string{"error at azure.api_version: Missing api_version"}},
		"both":     {object{"endpoint": "https://r.openai.azure.com", "api_version": "1"}, nil},
		"unknown":  {object{"endpoint": acctest.Unknown{}}, nil},
	} {
		resp, err := p.ConfigureProvider(t.Context(), &tfprotov6.ConfigureProviderRequest{
			Config: acctest.Dynamic(t, acctest.Value(p.Schema.Provider.ValueType(), object{"azure": test.azure}))})
		if err != nil {
			t.Fatal(name, err)
		}
		matches(t, resp.Diagnostics, test.want)
	}
}

// matches wants one diagnostic for each beginning, in their order.
func matches(t *testing.T, diags []*tfprotov6.Diagnostic, want []string) {
	t.Helper()
	got := acctest.Texts(diags)
	if !slices.EqualFunc(got, want, strings.HasPrefix) {
		t.Errorf("got %q, want %q", got, want)
	}
}
