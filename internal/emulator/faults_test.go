package emulator_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

func TestFail_answers(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		fault      emulator.Fault
		status     int
		type_      any
		code       any
		retryAfter string
		mediaType  string
	}{
		{"rate limit", emulator.RateLimited("7"), 429, "requests", "rate_limit_exceeded", "7", "application/json"},
		{"rate limit without a hint", emulator.RateLimited(""), 429, "requests", "rate_limit_exceeded", "", "application/json"},
		{"quota", emulator.QuotaExceeded(), 429, "insufficient_quota", "insufficient_quota", "", "application/json"},
		{"server error", emulator.ServerError(), 500, "server_error", nil, "", "application/json"},
		{"HTML", emulator.HTMLBadGateway(), 502, nil, nil, "", "text/html"},
		{"any error", emulator.ErrorJSON(418, "teapot", "short", "spout", "50% \"full\""), 418, "teapot", "short", "", "application/json"},
		{"any status", emulator.Status(503, "busy", "Retry-After", "3"), 503, nil, nil, "3", "text/plain; charset=utf-8"},
		{"no body", emulator.Status(204, ""), 204, nil, nil, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, emulator.Options{})
			r.Fail(test.fault)
			resp := r.do("POST", "/v1/chat/completions", asking("Hello", `"store":true`))
			equal(t, "status", resp.status, test.status)
			equal(t, "Retry-After", resp.header.Get("Retry-After"), test.retryAfter)
			equal(t, "Content-Type", resp.header.Get("Content-Type"), test.mediaType)
			if test.type_ != nil {
				equal(t, "type", resp.get("error", "type"), test.type_)
				equal(t, "code", resp.get("error", "code"), test.code)
			}
			gateway := test.mediaType == "text/html"
			equal(t, "is the gateway's own", resp.header.Get("X-Request-Id") == "", gateway)
			equal(t, "recorded", r.Requests()[0].Status, test.status)
			equal(t, "stored", len(r.Stored()), 0)
			equal(t, "the next is well", r.do("POST", "/v1/chat/completions", asking("Hello")).status, 200)
		})
	}
}

func TestFail_queuesAndMatches(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.Fail(
		emulator.Status(501, "").On("GET", "/models"),
		emulator.Status(502, "").On("POST", "/v1/chat").Containing("second"),
		emulator.Status(503, "").Repeat(2).On("POST", ""),
	)
	r.Fail(emulator.Status(504, "").Repeat(-1).Containing("for ever"))
	for i, step := range []struct {
		method, path, user string
		status             int
	}{
		{"POST", "/v1/chat/completions", "first", 503},
		{"POST", "/chat/completions", "second", 502},
		{"POST", "/v1/chat/completions", "second", 503},
		{"POST", "/v1/chat/completions", "second", 200},
		{"GET", "/v1/models", "", 501},
		{"GET", "/models", "", 200},
		{"POST", "/v1/chat/completions", "for ever", 504},
		{"POST", "/v1/chat/completions", "for ever", 504},
	} {
		equal(t, fmt.Sprint("step ", i), r.do(step.method, step.path, asking(step.user)).status, step.status)
	}
	r.Heal()
	equal(t, "healed", r.do("POST", "/v1/chat/completions", asking("for ever")).status, 200)
}

// try posts a chat completion that may fail, on a connection of its own.
func (r *rig) try(ctx context.Context, body string) (string, error) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url+"/v1/chat/completions", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

func TestFail_breaksConnections(t *testing.T) {
	t.Parallel()
	stored := asking("Reply with exactly: one two three", `"store":true`)
	streamed := asking("Reply with exactly: one two three", `"store":true,"stream":true`)
	late := emulator.CutBody(50)
	late.CutMode = emulator.CutReset
	for _, test := range []struct {
		name   string
		fault  emulator.Fault
		body   string
		err    error
		length int // of the body that arrived; -1 = all
		stored int
	}{
		{"reset", emulator.Reset(), stored, syscall.ECONNRESET, 0, 0},
		{"reset after answer", emulator.Reset().AfterAnswer(), stored, syscall.ECONNRESET, 0, 1},
		{"cut", emulator.CutBody(50), stored, io.ErrUnexpectedEOF, 50, 1},
		{"cut at once", emulator.CutBody(0), stored, io.ErrUnexpectedEOF, 0, 1},
		{"cut beyond the end", emulator.CutBody(1 << 20), stored, nil, -1, 1},
		{"cut stream", emulator.CutBody(500), streamed, io.ErrUnexpectedEOF, 500, 1},
		{"cut by reset", late, streamed, syscall.ECONNRESET, -1, 1},
		{"truncate", emulator.TruncateBody(50), stored, nil, 50, 1},
		{"truncate stream", emulator.TruncateBody(500), streamed, nil, 500, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := start(t, emulator.Options{})
			r.Fail(test.fault)
			text, err := r.try(t.Context(), test.body)
			if !errors.Is(err, test.err) {
				t.Errorf("error %v, want %v", err, test.err)
			}
			if test.length >= 0 {
				equal(t, "length", len(text), test.length)
			}
			equal(t, "stored", len(r.Stored()), test.stored)
			equal(t, "recorded", len(r.Requests()), 1)
		})
	}
}

func TestFail_cutsErrors(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	fault := emulator.ServerError()
	fault.Cut, fault.CutAfter = true, 10
	r.Fail(fault)
	text, err := r.try(t.Context(), asking("Hello"))
	equal(t, "text", text, `{"error":{`)
	equal(t, "error", err, io.ErrUnexpectedEOF)
}

func TestFail_hangsUntilClientLeaves(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault  emulator.Fault
		stored int
	}{
		"before": {emulator.Hang(), 0},
		"after":  {emulator.Hang().AfterAnswer(), 1},
		"amid":   {emulator.Stall(30), 1},
		"delay":  {emulator.Delay(time.Hour), 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, leave := context.WithCancel(t.Context())
			if name == "delay" { // nothing is logged before the delay is over
				var stop context.CancelFunc
				ctx, stop = context.WithTimeout(ctx, 20*time.Millisecond)
				defer stop()
			}
			// The log tells that the request has arrived.
			r := start(t, emulator.Options{Log: writer(func([]byte) { leave() })})
			r.Fail(test.fault)
			_, err := r.try(ctx, asking("Hello", `"store":true`))
			if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error %v", err)
			}
			equal(t, "stored", len(r.Stored()), test.stored)
		})
	}
}

func TestFail_delays(t *testing.T) {
	t.Parallel()
	r := start(t, emulator.Options{})
	r.Fail(emulator.Delay(30 * time.Millisecond))
	began := time.Now()
	equal(t, "status", r.ask("Hello").status, 200)
	if took := time.Since(began); took < 30*time.Millisecond {
		t.Errorf("answered after %v", took)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) {
	w(p)
	return len(p), nil
}
