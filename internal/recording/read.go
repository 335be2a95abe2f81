package recording

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// The versions of the files. One is written in the oldest that can say what it says, so that
// older versions of the provider read it.
const (
	plainFormat = 1
	format      = 2 // the newest: with "label", "stateless" and "text"
)

// limits bound what is read, and written, as a recording. A million values take some
// hundred megabytes of memory; 4,000 tokens with 20 alternatives and their bytes are half a
// million.
var limits = jsontext.Limits{Depth: 128, Values: 1_000_000}

// record is the content of a file.
type record struct {
	Format    int               `json:"recording"`
	Label     string            `json:"label,omitempty"`
	Recorded  time.Time         `json:"recorded_at"`
	Version   string            `json:"provider_version"`
	Unusable  []string          `json:"unusable,omitempty"`
	RequestID string            `json:"request_id,omitempty"`
	Endpoint  string            `json:"endpoint,omitempty"`
	Stateless bool              `json:"stateless,omitempty"`
	Triggers  map[string]string `json:"triggers,omitempty"`
	Request   json.RawMessage   `json:"request"`
	Text      []passage         `json:"text,omitempty"`
	Answer    json.RawMessage   `json:"answer"`
}

// fields are the members of a record but its format, by their exact names.
func (r *record) fields() map[string]any {
	return map[string]any{
		"label": &r.Label, "recorded_at": &r.Recorded, "provider_version": &r.Version, "unusable": &r.Unusable,
		"request_id": &r.RequestID, "endpoint": &r.Endpoint, "stateless": &r.Stateless, "triggers": &r.Triggers,
		"request": &r.Request, "text": &r.Text, "answer": &r.Answer,
	}
}

// Find returns the recording of a question; false = there is none. In the mode
// Replay that is a *MissingError. A file that cannot be used is a *DamagedError.
// In the mode Refresh only what this process has asked for is found.
func (s *Store) Find(q Question) (Taken, bool, error) {
	taken, err := s.read(q)
	switch {
	case errors.Is(err, fs.ErrNotExist) && s.options.Mode == Replay:
		return Taken{}, false, s.missing(q)
	case errors.Is(err, fs.ErrNotExist):
		return Taken{}, false, nil
	case err != nil:
		return Taken{}, false, err // in the mode Refresh, too: what cannot be read is not overwritten
	}
	if _, fresh := s.fresh.Load(q.name); s.options.Mode == Refresh && !fresh {
		return Taken{}, false, nil
	}
	return taken, true, nil
}

func (s *Store) read(q Question) (Taken, error) {
	if s.options.Directory == "" {
		return Taken{}, fs.ErrNotExist
	}
	file, _ := s.locate(q)
	r, err := readRecord(file)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		return Taken{}, err
	case notDirectory(s.options.Directory):
		return Taken{}, &UnwritableError{Directory: s.options.Directory, Why: "it is a file, or below one"}
	default:
		return Taken{}, err
	}
	if damage := r.answers(q); damage != nil {
		damage.File = file
		return Taken{}, damage
	}
	return Taken{Answer: Answer{Body: r.Answer, RequestID: r.RequestID}, File: file, Recorded: true}, nil
}

// readRecord reads a file. What is there and cannot be used is a *DamagedError.
func readRecord(file string) (record, error) {
	text, err := readFile(file)
	switch {
	case err == nil:
	case errors.Is(err, fs.ErrNotExist):
		return record{}, err
	case errors.Is(err, errTooLarge), errors.As(err, new(*irregularError)):
		return record{}, &DamagedError{File: file, Why: err.Error(), Next: restore}
	default:
		return record{}, &DamagedError{File: file, Why: "it cannot be read: " + plain(err), Next: "Make it readable"}
	}
	r, damage := parse(text)
	if damage != nil {
		damage.File = file
		return record{}, damage
	}
	return r, nil
}

func notDirectory(path string) bool {
	info, err := os.Stat(path)
	return err != nil && !errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir()
}

const restore = "Restore it from version control; or delete it, and the model is asked again"

func damaged(why string) *DamagedError { return &DamagedError{Why: why, Next: restore} }

// parse reads the content of a recording's file, or says why it is none. Whoever reviews
// a recording must see what is taken from it: names count to the letter, none stands twice,
// and there is nothing beside those that are known.
func parse(text []byte) (record, *DamagedError) {
	if err := jsontext.Strict(text, limits); err != nil {
		return record{}, damaged("it cannot be read: " + err.Error())
	}
	return parseStrict(text)
}

// parseStrict is parse of a text that Strict has nothing against.
func parseStrict(text []byte) (record, *DamagedError) {
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members == nil {
		return record{}, damaged("it is no recording: it is no JSON object")
	}
	version, err := strconv.Atoi(string(members["recording"]))
	switch {
	case err != nil || version < 1:
		return record{}, damaged(`it is no recording: it has no "recording" with the version of its format`)
	case version > format:
		return record{}, &DamagedError{Next: "Use a newer version of the provider",
			Why: fmt.Sprintf("it has the format %d, of a newer version of the provider; this one reads up to %d", version, format)}
	}
	r := record{Format: version}
	fields := r.fields()
	for _, name := range slices.Sorted(maps.Keys(members)) {
		field, known := fields[name]
		switch {
		case name == "recording":
		case !known:
			return record{}, damaged(fmt.Sprintf("it has a member %q, which no recording has (names count to the letter)", name))
		default:
			if err := json.Unmarshal(members[name], field); err != nil {
				return record{}, damaged(fmt.Sprintf("it is not in the form of a recording: %q cannot be read (%s)", name, err))
			}
		}
	}
	if err := r.whole(); err != nil {
		return record{}, damaged(err.Error())
	}
	return r, nil
}

// answers says why a recording does not answer a question; nil = it does.
func (r *record) answers(q Question) *DamagedError {
	if !isObject(r.Answer) {
		return damaged(`its "answer" is no JSON object`)
	}
	switch r.named(q.ignore) {
	case q.name:
		return nil
	case "":
		return damaged(`its "request" is no JSON object`)
	}
	return damaged("its request is not the one that its name stands for: the file was renamed, or its request edited")
}

// named is the name that a recording should have; "" if its request is none.
func (r *record) named(ignore []string) string {
	name, err := nameOf(r.Endpoint, r.Request, r.Triggers, ignore)
	if err != nil {
		return ""
	}
	return name
}

// isObject reports whether a text that is valid JSON is an object.
func isObject(text json.RawMessage) bool { return len(text) > 0 && text[0] == '{' }
