package transport

import (
	"errors"
	"io"
	"sync"
)

// body is the body of an answer: limited, with explained errors, and with a known end.
type body struct {
	src     io.ReadCloser
	left    int64 // bytes until the limit
	limit   int64
	moved   func() // something may have come
	explain func(error) error
	seen    *capture // copy for the log; nil = none
	end     func(*body)
	once    sync.Once
	err     error // sticky; io.EOF at the end
}

func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	if int64(len(p)) > b.left+1 { // one byte more tells "exactly" from "too long"
		p = p[:b.left+1]
	}
	n, err := b.src.Read(p)
	b.moved()
	if int64(n) > b.left {
		n, err = int(b.left), &TooLargeError{Limit: b.limit}
	}
	b.left -= int64(n)
	b.seen.add(p[:n])
	if err != nil {
		if !errors.Is(err, io.EOF) {
			err = b.explain(err)
		}
		b.err = err
		b.once.Do(func() { b.end(b) })
	}
	return n, err
}

func (b *body) Close() error {
	err := b.src.Close()
	b.once.Do(func() { b.end(b) })
	return err
}
