package emulator

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"strconv"
	"time"
)

// injectFault lets a fault befall a request.
func (s *Server) injectFault(f Fault, a *answer, r *http.Request, body []byte) {
	if !wait(r.Context(), f.Delay) {
		return
	}
	if f.Hang || f.Reset {
		if f.Late {
			s.serve(discard{a.Header().Clone()}, r, body)
		}
		a.settle(0)
		if f.Hang {
			<-r.Context().Done()
		}
		reset(a)
		return
	}
	var w http.ResponseWriter = a
	if f.Cut {
		w = &cutter{ResponseWriter: a, left: f.CutAfter, mode: f.CutMode, context: r.Context()}
	}
	if f.Status == 0 {
		s.serve(w, r, body)
		return
	}
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	setDefault(w.Header(), "Content-Length", strconv.Itoa(len(f.Body)))
	w.WriteHeader(f.Status)
	w.Write([]byte(f.Body))
}

// wait returns false if the context ended first.
func wait(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// reset closes the connection so that the client sees a TCP RST. Where the
// connection cannot be had (HTTP/2), the stream is aborted.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if t, ok := conn.(*tls.Conn); ok {
		conn = t.NetConn()
	}
	if t, ok := conn.(*net.TCPConn); ok {
		_ = t.SetLinger(0) // fails only if the peer has left, as does Close
	}
	_ = conn.Close()
}

// discard is where an answer goes that will never be sent.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// cutter passes on the first bytes of a body and then ends it by its mode.
type cutter struct {
	http.ResponseWriter
	left    int
	mode    CutMode
	context context.Context
}

func (c *cutter) Unwrap() http.ResponseWriter { return c.ResponseWriter }

func (c *cutter) WriteHeader(status int) {
	if c.mode == CutClean {
		c.Header().Del("Content-Length")
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *cutter) Write(p []byte) (int, error) {
	if len(p) <= c.left {
		c.left -= len(p)
		return c.ResponseWriter.Write(p)
	}
	head := p[:c.left]
	c.left = 0
	if c.mode == CutClean {
		c.ResponseWriter.Write(head)
		return len(p), nil
	}
	c.ResponseWriter.Write(head)
	_ = http.NewResponseController(c.ResponseWriter).Flush() // fails only if the peer has left
	switch c.mode {
	case CutReset:
		reset(c.ResponseWriter)
	case CutStall:
		<-c.context.Done()
	}
	panic(http.ErrAbortHandler)
}
