package client_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

func TestCheckBaseURL(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"":                                   "",
		"https://api.openai.com/v1":          "",
		"https://eu.api.openai.com":          "",
		"http://localhost:8000/v1/":          "",
		"http://[::1]:8000/v1?api-version=1": "",
		"api.openai.com/v1":                  "must start with",
		"localhost:8000":                     "must start with",
		"//api.openai.com":                   "must start with",
		"ftp://api.openai.com":               `"ftp:"`,
		"https://":                           "no host",
		"https:///v1":                        "no host",
		"https://:8080/v1":                   "no host",
		"https:api.openai.com":               "no host",
		"https://user:word@api.openai.com":   "user name",
		"https://api.openai.com/v1#x":        "fragment",
		"https://api.openai.com/v1#":         "fragment",
		"https://api openai.com":             "not a URL",
		"https://api.openai.com/%zz-secret":  "not a URL",
		"https://api.openai.com:port/secret": "not a URL",
		"https://api.openai.com:99999/v1":    "the port 99999",
		"https://api.openai.com:0/v1":        "the port 0",
		"http://[::1]:65536/v1":              "from 1 to 65535",
		"http://localhost:-1":                "not a URL",
		"http://localhost:65535":             "",
		"http://localhost:/v1":               "",
		"\x7f":                               "not a URL",
	} {
		err := client.CheckBaseURL(raw)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", raw, err, want)
		}
		if err != nil && (strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "word@")) {
			t.Errorf("%q: the URL is repeated: %v", raw, err)
		}
		if _, err := client.New(client.Settings{BaseURL: raw}); (err == nil) != (want == "") {
			t.Errorf("New(%q): %v", raw, err)
		}
	}
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]client.Settings{
		"retries":                  {MaxRetries: -1},
		"timeout":                  {RequestTimeout: -time.Second},
		"key":                      {APIKey: "sk-secret\n"},
		"admin key":                {AdminAPIKey: "sk-secret\n"},
		"organization":             {Organization: "org\r"},
		"user agent":               {UserAgent: "a\x00"},
		"header name":              {Headers: map[string]string{"a b": "secret"}},
		"empty name":               {Headers: map[string]string{"": "secret"}},
		"header value":             {Headers: map[string]string{"X-A": "secret\nX-B: y"}},
		"header of the connection": {Headers: map[string]string{"host": "secret"}},
		"header of a request":      {Headers: map[string]string{"idempotency-key": "secret"}},
	} {
		_, err := client.New(s)
		if err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSettings_showNoSecret(t *testing.T) {
	t.Parallel()
	s := client.Settings{APIKey: testKey, BaseURL: "https://api.example/v1?key=" + testKey, Headers: map[string]string{"X": testKey}}
	for _, text := range []string{fmt.Sprintf("%v %+v %#v %s", s, s, s, s), fmt.Sprintf("%+v %#v", &s, &s)} {
		if strings.Contains(text, testKey) {
			t.Error(text)
		}
	}
}

func TestPath(t *testing.T) {
	t.Parallel()
	for want, elements := range map[string][]string{
		"models":                     {"models"},
		"models/ft:gpt-4o:org::id":   {"models", "ft:gpt-4o:org::id"},
		"files/a%2Fb%3Fc%23d%25/%2E": {"files", "a/b?c#d%", "."},
		"files/%2E%2E/content":       {"files", "..", "content"},
	} {
		if got := client.Path(elements...); got != want {
			t.Errorf("%q became %q, want %q", elements, got, want)
		}
	}
}
