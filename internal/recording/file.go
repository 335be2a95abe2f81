package recording

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// maxSize is how large a recording may be, in bytes. Answers with all log probabilities
// have a few million. (A variable, so that tests need no large files.)
var maxSize = 64 << 20

// openFile opens a file in the directory for reading, if it is a regular one. A link is not
// followed, and nothing that could block or have an effect is opened. (The directory
// itself may be a link.) The error for what is no regular file is an *irregularError.
func openFile(file string) (*os.File, error) {
	info, err := os.Lstat(file)
	if err != nil {
		return nil, err
	}
	if err := regular(info); err != nil {
		return nil, err
	}
	opened, err := os.OpenFile(file, os.O_RDONLY|openSafely, 0)
	if err != nil {
		return nil, err
	}
	if info, err = opened.Stat(); err == nil { // it may have been replaced meanwhile
		err = regular(info)
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return opened, nil
}

// irregularError means that a file is none that is opened.
type irregularError struct{ is string }

func (e *irregularError) Error() string { return "it is " + e.is }

func regular(info fs.FileInfo) error {
	switch mode := info.Mode(); {
	case mode.IsRegular():
		return nil
	case mode&fs.ModeSymlink != 0:
		return &irregularError{"a symbolic link, and links are not followed"}
	case mode.IsDir():
		return &irregularError{"a directory"}
	}
	return &irregularError{"no regular file"}
}

// errTooLarge is returned for a file that is larger than maxSize.
var errTooLarge = fmt.Errorf("it is larger than %d MiB", maxSize>>20)

// readFile reads a regular file.
func readFile(file string) ([]byte, error) {
	opened, err := openFile(file)
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	text, err := io.ReadAll(io.LimitReader(opened, int64(maxSize)+1))
	if err == nil && len(text) > maxSize {
		err = errTooLarge
	}
	return text, err
}

// makeTemporary makes a new file for what is to become the file of that name. Its own name
// cannot be foreseen, and no link of that name is followed.
func (s *Store) makeTemporary(name string) (*os.File, error) {
	if err := os.MkdirAll(s.options.Directory, 0o755); err != nil { // it may have gone while the model was asked
		return nil, err
	}
	return os.OpenFile(s.hidden(name+"."+rand.Text(), "tmp"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
}

// writeFile writes a file, whole or not at all, over one that is there.
func (s *Store) writeFile(file string, text []byte) error {
	temporary, err := s.makeTemporary(filepath.Base(file))
	if err != nil {
		return err
	}
	_, err = temporary.Write(text)
	err = errors.Join(err, temporary.Sync(), temporary.Close())
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
	}
	return err
}

// hidden is a file beside the recordings that is none.
func (s *Store) hidden(name, ending string) string {
	return filepath.Join(s.options.Directory, "."+name+"."+ending)
}

// ample is more than most recordings take, in bytes.
const ample = 64 << 10

// filling is what no file system can store in less space, and no JSON.
var filling = sync.OnceValue(func() []byte {
	text := make([]byte, ample)
	_, _ = rand.Read(text) // it never fails
	return text
})

// writable makes sure, before money is spent, that a recording of the question can be
// written, by writing as much.
func (s *Store) writable(q Question) error {
	probe, err := s.makeTemporary(q.name + jsonEnding) // so that it goes like any that a kill has left
	if err == nil {
		_, err = probe.Write(filling())
		err = errors.Join(err, probe.Close(), os.Remove(probe.Name()))
	}
	if err != nil {
		return &UnwritableError{Directory: s.options.Directory, Why: plain(err)}
	}
	return nil
}

// adopt looks for temporary files of the question, which a process has left that was
// killed while it wrote. A whole answer gets the name that it was to have: it was paid
// for. What is half of one goes. The question must be locked.
func (s *Store) adopt(q Question, all []string) (adopted bool, err error) {
	for _, left := range all {
		target, of, ok := parseTemporary(left)
		if !ok || of.name != q.name {
			continue
		}
		file, taken := s.path(target), exists(s.path(target))
		if recorded, found := s.locate(q); found && !of.aside {
			file, taken = recorded, s.options.Mode != Refresh
		}
		if taken || !s.adoptable(q, s.path(left), of.aside) {
			continue
		}
		if err := os.Rename(s.path(left), file); err != nil {
			return adopted, &UnwritableError{Directory: s.options.Directory, Why: plain(err)}
		}
		adopted = true
		s.index.forget()
		s.labelled.forget()
	}
	return adopted, nil
}

// parseTemporary reads the name of a temporary file: that of the file that it was to become.
func parseTemporary(file string) (target string, of fileName, ok bool) {
	target, ours := strings.CutPrefix(file, ".")
	target, isTemporary := strings.CutSuffix(target, ".tmp")
	end := strings.LastIndex(target, jsonEnding)
	if !ours || !isTemporary || end < 0 {
		return "", fileName{}, false
	}
	target = target[:end] + jsonEnding
	of, ok = parseFileName(target)
	return target, of, ok
}

// adoptable reports whether a temporary file that was left holds an answer to the question,
// whole, and one that is of no use where its name says so. The half of that is removed; what is
// none of ours is left alone.
func (s *Store) adoptable(q Question, left string, aside bool) bool {
	text, err := readFile(left)
	if err != nil {
		return false // a link, a pipe, somebody else's
	}
	r, damage := parse(text)
	if damage != nil {
		if !json.Valid(text) {
			_ = os.Remove(left)
		}
		return false
	}
	return r.named(q.ignore) == q.name && aside == (r.Unusable != nil) && (aside || isObject(r.Answer))
}

func exists(file string) bool {
	_, err := os.Lstat(file)
	return err == nil
}
