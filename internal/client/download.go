package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/openai/openai-go/v3/option"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/transport"
)

// Download is what came back beside the content.
type Download struct {
	Bytes       int64  // written
	ContentType string // as the server says; "" = it does not
	FileName    string // as the server says, without folders; "" = it does not
	RequestID   string // "" = the server gave none
}

// Download makes one call whose answer is any content, and writes that to a writer as
// it comes: it is never in memory as a whole, and stands in no log. An answer that has more than
// most bytes is a Problem; where the server does not say beforehand how long it is, the first
// most of them have then been written. An answer that breaks off is not asked for again: the Problem is Lost, and
// Bytes says how much was written. An error of the writer is found in the Problem by errors.Is and errors.As.
//
// Settings.RequestTimeout does not bound how long the content takes, only how long no byte comes.
func (c *Client) Download(ctx context.Context, r Request, to io.Writer, most int64) (Download, error) {
	call := c.newCall(ctx, r)
	defer call.settle()
	call.wire.Download(most)
	res, problem := call.send(option.WithHeader("Accept", "*/*"))
	if problem != nil {
		return Download{RequestID: problem.RequestID}, problem
	}
	defer res.Body.Close()
	d := Download{ContentType: res.Header.Get("Content-Type"), FileName: fileName(res.Header), RequestID: call.requestID(res)}
	if res.ContentLength > most {
		return d, call.at(res, call.tooBig(most))
	}
	out := &sink{to: to}
	var err error
	d.Bytes, err = io.Copy(out, res.Body)
	switch {
	case out.err != nil:
		return d, call.at(res, call.unwritten(out.err))
	case errors.As(err, new(*transport.TooLargeError)):
		return d, call.at(res, call.tooBig(most))
	case err != nil:
		return d, call.at(res, call.fail(err))
	}
	return d, nil
}

// fileName reads Content-Disposition.
func fileName(h http.Header) string {
	_, params, err := mime.ParseMediaType(h.Get("Content-Disposition"))
	if err != nil {
		return ""
	}
	name := params["filename"]
	name = printable(name[strings.LastIndexAny(name, `/\`)+1:], maxName)
	if name == "." || name == ".." {
		return ""
	}
	return name
}

// sink tells an error of the writer from one of the answer.
type sink struct {
	to  io.Writer
	err error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.to.Write(p)
	if err == nil && n < len(p) {
		err = io.ErrShortWrite
	}
	s.err = err
	return n, err
}

// tooBig explains a download over the limit.
func (k *call) tooBig(most int64) *Problem {
	p := k.problem(BadAnswer)
	p.Message = fmt.Sprintf("The content has more than %d bytes, the most that is read.", most)
	k.mayHaveWorked(p)
	return p
}

// unwritten explains that a download could not be written.
func (k *call) unwritten(err error) *Problem {
	p := k.problem(Target)
	p.Message = "What the server sent could not be written: " + k.text(err.Error(), 300) + "."
	k.mayHaveWorked(p)
	p.cause = &veiled{text: p.Message, err: err}
	return p
}
