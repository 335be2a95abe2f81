package job

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
)

// MarkKey is the member of a batch's metadata that has the mark of its task.
const MarkKey = "terraform"

// givenInput stands before the mark of a task whose input file is not ours to delete.
const givenInput = "input:"

// What OpenAI takes of a batch: requests, bytes of the input file, and characters of a Line's ID.
const (
	MaxLines = 50_000
	MaxBytes = 200_000_000
	MaxID    = 64
)

// Line is one request of a batch.
type Line struct {
	ID   string // custom_id, which no other line of the batch has
	Body []byte // JSON
}

// Task is a batch that is to be.
type Task struct {
	Endpoint string   // "/v1/chat/completions"
	APIKey   string   // instead of the provider's; "" = that
	Secrets  []string // parts of the requests that may come out nowhere

	// Lines are the requests. They are ranged over several times, and must be the same each time: first to learn how long the input is, then,
	// as often as it is sent, to send it.
	Lines iter.Seq[Line]

	// InputFileID is a file that is there, instead of Lines. It stays when the files of the batch are removed.
	InputFileID string

	// Tokens is about how many tokens the requests and their answers take, for the budget of the run. 0 = nobody knows.
	Tokens int

	// Mark tells the task from any other, in at most 500 characters. It is the member [MarkKey] of the batch's metadata.
	Mark string

	// Not are IDs of batches that have the mark, and are not to be adopted.
	Not []string

	Metadata           map[string]string // what the user says of the batch; nil = nothing
	OutputExpiresAfter time.Duration     // how long the server keeps the results; 0 = as long as it likes
	CompletionWindow   string            // "" = "24h"
	Filename           string            // of the input; "" = "batch.jsonl"
}

// count is how many lines there are; 1 for a file.
func (t Task) count() (n int) {
	if t.Lines == nil {
		return 1
	}
	for range t.Lines {
		n++
	}
	return n
}

// mark is the mark as the batch has it.
func (t Task) mark() string {
	if t.InputFileID != "" {
		return givenInput + t.Mark
	}
	return t.Mark
}

// upload uploads the lines, and returns the ID of the file. To upload twice costs nothing, so it is sent again if
// an answer is lost.
func (t Task) upload(ctx context.Context, c *client.Client) (string, error) {
	size, err := t.size()
	if err != nil {
		return "", err
	}
	name := t.Filename
	if name == "" {
		name = "batch.jsonl"
	}
	answer, err := c.Do(ctx, client.Request{
		Method: http.MethodPost, Path: "files", APIKey: t.APIKey, Secrets: t.Secrets, Repeatable: true,
		Form: &client.Form{
			Fields: []client.Field{{Name: "purpose", Value: "batch"}},
			Name:   "file", FileName: name, ContentType: "application/jsonl", Size: size,
			Open: func() (io.ReadCloser, error) { return t.open(), nil },
		},
	})
	if err != nil {
		return "", err
	}
	return answer.ID()
}

// size is how long the input is, in bytes.
func (t Task) size() (size int64, err error) {
	if t.Lines == nil {
		return 0, errNoLines
	}
	for line := range t.Lines {
		text, err := t.line(line)
		if err != nil {
			return 0, err
		}
		size += int64(len(text))
	}
	if size == 0 {
		return 0, errNoLines
	}
	return size, nil
}

var errNoLines = errors.New("the batch has no requests")

// line is a line of the input.
func (t Task) line(l Line) ([]byte, error) {
	var out bytes.Buffer
	out.Grow(len(l.Body) + len(l.ID) + len(t.Endpoint) + 60)
	fmt.Fprintf(&out, `{"custom_id":%s,"method":"POST","url":%s,"body":`, quoted(l.ID), quoted(t.Endpoint))
	if err := json.Compact(&out, l.Body); err != nil { // a line break would end the line
		return nil, fmt.Errorf("the body of the request %q is no JSON: %w", l.ID, err)
	}
	out.WriteString("}\n")
	return out.Bytes(), nil
}

// quoted is a text as JSON.
func quoted(text string) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a text can be written
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

// LineBytes is how long a line is in the input of a batch, in bytes; about that, where the body has white space.
func LineBytes(endpoint string, l Line) int64 {
	return int64(len(`{"custom_id":,"method":"POST","url":,"body":}`) + len(quoted(l.ID)) + len(quoted(endpoint)) + len(l.Body) + 1)
}

// open opens the input for reading.
func (t Task) open() io.ReadCloser {
	next, stop := iter.Pull(t.Lines)
	return &input{task: t, next: next, stop: stop}
}

// input reads the lines of a task one after the other.
type input struct {
	task Task
	next func() (Line, bool)
	stop func()
	left []byte // of the present line
}

func (in *input) Read(p []byte) (int, error) {
	if len(in.left) == 0 {
		line, more := in.next()
		if !more {
			return 0, io.EOF
		}
		var err error
		if in.left, err = in.task.line(line); err != nil {
			return 0, err
		}
	}
	n := copy(p, in.left)
	in.left = in.left[n:]
	return n, nil
}

// Close ends the reading.
func (in *input) Close() error {
	in.stop()
	return nil
}
