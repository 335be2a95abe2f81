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

// Taken is an answer and where it came from.
type Taken struct {
	Answer   Answer
	File     string // the file that holds the answer; "" = none does
	Recorded bool   // it was there before, so that nothing was asked
	Unusable bool   // it is kept aside, and never given again

	// Unrecorded says why an answer that was received could not be written;
	// nil = it was, or it came from a recording.
	Unrecorded error
}

// Take returns the recording of a question or, if there is none and the mode
// allows it, asks and records. Of several calls with the same question, in this
// process and in others, one asks while the others wait for its recording; if
// it fails, the next one asks. A wait ends with ctx.
//
// That the directory can be written to is found out before ask is called. The
// recording is written, whole or not at all, before Take returns. An answer that
// ask calls unusable is kept in a file beside the recordings that is never
// taken for one; in this process, and only there, it is the answer to the question
// from then on, lest each of many that ask the same pays for it.
//
// Errors are those of Find, *UnwritableError, those of ctx, and those of ask, whose
// answer is kept like one that is unusable.
func (s *Store) Take(ctx context.Context, q Question, ask func(context.Context) (Asked, error)) (Taken, error) {
	if taken, done, err := s.take(q); done {
		return taken, err
	}
	leave, err := s.busy.enter(ctx, q.name)
	if err != nil {
		return Taken{}, err
	}
	defer leave()
	unlock, err := s.lock(ctx, q.name)
	if err != nil {
		return Taken{}, err
	}
	defer unlock()
	if taken, done, err := s.take(q); done { // somebody else has asked meanwhile
		return taken, err
	}
	if unusable, known := s.unusable.Load(q.name); known {
		return unusable.(Taken), nil //nolint:forcetypeassert // nothing else is stored
	}
	if err := s.writable(); err != nil {
		return Taken{}, err
	}
	asked, err := ask(ctx)
	if len(asked.Answer.Body) == 0 {
		return Taken{}, err
	}
	if err != nil && asked.Unusable == nil {
		asked.Unusable = []string{err.Error()}
	}
	taken := Taken{Answer: asked.Answer, File: s.File(q), Unusable: asked.Unusable != nil}
	if taken.Unusable {
		taken.File = filepath.Join(s.options.Directory, q.name+"."+s.options.Now().UTC().Format("20060102T150405.000000000Z")+".unusable.json")
	}
	if taken.Unrecorded = s.write(taken.File, q, asked); taken.Unrecorded != nil {
		taken.File = ""
	} else if !taken.Unusable {
		s.fresh.Store(q.name, struct{}{})
	}
	if taken.Unusable && err == nil {
		s.unusable.Store(q.name, taken)
	}
	return taken, err
}

// take is Find for Take; done = there is an answer or an error.
func (s *Store) take(q Question) (taken Taken, done bool, err error) {
	answer, found, err := s.Find(q)
	if err != nil || !found {
		return Taken{}, err != nil, err
	}
	return Taken{Answer: answer, File: s.File(q), Recorded: true}, true, nil
}

func (s *Store) write(file string, q Question, asked Asked) error {
	r := record{
		Format:    format,
		Recorded:  s.options.Now().UTC().Truncate(time.Second),
		Version:   s.options.Version,
		Unusable:  asked.Unusable,
		RequestID: asked.Answer.RequestID,
		Triggers:  q.triggers,
		Request:   q.request,
		Answer:    asked.Answer.Body,
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
