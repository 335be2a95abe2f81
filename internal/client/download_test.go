package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

var content = client.Request{Method: "GET", Path: client.Path("files", "file-1", "content"), Existing: true}

// It is not parallel: others would use memory.
func TestDownload_streams(t *testing.T) {
	const size = 80 << 20 // more than transport.MaxBody
	for name, length := range map[string]string{"of known length": strconv.Itoa(size), "of unknown length": ""} {
		t.Run(name, func(t *testing.T) {
			base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if length != "" {
					w.Header().Set("Content-Length", length)
				}
				w.Header().Set("Content-Type", "application/jsonl")
				w.Header().Set("Content-Disposition", `attachment; filename="../../batch \"1\".jsonl"`)
				w.Header().Set("X-Request-Id", "req_1")
				_, _ = io.Copy(w, &sparse{left: size, read: func() {}})
			})
			var mu sync.Mutex
			var log strings.Builder
			c := newClient(t, client.Settings{BaseURL: base, Log: func(_ context.Context, _, msg string, fields map[string]any) {
				mu.Lock()
				defer mu.Unlock()
				fmt.Fprintln(&log, msg, fields)
			}})
			runtime.GC()
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			before, peak := now.HeapAlloc, uint64(0)
			parts := 0
			d, err := c.Download(t.Context(), content, writer(func(p []byte) (int, error) {
				if parts++; parts%100 == 0 {
					runtime.ReadMemStats(&now)
					peak = max(peak, now.HeapAlloc)
				}
				return len(p), nil
			}), size)
			want := client.Download{Bytes: size, ContentType: "application/jsonl", FileName: `batch "1".jsonl`, RequestID: "req_1"}
			if err != nil || d != want {
				t.Errorf("got %+v, %v", d, err)
			}
			if used := int64(peak) - int64(before); used > 12<<20 {
				t.Errorf("it takes %d KiB of memory", used>>10)
			}
			mu.Lock()
			defer mu.Unlock()
			if text := log.String(); strings.Contains(text, "\x00") || !strings.Contains(text, "bytes:"+strconv.Itoa(size)) {
				t.Errorf("the log says %.2000q", text)
			}
		})
	}
}

type writer func(p []byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestDownload_limit(t *testing.T) {
	t.Parallel()
	for name, chunked := range map[string]bool{"of known length": false, "of unknown length": true} {
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "12345")
			if chunked {
				_ = http.NewResponseController(w).Flush()
			}
			_, _ = io.WriteString(w, "6789")
		})
		c := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2})
		var out strings.Builder
		d, err := c.Download(t.Context(), content, &out, 9)
		if err != nil || out.String() != "123456789" || d.Bytes != 9 {
			t.Errorf("%s: got %q, %v", name, out.String(), err)
		}
		out.Reset()
		d, err = c.Download(t.Context(), content, &out, 8)
		contains(t, problem(t, err, client.BadAnswer).Message, "more than 8 bytes")
		if int64(out.Len()) != d.Bytes || out.Len() > 8 {
			t.Errorf("%s: %d bytes were written, %d are reported", name, out.Len(), d.Bytes)
		}
	}
}

func TestDownload_fails(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	for name, tt := range map[string]struct {
		handler http.HandlerFunc
		to      io.Writer
		kind    client.Kind
		says    []string
		hits    int32
	}{
		"gone":           {answer(404, jsonType, `{"error":{"message":"No such File object"}}`), io.Discard, client.API, []string{"No such File object", "404"}, 1},
		"error, page":    {answer(400, "text/html", "<title>Sign in</title>"), io.Discard, client.API, []string{"Sign in"}, 1},
		"error, retried": {answer(503, jsonType, `{"error":{"message":"busy"}}`), io.Discard, client.API, []string{"busy"}, 3},
		"cut":            {answerCut, io.Discard, client.Lost, []string{"the connection broke before the answer was complete"}, 1},
		"disk is full":   {answer(200, "application/jsonl", "{}\n"), writer(func([]byte) (int, error) { return 0, full }), client.Target, []string{"could not be written: no space left"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			base, hits := serve(t, tt.handler)
			_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2}).Download(t.Context(), content, tt.to, 1<<20)
			p := problem(t, err, tt.kind)
			contains(t, p.Detail(), tt.says...)
			if tt.kind == client.Target && !errors.Is(err, full) {
				t.Error("the cause is lost")
			}
			if hits.Load() != tt.hits || p.MaybeBilled || p.MaybeCreated {
				t.Errorf("sent %d times, %+v", hits.Load(), p)
			}
		})
	}
}

func TestDownload_names(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]string{
		"":                                   "",
		"attachment":                         "",
		`attachment; filename=a.jsonl`:       "a.jsonl",
		`attachment; filename="/etc/a\\b"`:   "b",
		`attachment; filename=".."`:          "",
		`attachment; filename="a/"`:          "",
		`inline; filename*=UTF-8''%e4%b8%96`: "世",
		`; filename`:                         "",
	} {
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Content-Disposition", header) })
		d, err := newClient(t, client.Settings{BaseURL: base}).Download(t.Context(), content, io.Discard, 0)
		if err != nil || d.FileName != want {
			t.Errorf("%s: got %q, %v", header, d.FileName, err)
		}
	}
}
