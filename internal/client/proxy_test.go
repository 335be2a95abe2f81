package client_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// A key never goes to a proxy over plain HTTP, however this machine is spelled.
// Go reads the environment once in a process, so each spelling has a process of its own.
func TestDo_loopbackGoesThroughNoProxy(t *testing.T) {
	t.Parallel()
	if base := os.Getenv("TEST_LOOPBACK_BASE_URL"); base != "" {
		_, err := newClient(t, client.Settings{BaseURL: base, APIKey: testKey}).Do(t.Context(), chat)
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	var proxied atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		proxied.Add(1)
		answer(200, "application/json", "{}")(w, r)
	}))
	t.Cleanup(proxy.Close)
	base, hits := serve(t, answer(200, "application/json", "{}"))
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	spellings := []string{"LOCALHOST", "localhost.", "127.0.0.1.", "[::ffff:127.0.0.1]"}
	for _, host := range spellings {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestDo_loopbackGoesThroughNoProxy$")
		cmd.Env = append(os.Environ(), "TEST_LOOPBACK_BASE_URL=http://"+host+":"+u.Port()+"/v1",
			"HTTP_PROXY="+proxy.URL, "http_proxy="+proxy.URL, "NO_PROXY=", "no_proxy=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", host, err, out)
		}
	}
	if proxied.Load() != 0 || int(hits.Load()) != len(spellings) {
		t.Errorf("%d requests went to the proxy, %d to the server", proxied.Load(), hits.Load())
	}
}

// Spellings that only some resolvers take for this machine get no key over plain HTTP.
func TestDo_oddSpellingsAreNotLoopback(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"127.1", "2130706433", "0x7f000001", "0177.0.0.1", "a.localhost", "0.0.0.0"} {
		_, err := newClient(t, client.Settings{BaseURL: "http://" + host + ":1/v1", APIKey: testKey}).Do(t.Context(), chat)
		if p := problem(t, err, client.InsecureURL); !strings.Contains(p.Message, host) {
			t.Errorf("%s: %s", host, p.Detail())
		}
	}
}
