package set

import (
	"fmt"
	"testing"
	"time"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
)

// What an apply has left belongs to a set that goes on from the same state or has one of its requests; or, if there is nothing
// like that, to one that calls its requests the same, unless several could be meant.
func TestOfSet(t *testing.T) {
	t.Parallel()
	type left struct {
		name, scope, state, keys, requests string
		over                               string // what it takes over
	}
	for name, tt := range map[string]struct {
		left []left
		by   journal.Submitter
		want string
	}{
		"one of the requests":      {[]left{{"1", "s", "", "a", "rz", ""}, {"2", "s", "", "ab", "z", ""}}, journal.Submitter{Scope: "s", Keys: []string{"a", "b"}}, "[1]"},
		"the same state":           {[]left{{"1", "s", "x", "a", "z", ""}, {"2", "s", "y", "a", "z", ""}}, journal.Submitter{Scope: "s", State: "x", Keys: []string{"b"}}, "[1]"},
		"another scope":            {[]left{{"1", "o", "", "a", "r", ""}}, journal.Submitter{Scope: "s", Keys: []string{"a"}}, "[]"},
		"most keys":                {[]left{{"1", "s", "", "abc", "z", ""}}, journal.Submitter{Scope: "s", Keys: []string{"a", "b"}}, "[1]"},
		"half of the keys":         {[]left{{"1", "s", "", "abcd", "z", ""}}, journal.Submitter{Scope: "s", Keys: []string{"a", "b"}}, "[]"},
		"keys of an update":        {[]left{{"1", "s", "x", "a", "z", ""}}, journal.Submitter{Scope: "s", Keys: []string{"a"}}, "[]"},
		"keys for an update":       {[]left{{"1", "s", "", "a", "z", ""}}, journal.Submitter{Scope: "s", State: "x", Keys: []string{"a"}}, "[]"},
		"keys of several":          {[]left{{"1", "s", "", "a", "z", ""}, {"2", "s", "", "a", "z", ""}}, journal.Submitter{Scope: "s", Keys: []string{"a"}}, "[]"},
		"keys of one, twice":       {[]left{{"1", "s", "", "a", "z", ""}, {"2", "s", "", "a", "z", "1"}}, journal.Submitter{Scope: "s", Keys: []string{"a"}}, "[1 2]"},
		"what one had taken over":  {[]left{{"1", "s", "", "q", "z", ""}, {"2", "s", "", "a", "r", "1"}}, journal.Submitter{Scope: "s", Keys: []string{"a"}}, "[1 2]"},
		"requests before the keys": {[]left{{"1", "s", "", "a", "z", ""}, {"2", "s", "", "b", "r", ""}}, journal.Submitter{Scope: "s", Keys: []string{"a"}}, "[2]"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, written := t.TempDir(), map[string]string{}
			for i, l := range tt.left {
				log := &journal.Log{By: journal.Submitter{Scope: l.scope, State: l.state, Keys: letters(l.keys)}}
				if l.over != "" {
					all, err := journal.Left(dir, time.Now())
					if err != nil {
						t.Fatal(err)
					}
					log.Takes(all)
				}
				if err := log.Add(dir, journal.Submission{Mark: "m", At: time.Unix(int64(i), 0), Requests: letters(l.requests)}); err != nil {
					t.Fatal(err)
				}
				log.Close()
				written[log.Name()] = l.name
			}
			logs, err := journal.Left(dir, time.Now())
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, l := range ofSet(logs, tt.by, map[string]bool{"r": true}) {
				got = append(got, written[l.Name()])
			}
			if fmt.Sprint(got) != tt.want {
				t.Errorf("got %v, want %s", got, tt.want)
			}
		})
	}
}

func letters(text string) (all []string) {
	for _, r := range text {
		all = append(all, string(r))
	}
	return all
}
