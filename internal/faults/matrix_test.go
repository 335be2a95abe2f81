package faults_test

import (
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/acctest"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// left is what the first apply leaves in the state.
type left int

const (
	nothing left = iota
	whole        // the answer
	tainted      // an answer of no use, marked as tainted
	partial      // the start of the answer, marked as tainted
)

// row is one fault and all that follows from it.
type row struct {
	fault     func(s *site)
	script    []emulator.Fault
	provider  string // more arguments of the provider block
	arguments string // and of the resource
	seen      int    // requests that reached the server
	billed    int    // of those, how many it worked on
	waits     []span // before further attempts
	says      string // what the user reads, a regular expression; "" = nothing went wrong
	left      left
	content   string // of the whole answer, where it is not the usual one
}

const (
	prompt = "Reply with exactly: Ten grey geese go over the green gate. Zwölf Boxkämpfer jagen über den großen Deich. Done."
	usual  = "Ten grey geese go over the green gate. Zwölf Boxkämpfer jagen über den großen Deich. Done."

	mayBill  = `The server may still have generated an answer, and may bill it\.`
	notAgain = `It was not sent again, so that you do not pay for it twice\.`
	once     = `.*Requests sent: 1\b`
	never    = `.*Requests sent: none \(tried 6 times\)`
)

// usually are the rows of the usual tests: one for each thing that may be left, and for each reason to ask again or not.
// Most of the others differ in words and numbers, which internal/transport and internal/client test.
var usually = []string{
	"connection refused",
	"reset on the way back", "timeout after the work", "create timeout", "slow stream", "body cut by the network",
	"stream torn in a letter", "stream stalls",
	"429", "429, Retry-After date", "429 for ever", "401", "500 for ever", "502 of HTML", "502, never connected",
	"200, an error in a stream",
	"not JSON", "no choices", "gzip",
}

// FAULTS=all checks all rows, as every night.
func TestMatrix(t *testing.T) {
	rows := matrix()
	names := usually
	if os.Getenv("FAULTS") == "all" {
		names = slices.Sorted(maps.Keys(rows))
	}
	for _, name := range names {
		r, ok := rows[name]
		if !ok {
			t.Errorf("there is no row %q", name)
			continue
		}
		t.Run(name, func(t *testing.T) { r.check(t) })
	}
}

func (r row) check(t *testing.T) {
	s := newSite(t, r.provider, prompt, r.arguments)
	s.Fail(r.script...)
	if r.fault != nil {
		r.fault(s)
	}
	output, ok := s.apply()
	if ok != (r.says == "") || r.says != "" && !regexp.MustCompile(r.says).MatchString(output) {
		t.Errorf("the user reads %.3000s\nwant %s", output, r.says)
	}
	if seen, billed := len(s.Requests()), s.Made(); seen != r.seen || billed != r.billed {
		t.Errorf("the server saw %d requests and worked on %d, want %d and %d", seen, billed, r.seen, r.billed)
	}
	if r.billed > 1 || r.billed == 1 && r.left == nothing && !strings.Contains(r.says, mayBill) {
		t.Error("the row is wrong: an answer is paid for twice, or thrown away without a word")
	}
	s.waited(r.waits)
	r.checkState(t, s)

	content, more := usual, 1
	if r.left == whole {
		more = 0
		if r.content != "" {
			content = r.content
		}
	}
	s.converges(content, more)
}

func (r row) checkState(t *testing.T, s *site) {
	t.Helper()
	got, there := stateOf(t, s.dir)[""]
	content := got.Attributes.Content
	want := usual
	if r.content != "" {
		want = r.content
	}
	good := false
	switch r.left {
	case nothing:
		good = !there
	case whole:
		good = there && !got.tainted() && content == want
	case tainted:
		good = there && got.tainted() && got.Attributes.ID != ""
	case partial:
		good = there && got.tainted() && content != "" && content != want && utf8.ValidString(content) && strings.HasPrefix(want, content)
	}
	if !good {
		t.Errorf("left in the state: %t, tainted %t, %.200q", there, got.tainted(), content)
	}
}

// after is the 429 with that Retry-After.
func after(seconds string) []emulator.Fault { return []emulator.Fault{emulator.RateLimited(seconds)} }

func matrix() map[string]row {
	rows := map[string]row{}
	for _, some := range []map[string]row{unreachable(), broken(), refused(), strange()} {
		for name, r := range some {
			rows[name] = r
		}
	}
	return rows
}

// unreachable are faults before a request is sent: they are tried again, and
// cost nothing.
func unreachable() map[string]row {
	return map[string]row{
		"connection refused": {fault: (*site).refusing, waits: backoffs(5), says: `could not be sent to 127\.0\.0\.1:\d+: .*connection refused` + never + `.*Check that base_url`},
		"host not known":     {fault: (*site).unknownHost, provider: "max_retries = 1", says: `could not be sent to nothing\.invalid: .*Requests sent: none`},
		"certificate":        {fault: (*site).strangeCertificate, says: `certificate is not trusted here`},
		"no TLS":             {fault: (*site).plainPort, says: `does not speak HTTPS on this port`},
		"handshake reset":    {fault: (*site).breakingHandshake, waits: backoffs(5), says: `could not be sent.*` + never},
	}
}

// broken are connections that break when the request was sent, at least in part: it is not
// sent again.
func broken() map[string]row {
	const lost = `the connection broke before the answer was complete: .*` + notAgain + ` ` + mayBill + once
	const late = `No complete answer came within request_timeout \(500ms\)\. The request was not sent again, so that you do not pay for it twice\. ` + mayBill + once + `.*Raise request_timeout`
	const kept = `What had arrived before that is kept in the state`
	const soon = `request_timeout = "500ms"`
	const stream = "stream = true\n  stream_options {\n    include_obfuscation = false\n  }"
	return map[string]row{
		"reset on the way there":   {fault: func(s *site) { s.behind(`{"type":"reset_peer","stream":"upstream"}`) }, says: lost},
		"reset on the way back":    {fault: func(s *site) { s.behind(`{"type":"reset_peer"}`) }, seen: 1, billed: 1, says: lost},
		"reset before the work":    {script: []emulator.Fault{emulator.Reset()}, seen: 1, says: lost},
		"reset after the work":     {script: []emulator.Fault{emulator.Reset().AfterAnswer()}, seen: 1, billed: 1, says: lost},
		"black hole":               {fault: func(s *site) { s.behind(`{"type":"timeout","stream":"upstream"}`) }, provider: soon, says: late},
		"timeout before the work":  {script: []emulator.Fault{emulator.Hang()}, provider: soon, seen: 1, says: late},
		"timeout after the work":   {script: []emulator.Fault{emulator.Hang().AfterAnswer()}, provider: soon, seen: 1, billed: 1, says: late},
		"timeout in the body":      {script: []emulator.Fault{emulator.Stall(100)}, provider: soon, seen: 1, billed: 1, says: late},
		"create timeout":           {script: []emulator.Fault{emulator.Hang()}, arguments: "timeouts {\n    create = \"500ms\"\n  }", seen: 1, says: `timeouts\.create \(500ms\), ran out.* ` + mayBill + once},
		"slow":                     {fault: func(s *site) { s.behind(`{"type":"slicer","attributes":{"average_size":40,"delay":2000}}`) }, seen: 1, billed: 1, left: whole},
		"slow stream":              {fault: func(s *site) { s.behind(`{"type":"slicer","attributes":{"average_size":40,"delay":500}}`) }, arguments: stream, seen: 1, billed: 1, left: whole},
		"body cut":                 {script: []emulator.Fault{emulator.CutBody(100)}, seen: 1, billed: 1, says: lost},
		"body cut by the network":  {fault: func(s *site) { s.behind(`{"type":"limit_data","attributes":{"bytes":700}}`) }, seen: 1, billed: 1, says: lost},
		"stream cut in an event":   {fault: cutStream("green", 2, emulator.CutAbort), arguments: stream, seen: 1, billed: 1, says: lost + `.*` + kept, left: partial},
		"stream cut in a letter":   {fault: cutStream("ö", 1, emulator.CutAbort), arguments: stream, seen: 1, billed: 1, says: lost + `.*` + kept, left: partial},
		"stream torn in a letter":  {fault: cutStream("ö", 1, emulator.CutClean), arguments: stream, seen: 1, billed: 1, says: `JSON that ends in the middle: .*` + mayBill + `.*` + kept, left: partial},
		"stream reset in a letter": {fault: cutStream("ö", 1, emulator.CutReset), arguments: stream, seen: 1, billed: 1, says: lost + `.*` + kept, left: partial},
		"stream stalls":            {fault: cutStream("ö", 1, emulator.CutStall), arguments: stream, provider: soon, seen: 1, billed: 1, says: late + `.*` + kept, left: partial},
	}
}

// refused are errors that the server, or one before it, answers with.
func refused() map[string]row {
	forEver := func(f emulator.Fault) []emulator.Fault { return []emulator.Fault{f.Repeat(-1)} }
	date := func(from time.Duration) string { return time.Now().Add(from).UTC().Format(http.TimeFormat) }
	again := row{seen: 2, billed: 1, waits: backoffs(1), left: whole}
	with := func(r row, script []emulator.Fault, waits ...span) row {
		r.script = script
		if waits != nil {
			r.waits = waits
		}
		return r
	}
	const tooLong = `429 Too Many Requests` + once + `.*The server asks to wait 24h0m0s\. The provider does not wait longer than a minute`
	return map[string]row{
		"429":                               with(again, after("")),
		"429, Retry-After 0":                with(again, after("0"), exactly(0)),
		"429, Retry-After 1.5":              with(again, after("1.5"), exactly(1500*time.Millisecond)),
		"429, Retry-After 60":               with(again, after("60"), exactly(time.Minute)),
		"429, Retry-After negative":         with(again, after("-5")),
		"429, Retry-After of words":         with(again, after("soon")),
		"429, Retry-After date":             {fault: func(s *site) { s.Fail(emulator.RateLimited(date(40 * time.Second))) }, seen: 2, billed: 1, waits: []span{{20 * time.Second, 40 * time.Second}}, left: whole},
		"429, Retry-After date in the past": with(again, after(date(-24*time.Hour))),
		"429, Retry-After a day":            {script: after("86400"), seen: 1, says: tooLong},
		"429, Retry-After without end":      {script: after("99999999999999999999999"), seen: 1, says: `429 Too Many Requests` + once + `.*The server asks to wait \d+h`},
		"429 for ever":                      {script: forEver(emulator.RateLimited("")), seen: 6, waits: backoffs(5), says: `Rate limit reached.*Requests sent: 6.*-parallelism=2`},
		"quota":                             {script: forEver(emulator.QuotaExceeded()), seen: 1, says: `You exceeded your current quota.*insufficient_quota` + once + `.*out of credit`},
		"401":                               {script: forEver(emulator.ErrorJSON(401, "invalid_request_error", "invalid_api_key", "", "Incorrect API key provided: "+acctest.Key+".")), seen: 1, says: `The API said: Incorrect API key provided: \*\*\*.*Status: 401 Unauthorized` + once + `.*OPENAI_API_KEY`},
		"403":                               {script: forEver(emulator.ErrorJSON(403, "invalid_request_error", "", "", "You have insufficient permissions for this operation.")), seen: 1, says: `Status: 403 Forbidden` + once + `.*Check the permissions`},
		"404":                               {script: forEver(emulator.ErrorJSON(404, "invalid_request_error", "model_not_found", "", "The model `gpt-4` does not exist or you do not have access to it.")), seen: 1, says: `Status: 404 Not Found` + once + `.*Check the name of the model`},
		"500":                               with(again, []emulator.Fault{emulator.ServerError()}),
		"500 for ever":                      {script: forEver(emulator.ServerError()), seen: 2, waits: backoffs(1), says: `Status: 500 Internal Server Error.*Requests sent: 2`},
		"408":                               {script: forEver(emulator.ErrorJSON(408, "", "Timeout", "", "The operation was timeout.")), seen: 1, says: `The API said: The operation was timeout\. ` + mayBill + `.*Status: 408 Request Timeout.*` + once + `.*sent once and not again`},
		"502 of HTML":                       {script: forEver(emulator.HTMLBadGateway()), seen: 1, says: `text/html page, not JSON.*Its title is "502 Bad Gateway".*` + mayBill + once + `.*sent once and not again`},
		"502, should retry":                 {script: forEver(emulator.Status(502, "bad gateway", "X-Should-Retry", "true")), seen: 1, says: mayBill + `.*sent once and not again`},
		"502, never connected":              with(again, []emulator.Fault{emulator.Status(502, "dial tcp 10.0.0.1:8000: connect: connection refused")}),
		"520":                               {script: forEver(emulator.Status(520, "unknown")), seen: 1, says: mayBill + `.*Status: 520.*sent once and not again`},
		"429, a wait in the body":           with(again, []emulator.Fault{emulator.Status(429, `[{"error":{"code":429,"message":"You exceeded your current quota. Please retry in 45.837906927s.","status":"RESOURCE_EXHAUSTED","details":[{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"45.837906927s"}]}}]`)}, exactly(45837906927)),
		"429, a wait in words":              with(again, []emulator.Fault{emulator.ErrorJSON(429, "requests", "rate_limit_exceeded", "", "Please try again in 12s.")}, exactly(12*time.Second)),
		"429, a quota of a day":             {script: forEver(emulator.ErrorJSON(429, "requests", "rate_limit_exceeded", "", "Rate limit reached on requests per day (RPD): Limit 200, Used 200. Please try again in 7.2s.")), seen: 1, says: `requests per day.*` + once + `.*quota for a day or longer`},
		"200, an error beside an id":        {script: forEver(emulator.Status(200, `{"id":"0448","choices":null,"created":1700000000,"model":"m-1","object":"","usage":{"total_tokens":0},"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}}`)), seen: 1, says: `The API said: insufficient balance Status: 200 OK Code: 1008`},
		"200, an error in a stream":         {script: forEver(emulator.Status(200, "data: {\"id\":\"x\",\"choices\":[],\"base_resp\":{\"status_code\":1008,\"status_msg\":\"insufficient balance\"}}\n\n", "Content-Type", "text/event-stream")), arguments: "stream = true", seen: 1, says: `The API said: insufficient balance`},
		"503, Retry-After":                  with(again, []emulator.Fault{emulator.Status(503, "", "Retry-After", "7")}, exactly(7*time.Second)),
		"504":                               {script: forEver(emulator.Status(504, "upstream request timeout")), seen: 1, says: mayBill + `.*Status: 504 Gateway Timeout` + once},
	}
}

// strange are answers that are whole, and odd.
func strange() map[string]row {
	large := strings.Repeat("Lorem ipsum. ", 3<<20/13)
	return map[string]row{
		"not JSON": {script: []emulator.Fault{emulator.TruncateBody(200)}, seen: 1, billed: 1, says: `JSON that ends in the middle: .*` + mayBill + once + `.*Run the operation again`},
		"no choices": {seen: 1, billed: 1, left: tainted, says: `without any choices.*kept in the state`,
			fault: func(s *site) { s.gateway(withAnswer(func(a map[string]any) { a["choices"] = []any{} })) }},
		"gzip": {seen: 1, billed: 1, left: whole, fault: func(s *site) { s.gateway(gzipped) }},
		"3 MB": {seen: 1, billed: 1, left: whole, content: large, fault: func(s *site) {
			s.gateway(withAnswer(func(a map[string]any) {
				a["choices"].([]any)[0].(map[string]any)["message"].(map[string]any)["content"] = large
			}))
		}},
	}
}
