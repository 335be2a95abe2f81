// Package journal keeps answers that were paid for until the state has them: one line of
// JSON each, in files below Terraform's data directory, that the next apply takes up where one
// ended before it could give all to Terraform.
//
// It is not a recording: nobody reviews it, and what the state has is removed. Each writer has
// a file of its own, so that what a process was writing when it was killed spoils one line at most.
//
// Beside the answers, a [Log] says which batches an operation submits, so that they are found by whoever comes after it.
// The package knows no Terraform, no HTTP, and nothing of what an answer means.
package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Entry is an answer and the request that it answers.
type Entry struct {
	Name      string          `json:"request"` // of the request, as recordings have it: 64 hexadecimal digits
	RequestID string          `json:"request_id,omitempty"`
	Body      json.RawMessage `json:"answer"` // a JSON object
}

// place is where an entry stands.
type place struct {
	file   string
	offset int64
	length int
}

// Journal is what one operation reads and writes. It is safe for concurrent use.
type Journal struct {
	directory string

	mu    sync.Mutex
	file  *os.File // what is written to; nil before the first Keep
	size  int64
	known map[string]place // by the name of the request
}

// Directory is where the journals are, below Terraform's data directory.
func Directory(data string) string { return filepath.Join(data, "openai") }

// Workspace is the name of Terraform's workspace, of which the data directory knows: two of them may ask the same, and have
// answers and batches of their own.
func Workspace(data string) string {
	if name := os.Getenv("TF_WORKSPACE"); name != "" {
		return name
	}
	name, err := os.ReadFile(filepath.Join(data, "environment"))
	if text := strings.TrimSpace(string(name)); err == nil && text != "" {
		return text
	}
	return "default"
}

const (
	prefix, ending = "answers-", ".jsonl"

	// kept is how long a file stays that nobody takes up.
	kept = 30 * 24 * time.Hour

	// longest is the longest line that is read, in bytes. An answer is limited to less.
	longest = 256 << 20
)

// Open returns what the journals in a directory hold. There need be none, and nothing is
// made before the first Keep. Files that are older than 30 days are removed, as of now.
func Open(directory string, now time.Time) (*Journal, error) {
	j := &Journal{directory: directory, known: map[string]place{}}
	for _, file := range files(directory) {
		if info, err := os.Stat(file); err == nil && now.Sub(info.ModTime()) > kept {
			_ = os.Remove(file)
			continue
		}
		if err := each(file, func(name string, at place, _ []byte) { j.known[name] = at }); err != nil {
			return nil, fmt.Errorf("the answers that wait in %s could not be read: %w", file, err)
		}
	}
	return j, nil
}

func files(directory string) []string {
	found, _ := filepath.Glob(filepath.Join(directory, prefix+"*"+ending))
	return found
}

// each finds the entries of a file. A line that is not whole is passed over: a writer was killed.
func each(file string, found func(name string, at place, line []byte)) error {
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // another process has removed it
	}
	if err != nil {
		return err
	}
	defer in.Close()
	r := bufio.NewReaderSize(in, 1<<16)
	var line []byte
	for offset := int64(0); ; {
		line, err = readLine(r, line[:0])
		if name, ok := nameIn(line); ok {
			found(name, place{file, offset, len(line)}, line)
		}
		offset += int64(len(line))
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// readLine adds what is there up to the end of a line, that included.
func readLine(r *bufio.Reader, line []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > longest:
			return nil, errors.New("a line is too long")
		case !errors.Is(err, bufio.ErrBufferFull):
			return line, err
		}
	}
}

// opening is how a line begins, and nameLength how long the name after that is.
const (
	opening    = `{"request":"`
	nameLength = 64
)

// nameIn is the name in a line. A whole one is not read for that: there may be thousands, of many kilobytes.
func nameIn(line []byte) (string, bool) {
	rest, ours := bytes.CutPrefix(line, []byte(opening))
	if ours && len(rest) > nameLength && rest[nameLength] == '"' && bytes.HasSuffix(rest, []byte("}}\n")) {
		if name := rest[:nameLength]; len(bytes.Trim(name, "0123456789abcdef")) == 0 {
			return string(name), true
		}
	}
	e, ok := parse(line)
	return e.Name, ok
}

func parse(line []byte) (Entry, bool) {
	var e Entry
	if !bytes.HasSuffix(line, []byte("\n")) || json.Unmarshal(line, &e) != nil {
		return Entry{}, false
	}
	return e, e.Name != "" && len(e.Body) > 0 && e.Body[0] == '{'
}

// Empty reports whether nothing is there.
func (j *Journal) Empty() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.known) == 0
}

// Has reports whether the answer to a request is there.
func (j *Journal) Has(name string) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	_, ok := j.known[name]
	return ok
}

// Find returns the answer to a request; false = it is not there (any more).
func (j *Journal) Find(name string) (Entry, bool) {
	j.mu.Lock()
	at, ok := j.known[name]
	j.mu.Unlock()
	if !ok {
		return Entry{}, false
	}
	in, err := os.Open(at.file)
	if err != nil {
		return Entry{}, false
	}
	defer in.Close()
	line := make([]byte, at.length)
	if _, err := in.ReadAt(line, at.offset); err != nil {
		return Entry{}, false
	}
	e, ok := parse(line)
	return e, ok && e.Name == name
}

// Ready makes the file that is written to, so that it is known before anything is paid for
// whether answers can be kept.
func (j *Journal) Ready() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.ready()
}

func (j *Journal) ready() error {
	if j.file != nil {
		return nil
	}
	file, err := create(j.directory, prefix+"*"+ending)
	if err != nil {
		return err
	}
	j.file = file
	return nil
}

// Keep writes an answer down.
func (j *Journal) Keep(e Entry) error {
	line, err := e.line()
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.ready(); err != nil {
		return err
	}
	if _, err := j.file.Write(line); err != nil {
		// What was written of the line must not become the beginning of the next.
		_ = j.file.Truncate(j.size)
		_, _ = j.file.Seek(j.size, io.SeekStart)
		return fmt.Errorf("an answer could not be kept until the state has it: %w", err)
	}
	j.known[e.Name] = place{j.file.Name(), j.size, len(line)}
	j.size += int64(len(line))
	return nil
}

// line is the entry as it stands in a file. The answer stays as it came, but for white space.
func (e Entry) line() ([]byte, error) {
	start, err := json.Marshal(struct {
		Name      string `json:"request"`
		RequestID string `json:"request_id,omitempty"`
	}{e.Name, e.RequestID})
	if err != nil {
		return nil, err
	}
	line := bytes.NewBuffer(make([]byte, 0, len(start)+len(e.Body)+16))
	line.Write(start[:len(start)-1])
	line.WriteString(`,"answer":`)
	if err := json.Compact(line, e.Body); err != nil { // one line
		return nil, err
	}
	line.WriteString("}\n")
	return line.Bytes(), nil
}

// Close ends the writing. A file to which nothing was written is removed.
func (j *Journal) Close() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return
	}
	_ = j.file.Close()
	if j.size == 0 {
		_ = os.Remove(j.file.Name())
		_ = os.Remove(j.directory) // unless there is something else in it
	}
	j.file = nil
}

// Forget removes the answers that the state has: has reports whether it has one. Files in which there are
// others stay, and so do those that are being written.
func Forget(directory string, has func(Entry) bool) {
	found := files(directory)
	for _, name := range found {
		file, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if lock(file) && forget(file, has) {
			_ = os.Remove(name)
		}
		_ = file.Close()
	}
	if len(found) > 0 {
		_ = os.Remove(directory) // unless there is something else in it
	}
}

// forget blanks answers, so that others stay where they are for whoever reads them now. It reports whether none is left.
func forget(file *os.File, has func(Entry) bool) bool {
	left := false
	err := each(file.Name(), func(_ string, at place, line []byte) {
		if e, ok := parse(line); !ok || !has(e) {
			left = true
			return
		}
		if _, err := file.WriteAt(bytes.Repeat([]byte(" "), at.length-1), at.offset); err != nil {
			left = true
		}
	})
	return err == nil && !left
}
