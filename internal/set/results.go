package set

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

// span is where a line stands in a file.
type span struct {
	offset int64
	length int
	hash   string // of the request that it answers
}

// results is a file of answers that is there: JSON Lines.
type results struct {
	file   string
	sha256 string // of all of it
	lines  map[string]span
	others int // lines that are none of ours
}

// head is what each line begins with.
type head struct {
	Key     *string `json:"key"`     // "" is one, too
	Request string  `json:"request"` // the first half of the SHA-256 of the request, as in the state
}

// readResults finds the lines of a file. One that is not there has none; a line that is not one of
// ours is passed over, and its answer is asked for. Where the file has the SHA-256 that is written down, the
// lines are those that were written, and need not be read to their ends.
func readResults(file, written string) (*results, error) {
	r, err := scanResults(file, parseHead)
	if err == nil && r.sha256 != written {
		return scanResults(file, decodeHead)
	}
	return r, err
}

// decodeHead reads a whole line.
func decodeHead(line []byte) (h head, ok bool) {
	return h, json.Unmarshal(line, &h) == nil && h.Key != nil && h.Request != ""
}

// parseHead is decodeHead for a line that put wrote, of which it reads no more than that.
func parseHead(line []byte) (head, bool) {
	const second = `","request":"` // in a key, the quotation marks would be escaped
	at := bytes.Index(line, []byte(second))
	if at < 0 {
		return decodeHead(line)
	}
	at += len(second)
	end := bytes.IndexByte(line[at:], '"')
	if end < 0 {
		return decodeHead(line)
	}
	return decodeHead(slices.Concat(line[:at+end], []byte(`"}`)))
}

func scanResults(file string, read func(line []byte) (head, bool)) (*results, error) {
	r := &results{file: file, lines: map[string]span{}}
	in, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	if err != nil {
		return r, fmt.Errorf("the results file cannot be read: %w", err)
	}
	defer in.Close()
	sum := sha256.New()
	lines := bufio.NewReaderSize(io.TeeReader(in, sum), 1<<16)
	var line []byte
	for offset := int64(0); ; {
		line, err = readLine(lines, line[:0])
		if h, ok := read(line); ok {
			r.lines[*h.Key] = span{offset, len(line), h.Request}
		} else if len(bytes.TrimSpace(line)) > 0 {
			r.others++
		}
		offset += int64(len(line))
		switch {
		case errors.Is(err, io.EOF):
			r.sha256 = hex.EncodeToString(sum.Sum(nil))
			return r, nil
		case err != nil:
			return r, fmt.Errorf("the results file cannot be read: %w", err)
		}
	}
}

// readLine adds what is there up to the end of a line, that included.
func readLine(r *bufio.Reader, line []byte) ([]byte, error) {
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

// id is that of the answer under a name; "" = it has none.
func (r *results) id(key string) string {
	line, err := r.line(key)
	var shown struct{ ID string }
	if err != nil || json.Unmarshal(line, &shown) != nil {
		return ""
	}
	return shown.ID
}

// line reads the line of a name.
func (r *results) line(key string) ([]byte, error) {
	in, err := os.Open(r.file)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	line := make([]byte, r.lines[key].length)
	_, err = in.ReadAt(line, r.lines[key].offset)
	return line, err
}

func (r *results) has(key, hash string) bool { return hash != "" && r.lines[key].hash == hash }

// answer reads the answer under a name, if it answers that request.
func (r *results) answer(k *Kind, key, hash string) (tftypes.Value, bool) {
	if !r.has(key, hash) {
		return nothing, false
	}
	line, err := r.line(key)
	if err != nil {
		return nothing, false
	}
	values, err := wire.Decode(k.Answer, line)
	if err != nil {
		return nothing, false
	}
	return k.object(values), true
}

// inFile is the sink of a set whose answers are in a file. It writes them down as they come,
// beside the file, and puts them in order at the end: none but one is ever in memory.
type inFile struct {
	path  string
	spool *os.File
	size  int64
	lines map[string]span
	err   error // why no more is written; nil = all is

	done func(sha256 string) // is told what was written, or that nothing was ("")
}

// unwritableError means that the file of a set cannot be written. The one that was there is as it was.
type unwritableError struct{ file, why string }

func (e *unwritableError) Error() string {
	return fmt.Sprintf("the results file %s cannot be written: %s", e.file, e.why)
}

// unwritable is an error of the file system, without the paths of what is made beside the file.
func unwritable(file string, err error) error {
	why := err.Error()
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		why = path.Err.Error()
	case errors.As(err, &link):
		why = link.Err.Error()
	}
	return &unwritableError{file, why}
}

func newFile(path string) (*inFile, error) {
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	var spool *os.File
	if err == nil {
		spool, err = os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*") // readable by its owner only
	}
	if err != nil {
		return nil, unwritable(path, err)
	}
	return &inFile{path: path, spool: spool, lines: map[string]span{}, done: func(string) {}}, nil
}

func (f *inFile) put(key, hash string, answer tftypes.Value) error {
	if answer.IsNull() || f.err != nil {
		return f.err
	}
	start, _ := json.Marshal(head{&key, hash}) // texts always encode
	text, err := wire.JSON(answer)
	if err != nil {
		return fmt.Errorf("results_file: %w", err)
	}
	line := slices.Concat(start[:len(start)-1], []byte(","), []byte(text)[1:], []byte("\n"))
	if _, err := f.spool.Write(line); err != nil { // of which a part may be there: no line can follow it
		f.err = unwritable(f.path, err)
		return f.err
	}
	f.lines[key] = span{offset: f.size, length: len(line)}
	f.size += int64(len(line))
	return nil
}

func (f *inFile) abort() {
	f.done("")
	_ = f.spool.Close()
	_ = os.Remove(f.spool.Name())
}

// close writes the file, whole or not at all.
func (f *inFile) close(values wire.Values) error {
	defer f.abort()
	sum, err := f.sorted()
	if err != nil {
		return unwritable(f.path, err)
	}
	f.done(sum)
	values["answers"] = nothing
	values["results_sha256"] = tftypes.NewValue(tftypes.String, sum)
	return nil
}

func (f *inFile) sorted() (sum string, err error) {
	out, err := os.CreateTemp(filepath.Dir(f.path), "."+filepath.Base(f.path)+".*")
	if err != nil {
		return "", err
	}
	defer os.Remove(out.Name()) // unless it has been renamed
	hash := sha256.New()
	w := bufio.NewWriterSize(io.MultiWriter(out, hash), 1<<16)
	var line bytes.Buffer
	for _, key := range slices.Sorted(maps.Keys(f.lines)) {
		at := f.lines[key]
		line.Reset()
		if _, err := io.Copy(&line, io.NewSectionReader(f.spool, at.offset, int64(at.length))); err != nil {
			return "", errors.Join(err, out.Close())
		}
		_, _ = w.Write(line.Bytes()) // Flush reports it
	}
	if err := errors.Join(w.Flush(), out.Sync(), out.Close()); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), os.Rename(out.Name(), f.path)
}

// sameFile reports whether two paths are those of one file: spelled in two ways, or by a link.
func sameFile(a, b string) bool {
	if a == b {
		return true
	}
	one, err := os.Stat(a)
	other, otherErr := os.Stat(b)
	return err == nil && otherErr == nil && os.SameFile(one, other)
}

// removeResults deletes the file of a set that is destroyed, unless it is no longer what the set wrote.
func removeResults(file, sha256 string) (changed bool, err error) {
	r, err := readResults(file, sha256)
	switch {
	case err != nil || len(r.lines) == 0:
		return false, err
	case r.sha256 != sha256:
		return true, nil
	}
	return false, os.Remove(file)
}
