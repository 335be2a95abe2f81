package client

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/textproto"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// Form is a body of multipart/form-data with at most one file, which is never in memory as
// a whole: it is read from Open while it is sent, anew each time.
//
// Settings.RequestTimeout does not bound how long that takes, only how long no byte moves,
// and how long the answer takes after the last byte.
type Form struct {
	Fields []Field // in the order in which they are sent, before the file

	Name        string // of the file's field, such as "file"
	FileName    string // what the server is told; any text
	ContentType string // of the file; "" = application/octet-stream
	Size        int64  // of the file in bytes, exactly

	// Open returns the file; nil = there is none. A file that has then more or less than
	// Size bytes has changed, and the call fails with a Problem of the kind Source.
	Open func() (io.ReadCloser, error)
}

// Field is one value of a Form.
type Field struct{ Name, Value string }

// upload is the form as it is sent. Its boundary is the same in each attempt.
func (f *Form) upload() transport.Upload {
	var text bytes.Buffer
	w := multipart.NewWriter(&text) // a Buffer takes everything
	for _, field := range f.Fields {
		_ = w.WriteField(field.Name, field.Value)
	}
	if f.Open != nil {
		kind := f.ContentType
		if kind == "" {
			kind = "application/octet-stream"
		}
		_, _ = w.CreatePart(textproto.MIMEHeader{
			"Content-Disposition": {multipart.FileContentDisposition(f.Name, plainName(f.FileName))},
			"Content-Type":        {kind},
		})
	}
	head := bytes.Clone(text.Bytes())
	text.Reset()
	_ = w.Close()
	tail := text.Bytes()

	u := transport.Upload{ContentType: w.FormDataContentType(), Size: int64(len(head) + len(tail))}
	if f.Open == nil {
		u.Open = func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(head), bytes.NewReader(tail))), nil
		}
		return u
	}
	u.Size += f.Size
	u.Open = func() (io.ReadCloser, error) {
		file, err := f.Open()
		if err != nil {
			return nil, err
		}
		body := io.MultiReader(bytes.NewReader(head), &exactly{src: file, size: f.Size, left: f.Size}, bytes.NewReader(tail))
		return struct {
			io.Reader
			io.Closer
		}{body, file}, nil
	}
	return u
}

// plainName is a file name that stays within its quotes, whatever it holds. Quotes, backslashes
// and line breaks are package multipart's to escape.
func plainName(name string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(name, "\ufffd") {
		if (r < ' ' || r == 0x7f) && r != '\r' && r != '\n' {
			fmt.Fprintf(&b, "%%%02X", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// errChanged means that a file has not the size that it had.
var errChanged = errors.New("the file changed while it was read")

// exactly reads a file that has so many bytes, and fails before its end is passed on where
// it has more or less: what follows the file in the form would make it look whole.
type exactly struct {
	src        io.Reader
	size, left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if e.left == 0 {
		return 0, e.ended()
	}
	n, err := e.src.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	switch {
	case !errors.Is(err, io.EOF):
		return n, err
	case e.left > 0:
		return 0, fmt.Errorf("%w: it has less than the %d bytes that it had before", errChanged, e.size)
	}
	return n, nil
}

// ended is io.EOF where the file has no more.
func (e *exactly) ended() error {
	var more [1]byte
	n, err := io.ReadFull(e.src, more[:])
	switch {
	case n > 0:
		return fmt.Errorf("%w: it has more than the %d bytes that it had before", errChanged, e.size)
	case errors.Is(err, io.EOF):
		return io.EOF
	}
	return err
}

// noSource explains that the file of a form could not be read to its end.
func (k *call) noSource(err error) *Problem {
	p := k.problem(Source)
	p.Message = "The file was not sent to its end, because it could not be read: " + k.text(err.Error(), 300) + "."
	p.next = "Check that the file is there and can be read, and run the operation again."
	if errors.Is(err, errChanged) {
		p.Message = "The file was not sent to its end: " + k.text(err.Error(), 300) + "."
		p.next = "Run the operation again when nothing writes to the file any more."
	}
	return p
}
