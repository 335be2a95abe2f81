package batch

import (
	"bufio"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/client"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/job"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/object"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// collection is what becomes of the results of a batch.
type collection struct {
	answers  map[string]tftypes.Value // nil = they go to a file
	errors   map[string]tftypes.Value
	answered map[string]bool
	file     *resultFile // nil = they go into the state
}

// collect puts the results of a batch into the state, or into a file, and says what has none.
func collect(ctx context.Context, o *object.Object, b job.Batch) (err error) {
	s := &collection{errors: map[string]tftypes.Value{}, answered: map[string]bool{}}
	state := wire.FieldsOf(o.State)
	if target := state.String(resultsFile); target != "" {
		if s.file, err = newResultFile(target); err != nil {
			return err
		}
		defer s.file.discard()
	} else {
		s.answers = map[string]tftypes.Value{}
	}
	if err := job.Collect(ctx, o.Client, b, "", s.take); err != nil {
		return err
	}
	for _, r := range requestsOf(state) {
		if _, failed := s.errors[r.id]; !failed && !s.answered[r.id] {
			s.errors[r.id] = tftypes.NewValue(tftypes.String, "The server's results have nothing about this request.")
		}
	}
	if s.file != nil {
		sum, err := s.file.close()
		if err != nil {
			return err
		}
		o.State[resultsSum] = tftypes.NewValue(tftypes.String, sum)
		o.State[results] = tftypes.NewValue(attributes.Find(results).Type(), nil)
	} else {
		o.State[resultsSum] = tftypes.NewValue(tftypes.String, nil)
		o.State[results] = tftypes.NewValue(attributes.Find(results).Type(), s.answers)
	}
	o.State[failures] = tftypes.NewValue(attributes.Find(failures).Type(), s.errors)
	s.tell(o, b)
	return nil
}

// take takes one result. An answer goes before an error of the same request.
func (s *collection) take(r job.Result) error {
	if r.Err == nil {
		s.answered[r.ID] = true
		delete(s.errors, r.ID)
		if s.answers != nil {
			s.answers[r.ID] = tftypes.NewValue(tftypes.String, string(r.Body))
		}
	} else if !s.answered[r.ID] {
		s.errors[r.ID] = tftypes.NewValue(tftypes.String, client.Printable(r.Err.Error(), false))
	}
	if s.file != nil {
		return s.file.add(r)
	}
	return nil
}

// tell says which requests have no answer.
func (s *collection) tell(o *object.Object, b job.Batch) {
	if len(s.errors) == 0 && len(s.answered) > 0 {
		return
	}
	var lines []string
	for id, v := range s.errors {
		text, _ := wire.Text(v)
		lines = append(lines, id+": "+text)
	}
	slices.Sort(lines)
	list := strings.Join(shortened(lines), "")
	switch {
	case len(s.answered) == 0 && b.Status == job.StatusCancelled:
		o.Diags.AddWarning("Batch was cancelled", fmt.Sprintf("Batch %s was cancelled before any request was answered. To submit the requests again, replace it: terraform apply -replace=….", b.ID))
	case len(s.answered) == 0:
		o.Diags.AddError("Batch has no answers", fmt.Sprintf("Batch %s has the status %q, and none of its requests was answered. The next apply submits them again.%s", b.ID, b.Status, list))
	default:
		o.Diags.AddWarning("Some requests have no answer", fmt.Sprintf("Batch %s has the status %q. %d requests were answered, and %d were not; errors says why:%s", b.ID, b.Status, len(s.answered), len(s.errors), list))
	}
}

// resultFile is a file of results that is written whole or not at all. Its lines are in the order of their requests'
// names, so that the same results are the same file.
type resultFile struct {
	target string
	raw    *os.File // the lines as they came
	at     int64
	lines  []resultLine
}

// resultLine is where a line stands.
type resultLine struct {
	id         string
	failed     bool
	start, len int64
}

func newResultFile(target string) (*resultFile, error) {
	raw, err := os.CreateTemp(filepath.Dir(target), ".openai-*")
	if err != nil {
		return nil, unwritten(target, err)
	}
	return &resultFile{target: target, raw: raw}, nil
}

func unwritten(target string, err error) error {
	return fmt.Errorf("the file %s cannot be written: %w", target, err)
}

// add adds a result, in the form that OpenAI has for it.
func (f *resultFile) add(r job.Result) error {
	type answer struct {
		Status    int             `json:"status_code"`
		RequestID string          `json:"request_id"`
		Body      json.RawMessage `json:"body"`
	}
	type failure struct {
		Message string `json:"message"`
	}
	line := struct {
		ID       string   `json:"custom_id"`
		Response *answer  `json:"response"`
		Error    *failure `json:"error"`
	}{ID: r.ID}
	if r.Err == nil {
		line.Response = &answer{r.Status, r.RequestID, r.Body}
	} else {
		line.Error = &failure{client.Printable(r.Err.Error(), false)}
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if _, err := f.raw.Write(text); err != nil {
		return unwritten(f.target, err)
	}
	f.lines = append(f.lines, resultLine{r.ID, r.Err != nil, f.at, int64(len(text))})
	f.at += int64(len(text))
	return nil
}

// close writes the file, and returns the SHA-256 of its content.
func (f *resultFile) close() (sum string, err error) {
	slices.SortStableFunc(f.lines, func(a, b resultLine) int { return cmp.Compare(a.id, b.id) })
	out, err := os.CreateTemp(filepath.Dir(f.target), ".openai-*")
	if err != nil {
		return "", unwritten(f.target, err)
	}
	defer os.Remove(out.Name())
	hash := sha256.New()
	to := bufio.NewWriter(io.MultiWriter(out, hash))
	for _, line := range f.lines {
		if _, err = io.Copy(to, io.NewSectionReader(f.raw, line.start, line.len)); err != nil {
			break
		}
	}
	if err = errors.Join(err, to.Flush(), out.Close()); err == nil {
		err = os.Rename(out.Name(), f.target)
	}
	if err != nil {
		return "", unwritten(f.target, err)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// discard removes what was only needed meanwhile.
func (f *resultFile) discard() {
	_ = f.raw.Close()
	_ = os.Remove(f.raw.Name())
}

// sumOf is the SHA-256 of a file's content, in hexadecimal; "" = it cannot be read.
func sumOf(name string) string {
	in, err := os.Open(filepath.Clean(name))
	if err != nil {
		return ""
	}
	defer in.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, in); err != nil {
		return ""
	}
	return hex.EncodeToString(hash.Sum(nil))
}
