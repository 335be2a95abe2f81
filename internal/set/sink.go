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
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/seed-7e69199f/terraform-provider-openai/internal/journal"
	"github.com/seed-7e69199f/terraform-provider-openai/internal/wire"
)

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
		spool, err = journal.Hold(filepath.Dir(path), temporary(path)+"*"+spoolEnding)
	}
	if err != nil {
		return nil, unwritable(path, err)
	}
	sweep(path)
	return &inFile{path: path, spool: spool, lines: map[string]span{}, done: func(string) {}}, nil
}

// What is written beside a results file has a name that begins as temporary says, and then a number. The file of the lines
// as they come ends in spoolEnding, that of the lines in order has sortedEnding besides.
const (
	spoolEnding  = ".tmp"
	sortedEnding = ".sorted"
)

func temporary(file string) string { return "." + filepath.Base(file) + "." }

// sweep removes what processes have left beside a results file that were killed while they wrote it.
func sweep(file string) {
	found, _ := os.ReadDir(filepath.Dir(file)) // what cannot be read is left
	for _, entry := range found {
		number, ours := strings.CutPrefix(entry.Name(), temporary(file))
		number = strings.TrimSuffix(number, sortedEnding)
		number, isSpool := strings.CutSuffix(number, spoolEnding)
		if !ours || !isSpool || !entry.Type().IsRegular() || number == "" || strings.Trim(number, "0123456789") != "" {
			continue
		}
		name := filepath.Join(filepath.Dir(file), entry.Name())
		spool := strings.TrimSuffix(name, sortedEnding)
		if _, err := os.Stat(spool); err == nil && journal.Held(spool) {
			continue
		}
		_ = os.Remove(name)
	}
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
	out, err := os.OpenFile(f.spool.Name()+sortedEnding, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
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
