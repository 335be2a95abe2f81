package transport_test

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// HTTP/2 frame types, flags and error codes (RFC 9113).
const (
	frameData, frameHeaders, frameReset, frameSettings, framePing, frameGoAway = 0, 1, 3, 4, 6, 7

	flagEndStream, flagAck, flagEndHeaders = 1, 1, 4

	protocolError, refusedStream = 1, 7
)

func writeFrame(w io.Writer, kind, flags byte, stream uint32, payload []byte) {
	head := []byte{byte(len(payload) >> 16), byte(len(payload) >> 8), byte(len(payload)), kind, flags}
	head = binary.BigEndian.AppendUint32(head, stream)
	_, _ = w.Write(append(head, payload...))
}

// rawHTTP2 is a server that speaks just enough HTTP/2 to end the n-th request
// (from 1) in any way. It returns its URL and the number of requests seen.
func rawHTTP2(t *testing.T, answer func(conn io.Writer, stream uint32, n int32)) (string, *atomic.Int32, *tls.Config) {
	t.Helper()
	cert := httptest.NewTLSServer(nil)
	cert.Close()
	config := cert.TLS.Clone()
	config.NextProtos = []string{"h2"}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	var hits atomic.Int32
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go serveHTTP2(conn, &hits, answer)
		}
	}()
	client := cert.Client().Transport.(*http.Transport).TLSClientConfig
	return "https://" + listener.Addr().String(), &hits, client
}

func serveHTTP2(conn net.Conn, hits *atomic.Int32, answer func(conn io.Writer, stream uint32, n int32)) {
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, 24)); err != nil { // the client's preface
		return
	}
	writeFrame(conn, frameSettings, 0, 0, nil)
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		payload := make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
		if _, err := io.ReadFull(conn, payload); err != nil {
			return
		}
		kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		switch {
		case kind == frameSettings && flags&flagAck == 0:
			writeFrame(conn, frameSettings, flagAck, 0, nil)
		case kind == framePing && flags&flagAck == 0:
			writeFrame(conn, framePing, flagAck, 0, payload)
		case (kind == frameHeaders || kind == frameData) && flags&flagEndStream != 0:
			answer(conn, stream, hits.Add(1))
		}
	}
}

// ok answers 200 with an empty body: ":status: 200" is entry 8 of the static table.
func ok(conn io.Writer, stream uint32) {
	writeFrame(conn, frameHeaders, flagEndHeaders|flagEndStream, stream, []byte{0x88})
}

func resetStream(code uint32) func(conn io.Writer, stream uint32) {
	return func(conn io.Writer, stream uint32) {
		writeFrame(conn, frameReset, 0, stream, binary.BigEndian.AppendUint32(nil, code))
	}
}

// goAway says that no stream after last was, or will be, looked at.
func goAway(last uint32) func(conn io.Writer, stream uint32) {
	return func(conn io.Writer, _ uint32) {
		writeFrame(conn, frameGoAway, 0, 0, append(binary.BigEndian.AppendUint32(nil, last), 0, 0, 0, 0))
	}
}

func TestHTTP2_resets(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		method string
		end    func(conn io.Writer, stream uint32)
		warm   bool // a request before has shown that the server speaks HTTP/2
		again  bool
	}{
		"GET, protocol error":              {"GET", resetStream(protocolError), true, true},
		"GET, refused":                     {"GET", resetStream(refusedStream), false, true},
		"POST, protocol error":             {"POST", resetStream(protocolError), true, false},
		"POST, protocol error, first call": {"POST", resetStream(protocolError), false, false},
		"POST, refused":                    {"POST", resetStream(refusedStream), true, true},
		"POST, refused, first call":        {"POST", resetStream(refusedStream), false, false},
		"POST, not looked at":              {"POST", goAway(1), true, true},
		"POST, canceled by the server":     {"POST", resetStream(8), true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bad := int32(1)
			if tt.warm {
				bad = 2
			}
			url, hits, config := rawHTTP2(t, func(conn io.Writer, stream uint32, n int32) {
				if n == bad {
					tt.end(conn, stream)
				} else {
					ok(conn, stream)
				}
			})
			base := transport.NewBase()
			base.TLSClientConfig = config
			t.Cleanup(base.CloseIdleConnections)
			chain := transport.New(transport.Options{Base: base, MaxRetries: 2, Clock: newClock(), Jitter: ceiling})
			if tt.warm {
				if _, _, err := call(chain, request(t, t.Context(), tt.method, url, "{}")); err != nil {
					t.Fatal(err)
				}
			}
			ctx, ex := transport.Watch(t.Context())
			_, _, err := call(chain, request(t, ctx, tt.method, url, "{}"))
			var lost *transport.LostError
			want := bad
			if tt.again {
				want++
			}
			if hits.Load() != want {
				t.Errorf("%d requests, want %d", hits.Load(), want)
			}
			if tt.again && err != nil || !tt.again && (!errors.As(err, &lost) || !ex.MaybeAnswered()) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestNewBase(t *testing.T) {
	t.Parallel()
	base := transport.NewBase()
	if base.Proxy == nil || !base.ForceAttemptHTTP2 || base.HTTP2.SendPingTimeout == 0 || base.MaxIdleConnsPerHost < 64 ||
		base.TLSHandshakeTimeout == 0 || base.IdleConnTimeout.Seconds() >= 2 || base.ResponseHeaderTimeout != 0 {
		t.Errorf("got %+v", base)
	}
}
