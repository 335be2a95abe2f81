package recording

import (
	"context"
	"sync"
)

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

// Slot is the right, and the duty, to ask one question: no other goroutine or process
// that has the directory asks it until the slot is closed. It is for one goroutine.
type Slot struct {
	store   *Store
	q       Question
	release func()
}

// Begin returns the recording of a question, or a slot in which its answer is to be kept.
// Exactly one of the three results says what is the case:
//
//   - slot is not nil: the caller asks, keeps what came (Keep), says so if asking failed
//     (Fail), and closes the slot in any case;
//   - taken has an answer: that is the answer, and nothing must be asked;
//   - err is not nil: neither.
//
// Of several calls with the same question, in this process and in others, one gets the slot
// while the others wait for its recording. If it fails, the next one gets a slot; unless the
// failed call may have been billed: then who waits, and who comes later in this process,
// gets an *UnclearError. A wait ends with ctx.
//
// That the directory can be written to is found out before there is a slot. Where a process
// was killed while it wrote the answer, and the answer is whole, that is taken.
//
// Errors are those of Find, *UnwritableError, *UnfitError, *UnclearError and those of ctx.
func (s *Store) Begin(ctx context.Context, q Question) (taken Taken, slot *Slot, err error) {
	if s.options.Mode == Replay || s.mayHave(q) {
		if taken, done, err := s.take(q); done {
			return taken, nil, err
		}
	}
	leave, err := s.busy.enter(ctx, q.name)
	if err != nil {
		return Taken{}, nil, err
	}
	unlock, err := s.lock(ctx, q.name)
	if err != nil {
		leave()
		if taken, done, unread := s.take(q); done && unread == nil { // of a directory that others may write to
			return taken, nil, nil
		}
		return Taken{}, nil, err
	}
	release := func() { unlock(); leave() }
	taken, done, err := s.prepare(q)
	if err != nil || done {
		release()
		return taken, nil, err
	}
	return Taken{}, &Slot{store: s, q: q, release: sync.OnceFunc(release)}, nil
}

// take is Find for Begin; done = there is an answer or an error.
func (s *Store) take(q Question) (taken Taken, done bool, err error) {
	taken, found, err := s.Find(q)
	return taken, found || err != nil, err
}

// prepare makes a locked question ready to be asked; done = there is an answer or an error.
func (s *Store) prepare(q Question) (taken Taken, done bool, err error) {
	recorded, left := s.scan(q)
	if recorded { // somebody did, perhaps a moment ago
		s.labelled.forget()
	}
	if taken, done, err := s.again(q, recorded); done {
		return taken, true, err
	}
	if q.unfit != nil {
		return Taken{}, true, &UnfitError{Why: q.unfit.Error()}
	}
	adopted, err := s.adopt(q, left)
	if err != nil {
		return Taken{}, true, err
	}
	if adopted {
		if taken, done, err := s.take(q); done {
			return taken, true, err
		}
	}
	return Taken{}, false, s.writable(q)
}

// again looks, after a wait, for what somebody else has got meanwhile.
func (s *Store) again(q Question, recorded bool) (taken Taken, done bool, err error) {
	if recorded {
		if taken, done, err := s.take(q); done {
			return taken, true, err
		}
	}
	if unusable, known := s.unusable.Load(q.name); known {
		return unusable.(Taken), true, nil //nolint:forcetypeassert // nothing else is stored
	}
	if failure, known := s.unclear.Load(q.name); known {
		return Taken{}, true, &UnclearError{Err: failure.(error)} //nolint:forcetypeassert // nothing else is stored
	}
	return Taken{}, false, nil
}

// Keep writes the answer, whole or not at all, and says where it is. unusable says why
// it must not be given again (nil = it may): such an answer is kept in a file beside the
// recordings that is never taken for one; in this process, and only there, it is the
// answer to the question from then on, lest each of many that ask the same pays for it. It
// goes the same way with an answer that could not be read again, as it is too large; then
// Unrecorded says why.
func (slot *Slot) Keep(answer Answer, unusable []string) Taken {
	s, q := slot.store, slot.q
	written := s.keep(q, answer, unusable)
	taken := Taken{Answer: answer, File: written.file, Unusable: unusable != nil || written.aside, Unrecorded: written.err}
	if written.file == "" {
		s.broken.CompareAndSwap(nil, &UnwritableError{Directory: s.options.Directory, Why: plain(written.err)})
	} else if !taken.Unusable {
		s.fresh.Store(q.name, struct{}{})
	}
	if taken.Unusable {
		s.unusable.Store(q.name, taken)
	}
	s.index.forget()
	return taken
}

// Broken is an *UnwritableError once this process has failed to write an answer down, as on
// a full disk; nil before. Whoever has no other place for an answer, as a plan has not, asks
// for it before each call: an answer that the next call brings might be lost as well.
func (s *Store) Broken() error {
	if broken := s.broken.Load(); broken != nil {
		return broken
	}
	return nil
}

// Fail says that asking failed. unclear says that the call may have been answered, and
// billed, all the same: then it is not asked again in this process, and err is what
// others that ask the same get; otherwise the next one asks. What Keep was given before,
// such as the half of an answer that broke off, stays in its file, but is no longer the
// answer to the question.
func (slot *Slot) Fail(err error, unclear bool) {
	slot.store.unusable.Delete(slot.q.name)
	if unclear {
		slot.store.unclear.Store(slot.q.name, err)
	}
}

// Close lets others ask. To close a slot again does nothing.
func (slot *Slot) Close() { slot.release() }
