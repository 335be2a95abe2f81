package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Asked is what asking gave.
type Asked struct {
	Answer   Answer
	Unusable []string // why it must not be given again; nil = it may
}

// Take is Begin for a caller whose way of asking fits in one function: it asks, keeps what
// came and closes the slot. An answer that comes with an error is kept like one that is
// unusable, and the next one asks again.
func (s *Store) Take(ctx context.Context, q Question, ask func(context.Context) (Asked, error)) (Taken, error) {
	taken, slot, err := s.Begin(ctx, q)
	if slot == nil {
		return taken, err
	}
	defer slot.Close()
	asked, err := ask(ctx)
	if len(asked.Answer.Body) == 0 {
		slot.Fail(err, false)
		return Taken{}, err
	}
	if err == nil {
		return slot.Keep(asked.Answer, asked.Unusable), nil
	}
	if asked.Unusable == nil {
		asked.Unusable = []string{err.Error()}
	}
	taken = slot.Keep(asked.Answer, asked.Unusable)
	slot.Fail(err, false)
	return taken, err
}

func (s *Store) write(file string, q Question, answer Answer, unusable []string) error {
	r := record{
		Format:    format,
		Recorded:  s.options.Now().UTC().Truncate(time.Second),
		Version:   s.options.Version,
		Unusable:  unusable,
		RequestID: answer.RequestID,
		Endpoint:  q.endpoint,
		Triggers:  q.triggers,
		Request:   q.request,
		Answer:    answer.Body,
	}
	if !json.Valid(r.Answer) { // what has arrived of an answer that was cut off
		r.Answer, _ = json.Marshal(string(r.Answer)) // text always encodes
	}
	if err := os.MkdirAll(s.options.Directory, 0o755); err != nil { // it may have gone while the model was asked
		return err
	}
	temporary, err := os.OpenFile(s.hidden(filepath.Base(file), "tmp"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644) // what another process left half-written goes; the lock keeps others out
	if err != nil {
		return err
	}
	out := json.NewEncoder(temporary)
	out.SetEscapeHTML(false) // to be read by people
	out.SetIndent("", "  ")
	err = errors.Join(out.Encode(r), temporary.Sync(), temporary.Close())
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

// writable makes sure, before money is spent, that a recording can be written.
func (s *Store) writable() error {
	probe, err := os.CreateTemp(s.options.Directory, ".probe-*.tmp")
	if err != nil {
		return &UnwritableError{Directory: s.options.Directory, Why: plain(err)}
	}
	err = errors.Join(probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return &UnwritableError{Directory: s.options.Directory, Why: plain(err)}
	}
	return nil
}

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
		what = "its directory does not exist. Terraform may run in another directory than you think"
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

// plain is an error of the file system without the path, which the caller names.
func plain(err error) string {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err.Error()
	}
	return err.Error()
}
