package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Submission is a batch of requests that is about to be submitted, or was.
type Submission struct {
	Mark     string    `json:"mark"` // by which the server's list shows it
	At       time.Time `json:"at"`
	Requests []string  `json:"requests"` // their names, in the order of the batch
}

// Submitter is what is known of who submits.
type Submitter struct {
	Scope   string   `json:"scope"`             // nobody has anything to do with what was submitted in another one
	State   string   `json:"state,omitempty"`   // stands for the state from which it goes on; "" = there is none
	Keys    []string `json:"keys"`              // what it calls its requests
	Earlier []string `json:"earlier,omitempty"` // the names of the logs that it takes over
}

// Log is what one operation submits, written down before it does. Whoever has the state that names its batches calls Done;
// what is left of an operation that ended before that tells the next one what to look for. It is for one goroutine.
type Log struct {
	By  Submitter
	All []Submission // in the order in which they were written

	name    string   // of the file
	file    *os.File // what is written to; nil before the first Add, and for one that was left
	earlier []*Log
}

const logPrefix = "batches-"

// Add writes a submission down, in a directory of journals.
func (l *Log) Add(directory string, s Submission) error {
	if l.file == nil {
		file, err := create(directory, logPrefix+"*"+ending)
		if err != nil {
			return err
		}
		l.file, l.name = file, file.Name()
		for _, e := range l.earlier {
			l.By.Earlier = append(l.By.Earlier, e.Name())
		}
		if err := l.write(l.By); err != nil {
			return err
		}
	}
	if err := l.write(s); err != nil {
		return err
	}
	l.All = append(l.All, s)
	return nil
}

func (l *Log) write(v any) error {
	line, err := json.Marshal(v)
	if err == nil {
		_, err = l.file.Write(append(line, '\n'))
	}
	if err != nil {
		return &unkeptError{"what is submitted cannot be written down before", err}
	}
	return nil
}

// Name tells a log from the others of its directory; "" = nothing is written down.
func (l *Log) Name() string {
	if l.name == "" {
		return ""
	}
	return filepath.Base(l.name)
}

// Takes has the log take over what earlier operations have left: it goes when Done is called.
func (l *Log) Takes(earlier []*Log) { l.earlier = append(l.earlier, earlier...) }

// Done says that a state names what was submitted. The log is of no use any more.
func (l *Log) Done() {
	l.Close()
	for _, e := range append([]*Log{l}, l.earlier...) {
		if e.name != "" {
			_ = os.Remove(e.name)
			_ = os.Remove(filepath.Dir(e.name)) // unless there is something else in it
		}
	}
}

// Close ends the writing. What is written is left to the next operation.
func (l *Log) Close() {
	if l.file != nil {
		_ = l.file.Close()
		l.file = nil
	}
}

// Left are the logs in a directory that operations have left which ended before a state had their batches, oldest
// first. Those that are being written are not among them. Files that are older than 30 days are removed, as of now.
func Left(directory string, now time.Time) (all []*Log, err error) {
	found, _ := filepath.Glob(filepath.Join(directory, logPrefix+"*"+ending))
	for _, name := range found {
		info, err := os.Stat(name)
		if err == nil && now.Sub(info.ModTime()) > kept {
			_ = os.Remove(name)
			continue
		}
		l, err := left(name)
		if err != nil {
			return nil, &unkeptError{"what was submitted could not be read in " + name, err}
		}
		if l != nil {
			all = append(all, l)
		}
	}
	slices.SortStableFunc(all, func(a, b *Log) int { return a.last().Compare(b.last()) })
	return all, nil
}

// last is when the last submission was written.
func (l *Log) last() time.Time { return l.All[len(l.All)-1].At }

// left reads a log; nil = there is none, or nothing in it, or it is being written.
func left(name string) (*Log, error) {
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil //nolint:nilnil // nothing is there, which is no error
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	if !free(file) {
		return nil, nil //nolint:nilnil // another has it
	}
	l := &Log{name: name}
	r := bufio.NewReaderSize(file, 1<<16)
	for first := true; ; first = false {
		line, err := readLine(r, nil)
		if whole := bytes.HasSuffix(line, []byte("\n")); whole && first {
			if json.Unmarshal(line, &l.By) != nil {
				return nil, nil //nolint:nilnil // it is none of ours
			}
		} else if whole {
			var s Submission
			if json.Unmarshal(line, &s) == nil && s.Mark != "" {
				l.All = append(l.All, s)
			}
		}
		switch {
		case errors.Is(err, io.EOF) && len(l.All) == 0:
			return nil, nil //nolint:nilnil // its writer was killed before anything was submitted
		case errors.Is(err, io.EOF):
			return l, nil
		case err != nil:
			return nil, err
		}
	}
}
