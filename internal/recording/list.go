package recording

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"slices"
	"time"
)

// File is a file in a directory of recordings, by its name.
type File struct {
	Name     string // in its directory
	Question string // the name of the question that it answers
	Label    string // as far as it stands in the name
	Unusable bool   // an answer that was kept aside, and is never given
}

// Files lists the files in a directory that hold answers, by their names; nothing is
// known of what is in them. It fails if the directory cannot be read.
func Files(directory string) ([]File, error) {
	entries, err := os.ReadDir(directory)
	if err != nil {
		return nil, err
	}
	var files []File
	for _, entry := range entries {
		if of, ok := parseFileName(entry.Name()); ok {
			files = append(files, File{Name: entry.Name(), Question: of.name, Label: of.label, Unusable: of.aside})
		}
	}
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	return files, nil
}

// Recording is what a file holds.
type Recording struct {
	Label     string
	Recorded  time.Time
	Version   string   // of the provider that recorded it
	Unusable  []string // why the answer must not be given; nil = it may
	RequestID string
	Endpoint  string // "" is chat completions
	Stateless bool   // no state names it: an ephemeral resource or an action has asked
	Triggers  map[string]string
	Request   json.RawMessage // as it was sent
	Answer    json.RawMessage // whole
	Texts     []Text          // of the answer, as far as they are shown above it
}

// Text is a text of an answer.
type Text struct {
	Path string // where it stands in the answer
	Text string // JSON is indented, if it stands as such in the file
}

// Load reads a file. What is there and is no recording is a *DamagedError. It does not look
// whether the file's name is that of the question.
func Load(file string) (Recording, error) {
	r, err := readRecord(file)
	if err != nil {
		return Recording{}, err
	}
	out := Recording{Label: r.Label, Recorded: r.Recorded, Version: r.Version, Unusable: r.Unusable, RequestID: r.RequestID,
		Endpoint: r.Endpoint, Stateless: r.Stateless, Triggers: r.Triggers, Request: r.Request, Answer: r.Answer}
	for _, p := range r.Text {
		text := p.text()
		if p.JSON != nil {
			text = string(indented("  ")(p.JSON))
		}
		out.Texts = append(out.Texts, Text{Path: p.Path, Text: text})
	}
	return out, nil
}

// Names are the names of the questions whose recordings a text names by their files, such
// as a state does in the attribute "recording".
func Names(text []byte) []string {
	var names []string
	for at := 0; ; at += len(jsonEnding) {
		next := bytes.Index(text[at:], []byte(jsonEnding))
		if next < 0 {
			return names
		}
		at += next
		if start := at - nameLength; start >= 0 && isName(text[start:at]) {
			names = append(names, string(text[start:at]))
		}
	}
}
