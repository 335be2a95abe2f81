// Package client turns provider settings into a configured openai-go client and
// every failure of a call into one readable [Problem].
//
// Settings decide everything: no environment variable is read here, and those
// that the SDK reads have no effect. Only Azure's identity library looks around
// by itself, when it is asked for a token. The package must not know Terraform types,
// what a request or an answer means, or when something is sent again (that is
// package transport).
package client

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// Client makes calls to one server. It is safe for concurrent use.
type Client struct {
	settings Settings
	base     *url.URL
	secrets  []string
	shown    *transport.Redactor // of secrets, for texts that are shown
	kept     *transport.Redactor // of secrets, for answers
	entra    *entra              // nil = no tokens
	budget   *budget             // nil = boundless
	sdk      openai.Client
}

// New returns a client for s. It makes no call and needs no key. It returns an
// error for a base URL that CheckBaseURL (CheckEndpoint on Azure) refuses, a header that CheckHeader
// refuses, a line break in a key, and negative numbers.
func New(s Settings) (*Client, error) {
	if s.BaseURL == "" {
		s.BaseURL = DefaultBaseURL
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	base, err := url.Parse(s.BaseURL)
	if err != nil {
		return nil, CheckBaseURL(s.BaseURL)
	}
	normalizeHost(base)
	c := &Client{settings: s, base: base, secrets: s.secrets(base), entra: newEntra(s), budget: newBudget(s.Limits)}
	c.shown, c.kept = redactors(c.secrets)
	options := c.options()
	c.sdk = openai.NewClient(options...)
	c.sdk.Options = options // without what NewClient took from the environment
	return c, nil
}

// options say everything that the SDK would otherwise look up or assume.
func (c *Client) options() []option.RequestOption {
	s := c.settings
	options := []option.RequestOption{
		option.WithHTTPClient(&http.Client{CheckRedirect: checkRedirect, Transport: c.transport()}),
		option.WithMaxRetries(0),
	}
	switch {
	case s.Azure != nil:
		options = append(options, c.onAzure())
	case s.APIKey != "":
		options = append(options, option.WithBaseURL(plainBase(c.base)), option.WithAPIKey(s.APIKey))
	default:
		options = append(options, option.WithBaseURL(plainBase(c.base)))
	}
	options = append(options, option.WithHeader("User-Agent", s.UserAgent))
	if s.Organization != "" {
		options = append(options, option.WithOrganization(s.Organization))
	}
	if s.Project != "" {
		options = append(options, option.WithProject(s.Project))
	}
	for name, value := range s.Headers { // after the key: an Authorization replaces it
		options = append(options, option.WithHeader(name, value))
	}
	return options
}

func (c *Client) transport() http.RoundTripper {
	s := c.settings
	chain := transport.New(transport.Options{
		MaxRetries:     s.MaxRetries,
		RequestTimeout: s.RequestTimeout,
		Secrets:        c.secrets,
		Log:            s.Log,
		Clock:          s.Clock,
		Grace:          s.Grace,
		Limits: transport.Limits{
			MaxConcurrent:     s.Limits.MaxConcurrent,
			RequestsPerMinute: s.Limits.RequestsPerMinute,
			TokensPerMinute:   s.Limits.TokensPerMinute,
		},
	})
	if s.Azure == nil {
		return chain
	}
	return &azureTransport{next: chain, plain: c.base.Scheme == "http"}
}

// AtOnce is how many of so many requests may be under way, as the settings' limits say.
func (c *Client) AtOnce(most int) int {
	if limit := c.settings.Limits.MaxConcurrent; limit > 0 {
		return min(limit, most)
	}
	return most
}

// Recordings is where answers are recorded; nil = nowhere. The client itself does
// not look there: what of a request makes an answer another one is the area's to say.
func (c *Client) Recordings() *recording.Store { return c.settings.Recordings }

// DataDirectory is where Terraform keeps what belongs to a working directory, and where answers wait for the state. The
// client itself keeps nothing there.
func (c *Client) DataDirectory() string {
	if c.settings.DataDirectory == "" {
		return ".terraform"
	}
	return c.settings.DataDirectory
}

// Clock is what tells the time and waits: for whoever waits between calls.
func (c *Client) Clock() transport.Clock {
	if c.settings.Clock == nil {
		return transport.RealClock
	}
	return c.settings.Clock
}

// azureOpenAI are the hosts of Azure OpenAI's v1 API, in Azure's clouds.
var azureOpenAI = []string{".openai.azure.com", ".openai.azure.us", ".openai.azure.cn"}

// IsOpenAI reports whether the server is known to be OpenAI's own or Azure's, so that
// OpenAI's limits hold. A gateway in front of it is not known to be.
func (c *Client) IsOpenAI() bool {
	host := strings.ToLower(c.base.Hostname())
	return c.settings.Azure != nil || host == "api.openai.com" || strings.HasSuffix(host, ".api.openai.com") || // in a region
		slices.ContainsFunc(azureOpenAI, func(suffix string) bool { return strings.HasSuffix(host, suffix) })
}

// String names the client without its secrets.
func (c *Client) String() string { return "client of " + c.base.Host }

// GoString is String: %#v shows no secret either.
func (c *Client) GoString() string { return c.String() }

// Do makes one call and returns the JSON of its answer. Every error is a
// *Problem. Body is empty for a status of 204. The Answer returned with an error
// carries the request ID, if known, and has a Body only where something came beside the
// error that may have been paid for: a part of what was asked for, or text instead of JSON.
func (c *Client) Do(ctx context.Context, r Request) (Answer, error) {
	call := c.newCall(ctx, r)
	defer call.settle()
	res, problem := call.send()
	if problem != nil {
		return Answer{RequestID: problem.RequestID}, problem
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if r.SecretAnswer {
		call.private = transport.NewPassages(append(slices.Clone(r.Secrets), string(body))...)
	}
	if err != nil {
		problem := call.at(res, call.fail(err))
		return Answer{RequestID: problem.RequestID, Body: call.unread(res, body)}, problem
	}
	return call.whole(res, body)
}

// call is one Do, Stream or Download under way.
type call struct {
	client  *Client
	request Request
	ctx     context.Context // the caller's
	watched context.Context // what requests are made with, reporting to wire; the caller's end is package transport's to see to
	wire    *transport.Exchange
	secrets *transport.Redactor // for texts that are shown
	lasting *transport.Redactor // for answers, which are kept: of long secrets only
	private *transport.Passages // Request.Secrets
	token   string              // of Entra ID, as known to secrets; "" = none

	reserved bool  // the budget holds something for the call
	unpaid   error // why the budget did not let it be sent again; nil = it was not asked, or did
	usage    int   // tokens, as the server counts them; 0 = it did not say
}

func (c *Client) newCall(ctx context.Context, r Request) *call {
	if r.Admin {
		r.APIKey = c.settings.AdminAPIKey
	}
	watched, wire := transport.Watch(ctx)
	if r.Carries == 0 { // else they have limits of their own
		wire.Expect(r.Tokens)
	}
	wire.Within(r.Limits...)
	if r.Unkept {
		wire.Abandon()
	}
	if r.Repeatable && !r.Costs {
		wire.AllowRepeat()
	}
	if r.Form != nil {
		wire.Upload(r.Form.upload())
	}
	private := transport.NewPassages(r.Secrets...)
	if private != nil || r.SecretAnswer {
		wire.Withhold(private)
	}
	k := &call{client: c, request: r, ctx: ctx, watched: watched, wire: wire, private: private}
	k.learn()
	return k
}

// learn takes up what is secret now: a token may have been received meanwhile.
func (k *call) learn() {
	token := k.client.entra.secret()
	if token == "" && k.request.APIKey == "" && len(k.request.Credentials) == 0 {
		k.secrets, k.lasting = k.client.shown, k.client.kept
		return
	}
	if token != k.token || k.secrets == nil {
		k.token = token
		k.secrets, k.lasting = redactors(slices.Concat(k.client.secrets, k.request.Credentials, []string{k.request.APIKey, token}))
	}
}

// send returns an answer with a status of success, whose body is to be closed. What the
// defaults set, the call's own headers replace.
func (k *call) send(defaults ...option.RequestOption) (*http.Response, *Problem) {
	if problem := k.refuse(); problem != nil {
		return nil, problem
	}
	if problem := k.reserve(); problem != nil {
		return nil, problem
	}
	var params any
	if k.request.Body != nil && k.request.Form == nil {
		params = k.request.Body
	}
	var res *http.Response
	err := k.client.sdk.Execute(k.watched, k.request.Method, k.reference(), params, &res, append(defaults, k.options()...)...)
	k.learn()
	switch {
	case err != nil && (res == nil || res.StatusCode < 400):
		return nil, k.at(res, k.fail(err))
	case err == nil && res.StatusCode >= 200 && res.StatusCode <= 299:
		return res, nil
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	problem := k.refused(res, body)
	if err != nil && !problem.quoted {
		problem.Message = "The server answered " + statusText(res.StatusCode) + ", but the text of its answer was lost."
	}
	return nil, problem
}

// projectHeader names the project that a request is counted for.
const projectHeader = "OpenAI-Project"

// options are what is the call's own.
func (k *call) options() []option.RequestOption {
	var options []option.RequestOption
	switch {
	case k.client.settings.Azure != nil:
		options = k.client.asAzure(k.request.APIKey)
	case k.request.APIKey != "":
		options = append(options, option.WithAPIKey(k.request.APIKey))
	}
	if k.request.Admin && !k.client.settings.setsHeader(projectHeader) {
		options = append(options, option.WithHeaderDel(projectHeader)) // the key belongs to none
	}
	for name, values := range k.request.Header {
		if k.client.settings.setsHeader(name) {
			continue
		}
		options = append(options, option.WithHeaderDel(name))
		for _, value := range values {
			options = append(options, option.WithHeaderAdd(name, value))
		}
	}
	return options
}

// reference is the path and query of the request. A query of the base URL, such
// as Azure's api-version, goes with every request.
func (k *call) reference() string {
	query := k.client.base.Query()
	for name, values := range k.request.Query {
		query[name] = values
	}
	path := strings.TrimPrefix(k.request.Path, "/")
	if len(query) == 0 {
		return path
	}
	return path + "?" + query.Encode()
}

// whole checks an answer in one piece.
func (k *call) whole(res *http.Response, body []byte) (Answer, error) {
	answer := Answer{RequestID: k.requestID(res), PollAfter: pollAfter(res.Header), Complete: true}
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\ufeff")))
	if len(body) == 0 && res.StatusCode == http.StatusNoContent {
		return answer, nil
	}
	whole, ok := object(body)
	if !ok { // every answer of the API is an object
		if json.Valid(body) && isErrorDocument(body) {
			return k.errorInAnswer(res, answer, body)
		}
		return k.undressed(res, body)
	}
	body = whole
	if isErrorDocument(body) {
		return k.errorInAnswer(res, answer, body)
	}
	k.learnUsage(body)
	answer.Body = k.withoutKeys(body)
	return answer, nil
}

// errorInAnswer makes a Problem of an answer with a status of success that is an
// error. What it holds besides is kept, since it may be paid for.
func (k *call) errorInAnswer(res *http.Response, answer Answer, body []byte) (Answer, error) {
	problem := k.refused(res, body)
	var members map[string]json.RawMessage
	if json.Unmarshal(body, &members) == nil && document(folded(members)).holdsContent() {
		k.learnUsage(body)
		answer.Body = k.withoutKeys(body)
		k.mayHaveWorked(problem)
	}
	return answer, problem
}

// pollAfter reads Openai-Poll-After-Ms; 0 = it is not there, negative or no number.
func pollAfter(h http.Header) time.Duration {
	ms, err := strconv.ParseInt(strings.TrimSpace(h.Get("Openai-Poll-After-Ms")), 10, 64)
	if err != nil || ms < 0 {
		return 0
	}
	return time.Duration(min(ms, math.MaxInt64/int64(time.Millisecond))) * time.Millisecond
}

// requestID takes the header of OpenAI, or what other servers call it.
func (k *call) requestID(res *http.Response) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "Apim-Request-Id", "X-Amzn-Requestid"} {
		if id := res.Header.Get(name); id != "" {
			return k.text(id, maxName)
		}
	}
	return ""
}
