package transport

import (
	"fmt"
	"io"
	"net/http"
)

// Upload is the body of a request that is not in memory. Each attempt reads it anew.
//
// The limit of one attempt begins again with each part of it that the connection takes: it
// bounds how long nothing moves, and after the last part how long the answer takes. So a
// long file on a slow line is not cut off as long as bytes flow.
type Upload struct {
	ContentType string
	Size        int64 // in bytes, exactly

	// Open is called when the first byte is due, once for each attempt. Its errors, and
	// those of reading, end the call with a BodyError.
	Open func() (io.ReadCloser, error)
}

// Upload has the requests of the call carry u in place of a body. Only its size is
// logged. A call whose caller gives up before the last byte was read ends at once.
func (ex *Exchange) Upload(u Upload) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.upload = &u
}

// Download has an answer of success passed on as it comes, up to most bytes. Neither
// Options.MaxBody holds for it nor the limit of one attempt, except that this bounds how long
// nothing moves. Only its size is logged. One that breaks off is not asked for again.
func (ex *Exchange) Download(most int64) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	ex.downloads, ex.most = true, most
}

// transfers are what the call carries to the server, and whether it downloads, up to most bytes.
func (ex *Exchange) transfers() (upload *Upload, downloads bool, most int64) {
	ex.mu.Lock()
	defer ex.mu.Unlock()
	return ex.upload, ex.downloads, ex.most
}

// attach gives a request of the attempt the body that is uploaded; nil = it has its own.
func (a *attempt) attach(out *http.Request, u *Upload) {
	if u == nil {
		return
	}
	out.Header.Set("Content-Type", u.ContentType)
	out.ContentLength = u.Size
	out.GetBody = func() (io.ReadCloser, error) {
		a.handed.Store(false)
		return &uploadBody{upload: u, left: u.Size, attempt: a}, nil
	}
	out.Body, _ = out.GetBody()
}

// partial reports whether the body of the attempt is an upload that was not read to its end.
func (a *attempt) partial() bool { return a.upload != nil && !a.handed.Load() }

// uploadBody reads an upload for one connection.
type uploadBody struct {
	upload  *Upload
	attempt *attempt
	src     io.ReadCloser // nil = not open yet
	left    int64
}

func (b *uploadBody) Read(p []byte) (int, error) {
	b.attempt.moved()
	if b.src == nil {
		src, err := b.upload.Open()
		if err != nil {
			return 0, &BodyError{Err: err}
		}
		b.src = src
	}
	n, err := b.src.Read(p)
	if err != nil && err != io.EOF {
		return 0, &BodyError{Err: err} // what came with it may be all that is missing
	}
	if b.left -= int64(n); b.left <= 0 {
		b.attempt.handed.Store(true)
	}
	return n, err
}

func (b *uploadBody) Close() error {
	if b.src == nil {
		return nil
	}
	return b.src.Close()
}

// shown stands in the log for the body.
func (u *Upload) shown() string { return fmt.Sprintf("(not shown: an upload of %d bytes)", u.Size) }

// download stands in the log for the body of one.
const downloadNotShown = "(not shown: a download)"
