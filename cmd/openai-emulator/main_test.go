package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestRun_servesUntilStopped(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	addrFile, log := filepath.Join(dir, "addr"), filepath.Join(dir, "log")
	ctx, stop := context.WithCancel(t.Context())
	announced := make(chan struct{})
	out := &watcher{seen: announced}
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{"-addr", "127.0.0.1:0", "-addr-file", addrFile, "-key", "sk-one", "-key", "sk-two", "-admin-key", "sk-three", "-log", log}, out)
	}()
	<-announced

	base, err := os.ReadFile(addrFile)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "export OPENAI_BASE_URL="+string(base)+"\n") || strings.Contains(out.String(), "sk-one") {
		t.Errorf("announced:\n%s", out)
	}
	for request, want := range map[string]int{"sk-two /models": 200, "sk-three /models": 401, "sk-three /organization/costs?start_time=0": 200} {
		key, path, _ := strings.Cut(request, " ")
		req, _ := http.NewRequest(http.MethodGet, string(base)+path, nil)
		req.Header.Set("Authorization", "Bearer "+key)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: status %d", key, resp.StatusCode)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
	logged, err := os.ReadFile(log)
	if err != nil || bytes.Count(logged, []byte("\n")) != 3 || bytes.Contains(logged, []byte("sk-")) {
		t.Errorf("log %q, %v", logged, err)
	}
}

func TestRun_refusesWrongUsage(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args []string
		err  error
		text string
	}{
		{[]string{"-h"}, flag.ErrHelp, "-addr-file"},
		{[]string{"-h"}, flag.ErrHelp, "chat completions, responses, embeddings and moderations"},
		{[]string{"-h"}, flag.ErrHelp, "webhook endpoints"},
		{[]string{"-h"}, flag.ErrHelp, "batches"},
		{[]string{"-h"}, flag.ErrHelp, "costs"},
		{[]string{"-nope"}, errUsage, "not defined"},
		{[]string{"-key", ""}, errUsage, "is empty"},
		{[]string{"-admin-key", ""}, errUsage, "is empty"},
		{[]string{"-latency", "5"}, errUsage, "invalid value"},
		{[]string{"-processing", "5"}, errUsage, "invalid value"},
		{[]string{"-batch-time", "5"}, errUsage, "invalid value"},
		{[]string{"-response-time", "5"}, errUsage, "invalid value"},
		{[]string{"extra"}, errUsage, "unexpected argument: extra"},
	} {
		var out bytes.Buffer
		if err := run(t.Context(), test.args, &out); !errors.Is(err, test.err) {
			t.Errorf("%v: error %v", test.args, err)
		}
		if !strings.Contains(out.String(), test.text) {
			t.Errorf("%v: %s", test.args, out.String())
		}
	}
	if err := run(t.Context(), []string{"-addr", "nowhere"}, io.Discard); err == nil {
		t.Error("no error for a bad address")
	}
}

func TestBaseURL_isReachable(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string]string{
		"127.0.0.1:81": "http://127.0.0.1:81/v1", "0.0.0.0:82": "http://127.0.0.1:82/v1",
		"[::]:83": "http://127.0.0.1:83/v1", "[::1]:84": "http://[::1]:84/v1",
	} {
		resolved, err := net.ResolveTCPAddr("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if got := baseURL(resolved); got != want {
			t.Errorf("%s: %s", addr, got)
		}
	}
}

// watcher keeps what is written and tells of the first write.
type watcher struct {
	mu   sync.Mutex
	text strings.Builder
	once sync.Once
	seen chan struct{}
}

func (w *watcher) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.once.Do(func() { close(w.seen) })
	return w.text.Write(p)
}

func (w *watcher) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}
