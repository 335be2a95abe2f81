package recording

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

// What is searched for the nearest recording. It is a help for people, so that it may leave
// things out, and must not cost much.
const (
	manyRecordings  = 1000     // more are not searched
	manyBytes       = 1 << 20  // of a file, at most; what comes behind is not read
	manyRequests    = 16 << 20 // bytes of all requests together, in canonical form
	manyCandidates  = 32       // are compared place by place
	manyDifferences = 5        // more make two requests strangers
)

// index is what the recordings of a directory ask, read once a process.
type index struct {
	mu      sync.Mutex
	read    bool
	entries []entry
}

type entry struct {
	file     string // its name in the directory
	endpoint string
	request  string // canonical
	triggers map[string]string
}

// forget makes the next one who needs the index read it again.
func (x *index) forget() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.read, x.entries = false, nil
}

// entries are sorted by file. They must not be changed.
func (s *Store) entries() []entry {
	s.index.mu.Lock()
	defer s.index.mu.Unlock()
	if s.index.read || s.options.Directory == "" {
		return s.index.entries
	}
	s.index.read = true
	names := s.recordings()
	if len(names) > manyRecordings {
		return nil
	}
	size := 0
	for _, name := range names {
		e, err := s.readEntry(name)
		if err != nil {
			continue
		}
		if size += len(e.request); size > manyRequests {
			break
		}
		s.index.entries = append(s.index.entries, e)
	}
	return s.index.entries
}

// readEntry reads what stands before the answer in a recording, which is all that is needed.
func (s *Store) readEntry(name string) (entry, error) {
	file, err := openFile(s.path(name))
	if err != nil {
		return entry{}, err
	}
	defer file.Close()
	dec := json.NewDecoder(io.LimitReader(file, manyBytes))
	if start, err := dec.Token(); err != nil || start != json.Delim('{') {
		return entry{}, errors.Join(err, errors.New("no JSON object"))
	}
	out := entry{file: name}
	for dec.More() {
		member, err := dec.Token()
		if err != nil {
			return entry{}, err
		}
		var request json.RawMessage
		switch member {
		case "endpoint":
			err = dec.Decode(&out.endpoint)
		case "triggers":
			err = dec.Decode(&out.triggers)
		case "request":
			err = dec.Decode(&request)
		case "text", "answer":
			return out, nil
		default:
			err = dec.Decode(&json.RawMessage{})
		}
		if err != nil {
			return entry{}, err
		}
		if request != nil {
			parsed, err := jsontext.ParseStrict(request, limits)
			if err != nil {
				return entry{}, err
			}
			out.request = string(jsontext.Canonical(parsed))
		}
	}
	return entry{}, errors.New("there is no answer")
}

// Nearest says which recording comes nearest to a question that has none, and
// where the two requests differ; "" where none is near. It is for people: a
// prompt that was edited by a word is found so.
func (s *Store) Nearest(q Question) string {
	mine, _ := jsontext.Parse(string(q.request)) // NewQuestion has parsed it
	spelled := string(jsontext.Canonical(mine))
	type candidate struct {
		entry
		unlike int
	}
	var candidates []candidate
	for _, e := range s.entries() {
		if e.endpoint == q.endpoint {
			candidates = append(candidates, candidate{e, unlikeness(spelled, e.request)})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.unlike, b.unlike) })
	var best string
	var differences []string
	for _, c := range candidates[:min(len(candidates), manyCandidates)] {
		its, _ := jsontext.Parse(c.request) // it is canonical
		if found := q.differences(mine, its, c.triggers); best == "" || len(found) < len(differences) {
			best, differences = c.file, found
		}
	}
	if best == "" || len(differences) > manyDifferences {
		return ""
	}
	return fmt.Sprintf("The nearest recording is %s; its request differs in %s.", s.path(best), strings.Join(differences, ", "))
}

// differences lists the places where a recording's request is another than the question's.
func (q Question) differences(mine, its any, triggers map[string]string) []string {
	found := slices.DeleteFunc(jsontext.Differences(its, mine), func(place string) bool {
		name, _, _ := strings.Cut(place, ".")
		return slices.Contains(q.ignore, name)
	})
	if !maps.Equal(triggers, q.triggers) {
		found = append(found, "triggers")
	}
	return found
}

// unlikeness is how much of two requests, in canonical form, lies between what they
// have in common at the start and at the end, in bytes.
func unlikeness(x, y string) int {
	n := 0
	for n < min(len(x), len(y)) && x[n] == y[n] {
		n++
	}
	x, y = x[n:], y[n:]
	for len(x) > 0 && len(y) > 0 && x[len(x)-1] == y[len(y)-1] {
		x, y = x[:len(x)-1], y[:len(y)-1]
	}
	return len(x) + len(y)
}
