package command

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/jsontext"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/recording"
)

// content is a directory of recordings, read.
type content struct {
	recordings []entry
	unusable   []entry
	damaged    []entry // what cannot be read
}

// entry is a file and what it holds, or why that cannot be read.
type entry struct {
	recording.File
	recording.Recording
	err error
}

// read reads all that is in a directory.
func read(directory string) (content, error) {
	files, err := recording.Files(directory)
	if err != nil {
		return content{}, err
	}
	var all content
	for _, file := range files {
		e := entry{File: file}
		e.Recording, e.err = recording.Load(filepath.Join(directory, file.Name))
		switch {
		case e.err != nil:
			all.damaged = append(all.damaged, e)
		case file.Unusable || e.Recording.Unusable != nil:
			all.unusable = append(all.unusable, e)
		default:
			all.recordings = append(all.recordings, e)
		}
	}
	return all, nil
}

// list lists the recordings in a directory. That one cannot be read is an error in the end.
func list(directory string, out io.Writer) error {
	all, err := read(directory)
	if err != nil {
		return err
	}
	if err := table(all.recordings, out); err != nil {
		return err
	}
	tokens := 0
	for _, e := range all.recordings {
		n, _ := e.tokens()
		tokens += n
	}
	fmt.Fprintf(out, "%s, %d tokens.\n", count(len(all.recordings), "recording"), tokens)
	return others(all, out)
}

// others lists what is in a directory besides recordings. That something cannot be read is an
// error.
func others(all content, out io.Writer) error {
	if len(all.unusable) > 0 {
		fmt.Fprintf(out, "\n%s, kept aside and never used:\n", count(len(all.unusable), "unusable answer"))
	}
	for _, e := range all.unusable {
		fmt.Fprintf(out, "  %s: %s\n", jsontext.Printable(e.Name), jsontext.Printable(strings.Join(e.Recording.Unusable, "; ")))
	}
	if len(all.damaged) == 0 {
		return nil
	}
	fmt.Fprintln(out)
	for _, e := range all.damaged {
		fmt.Fprintln(out, jsontext.Printable(e.err.Error()))
	}
	return fmt.Errorf("%s cannot be read", count(len(all.damaged), "file"))
}

// table is a line for each recording.
func table(entries []entry, out io.Writer) error {
	columns := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if len(entries) > 0 {
		fmt.Fprintln(columns, "RECORDED\tLABEL\tMODEL\tTOKENS\tFILE")
	}
	for _, e := range entries {
		tokens := "-"
		if n, known := e.tokens(); known {
			tokens = strconv.Itoa(n)
		}
		fmt.Fprintf(columns, "%s\t%s\t%s\t%s\t%s\n", e.Recorded.Format("2006-01-02"), orDash(e.title()), orDash(e.model()), tokens, jsontext.Printable(e.Name))
	}
	return columns.Flush()
}

// title is the label of a recording; where it has none, the one that its file was given.
func (e entry) title() string {
	if e.Recording.Label != "" {
		return e.Recording.Label
	}
	return e.File.Label
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return jsontext.Printable(text)
}

// model is the model that answered, or else the one that was asked.
func (e entry) model() string {
	for _, text := range []json.RawMessage{e.Answer, e.Request} {
		if name, ok := members(text)["model"].(string); ok && name != "" {
			return name
		}
	}
	return ""
}

// tokens is what an answer took; false = it does not say.
func (e entry) tokens() (n int, known bool) {
	usage, _ := members(e.Answer)["usage"].(map[string]any)
	if total, ok := usage["total_tokens"].(float64); ok {
		return int(total), true
	}
	for _, name := range []string{"prompt_tokens", "completion_tokens", "input_tokens", "output_tokens"} {
		if part, ok := usage[name].(float64); ok {
			n, known = n+int(part), true
		}
	}
	return n, known
}

// members are those of a JSON object; none if it is no object.
func members(text json.RawMessage) map[string]any {
	var object map[string]any
	_ = json.Unmarshal(text, &object)
	return object
}

// count is "1 recording", or "2 recordings".
func count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
