package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// unkeptError says what of a journal could not be written or read.
type unkeptError struct {
	what string
	err  error
}

func (e *unkeptError) Error() string { return fmt.Sprintf("%s: %v", e.what, e.err) }

func (e *unkeptError) Unwrap() error { return e.err }

// create makes a file in a directory of journals, and holds it.
func create(directory, pattern string) (*os.File, error) {
	for try := 0; ; try++ {
		err := os.MkdirAll(directory, 0o700)
		var file *os.File
		if err == nil {
			file, err = Hold(directory, pattern)
		}
		if errors.Is(err, fs.ErrNotExist) && try < 10 {
			continue // another has removed the directory
		}
		if err != nil {
			return nil, &unkeptError{"answers cannot be kept until the state has them", err}
		}
		return file, nil
	}
}

// Hold makes a file that is readable by its owner only, with a pattern of os.CreateTemp. As long as it is open, nobody takes it
// for one that a process has left which was killed.
func Hold(directory, pattern string) (*os.File, error) {
	for {
		file, err := os.CreateTemp(directory, pattern)
		if err != nil {
			return nil, err
		}
		if lock(file) && isThere(file) {
			return file, nil
		}
		_ = file.Close() // another was faster, who took it for such a one
		_ = os.Remove(file.Name())
	}
}

// Held reports whether a file is one that is held. It is also true where that cannot be found out.
func Held(name string) bool {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return true
	}
	defer file.Close()
	return !lock(file)
}

// isThere reports whether a file still has its name.
func isThere(file *os.File) bool {
	now, err := os.Stat(file.Name())
	if err != nil {
		return false
	}
	then, err := file.Stat()
	return err == nil && os.SameFile(now, then)
}
