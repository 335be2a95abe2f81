// Package recording keeps answers in files, so that each is paid for once: one
// JSON file an answer, made to be read in a pull request and committed.
//
// A recording is found by what was asked: its name is the SHA-256 of the request,
// of the endpoint it goes to and of the triggers beside it. What a key, an organisation, a time limit or the
// spelling of the JSON says is no part of it. The file's name may have a label before that, for people.
//
// The words of an answer stand in its file once, in a form that people can read and
// correct (text.go).
//
// The package knows no Terraform, no HTTP, and nothing of what a request or an
// answer means. It never deletes or overwrites a recording, unless it is told to
// by [Refresh], and never one that it cannot read.
package recording

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// Mode says what a Store does about a request.
type Mode string

// The modes of a Store.
const (
	Reuse   Mode = "reuse"   // takes the recording if there is one, else asks and records
	Replay  Mode = "replay"  // takes the recording, never asks
	Refresh Mode = "refresh" // asks and overwrites, once a request in each process
)

// Options configure New.
type Options struct {
	Directory string           // where the files are; made when the first is written; "" = nowhere, so that Replay answers nothing
	Mode      Mode             // "" = Reuse
	Version   string           // of the provider, noted in each file
	Now       func() time.Time // nil = time.Now

	// SavedPlan is the plan that is being applied, if it was made and saved before;
	// nil = none, or that cannot be told.
	SavedPlan *SavedPlan
}

// Store is a directory of recordings. It is safe for concurrent use, and several
// processes may have the same directory.
type Store struct {
	options Options
	busy    gates    // requests that this process is asking
	fresh   sync.Map // name → struct{}: asked for by this process

	unusable sync.Map // name → Taken: what this process was answered that is of no use
	unclear  sync.Map // name → error: why a call of this process failed that may have been billed
	broken   atomic.Pointer[UnwritableError]

	looks    looks    // at the names of the files
	labelled labelled // files, by the questions that they answer
	index    index    // of what Nearest looks through
}

// New returns the store. It touches no file.
func New(o Options) *Store {
	if o.Mode == "" {
		o.Mode = Reuse
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{options: o}
}

// Mode is what the store does about a request.
func (s *Store) Mode() Mode { return s.options.Mode }

// Question is what a recording answers.
type Question struct {
	name     string
	endpoint string
	request  []byte
	ignore   []string
	triggers map[string]string
	unfit    error // why the request cannot be recorded; nil = it can

	presentation Presentation
}

// Presentation is how people see a recording. It has no part in its name.
type Presentation struct {
	Label string // stands in the file, and in its name as far as that takes it; "" = none

	// Text are the paths of the answer's texts that people read, such as
	// "choices[*].message.content", where [*] is each element of a list.
	Text []string

	// Stateless says that who asks is in no state, so that no state names the recording.
	Stateless bool
}

// Presented is the question whose recording is presented in that way, where it has none yet.
func (q Question) Presented(p Presentation) Question {
	q.presentation = p
	return q
}

// NewQuestion asks for the answer to request, a JSON object as it is sent to endpoint,
// such as "embeddings"; "" is chat completions, whose recordings have names that are
// made of no endpoint. The answer does not depend on the request's members in ignore.
// triggers tell questions apart whose requests are the same. It fails for a request that
// is no JSON object.
func NewQuestion(endpoint string, request []byte, ignore []string, triggers map[string]string) (Question, error) {
	name, err := nameOf(endpoint, request, triggers, ignore)
	q := Question{name: name, endpoint: endpoint, request: request, ignore: ignore, triggers: triggers}
	if err == nil {
		_, q.unfit = unambiguous(request)
	}
	if err == nil && len(request) > maxSize-ample {
		q.unfit = errTooLarge
	}
	return q, err
}

// Name is the name of the question's recording without its ending: 64 hexadecimal digits.
func (q Question) Name() string { return q.name }

func nameOf(endpoint string, request []byte, triggers map[string]string, ignore []string) (string, error) {
	parsed, err := jsontext.Parse(string(request))
	if err != nil {
		return "", err
	}
	object, ok := parsed.(map[string]any)
	if !ok {
		return "", errors.New("the request is no JSON object")
	}
	for _, name := range ignore {
		delete(object, name)
	}
	asked := map[string]any{"request": object}
	if endpoint != "" {
		asked["endpoint"] = endpoint
	}
	if len(triggers) > 0 {
		values := make(map[string]any, len(triggers))
		for name, value := range triggers {
			values[name] = value
		}
		asked["triggers"] = values
	}
	sum := sha256.Sum256(jsontext.Canonical(asked))
	return hex.EncodeToString(sum[:]), nil
}

// Answer is what was received.
type Answer struct {
	Body      []byte // a JSON object
	RequestID string // the server's name of the call; "" when it gave none
}

// nameLength is that of a name without its ending, in characters.
const nameLength = 2 * sha256.Size

func isName(text []byte) bool {
	return len(text) == nameLength && len(bytes.Trim(text, "0123456789abcdef")) == 0
}
