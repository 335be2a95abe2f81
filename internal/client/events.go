package client

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// maxEvent is how long one event of a stream may be, in bytes.
const maxEvent = 32 << 20

var errLongEvent = fmt.Errorf("an event of the stream is longer than %d MiB", maxEvent>>20)

// event is one event of a stream: its name, "" for none, and its data.
type event struct {
	name string
	data []byte
}

// eventReader reads text/event-stream as servers send it. Besides what the standard
// says, it understands JSON with a line break as it is inside of a string, which ends
// a line of the stream in the middle of an event; JSON without "data:" before it; and
// events without an empty line between them; and llama.cpp's field "error". (The SDK's decoder drops a line that it
// does not know, and half of the text with it.) The time is linear in what is read.
type eventReader struct {
	in   *bufio.Reader
	long []byte // a line longer than the buffer of in
	held []byte // a line that was read and begins the next event; nil = none

	name string
	data []byte // nil = none yet
	bare bool   // the data came without "data:"
	json jsontext.Nesting
	gap  bool // an empty line has come inside of the data
}

func newEventReader(in io.Reader) *eventReader { return &eventReader{in: bufio.NewReader(in)} }

// next returns the next event, whose data may be empty; its data is the caller's to
// keep. The error is io.EOF at the end, errLongEvent for an event over maxEvent, or
// that of the reader.
func (e *eventReader) next() (event, error) {
	for {
		line, err := e.line()
		switch {
		case errors.Is(err, io.EOF) && e.data != nil:
			return e.take(), nil
		case err != nil:
			return event{}, err
		}
		if e.data != nil && e.separate(line) {
			e.held = line
			return e.take(), nil
		}
		inside := e.json.InString() || e.bare && e.json.Open()
		if len(line) == 0 && !inside {
			if e.data != nil {
				return e.take(), nil
			}
			e.name = ""
			continue
		}
		if err := e.add(line); err != nil {
			return event{}, err
		}
	}
}

// separate reports whether a line begins another event although no empty line has
// ended this one.
func (e *eventReader) separate(line []byte) bool {
	name, value := field(line)
	switch {
	case name == "event" && e.gap, name == "error" && !e.json.Open():
		return true
	case name == "data" && e.json.Open():
		return e.gap || e.bare && !e.json.InString() // else the data goes on in this line, as the standard has it
	case name == "data":
		return e.json.Begun() || isJSON(value) || isDone(value)
	}
	return isJSON(line) && !e.json.Open()
}

// add takes one line, which belongs to the current event.
func (e *eventReader) add(line []byte) error {
	name, value := field(line)
	switch {
	case name == "data" && (!e.bare || !e.json.InString()):
		return e.append(value)
	case e.json.InString(), name == "" && e.json.Open():
		e.gap = e.gap || len(line) == 0
		return e.append(line)
	case name == "event":
		e.name = string(value)
	case name == "error":
		e.name = name
		return e.append(value)
	case name == "" && isJSON(line):
		e.bare = true
		return e.append(line)
	}
	return nil
}

func (e *eventReader) append(line []byte) error {
	if len(e.data)+len(line) >= maxEvent {
		return errLongEvent
	}
	if e.data == nil {
		e.data = []byte{}
	} else {
		e.data = append(e.data, '\n')
		e.json.Read("\n")
	}
	e.data = append(e.data, line...)
	e.json.Read(string(line))
	return nil
}

func (e *eventReader) take() event {
	taken := event{name: e.name, data: bytes.TrimSpace(e.data)}
	e.name, e.data, e.bare, e.json, e.gap = "", nil, false, jsontext.Nesting{}, false
	return taken
}

// line is the next line without its end. It is valid until the next call.
func (e *eventReader) line() ([]byte, error) {
	if held := e.held; held != nil {
		e.held = nil
		return held, nil
	}
	e.long = e.long[:0]
	for {
		part, err := e.in.ReadSlice('\n')
		whole := part
		if len(e.long) > 0 || errors.Is(err, bufio.ErrBufferFull) {
			if len(e.long)+len(part) > maxEvent {
				return nil, errLongEvent
			}
			e.long = append(e.long, part...)
			whole = e.long
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil, errors.Is(err, io.EOF) && len(whole) > 0:
			return bytes.TrimSuffix(bytes.TrimSuffix(whole, []byte("\n")), []byte("\r")), nil
		}
		return nil, err
	}
}

// field takes a line of a stream apart. The name is ":" for a comment, and "" for a
// line that the standard does not know.
func field(line []byte) (name string, value []byte) {
	before, value, found := bytes.Cut(line, []byte(":"))
	switch string(before) {
	case "data":
		value = bytes.TrimPrefix(value, []byte(" "))
		if again, inner := field(value); again == "data" { // a gateway's stream in a stream
			return again, inner
		}
		return "data", value
	case "event", "id", "retry", "error":
		return string(before), bytes.TrimPrefix(value, []byte(" "))
	case "":
		if found {
			return ":", value
		}
	}
	return "", nil
}

func isJSON(text []byte) bool {
	text = bytes.TrimSpace(text)
	return len(text) > 0 && (text[0] == '{' || text[0] == '[')
}

// isDone reports whether the data of an event is the mark at the end of a stream.
func isDone(data []byte) bool {
	return bytes.EqualFold(bytes.Trim(data, "\" \t\r\n"), []byte("[DONE]"))
}
