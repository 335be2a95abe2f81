package recording

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// MissingError means that there is no recording and that none may be made.
type MissingError struct {
	File  string
	Count int  // recordings in the directory
	Gone  bool // there is no such directory
}

func (e *MissingError) Error() string {
	if e.File == "" {
		return "there is no recording of this request, since no directory of recordings is named"
	}
	what := fmt.Sprintf("its directory holds %d others", e.Count)
	switch {
	case e.Gone:
		what = "its directory does not exist. Terraform may run in a different directory than you expect"
	case e.Count == 1:
		what = "its directory holds 1 other"
	}
	return fmt.Sprintf("there is no recording of this request: %s is not there; %s", e.File, what)
}

func (s *Store) missing(q Question) error {
	if s.options.Directory == "" {
		return &MissingError{}
	}
	_, err := os.Stat(s.options.Directory)
	return &MissingError{File: s.File(q), Count: len(s.recordings()), Gone: errors.Is(err, fs.ErrNotExist)}
}

// DamagedError means that a file is there and cannot be used. It is left as it is.
type DamagedError struct {
	File, Why string
	Next      string // what to do about it, one sentence
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("the recording %s cannot be used: %s", e.File, e.Why)
}

// UnwritableError means that nothing was asked, since no recording can be written.
type UnwritableError struct{ Directory, Why string }

func (e *UnwritableError) Error() string {
	return fmt.Sprintf("recordings cannot be written to the directory %s: %s", e.Directory, e.Why)
}

// UnfitError means that nothing was asked, since no recording could hold the request.
type UnfitError struct{ Why string }

func (e *UnfitError) Error() string { return "the request cannot be recorded: " + e.Why }

// UnclearError means that nothing was asked, since another resource of this process has
// asked the same and failed, and its call may have been answered and billed.
type UnclearError struct {
	Err error // the other's failure
}

func (e *UnclearError) Error() string {
	return fmt.Sprintf("another resource or data source has asked the same in this run, and failed; "+
		"it is not asked again, since that call may have been answered and billed: %s", e.Err)
}

func (e *UnclearError) Unwrap() error { return e.Err }

// plain is an error of the file system without the path, which the caller names.
func plain(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
