package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"sync/atomic"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
	"github.com/openai/openai-go/v3/azure"
	"github.com/openai/openai-go/v3/option"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// Azure makes a client speak to Azure OpenAI. Settings.BaseURL is then the
// resource's endpoint, Settings.APIKey is sent as "api-key", and the model of
// a request is the name of a deployment.
type Azure struct {
	APIVersion string // sent with every request; not empty
	EntraID    bool   // without a key, ask Microsoft Entra ID for a token
	TenantID   string // of the identity; "" = its own

	// Credential gives the tokens. nil = azidentity's default chain, which is
	// set up by the first call that needs a token, not earlier.
	Credential azcore.TokenCredential
}

// versioned are paths of the v1 API, which has neither deployments nor api-version.
var versioned = regexp.MustCompile(`(?i)/openai(/v\d+)?/?$`)

// CheckEndpoint says what is wrong with the endpoint of an Azure resource, in
// words fit for a diagnostic that do not repeat it. "" is fine.
func CheckEndpoint(raw string) error {
	if err := checkURL("the endpoint", raw); err != nil || raw == "" {
		return err
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return errors.New("the endpoint is not a URL")
	case u.RawQuery != "" || u.ForceQuery:
		return errors.New(`the endpoint must not have a query ("?…"); api_version is an argument of its own`)
	case versioned.MatchString(u.Path):
		return errors.New(`the endpoint is the resource's address alone, such as "https://my-resource.openai.azure.com". For the v1 API ("…/openai/v1") leave out the azure block, and set base_url and api_key`)
	}
	return nil
}

// onAzure says where.
func (c *Client) onAzure() option.RequestOption {
	base := *c.base
	base.Scheme = "https" // see azureTransport
	return azure.WithEndpoint(plainBase(&base), c.settings.Azure.APIVersion)
}

// asAzure says as whom; key is the request's own. The SDK refuses two answers
// to that, so it is given with each request.
func (c *Client) asAzure(key string) []option.RequestOption {
	switch {
	case key != "":
		return []option.RequestOption{azure.WithAPIKey(key)}
	case c.settings.APIKey != "":
		return []option.RequestOption{azure.WithAPIKey(c.settings.APIKey)}
	}
	return []option.RequestOption{option.WithMiddleware(aroundPipeline), azure.WithTokenCredential(c.entra)}
}

// entra gives tokens, and remembers the last one so that no text shows it.
type entra struct {
	tenant string
	once   sync.Once
	source azcore.TokenCredential
	err    error
	last   atomic.Pointer[string]
}

func newEntra(s Settings) *entra {
	if s.Azure == nil || !s.Azure.EntraID || s.APIKey != "" {
		return nil
	}
	return &entra{tenant: s.Azure.TenantID, source: s.Azure.Credential}
}

// GetToken implements azcore.TokenCredential. Its errors are *tokenError.
func (e *entra) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	e.once.Do(func() {
		if e.source == nil {
			e.source, e.err = azidentity.NewDefaultAzureCredential(&azidentity.DefaultAzureCredentialOptions{TenantID: e.tenant})
		}
	})
	if e.err != nil {
		return azcore.AccessToken{}, &tokenError{e.err}
	}
	token, err := e.source.GetToken(transport.Caller(ctx), o)
	if err != nil {
		return azcore.AccessToken{}, &tokenError{err}
	}
	e.last.Store(&token.Token)
	return token, nil
}

// secret is the last token; "" = none yet.
func (e *entra) secret() string {
	if e == nil {
		return ""
	}
	if token := e.last.Load(); token != nil {
		return *token
	}
	return ""
}

// tokenError means that no call was made, for want of a token.
type tokenError struct{ err error }

func (e *tokenError) Error() string { return e.err.Error() }
func (e *tokenError) Unwrap() error { return e.err }

// NonRetriable keeps azcore from hiding the error in one of its own.
func (e *tokenError) NonRetriable() {}

// carried goes with a request through azcore's pipeline, which adds the token,
// past what else the pipeline does: it would read a stream to its end before
// the first event is seen, and lose what had arrived of one that breaks.
type carried struct {
	body  io.ReadCloser // of the answer; nil = none yet
	agent string
}

type carriedKey struct{}

// aroundPipeline is an SDK middleware outside of the pipeline.
func aroundPipeline(req *http.Request, next option.MiddlewareNext) (*http.Response, error) {
	c := &carried{agent: req.Header.Get("User-Agent")}
	res, err := next(req.WithContext(context.WithValue(req.Context(), carriedKey{}, c)))
	if c.body == nil {
		return res, err
	}
	if err != nil || res == nil {
		_ = c.body.Close()
		return res, err
	}
	res.Body = c.body
	return res, nil
}

// azureTransport stands between the SDK's azure package and the chain of
// package transport.
//
// The SDK sends plain HTTP, which it allows to this machine only, around the
// transport that it is given, and so around retries, time limit and log.
// Therefore it is told https always, and plain says what is really spoken.
type azureTransport struct {
	next  http.RoundTripper
	plain bool
}

func (t *azureTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	if t.plain {
		req.URL.Scheme = "http"
	}
	c, ok := req.Context().Value(carriedKey{}).(*carried)
	if !ok {
		return t.next.RoundTrip(req)
	}
	req.Header.Set("User-Agent", c.agent)
	if err := freshBody(req); err != nil {
		return nil, err
	}
	res, err := t.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	if c.body != nil {
		_ = c.body.Close() // of the answer that asked for another token
	}
	c.body, res.Body = res.Body, http.NoBody
	return res, nil
}

// freshBody gives each reading of the body a reader of its own; azcore has one
// for all of them.
func freshBody(req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody {
		return nil
	}
	data, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	if err != nil {
		return err
	}
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil }
	req.Body, err = req.GetBody()
	return err
}
