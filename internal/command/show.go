package command

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// find is the file of a directory that has a label, a name, or a hash that begins like that.
func find(directory, name string) (string, error) {
	all, err := read(directory)
	if err != nil {
		return "", err
	}
	var found, begun []string
	for _, e := range slices.Concat(all.recordings, all.unusable, all.damaged) {
		if e.Name == name {
			return e.Name, nil
		}
		switch {
		case e.Recording.Label == name || e.File.Label == name:
			found = append(found, e.Name)
		case strings.HasPrefix(e.Question, name):
			begun = append(begun, e.Name)
		}
	}
	if len(found) == 0 {
		found = begun
	}
	switch {
	case name == "":
		return "", errors.New("which recording? Give its label, or the beginning of its hash")
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return "", fmt.Errorf("there is no recording %q in %s", name, directory)
	}
	for i := range found {
		found[i] = jsontext.Printable(found[i])
	}
	return "", fmt.Errorf("%q stands for %d files in %s. Name one of them:\n  %s", name, len(found), directory, strings.Join(found, "\n  "))
}

// show shows what a file holds.
func show(file string, out io.Writer) error {
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s. Give DIR NAME, or a file", file)
	}
	r, err := recording.Load(file)
	if err != nil {
		return err
	}
	e := entry{Recording: r}
	facts := [][2]string{{"File", file}, {"Label", r.Label}, {"Recorded", r.Recorded.Format("2006-01-02 15:04:05 MST")},
		{"Provider", r.Version}, {"Endpoint", r.Endpoint}, {"Model", e.model()}, {"Request ID", r.RequestID}, {"Unusable", strings.Join(r.Unusable, "; ")}}
	if n, known := e.tokens(); known {
		facts = append(facts, [2]string{"Tokens", fmt.Sprint(n)})
	}
	for _, fact := range facts {
		if fact[1] != "" {
			fmt.Fprintf(out, "%-12s%s\n", fact[0]+":", jsontext.Printable(fact[1]))
		}
	}
	if len(r.Triggers) > 0 {
		triggers, _ := json.Marshal(r.Triggers) // strings always encode
		fmt.Fprintf(out, "\nTriggers\n\n%s", outline(triggers, "  "))
	}
	fmt.Fprintf(out, "\nRequest\n\n%s\nAnswer\n\n", outline(r.Request, "  "))
	if len(r.Texts) == 0 {
		_, err = io.WriteString(out, outline(r.Answer, "  "))
		return err
	}
	for i, text := range r.Texts {
		if len(r.Texts) > 1 {
			fmt.Fprintf(out, "%s  %s:\n", strings.Repeat("\n", min(i, 1)), jsontext.Printable(text.Path))
		}
		fmt.Fprint(out, block(text.Text, "  "))
	}
	return nil
}

// outline is a JSON value as people read it: a member or element a line, texts by lines, in the order in which
// they stand there.
func outline(value json.RawMessage, indent string) string {
	var out strings.Builder
	dec := json.NewDecoder(bytes.NewReader(value))
	dec.UseNumber()
	start, err := dec.Token()
	if err != nil {
		return indent + jsontext.Printable(string(value)) + "\n"
	}
	inside := start == json.Delim('{') || start == json.Delim('[')
	for inside && dec.More() {
		head := "-"
		if start == json.Delim('{') {
			name, err := dec.Token()
			if err != nil {
				return out.String()
			}
			head = jsontext.Printable(fmt.Sprint(name)) + ":"
		}
		var member json.RawMessage
		if dec.Decode(&member) != nil {
			return out.String()
		}
		out.WriteString(indent + head)
		var text string
		switch {
		case !isText(member, &text) && len(member) > 2 && (member[0] == '{' || member[0] == '['):
			out.WriteString("\n" + outline(member, indent+"  "))
		case !isText(member, &text):
			out.WriteString(" " + string(member) + "\n")
		case strings.Contains(text, "\n"):
			out.WriteString("\n" + block(text, indent+"  "))
		default:
			out.WriteString(" " + shortened(jsontext.Printable(text)) + "\n")
		}
	}
	if !inside {
		var text string
		if isText(value, &text) {
			return block(text, indent)
		}
		return indent + string(value) + "\n"
	}
	return out.String()
}

func isText(value json.RawMessage, text *string) bool {
	return len(value) > 0 && value[0] == '"' && json.Unmarshal(value, text) == nil
}

// block is a text by lines, fit for a terminal.
func block(text, indent string) string {
	var out strings.Builder
	for line := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		out.WriteString(strings.TrimRight(indent+jsontext.Printable(line), " ") + "\n")
	}
	return out.String()
}

// longest is how many bytes of one line are shown; vectors and pictures have more.
const longest = 10_000

func shortened(line string) string {
	if len(line) <= longest {
		return line
	}
	return strings.ToValidUTF8(line[:longest/100], "") + fmt.Sprintf("… (%d bytes)", len(line))
}
