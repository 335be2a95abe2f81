package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// written is what became of an answer.
type written struct {
	file  string // "" = it could not be written, see err
	aside bool   // the file is none that is found again
	err   error
}

// keep writes an answer as the recording of a question; or beside the recordings, if it
// is unusable or could not be read again.
func (s *Store) keep(q Question, answer Answer, unusable []string) written {
	now := s.options.Now().UTC()
	r := record{
		Label:     q.presentation.Label,
		Recorded:  now.Truncate(time.Second),
		Version:   s.options.Version,
		Unusable:  unusable,
		RequestID: answer.RequestID,
		Endpoint:  q.endpoint,
		Stateless: q.presentation.Stateless,
		Triggers:  q.triggers,
	}
	r.Request, _ = unambiguous(q.request) // Begin gives no slot where that fails
	var unfit error
	if r.Answer, unfit = unambiguous(answer.Body); unfit == nil && !isObject(r.Answer) {
		unfit = errors.New("it is no JSON object")
	}
	var text []byte
	if unfit == nil {
		text, unfit = r.encode(q.presentation.Text)
	}
	if unfit != nil {
		if unusable == nil {
			r.Unusable = []string{"the answer cannot be recorded: " + unfit.Error()}
		}
		var err error
		if text, err = r.spell(!errors.As(unfit, new(*jsontext.LimitError))); err != nil { // deep ones grow a lot
			return written{err: err}
		}
	}
	out := written{file: s.File(q)}
	switch {
	case r.Unusable != nil:
		out.aside, out.file = true, s.path(q.fileName()+"."+now.Format("20060102T150405.000000000Z")+unusableEnding+jsonEnding)
		if unusable == nil {
			out.err = unfit
		}
	case s.options.Mode == Refresh: // one that is there is overwritten where it is
		out.file, _ = s.locate(q)
	}
	if err := s.writeFile(out.file, text); err != nil {
		return written{err: err}
	}
	return out
}

// encode writes a record as it stands in its file, with the texts at some paths of its
// answer above it. The error says why it could not be read again.
func (r record) encode(paths []string) (text []byte, err error) {
	if shown := r.shown(paths); shown.Text != nil {
		if text, err = shown.spell(true); err == nil && readable(text) == nil {
			return text, nil
		}
	}
	if text, err = r.spell(true); err == nil {
		err = readable(text)
	}
	return text, err
}

// readable says why a text is no recording; nil = it is one.
func readable(text []byte) error {
	if len(text) > maxSize {
		return errTooLarge
	}
	if err := jsontext.Strict(text, limits); err != nil {
		return err
	}
	if _, damage := parseStrict(text); damage != nil {
		return errors.New(damage.Why)
	}
	return nil
}

// spell writes a record as JSON: in lines, to be read by people, unless that would make it too
// large.
func (r record) spell(inLines bool) ([]byte, error) {
	r.Format = plainFormat
	if r.Label != "" || r.Stateless || r.Text != nil {
		r.Format = format
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil || !inLines {
		return out.Bytes(), err
	}
	var lines bytes.Buffer
	if err := json.Indent(&lines, out.Bytes(), "", "  "); err != nil || lines.Len() > maxSize {
		return out.Bytes(), err
	}
	return lines.Bytes(), nil
}

// unambiguous is a text in a spelling that a recording may have, with the meaning that the
// readers of encoding/json take from it: of two members of one name the last counts, and what
// is not UTF-8 is U+FFFD. What is no JSON, such as the half of an answer, becomes a string. The error
// says why a text cannot be recorded.
func unambiguous(text []byte) (json.RawMessage, error) {
	err := jsontext.Strict(text, limits)
	if err == nil || errors.As(err, new(*jsontext.LimitError)) {
		return text, err
	}
	v, noJSON := jsontext.Parse(string(text))
	if noJSON != nil {
		v = string(text)
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	if noJSON != nil {
		return out.Bytes(), fmt.Errorf("it is not valid JSON: %w", noJSON)
	}
	return out.Bytes(), jsontext.Strict(out.Bytes(), limits)
}
