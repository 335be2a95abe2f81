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

// create makes a file in a directory of journals. It is locked as long as it is open.
func create(directory, pattern string) (*os.File, error) {
	for try := 0; ; try++ {
		err := os.MkdirAll(directory, 0o700)
		var file *os.File
		if err == nil {
			file, err = os.CreateTemp(directory, pattern) // readable by its owner only
		}
		if errors.Is(err, fs.ErrNotExist) && try < 10 {
			continue // another has removed the directory
		}
		if err != nil {
			return nil, &unkeptError{"answers cannot be kept until the state has them", err}
		}
		if lock(file) && isThere(file) {
			return file, nil
		}
		_ = file.Close() // another was faster, who took it for one that was left
		_ = os.Remove(file.Name())
	}
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
