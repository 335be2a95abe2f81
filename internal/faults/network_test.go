package faults_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/emulator"
)

// behind puts a network with toxics, in toxiproxy's JSON, before the server.
func (s *site) behind(toxics ...string) {
	s.t.Helper()
	at, err := url.Parse(s.URL)
	if err != nil {
		s.t.Fatal(err)
	}
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, "api", "127.0.0.1:0", at.Host)
	if err := proxy.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(proxy.Stop)
	for _, toxic := range toxics {
		if _, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.base = "http://" + proxy.Listen + "/v1"
}

// gateway puts one before the server that changes the answers. body is the true answer's.
func (s *site) gateway(change func(header http.Header, body []byte) []byte) {
	s.t.Helper()
	at, err := url.Parse(strings.TrimSuffix(s.URL, "/v1"))
	if err != nil {
		s.t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(at)
	proxy.ModifyResponse = func(res *http.Response) error {
		body, err := io.ReadAll(res.Body)
		if err != nil {
			return err
		}
		body = change(res.Header, body)
		res.Header.Set("Content-Length", strconv.Itoa(len(body)))
		res.Body = io.NopCloser(bytes.NewReader(body))
		res.ContentLength = int64(len(body))
		return nil
	}
	server := httptest.NewServer(proxy)
	s.t.Cleanup(server.Close)
	s.base = server.URL + "/v1"
}

// withAnswer changes the JSON of an answer.
func withAnswer(change func(answer map[string]any)) func(http.Header, []byte) []byte {
	return func(_ http.Header, body []byte) []byte {
		var answer map[string]any
		if err := json.Unmarshal(body, &answer); err != nil {
			return body // a test will show
		}
		change(answer)
		body, _ = json.Marshal(answer)
		return body
	}
}

func gzipped(header http.Header, body []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, _ = w.Write(body) // a buffer takes all
	_ = w.Close()
	header.Set("Content-Encoding", "gzip")
	return out.Bytes()
}

// refusing leads to a port where nobody listens.
func (s *site) refusing() {
	l := s.listen()
	_ = l.Close()
	s.base = "http://" + l.Addr().String() + "/v1"
}

// unknownHost leads to a name that nobody can have.
func (s *site) unknownHost() { s.base = "https://nothing.invalid/v1" }

// plainPort leads with HTTPS to where HTTP is spoken.
func (s *site) plainPort() { s.base = strings.Replace(s.URL, "http:", "https:", 1) }

// strangeCertificate leads to a certificate that no one has signed.
func (s *site) strangeCertificate() {
	server := httptest.NewUnstartedServer(s.Server)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	s.t.Cleanup(server.Close)
	s.base = server.URL + "/v1"
}

// breakingHandshake resets each connection before TLS stands, when no request
// can have been sent yet.
func (s *site) breakingHandshake() {
	l := s.listen()
	s.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1))
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	}()
	s.base = "https://" + l.Addr().String() + "/v1"
}

func (s *site) listen() net.Listener {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.t.Fatal(err)
	}
	return l
}

// cutStream ends a stream so many bytes after the start of a text in it. The arguments
// must be streaming.
func cutStream(at string, further int, mode emulator.CutMode) func(s *site) {
	return func(s *site) {
		s.t.Helper()
		body, err := json.Marshal(map[string]any{
			"model": "gpt-4", "messages": []any{map[string]any{"role": "user", "content": prompt}},
			"stream": true, "stream_options": map[string]any{"include_usage": true, "include_obfuscation": false},
		})
		if err != nil {
			s.t.Fatal(err)
		}
		rehearsal := httptest.NewRecorder()
		emulator.New(emulator.Options{}).ServeHTTP(rehearsal, httptest.NewRequest(http.MethodPost, "/v1/chat/completions", bytes.NewReader(body)))
		where := strings.Index(rehearsal.Body.String(), at)
		if where < 0 {
			s.t.Fatalf("%q is not in %s", at, rehearsal.Body)
		}
		fault := emulator.CutBody(where + further)
		fault.CutMode = mode
		s.Fail(fault)
	}
}
