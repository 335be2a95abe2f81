package client

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// DefaultBaseURL is where requests go when Settings.BaseURL is empty.
const DefaultBaseURL = "https://api.openai.com/v1"

// Settings are what the provider block and its environment say.
type Settings struct {
	APIKey         string            // sent as "Authorization: Bearer …", on Azure as "api-key"; "" = none
	AdminAPIKey    string            // sent with requests that are Admin, and with no other; "" = none
	Organization   string            // OpenAI-Organization; "" = none
	Project        string            // OpenAI-Project; "" = none
	BaseURL        string            // "" = DefaultBaseURL; a query is added to every request
	MaxRetries     int               // attempts after the first, at least 0
	RequestTimeout time.Duration     // limit of one attempt, headers and body; 0 = none
	Headers        map[string]string // extra headers for gateways; they win over all others, and every value is taken for a secret
	UserAgent      string            // exactly what is sent as User-Agent
	Azure          *Azure            // nil = any other server
	Limits         Limits            // of all calls together
	Log            transport.Log     // nil = none
	Clock          transport.Clock   // nil = the real one
	Grace          time.Duration     // how long a call that was sent is waited for when it is canceled; 0 = transport.DefaultGrace
	Recordings     *recording.Store  // nil = none
	DataDirectory  string            // where Terraform keeps what belongs to a working directory; "" = ".terraform"
}

// String shows no secret, also of one in the query of BaseURL.
func (s Settings) String() string {
	base, _, _ := strings.Cut(s.BaseURL, "?")
	return "settings for " + base
}

// GoString is String.
func (s Settings) GoString() string { return s.String() }

// CheckBaseURL says what is wrong with a base URL, in words fit for a
// diagnostic that do not repeat it: not a URL, a scheme other than http and
// https, no host, user name or password, fragment. "" is fine.
func CheckBaseURL(raw string) error {
	return checkURL("base_url", raw)
}

// checkURL is CheckBaseURL for a URL that goes by another name.
func checkURL(name, raw string) error {
	if raw == "" {
		return nil
	}
	u, err := url.Parse(raw)
	if err != nil {
		var why *url.Error
		if errors.As(err, &why) {
			err = why.Err // without the URL, which may hold a secret
		}
		if strings.Contains(err.Error(), "first path segment") { // 127.0.0.1:8080/v1
			return fmt.Errorf(`%s must start with "https://", or with "http://" for a server in your own network, such as http://127.0.0.1:8080/v1`, name)
		}
		return fmt.Errorf("%s is not a URL: %w", name, err)
	}
	switch {
	case u.Scheme == "":
		return fmt.Errorf(`%s must start with "https://", or with "http://" for a server in your own network, such as http://127.0.0.1:8080/v1`, name)
	case u.Scheme != "http" && u.Scheme != "https":
		return fmt.Errorf(`%s must start with "https://" or "http://", not with %q`, name, u.Scheme+":")
	case u.Opaque != "" || u.Hostname() == "":
		return fmt.Errorf("%s has no host name", name)
	case !isPort(u.Port()):
		return fmt.Errorf("%s has the port %s; a port is a number from 1 to 65535", name, u.Port())
	case u.User != nil:
		return fmt.Errorf("%s must not contain a user name or a password; send them in a header instead", name)
	case u.Fragment != "" || strings.Contains(raw, "#"):
		return fmt.Errorf(`%s must not have a fragment ("#…")`, name)
	}
	return nil
}

// isPort reports whether digits are a port that can be connected to; none are the scheme's.
func isPort(digits string) bool {
	n, err := strconv.Atoi(digits)
	return digits == "" || err == nil && n >= 1 && n <= 65535
}

// refusedHeaders are those that the HTTP client must set itself to work, and those
// that would have one value for requests that differ.
var refusedHeaders = map[string]bool{
	"Accept-Encoding": true, "Connection": true, "Content-Encoding": true, "Content-Length": true,
	"Content-Type": true, "Expect": true, "Host": true, "Te": true, "Trailer": true,
	"Transfer-Encoding": true, "Upgrade": true, "Idempotency-Key": true, "X-Idempotency-Key": true,
}

// CheckHeader says what is wrong with an extra header, in words fit for a
// diagnostic that do not repeat its value: not a header name, a control
// character in the value, or a header that cannot be the same for every request.
func CheckHeader(name, value string) error {
	const token = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
	if name == "" || strings.Trim(name, token) != "" {
		return fmt.Errorf("%q is not the name of an HTTP header", name)
	}
	if refusedHeaders[http.CanonicalHeaderKey(name)] {
		return fmt.Errorf("the header %q cannot be set: it differs from request to request", name)
	}
	if hasControl(value) {
		return fmt.Errorf("the value of the header %q contains a line break or another control character", name)
	}
	return nil
}

func hasControl(value string) bool {
	return strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f })
}

func (s Settings) check() error {
	check := CheckBaseURL
	if s.Azure != nil {
		check = CheckEndpoint
		if s.Azure.APIVersion == "" {
			return errors.New("Azure needs an API version")
		}
	}
	if err := check(s.BaseURL); err != nil {
		return err
	}
	for name, value := range s.Headers {
		if err := CheckHeader(name, value); err != nil {
			return err
		}
		if s.Azure != nil && authenticates(name) {
			return fmt.Errorf("the header %q cannot be set for Azure: the key or the token takes its place", name)
		}
	}
	for name, value := range map[string]string{
		"API key": s.APIKey, "admin API key": s.AdminAPIKey, "organization": s.Organization, "project": s.Project, "user agent": s.UserAgent,
	} {
		if hasControl(value) {
			return fmt.Errorf("the %s contains a line break or another control character", name)
		}
	}
	if l := s.Limits; min(l.MaxConcurrent, l.RequestsPerMinute, l.TokensPerMinute, l.MaxRequests, l.MaxTotalTokens) < 0 {
		return errors.New("a limit must not be negative")
	}
	if s.MaxRetries < 0 || s.RequestTimeout < 0 {
		return errors.New("the number of retries and the request timeout must not be negative")
	}
	return nil
}

// setsHeader reports whether the extra headers have this one.
func (s Settings) setsHeader(name string) bool {
	for own := range s.Headers {
		if http.CanonicalHeaderKey(own) == http.CanonicalHeaderKey(name) {
			return true
		}
	}
	return false
}

// secrets are the values that no text may contain.
func (s Settings) secrets(base *url.URL) []string {
	secrets := []string{s.APIKey, s.AdminAPIKey}
	for _, value := range s.Headers {
		secrets = append(secrets, value)
	}
	for name, values := range base.Query() {
		if secretName(name) {
			secrets = append(secrets, values...)
		}
	}
	return secrets
}

// secretName tells a key in a query from an api-version.
func secretName(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"key", "token", "secret", "sig", "pass", "auth", "code"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}

// plainBase is the base URL without its query, ending in a slash, so that paths
// are added to it and do not replace its last element.
func plainBase(base *url.URL) string {
	plain := *base
	plain.RawQuery, plain.ForceQuery = "", false
	return strings.TrimRight(plain.String(), "/") + "/"
}

// normalizeHost gives a host that is this machine the name by which all know it,
// so that a resolver or a proxy is asked for no other spelling.
func normalizeHost(base *url.URL) {
	host, ok := transport.LoopbackHost(base.Hostname())
	if !ok {
		return
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if port := base.Port(); port != "" {
		host += ":" + port
	}
	base.Host = host
}
