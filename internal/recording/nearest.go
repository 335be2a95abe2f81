package recording

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
)

const (
	manyRecordings  = 1000 // more are not searched for the nearest
	manyDifferences = 5    // more make two requests strangers
)

// Nearest says which recording comes nearest to a question that has none, and
// where the two requests differ; "" where none is near. It is for people: a
// prompt that was edited by a word is found so.
func (s *Store) Nearest(q Question) string {
	names := s.recordings()
	if len(names) > manyRecordings || s.options.Directory == "" {
		return ""
	}
	mine, _ := jsontext.Parse(string(q.request)) // NewQuestion has parsed it
	spelled := jsontext.Canonical(mine)
	var best string
	var differences []string
	unlike := 0
	for _, name := range names {
		text, err := os.ReadFile(s.file(name))
		var r record
		if err != nil || json.Unmarshal(text, &r) != nil {
			continue
		}
		its, err := jsontext.Parse(string(r.Request))
		if err != nil {
			continue
		}
		found := q.differences(mine, its, r.Triggers)
		parts := unlikeness(spelled, jsontext.Canonical(its))
		if best == "" || len(found) < len(differences) || len(found) == len(differences) && parts < unlike {
			best, differences, unlike = name, found, parts
		}
	}
	if best == "" || len(differences) > manyDifferences {
		return ""
	}
	return fmt.Sprintf("The nearest recording is %s; its request differs in %s.", s.file(best), strings.Join(differences, ", "))
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
func unlikeness(x, y []byte) int {
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
