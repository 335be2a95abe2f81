package client_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// upload is a request that sends a file, and may be sent twice.
func upload(form *client.Form) client.Request {
	return client.Request{Method: "POST", Path: client.Path("files"), Form: form, Repeatable: true}
}

func opens(text string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }
}

func TestForm_isSent(t *testing.T) {
	t.Parallel()
	names := []string{"a.jsonl", `quoted "name" \ and more.txt`, "übersicht 世界.pdf", "two\r\nlines; x=1.txt", "bell\a.txt", "bad \xff.txt", ""}
	for _, name := range names {
		var got []string
		var length int64
		base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
			length = r.ContentLength
			_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
			parts := multipart.NewReader(r.Body, params["boundary"])
			for {
				part, err := parts.NextRawPart()
				if err != nil {
					break
				}
				data, _ := io.ReadAll(part)
				_, names, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
				got = append(got, fmt.Sprintf("%s|%q|%s|%s|%v", part.FormName(), names["filename"], part.Header.Get("Content-Type"), data, err))
			}
			answer(200, jsonType, `{"id":"file-1"}`)(w, r)
		})
		var mu sync.Mutex
		var log strings.Builder
		c := newClient(t, client.Settings{BaseURL: base, Log: func(_ context.Context, _, msg string, fields map[string]any) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintln(&log, msg, fields)
		}})
		a, err := c.Do(t.Context(), upload(&client.Form{
			Fields: []client.Field{{"purpose", "batch"}, {"expires_after[anchor]", "created_at"}, {"purpose", "größer\r\n"}},
			Name:   "file", FileName: name, ContentType: "application/jsonl", Size: 12, Open: opens("what is sent"),
		}))
		if err != nil || string(a.Body) != `{"id":"file-1"}` {
			t.Fatalf("%q: got %s, %v", name, a.Body, err)
		}
		received := strings.NewReplacer("\r", "%0D", "\n", "%0A", "\a", "%07", "\xff", "\ufffd").Replace(name)
		want := []string{
			`purpose|""||batch|<nil>`, `expires_after[anchor]|""||created_at|<nil>`, `purpose|""||größer` + "\r\n|<nil>",
			fmt.Sprintf("file|%q|application/jsonl|what is sent|<nil>", received),
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		mu.Lock()
		if text := log.String(); strings.Contains(text, "what is") || !strings.Contains(text, fmt.Sprintf("an upload of %d bytes", length)) {
			t.Errorf("the log says\n%s", text)
		}
		mu.Unlock()
	}
}

func TestForm_withoutAFile(t *testing.T) {
	t.Parallel()
	var got string
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		got = r.FormValue("a")
		answer(200, jsonType, `{"id":"x"}`)(w, r)
	})
	_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), upload(&client.Form{Fields: []client.Field{{"a", "b"}}}))
	if err != nil || got != "b" {
		t.Errorf("got %q, %v", got, err)
	}
}

// sparse is a file of zeros.
type sparse struct {
	left int64
	read func() // called for each part
}

func (s *sparse) Read(p []byte) (int, error) {
	s.read()
	if s.left == 0 {
		return 0, io.EOF
	}
	n := min(int64(len(p)), s.left)
	clear(p[:n])
	s.left -= n
	return int(n), nil
}

func (s *sparse) Close() error { return nil }

// It is not parallel: others would use memory.
func TestForm_streamsAndIsSentAgain(t *testing.T) {
	const size = 64 << 20
	for name, fault := range map[string]http.HandlerFunc{
		"503": answer(503, jsonType, `{}`),
		"cut": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cut, midway": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.CopyN(io.Discard, r.Body, size/2)
			panic(http.ErrAbortHandler)
		},
		"cut, at the end": func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			panic(http.ErrAbortHandler)
		},
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body)
			w.Header().Set("Location", r.URL.Path)
			w.WriteHeader(307)
		},
	} {
		t.Run(name, func(t *testing.T) {
			var n, opened atomic.Int32
			var got int64
			base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) == 1 {
					fault(w, r)
					return
				}
				_, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
				part, err := multipart.NewReader(r.Body, params["boundary"]).NextPart()
				if err == nil {
					got, _ = io.Copy(io.Discard, part)
				}
				answer(200, jsonType, `{"id":"file-1"}`)(w, r)
			})
			runtime.GC()
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			before, parts, peak := now.HeapAlloc, 0, uint64(0)
			_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2}).Do(t.Context(), upload(&client.Form{
				Name: "file", FileName: "x", Size: size,
				Open: func() (io.ReadCloser, error) {
					opened.Add(1)
					return &sparse{left: size, read: func() {
						if parts++; parts%100 == 0 {
							var now runtime.MemStats
							runtime.ReadMemStats(&now)
							peak = max(peak, now.HeapAlloc)
						}
					}}, nil
				},
			}))
			if err != nil || got != size || n.Load() != 2 || opened.Load() != 2 {
				t.Errorf("got %d bytes in %d requests, opened %d times: %v", got, n.Load(), opened.Load(), err)
			}
			if used := int64(peak) - int64(before); used > 12<<20 {
				t.Errorf("it takes %d KiB of memory", used>>10)
			}
		})
	}
}

func TestForm_endsAtOnceWhenCanceledMidway(t *testing.T) {
	t.Parallel()
	for _, repeatable := range []bool{true, false} {
		base, hits := serve(t, answer(200, jsonType, `{"id":"file-1"}`))
		ctx, cancel := context.WithCancel(t.Context())
		parts := 0
		r := upload(&client.Form{Name: "file", Size: 1 << 28, Open: func() (io.ReadCloser, error) {
			return &sparse{left: 1 << 28, read: func() {
				if parts++; parts == 50 {
					cancel()
				}
			}}, nil
		}})
		r.Repeatable = repeatable
		_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2, Clock: patient{}}).Do(ctx, r)
		p := problem(t, err, client.Canceled)
		contains(t, p.Detail(), "while the file was being sent")
		if p.MaybeCreated || p.MaybeBilled || hits.Load() > 1 {
			t.Errorf("got %+v after %d requests", p, hits.Load())
		}
	}
}

func TestForm_answerIsWaitedForWhenAllWasSent(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		answer(200, jsonType, `{"id":"file-1"}`)(w, r)
	})
	a, err := newClient(t, client.Settings{BaseURL: base, Clock: patient{}}).Do(ctx, upload(&client.Form{Name: "file", Size: 4, Open: opens("text")}))
	if err != nil || string(a.Body) != `{"id":"file-1"}` {
		t.Errorf("the ID of the file is lost: %s, %v", a.Body, err)
	}
}

// failing is a file whose end cannot be read.
type failing struct{ io.Reader }

func (f failing) Read(p []byte) (int, error) {
	n, err := f.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("bad sector")
	}
	return n, err
}

func (failing) Close() error { return nil }

func TestForm_sourcesThatFail(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 1<<20)
	for name, tt := range map[string]struct {
		size int64
		open func() (io.ReadCloser, error)
		says string
	}{
		"shorter":         {1<<20 + 1, opens(long), "the file changed while it was read: it has less than the 1048577 bytes that it had before"},
		"empty now":       {1, opens(""), "it has less than the 1 bytes"},
		"longer":          {1<<20 - 1, opens(long), "it has more than the 1048575 bytes"},
		"no longer empty": {0, opens("x"), "it has more than the 0 bytes"},
		"not there":       {5, func() (io.ReadCloser, error) { return os.Open("/nowhere/x") }, "could not be read: open /nowhere/x"},
		"unreadable":      {1<<20 + 1, func() (io.ReadCloser, error) { return failing{strings.NewReader(long)}, nil }, "could not be read: bad sector"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var whole, opened atomic.Int32
			base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if _, err := io.Copy(io.Discard, r.Body); err == nil {
					whole.Add(1)
				}
			})
			_, err := newClient(t, client.Settings{BaseURL: base, MaxRetries: 2}).Do(t.Context(), upload(&client.Form{
				Name: "file", Size: tt.size, Open: func() (io.ReadCloser, error) { opened.Add(1); return tt.open() },
			}))
			p := problem(t, err, client.Source)
			contains(t, p.Detail(), tt.says)
			if whole.Load() != 0 || opened.Load() != 1 || p.MaybeCreated {
				t.Errorf("the server got it %d times; opened %d times", whole.Load(), opened.Load())
			}
		})
	}
}

func TestForm_refused(t *testing.T) {
	t.Parallel()
	base, hits := serve(t, answer(200, jsonType, `{}`))
	_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), upload(&client.Form{Name: "file", ContentType: "a/b\r\nX: y", Open: opens("")}))
	_ = problem(t, err, client.NotSent)
	if hits.Load() != 0 {
		t.Error("sent")
	}
}

func TestForm_errorOfTheServer(t *testing.T) {
	t.Parallel()
	base, _ := serve(t, answer(400, jsonType, `{"error":{"message":"Invalid purpose","param":"purpose"}}`))
	_, err := newClient(t, client.Settings{BaseURL: base}).Do(t.Context(), upload(&client.Form{Name: "file", Size: 4, Open: opens("text")}))
	contains(t, problem(t, err, client.API).Detail(), "Invalid purpose", "Correct purpose.")
}

func TestForm_onAzure(t *testing.T) {
	t.Parallel()
	var path, key, got string
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		path, key = r.URL.Path, r.Header.Get("Authorization")
		file, _, err := r.FormFile("file")
		if err == nil {
			data, _ := io.ReadAll(file)
			got = string(data)
		}
		answer(200, jsonType, `{"id":"file-1"}`)(w, r)
	})
	base = strings.TrimSuffix(base, "/v1")
	c := newClient(t, client.Settings{BaseURL: base, Azure: &client.Azure{APIVersion: apiVersion, EntraID: true, Credential: &identity{}}})
	_, err := c.Do(t.Context(), upload(&client.Form{Name: "file", FileName: "a", Size: 4, Open: opens("text")}))
	if err != nil || got != "text" || path != "/openai/files" || key != "Bearer "+testToken {
		t.Errorf("got %q at %s: %v", got, path, err)
	}
}
