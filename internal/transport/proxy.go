package transport

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// LoopbackHost is the one decision whether what is sent to a host never leaves this
// machine: "localhost" or a loopback address (127.0.0.0/8, ::1, or an IPv4 one in
// IPv6), in any case, with brackets or without, and with a dot at the end. It
// returns the name by which everything else knows the host, Go's rules for proxies
// among others. Spellings that only some resolvers take for an address (127.1,
// 2130706433, 0x7f000001) are not loopback, and neither are names under localhost.
func LoopbackHost(host string) (name string, ok bool) {
	name = strings.ToLower(strings.TrimSuffix(host, "."))
	name = strings.TrimSuffix(strings.TrimPrefix(name, "["), "]")
	if name == "localhost" {
		return name, true
	}
	addr, err := netip.ParseAddr(name)
	if err != nil {
		return host, false
	}
	if addr = addr.Unmap(); !addr.IsLoopback() {
		return host, false
	}
	return addr.WithZone("").String(), true
}

// proxied is a rule for proxies that never sends through one what is meant for this
// machine: the key may go there over plain HTTP, and must not leave it so.
func proxied(rule func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	return func(req *http.Request) (*url.URL, error) {
		if _, local := LoopbackHost(req.URL.Hostname()); local {
			return nil, nil
		}
		return rule(req)
	}
}
