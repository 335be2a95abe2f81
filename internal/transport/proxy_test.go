package transport

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"testing"
)

func TestLoopbackHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]string{
		"localhost": "localhost", "LOCALHOST": "localhost", "localhost.": "localhost", "LocalHost.": "localhost",
		"127.0.0.1": "127.0.0.1", "127.0.0.1.": "127.0.0.1", "127.8.9.1": "127.8.9.1", "127.255.255.255": "127.255.255.255",
		"::1": "::1", "[::1]": "::1", "0:0:0:0:0:0:0:1": "::1", "0000::0001": "::1", "::1%lo": "::1",
		"::ffff:127.0.0.1": "127.0.0.1", "::FFFF:7F00:1": "127.0.0.1",
		"": "", ".": "", "localhost..": "", "0.0.0.0": "", "::": "", "10.0.0.1": "", "128.0.0.1": "", "localhost.example": "", "a.localhost": "",
		"127.0.0.1.example": "", "127.1": "", "127.0.1": "", "2130706433": "", "0x7f000001": "", "0x7f.0.0.1": "", "0177.0.0.1": "", "127.0.0.01": "",
		"１２７.0.0.1": "", "ⓛocalhost": "", "::2": "", "fe80::1": "", "1": "", "local host": "",
	} {
		got, ok := LoopbackHost(host)
		if ok != (want != "") || ok && got != want || !ok && got != host {
			t.Errorf("%q: %q %v, want %q", host, got, ok, want)
		}
	}
}

// The transport that New takes goes by it. Go reads the environment once in a
// process, so this needs one of its own.
func TestNewBase_sendsNothingLocalThroughAProxy(t *testing.T) {
	t.Parallel()
	if os.Getenv("TEST_PROXY_RULE") == "" {
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNewBase_sendsNothingLocalThroughAProxy$")
		cmd.Env = append(os.Environ(), "TEST_PROXY_RULE=1", "HTTP_PROXY=http://proxy.example", "http_proxy=http://proxy.example", "NO_PROXY=", "no_proxy=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		return
	}
	for host, want := range map[string]bool{"LOCALHOST": false, "127.0.0.1.": false, "api.example": true} {
		u, err := NewBase().Proxy(&http.Request{URL: &url.URL{Scheme: "http", Host: host}})
		if err != nil || (u != nil) != want {
			t.Errorf("%s goes through %v, %v", host, u, err)
		}
	}
}

// What is loopback goes through no proxy, however it is spelled, and all else
// goes where the environment says.
func TestProxied(t *testing.T) {
	t.Parallel()
	proxy, _ := url.Parse("http://proxy.example:3128")
	rule := proxied(http.ProxyURL(proxy))
	for target, want := range map[string]*url.URL{
		"http://LOCALHOST:8080/v1": nil, "http://localhost./v1": nil, "http://127.0.0.1.:1/": nil, "https://[::1]:8/": nil, "http://[::ffff:127.0.0.1]/": nil,
		"http://127.1/": proxy, "https://api.example/v1": proxy, "http://localhost.example": proxy,
	} {
		u, err := url.Parse(target)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := rule(&http.Request{URL: u}); got != want || err != nil {
			t.Errorf("%s goes through %v", target, got)
		}
	}
}
